import type { GraphQLObjectType, GraphQLResolveInfo, ResponsePath as Path } from 'graphql';
import type { MaybePromise } from '../logic/maybePromise.ts';
import type { ExecutionContext } from './executionContext.ts';
import type { PropertyLeaf } from './propertyLeaf.ts';

export interface CompiledField {
  readonly key: string;
  /**
   * The field's part of the response, or a promise of it; throws what makes the object around it null. `read` stands for the
   * property that would be read otherwise, if it was read already.
   */
  readonly execute: (run: ExecutionContext, source: unknown, parent: Path | undefined, read?: () => unknown) => unknown;
  readonly leaf: PropertyLeaf | undefined;
  /** The field's part of the response as JSON. */
  readonly write: Write;
}

export type ResponseObject = Record<string, unknown>;

/** The fields of one object type that an operation selects at one place. */
export interface Selection {
  readonly fields: readonly CompiledField[];
  /** The response object (section 6.3 of the specification), or a promise of it. */
  readonly execute: (run: ExecutionContext, source: unknown, path: Path | undefined) => MaybePromise<ResponseObject>;
  /** The response object as JSON. */
  readonly write: Write;
}

/**
 * Turns what a resolver gave into what the response holds (section 6.4.3 of the specification, CompleteValue), or a promise of
 * it; throws what makes the value null. `path` is there unless the value is a leaf, `info` if the place needs it.
 */
export type Complete = (
  run: ExecutionContext,
  value: unknown,
  path: Path | undefined,
  info: GraphQLResolveInfo | undefined,
) => unknown;

/** Gives the selection of an object type at the place that is compiled. */
export type SelectionOf = (type: GraphQLObjectType) => Selection;

/** Writes a completed value as JSON, as JSON.stringify would; throws `unwritable` for what only that can write. */
export type Write = (value: unknown) => string;
