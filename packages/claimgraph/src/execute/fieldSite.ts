import {
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isNonNullType,
  isObjectType,
  locatedError,
  type ResponsePath as Path,
  responsePathAsArray,
} from 'graphql';
import type { Nodes } from '../operation/collectFields.ts';
import type { ExecutionContext } from './executionContext.ts';

/** A field of a document, as it stands in one object type. */
export interface FieldSite {
  readonly schema: GraphQLSchema;
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly key: string;
  readonly nodes: Nodes;
  /** `Type.field`. */
  readonly coordinate: string;
}

/** Whether `info` is read while a value of this type is completed, whatever its resolver does. */
export function needsInfo(schema: GraphQLSchema, type: GraphQLOutputType): boolean {
  const named = getNamedType(type);
  if (isObjectType(named)) return named.isTypeOf != null;
  return isAbstractType(named) && asksForTypes(schema, named);
}

/** Whether a function says which type a value has. Otherwise its `__typename` does. */
export function asksForTypes(schema: GraphQLSchema, type: GraphQLAbstractType): boolean {
  return type.resolveType != null || schema.getPossibleTypes(type).some(({ isTypeOf }) => isTypeOf != null);
}

export function addPath(parent: Path | undefined, { key, parentType }: FieldSite): Path {
  return { prev: parent, key, typename: parentType.name };
}

export function buildResolveInfo(
  run: ExecutionContext,
  { field, nodes, parentType }: FieldSite,
  path: Path,
): GraphQLResolveInfo {
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType,
    path,
    schema: run.schema,
    fragments: run.fragments,
    rootValue: run.rootValue,
    operation: run.operation,
    variableValues: run.variables,
  };
}

/** Null for what could not be given out, with its error; thrown on where there may be no null, or nothing more at all. */
export function handleFieldError(
  run: ExecutionContext,
  type: GraphQLOutputType,
  { nodes }: FieldSite,
  path: Path,
  cause: unknown,
): null {
  if (run.meter.stoppedBy()) throw cause;
  const error = locatedError(cause, nodes, responsePathAsArray(path));
  if (isNonNullType(type)) throw error;
  run.errors.add(error, path);
  return null;
}
