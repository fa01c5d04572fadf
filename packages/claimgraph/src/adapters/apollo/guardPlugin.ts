import {
  type BaseContext,
  type GraphQLRequestContextResponseForOperation,
  type GraphQLRequestContextWillSendResponse,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type AppError, BadUserInputError, InternalError } from '../../errors.ts';
import type { Executor } from '../../execute/executor.ts';
import type { OperationGuard, RefusedField } from '../../guard/operationGuard.ts';
import { applyDenyModes } from '../../operation/applyDenyModes.ts';
import type { Authorization } from '../../operation/authorization.ts';
import { hasAuthorization } from '../../operation/authorizationOf.ts';
import { coerceVariables, tooDeep } from '../../operation/coerceVariables.ts';
import { type FormatError, isUnformatted } from '../../operation/formatError.ts';
import { toHttpHead, toRequestError } from '../../operation/httpError.ts';
import { outageOf } from '../../operation/outageOf.ts';
import { errorOfRequest } from '../../operation/requestError.ts';
import { aFunction, type OptionKinds, parseOptions, withMethods } from '../../options.ts';
import { answerCompiled, type OnErrors } from './answerCompiled.ts';
import { setHttpHead } from './toResponse.ts';

export interface GuardPluginOptions {
  /**
   * The ApolloServer's own `formatError`, if that knows AppErrors: then it shows refusals as well. Without it they are shown
   * as the guard shows them, and so is an AppError that a resolver throws.
   */
  readonly formatError?: FormatError | undefined;
  /** Executes operations in place of graphql-js; without one all of them are left to Apollo Server. */
  readonly executor?: Executor | undefined;
  /** Told of the errors of an operation that Apollo Server does not execute: its own hook does not run for these. */
  readonly onErrors?: OnErrors | undefined;
}

const pluginKinds: OptionKinds<GuardPluginOptions> = {
  formatError: aFunction,
  executor: withMethods('execute', 'stringifyResult'),
  onErrors: aFunction,
};

type Request = GraphQLRequestContextResponseForOperation<BaseContext>;

/**
 * A plugin of Apollo Server, by its structure: Apollo's types for `import` and for `require` (5.5.1) have a HeaderMap each, with
 * a private member, so that a plugin of one is none of the other. Projects of both kinds take this one, NestJS say.
 */
export interface GuardPlugin {
  serverWillStart(service: { readonly schema: GraphQLSchema }): Promise<void>;
  requestDidStart(): Promise<GuardRequestListener>;
}

interface GuardRequestListener {
  didResolveOperation(request: object): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: a GraphQLResponse, whose headers are a HeaderMap of either kind
  responseForOperation(request: object): Promise<any>;
  willSendResponse(request: object): Promise<void>;
}

/** What the plugin uses of a guard. */
export interface PluginGuard {
  readonly operations: OperationGuard;
  readonly formatError: FormatError;
}

/**
 * For an ApolloServer with the guard's schema. Between validation and execution it plans the operation, loads the claims
 * that this needs, and answers at once when nothing of it may run; afterwards it applies the deny modes. Contexts must be
 * made by `createGuardContext`. A function is called when the server starts, for a guard that comes to be with the server.
 */
