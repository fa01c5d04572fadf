import { defaultFieldResolver, type GraphQLResolveInfo, type ResponsePath as Path } from 'graphql';
import { applyMasks, decideField, type FieldGuard, refuse } from '../operation/enforce.ts';
import type { ExecutionContext } from './executionContext.ts';
import { addPath, buildResolveInfo, type FieldSite } from './fieldSite.ts';

/** Gives what a field's resolver gives, if the caller may have it, and throws the refusal otherwise. */
type Read = (
  run: ExecutionContext,
  source: unknown,
  args: Record<string, unknown> | undefined,
  parent: Path | undefined,
  info: GraphQLResolveInfo | undefined,
  prefetchedValue: (() => unknown) | undefined,
) => unknown;

interface ReadParts {
  readonly place: FieldSite;
  /** What stands before the resolver; undefined where nothing does. */
  readonly guarded: FieldGuard | undefined;
  /** The number of the field's plan in the operation. */
  readonly slot: number;
}

/** `readsInfo` says whether every call needs `info`. */
export function compileRead({ place, guarded, slot }: ReadParts): {
  readonly read: Read;
  readonly readsInfo: boolean;
  /** Whether it gives a property of the source. */
  readonly isProperty: boolean;
} {
  const { name, resolve: entry } = place.field;
  const resolve = guarded?.resolve ?? entry ?? defaultFieldResolver;
  const isProperty = resolve === defaultFieldResolver;
  const callResolver: Read = (run, source, args, parent, info) =>
    resolve(source, args ?? {}, run.context, info ?? infoOf(run, parent));
  /** As graphql-js's default resolver does. */
  const readProperty: Read = (run, source, args, parent, info, again) => {
    if (!hasProperties(source)) return undefined;
    const property = again ? again() : source[name];
    if (typeof property !== 'function') return property;
    // Read again, as graphql-js does to call it as a method.
    const method = source[name];
    if (typeof method !== 'function') throw new TypeError(`${name} is not a function any more`);
    return Reflect.apply(method, source, [args ?? {}, run.context, info ?? infoOf(run, parent)]);
  };
  const readOwn = isProperty ? readProperty : callResolver;
  return {
    read: guarded?.guard ? decideFirst(guarded, guarded.guard) : readOwn,
    readsInfo: !isProperty || guarded?.isForeign === true || guarded?.isObserved === true,
    isProperty,
  };

  function decideFirst({ plan, isForeign, isObserved }: FieldGuard, guard: FieldGuard['resolve']): Read {
    const callGuard: Read = (run, source, args, parent, info) =>
      guard(source, args ?? {}, run.context, info ?? infoOf(run, parent));
    if (isObserved) return callGuard;
    return (run, source, args, parent, info, again) => {
      if (run.isSettled[slot]) return readOwn(run, source, args, parent, info, again);
      if (isForeign) return callGuard(run, source, args, parent, info, again);
      const verdict = decideField(run.authorization, plan.permission, plan.masks, source, args ?? noArguments);
      if ('outcome' in verdict) {
        throw refuse(run.authorization, plan, verdict, { fieldNodes: place.nodes, path: addPath(parent, place) });
      }
      const value = readOwn(run, source, args, parent, info, again);
      return verdict.length === 0 ? value : applyMasks(value, verdict);
    };
  }

  function infoOf(run: ExecutionContext, parent: Path | undefined): GraphQLResolveInfo {
    return buildResolveInfo(run, place, addPath(parent, place));
  }
}

const noArguments = Object.freeze({});

function hasProperties(source: unknown): source is Record<string, unknown> {
  return (typeof source === 'object' && source !== null) || typeof source === 'function';
}
