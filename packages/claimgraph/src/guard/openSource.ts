import { defaultFieldResolver, GraphQLError, type GraphQLResolveInfo, getArgumentValues, locatedError } from 'graphql';
import { InternalError } from '../errors.ts';
import { toGraphqlVariables } from '../operation/coerceVariables.ts';
import type { RootField } from '../operation/operationPlan.ts';

/** The events of a subscription, before anything of them is executed. */
export type EventSource = AsyncIterable<unknown>;

/** What a source is opened with. */
export interface SourceArgs {
  readonly root: RootField;
  readonly contextValue: object;
  /** The rest of what a resolver is told. */
  readonly info: Pick<GraphQLResolveInfo, 'schema' | 'operation' | 'fragments' | 'variableValues' | 'parentType'>;
}

/**
 * Opens the source of a subscription's one root field (section 6.2.3.1 of the specification, CreateSourceEventStream). The
 * guard stands in front of the field's `subscribe`. Not by graphql-js's `createSourceEventStream`, which 16 and 17 want called
 * differently. Rejects with a located GraphQLError.
 */
export async function openSource({ root, contextValue, info }: SourceArgs): Promise<EventSource> {
  const { definition, node, responseKey } = root;
  const path = { prev: undefined, key: responseKey, typename: info.parentType.name };
  try {
    const args = getArgumentValues(definition, node, toGraphqlVariables(info.variableValues));
    const subscribe = definition.subscribe ?? defaultFieldResolver;
    const source: unknown = await subscribe(undefined, args, contextValue, {
      ...info,
      fieldName: definition.name,
      fieldNodes: [node],
      returnType: definition.type,
      path,
      rootValue: undefined,
    });
    if (source instanceof Error) throw source;
    if (isAsyncIterable(source)) return source;
    throw new InternalError(`the subscribe of ${info.parentType.name}.${definition.name} gave no async iterable`);
  } catch (error) {
    throw error instanceof GraphQLError && error.path ? error : locatedError(error, [node], [responseKey]);
  }
}

function isAsyncIterable(value: unknown): value is EventSource {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
