import { inspect } from 'node:util';
import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isThenable } from '../logic/maybePromise.ts';
import type { Complete, Selection, SelectionOf } from './compiledSelection.ts';
import { compileList } from './compileList.ts';
import type { ExecutionContext } from './executionContext.ts';
import { asksForTypes, type FieldSite } from './fieldSite.ts';

export function compileValue(type: GraphQLOutputType, place: FieldSite, selectionOf: SelectionOf): Complete {
  if (isNonNullType(type)) return compileNonNull(compileValue(type.ofType, place, selectionOf), place);
  if (isListType(type)) return compileList(type.ofType, compileValue(type.ofType, place, selectionOf), place);
  if (isLeafType(type)) return compileLeaf(type);
  if (isObjectType(type)) return compileObject(type, selectionOf(type), place);
  if (isAbstractType(type)) return compileAbstract(type, place, selectionOf);
  return type satisfies never;
}

function compileNonNull(complete: Complete, { coordinate }: FieldSite): Complete {
  return (run, value, path, info) => {
    const completed = complete(run, value, path, info);
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${coordinate}.`);
    return completed;
  };
}

function compileLeaf(type: GraphQLLeafType): Complete {
  return (_run, value) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    const serialized = type.serialize(value);
    if (serialized != null) return serialized;
    const call = `${type}.serialize(${inspect(value)})`;
    throw new Error(`Expected \`${call}\` to return non-nullable value, returned: ${serialized}`);
  };
}

function compileObject(type: GraphQLObjectType, selection: Selection, { nodes }: FieldSite): Complete {
  if (!type.isTypeOf) {
    return (run, value, path) => {
      if (value instanceof Error) throw value;
      return value == null ? null : selection.execute(run, value, path);
    };
  }
  return (run, value, path, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    const isOfType = type.isTypeOf?.(value, run.context, required(info));
    const execute = (answer: unknown) => {
      if (answer) return selection.execute(run, value, path);
      throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
    };
    return isThenable(isOfType) ? isOfType.then(execute) : execute(isOfType);
  };
}

function compileAbstract(type: GraphQLAbstractType, place: FieldSite, selectionOf: SelectionOf): Complete {
  const completeAs = new Map<string, Complete>();
  for (const possible of place.schema.getPossibleTypes(type)) {
    completeAs.set(possible.name, compileObject(possible, selectionOf(possible), place));
  }
  const nameOf = compileNameOf(type, place);
  return (run, value, path, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    const complete = (name: unknown) => {
      const completeOne = typeof name === 'string' ? completeAs.get(name) : undefined;
      if (!completeOne) throw notPossible(type, name, value, place);
      return completeOne(run, value, path, info);
    };
    const name = nameOf(run, value, info);
    return isThenable(name) ? name.then(complete) : complete(name);
  };
}

function compileNameOf(type: GraphQLAbstractType, { schema }: FieldSite) {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  if (asksForTypes(schema, type)) {
    return (run: ExecutionContext, value: unknown, info: GraphQLResolveInfo | undefined): unknown =>
      resolveType(value, run.context, required(info), type);
  }
  return (_run: ExecutionContext, value: unknown): unknown => {
    const name = typeof value === 'object' && value !== null && '__typename' in value ? value.__typename : undefined;
    return typeof name === 'string' ? name : undefined;
  };
}

/** The same texts as graphql-js's, for the log: a client does not read them. */
function notPossible(
  type: GraphQLAbstractType,
  name: unknown,
  value: unknown,
  { schema, nodes, coordinate }: FieldSite,
) {
  const told = `Abstract type "${type.name}"`;
  const mustResolve = `${told} must resolve to an Object type at runtime for field "${coordinate}"`;
  if (name == null) {
    return new GraphQLError(
      `${mustResolve}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  }
  if (isObjectType(name)) {
    return new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof name !== 'string') {
    return new GraphQLError(`${mustResolve} with value ${inspect(value)}, received "${inspect(name)}".`);
  }
  const found = schema.getType(name);
  if (!found) {
    return new GraphQLError(`${told} was resolved to a type "${name}" that does not exist inside the schema.`, {
      nodes,
    });
  }
  if (!isObjectType(found)) {
    return new GraphQLError(`${told} was resolved to a non-object type "${name}".`, { nodes });
  }
  return new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${type.name}".`, { nodes });
}

function required(info: GraphQLResolveInfo | undefined): GraphQLResolveInfo {
  if (!info) throw new TypeError('expected a place whose value needs info to be compiled with it');
  return info;
}
