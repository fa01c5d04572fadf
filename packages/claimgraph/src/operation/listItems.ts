import {
  type FieldNode,
  type GraphQLOutputType,
  getNullableType,
  isListType,
  isNonNullType,
  locatedError,
  type ResponsePath as Path,
  responsePathAsArray,
} from 'graphql';
import { isThenable } from '../logic/maybePromise.ts';

// A list whose items may not be null is lost as soon as one of them fails. graphql-js 16 then forgets the promises of the
// other items: one that rejects later is nobody's, and ends the process. So where something of an earlier item is still to
// come, later items are handed over as promises: those cannot fail at once, and the list waits for all of them. A list of
// which everything is there is handed over as it is. Can go when graphql-js 17 is the oldest that is supported.

/**
 * How many values were met that come later. A list is completed in one go, so what was met since it began was met in its
 * items. It is one number for all executions: at worst, an item waits that need not.
 */
let comingLater = 0;

/** Notes that a field, an item or the type of one is waited for, if it is. */
export function noteLater<T>(value: T): T {
  if (isAwaited(value)) comingLater += 1;
  return value;
}

function isAwaited(value: unknown): boolean {
  try {
    return isThenable(value);
  } catch {
    // An accessor, whose error is met again, and told, where the value is completed.
    return false;
  }
}

export function countLater(): number {
  return comingLater;
}

/** An item that may not be null, as it is to be completed in a list that began with this count. */
export function itemAfter(before: number, item: unknown): unknown {
  return comingLater === before ? noteLater(item) : Promise.resolve(item);
}

/** Where a list stands in a response, for the error of an iterator that throws. */
export interface ListSite {
  readonly fieldNodes: readonly FieldNode[];
  readonly path: Path | undefined;
}

/** The items of a list as they are to be completed; `areLost` says that none of them may be null. */
export function* iterateItems(list: Iterable<unknown>, areLost: boolean, site: ListSite): Generator<unknown, void> {
  const before = comingLater;
  let index = 0;
  let isBroken = true;
  try {
    for (const item of list) {
      index += 1;
      yield areLost ? itemAfter(before, item) : noteLater(item);
    }
    isBroken = false;
  } catch (error) {
    isBroken = false;
    if (!areLost || comingLater === before) throw error;
    yield Promise.reject(locatedError(error, site.fieldNodes, responsePathAsArray(site.path)));
  } finally {
    if (isBroken && Array.isArray(list)) abandonItems(list, index);
  }
}

/** Takes upon itself the rejections of items that are not completed, since their list is lost. */
export function abandonItems(list: readonly unknown[], from: number): void {
  for (let index = from; index < list.length; index += 1) {
    const item = list[index];
    if (typeof item === 'object') Promise.resolve(item).catch(() => undefined);
  }
}

/** Makes what a resolver gives for a type with lists safe for graphql-js; undefined for a type without. */
export function createItemsGuard(type: GraphQLOutputType): ((value: unknown, site: ListSite) => unknown) | undefined {
  const list = getNullableType(type);
  if (!isListType(list)) return undefined;
  const guardItem = createItemsGuard(list.ofType);
  const areLost = isNonNullType(list.ofType);
  return guardItems;

  function guardItems(value: unknown, site: ListSite): unknown {
    if (isThenable(value)) return mapLater(value, (later) => guardItems(later, site));
    if (!isIterable(value)) return value;
    const nested = guardItem ? withIterator(value, () => guardNested(value, site, guardItem)) : value;
    return withIterator(value, () => iterateItems(nested, areLost, site));
  }
}

function* guardNested(
  list: Iterable<unknown>,
  { fieldNodes, path }: ListSite,
  guardItem: (value: unknown, site: ListSite) => unknown,
) {
  let key = 0;
  for (const item of list) {
    yield guardItem(item, { fieldNodes, path: { prev: path, key, typename: undefined } });
    key += 1;
  }
}

/** Not a promise of its own, which would be there later, and so would change the order in which resolvers are called. */
function mapLater<T>(value: PromiseLike<T>, next: (value: T) => unknown): PromiseLike<unknown> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: graphql-js awaits whatever has one.
    then: (onValue, onError) => value.then(onValue && ((later) => onValue(next(later))), onError),
  };
}

/** Still an array where it was one, for whoever else reads what a resolver gave. */
function withIterator(list: Iterable<unknown>, iterate: () => Iterator<unknown>): Iterable<unknown> {
  if (!Array.isArray(list)) return { [Symbol.iterator]: iterate };
  return Object.defineProperty(list.slice(), Symbol.iterator, { value: iterate });
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, Symbol.iterator) === 'function';
}
