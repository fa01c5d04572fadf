import {
  type FieldNode,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  locatedError,
  type ResponsePath as Path,
  responsePathAsArray,
} from 'graphql';
import { isThenable } from '../logic/maybePromise.ts';
import { type ResultMeter, unmetered } from './resultMeter.ts';

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

/** How the items of a list are handed over. */
export interface ItemsOptions {
  /** None of them may be null: the list is lost with the first that fails. */
  readonly areLost: boolean;
  /** Something is selected of them, so that others are let in between. */
  readonly areObjects: boolean;
}

/** The items of a list as they are to be completed. */
export function* iterateItems(
  list: Iterable<unknown>,
  { areLost, areObjects }: ItemsOptions,
  site: ListSite,
  meter: ResultMeter = unmetered,
): Generator<unknown, void> {
  const before = comingLater;
  let index = 0;
  let isBroken = true;
  try {
    for (const item of list) {
      meter.count(1);
      index += 1;
      const turn = areObjects ? meter.turn() : undefined;
      const handed = turn ? itemInTurn(turn, item) : item;
      yield areLost ? itemAfter(before, handed) : noteLater(handed);
    }
    isBroken = false;
  } catch (error) {
    if (!areLost || comingLater === before) throw error;
    yield Promise.reject(locatedError(error, site.fieldNodes, responsePathAsArray(site.path)));
  } finally {
    if (isBroken && Array.isArray(list)) abandonItems(list, index);
  }
}

/** The item once others were let in. */
function itemInTurn(turn: Promise<void>, item: unknown): Promise<unknown> {
  abandonItems([item], 0);
  return turn.then(() => item);
}

/** Takes upon itself the rejections of items that are not completed, since their list is lost. */
export function abandonItems(list: readonly unknown[], from: number): void {
  for (let index = from; index < list.length; index += 1) {
    const item = list[index];
    if (typeof item === 'object') Promise.resolve(item).catch(() => undefined);
  }
}

type ItemsGuard = (value: unknown, site: ListSite, meter: ResultMeter) => unknown;

/** Makes what a resolver gives for a type with lists safe for graphql-js; undefined for a type without. */
export function createItemsGuard(type: GraphQLOutputType): ItemsGuard | undefined {
  const list = getNullableType(type);
  if (!isListType(list)) return undefined;
  const guardItem = createItemsGuard(list.ofType);
  const options = { areLost: isNonNullType(list.ofType), areObjects: !isLeafType(getNamedType(list)) };
  return guardItems;

  function guardItems(value: unknown, site: ListSite, meter: ResultMeter): unknown {
    if (isThenable(value)) return mapLater(value, (later) => guardItems(later, site, meter));
    if (!isIterable(value)) return value;
    const nested = guardItem ? withIterator(value, () => guardNested(value, site, meter, guardItem)) : value;
    return withIterator(value, () => iterateItems(nested, options, site, meter));
  }
}

function* guardNested(
  list: Iterable<unknown>,
  { fieldNodes, path }: ListSite,
  meter: ResultMeter,
  guardItem: ItemsGuard,
) {
  let key = 0;
  for (const item of list) {
    yield guardItem(item, { fieldNodes, path: { prev: path, key, typename: undefined } }, meter);
    key += 1;
  }
}

/** What comes later, unless the execution was ended meanwhile. */
export function meterLater(value: unknown, meter: ResultMeter): unknown {
  if (!isAwaited(value)) return value;
  return mapLater(value as PromiseLike<unknown>, (later) => {
    meter.check();
    return later;
  });
}

/** Not a promise of its own, which would be there later, and so would change the order in which resolvers are called. */
function mapLater<T>(value: PromiseLike<T>, next: (value: T) => unknown): PromiseLike<unknown> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: graphql-js awaits whatever has one.
    then(onValue, onError) {
      return value.then((later) => {
        let mapped: unknown;
        try {
          mapped = next(later);
        } catch (error) {
          // To whoever asks: a host may listen besides the executor.
          if (onError) return onError(error);
          throw error;
        }
        return onValue ? onValue(mapped) : (mapped as never);
      }, onError);
    },
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
