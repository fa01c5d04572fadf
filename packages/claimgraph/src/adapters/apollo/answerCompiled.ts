import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextResponseForOperation,
  GraphQLResponse,
} from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { FieldPlans } from '../../compile/compilePermissions.ts';
import type { Executor } from '../../execute/executor.ts';
import { mapMaybePromise } from '../../logic/maybePromise.ts';
import { hasAuthorization } from '../../operation/authorizationOf.ts';
import type { FormatError } from '../../operation/formatError.ts';
import { toResponse } from './toResponse.ts';

/** Told of the errors of an operation that Apollo Server does not execute. */
export type OnErrors = (
  request: GraphQLRequestContextResponseForOperation<BaseContext>,
  errors: readonly GraphQLError[],
) => Promise<void>;

interface Answering {
  readonly plans: FieldPlans;
  readonly formatError: FormatError;
  readonly onErrors?: OnErrors | undefined;
}

/**
 * The response to an authorized operation from its compiled form; null for one that Apollo Server is to execute: not compiled,
 * or to be explained, since compiled operations do not ask the guards, which tell the recorder.
 */
export function answerCompiled(
  executor: Executor,
  { plans, formatError, onErrors }: Answering,
  request: GraphQLRequestContextResponseForOperation<BaseContext>,
): GraphQLResponse | null | Promise<GraphQLResponse | null> {
  const { schema, document, operation, contextValue } = request;
  if (!hasAuthorization(contextValue)) return null;
  const { authorization } = contextValue;
  if (!authorization.operation || authorization.recorder()) return null;
  const { plan, variables } = authorization.operation;
  const executed = executor.execute(plan, { schema, plans, document, operation, variables }, contextValue);
  if (!executed) return null;
  return mapMaybePromise(executed, (result) => {
    const respond = () => toResponse(result, formatError);
    return onErrors && result.errors ? onErrors(request, result.errors).then(respond) : respond();
  });
}

/** Executes after the plugins of the user's own have had their say, for one of them may answer the operation itself. */
export function answerCompiledLast(
  executor: Executor,
  answering: Answering,
  isLeftToApollo: () => boolean,
): ApolloServerPlugin<BaseContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation(request) {
          return request.operation && !isLeftToApollo() ? answerCompiled(executor, answering, request) : null;
        },
      };
    },
  };
}