export function createGuardPlugin(
  guard: PluginGuard | (() => PluginGuard),
  options: GuardPluginOptions = {},
): GuardPlugin {
  const { formatError: formatOfServer, executor, onErrors } = parseOptions('createGuardPlugin', options, pluginKinds);
  let operations: OperationGuard;
  let formatError: FormatError;
  return {
    async serverWillStart({ schema }) {
      const made = typeof guard === 'function' ? guard() : guard;
      made.operations.assertGuards(schema);
      operations = made.operations;
      formatError = formatOfServer ?? made.formatError;
    },
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, operation, contextValue }: Request) {
          if (operation) refuseUnserved(schema, operation.operation);
          if (!hasAuthorization(contextValue)) throw toRequestError(noSession());
        },
        async responseForOperation(requestContext: Request) {
          const { schema, document, operation, request, contextValue } = requestContext;
          if (!operation || !hasAuthorization(contextValue)) return null;
          const coerced = coerceVariables(schema, operation, request.variables ?? {});
          // Execution refuses it before any field, and says what is wrong.
          if (coerced.kind === 'faulty') return null;
          if (coerced.kind === 'tooDeep') return refuse(requestContext, tooDeep, [{ error: tooDeep }]);
          const { plans } = operations;
          const parts = { schema, plans, document, operation, variables: coerced.variables };
          const context = withOwnAuthorization(contextValue);
          const begun = operations.begin(context.authorization, parts);
          const start = begun instanceof Promise ? await begun : begun;
          if (start.refused) return refuse(requestContext, start.error, start.errors);
          return executor ? answerCompiled(executor, { plans, formatError, onErrors }, requestContext) : null;
        },
        async willSendResponse(requestContext: GraphQLRequestContextWillSendResponse<BaseContext>) {
          const { response, operation, errors, contextValue } = requestContext;
          if (response.body.kind !== 'single') return;
          const stopped = hasAuthorization(contextValue) && contextValue.authorization.operation?.meter.stoppedBy();
          if (stopped) {
            setHttpHead(response.http, toHttpHead(stopped));
            response.body.singleResult = { errors: [toFormatted(stopped, undefined)] };
            return;
          }
          const { data } = response.body.singleResult;
          // Without a compiled form: with one, the response has its head already.
          const outage = operation && errors && outageOf(operation.operation, { data, errors });
          if (outage) setHttpHead(response.http, toHttpHead(outage));
          if (!formatOfServer) formatAppErrors(requestContext);
          const outcomes = hasAuthorization(contextValue) ? contextValue.authorization.denialOutcomes() : [];
          if (outcomes.length === 0) return;
          response.body.singleResult = applyDenyModes(response.body.singleResult, outcomes, ({ error, path }) =>
            toFormatted(error, path),
          );
          const fatal = outcomes.filter(({ mode }) => mode === 'failOperation').map(({ error }) => error);
          if (fatal.length > 0) setHttpHead(response.http, toHttpHead(errorOfRequest(fatal)));
        },
      };
    },
  };

  async function refuse(request: Request, error: AppError, errors: readonly RefusedField[]): Promise<GraphQLResponse> {
    if (onErrors) {
      const located = errors.map(({ error, path }) => new GraphQLError(error.code, { path, originalError: error }));
      await onErrors(request, located);
    }
    return answer(
      error,
      errors.map(({ error, path }) => toFormatted(error, path)),
    );
  }

  function toFormatted(error: AppError, path: readonly (string | number)[] | undefined): GraphQLFormattedError {
    return formatError({ message: error.code, ...(path && { path }) }, error);
  }

  /** Apollo Server shows an error's own message, and that of an AppError is for the log. */
  function formatAppErrors({ response: { body }, errors = [] }: GraphQLRequestContextWillSendResponse<BaseContext>) {
    if (body.kind !== 'single' || !body.singleResult.errors) return;
    const formatted = body.singleResult.errors.map((shown, index) => {
      const error = errors[index];
      return error && isUnformatted(error) ? formatError(shown, error) : shown;
    });
    body.singleResult = { ...body.singleResult, errors: formatted };
  }
}

function noSession(): InternalError {
  return new InternalError('the context has no session; give the ApolloServer a context made by createGuardContext');
}

interface AuthorizedContext {
  readonly authorization: Authorization;
}

/** Operations of one HTTP batch have copies of one context; each gets decisions of its own. */
function withOwnAuthorization(context: AuthorizedContext): AuthorizedContext {
  const { authorization } = context;
  return authorization.operation ? Object.assign(context, { authorization: authorization.fork() }) : context;
}

function answer(error: AppError, errors: readonly GraphQLFormattedError[]): GraphQLResponse {
  const http: GraphQLResponse['http'] = { headers: new HeaderMap() };
  setHttpHead(http, toHttpHead(error));
  return { http, body: { kind: 'single', singleResult: { errors } } };
}

/**
 * graphql-js lets an operation whose root type the schema lacks through validation, and executes a subscription over HTTP as
 * if it were a query. Throws for both.
 */
function refuseUnserved(schema: GraphQLSchema, type: OperationTypeNode): void {
  const served = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION].filter((one) => schema.getRootType(one));
  if (served.includes(type)) return;
  throw toRequestError(new BadUserInputError({ field: 'operation', expected: served.join(' or '), got: type }));
}
