import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isLeafType,
  isNonNullType,
  type ResponsePath as Path,
} from 'graphql';
import { isThenable } from '../logic/maybePromise.ts';
import { abandonItems, countLater, itemAfter, iterateItems, noteLater } from '../operation/listItems.ts';
import type { Complete } from './compiledSelection.ts';
import type { ExecutionContext } from './executionContext.ts';
import { type FieldSite, handleFieldError } from './fieldSite.ts';

export function compileList(itemType: GraphQLOutputType, completeItem: Complete, place: FieldSite): Complete {
  const areLost = isNonNullType(itemType);
  const areObjects = !isLeafType(getNamedType(itemType));
  return (run, value, path, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${place.coordinate}".`);
    }
    let isWaiting = false;
    let later: Promise<void> | undefined;
    const items: unknown[] = [];
    const add = (item: unknown) => {
      const completed = completeOne(run, item, { prev: path, key: items.length, typename: undefined }, info);
      isWaiting ||= isThenable(completed);
      items.push(completed);
      // Nobody waits for it until all are there.
      if (later) abandonItems(items, items.length - 1);
    };
    if (Array.isArray(value) && value[Symbol.iterator] === iterateArray) {
      later = addAll(run, value, add);
      if (later) {
        abandonItems(items, 0);
        return noteLater(later.then(() => Promise.all(items)));
      }
    } else {
      const site = { fieldNodes: place.nodes, path };
      for (const item of iterateItems(value, { areLost, areObjects }, site, run.meter)) add(item);
    }
    return isWaiting ? Promise.all(items) : items;
  };

  /**
   * As `iterateItems` does, but without an iterator. A promise where others have to be let in: of the items from there on,
   * each is only begun when it is its turn.
   */
  function addAll(
    { meter }: ExecutionContext,
    list: readonly unknown[],
    add: (item: unknown) => void,
  ): Promise<void> | undefined {
    const before = countLater();
    let index = 0;
    let isBroken = true;
    const addNext = () => {
      for (; index < list.length; index += 1) {
        const turn = areObjects ? meter.turn() : undefined;
        if (turn) return turn;
        add(areLost ? itemAfter(before, list[index]) : noteLater(list[index]));
      }
      return undefined;
    };
    try {
      meter.count(list.length);
      const turn = addNext();
      isBroken = false;
      return turn && addLater(turn);
    } finally {
      if (isBroken) abandonItems(list, index + 1);
    }

    async function addLater(turn: Promise<void>): Promise<void> {
      abandonItems(list, index);
      for (let next: Promise<void> | undefined = turn; next; next = addNext()) await next;
    }
  }

  function completeOne(
    run: ExecutionContext,
    item: unknown,
    path: Path,
    info: GraphQLResolveInfo | undefined,
  ): unknown {
    try {
      const completed = isThenable(item)
        ? item.then((value) => {
            run.meter.check();
            return completeItem(run, value, path, info);
          })
        : completeItem(run, item, path, info);
      return isThenable(completed)
        ? completed.then(undefined, (cause: unknown) => handleFieldError(run, itemType, place, path, cause))
        : completed;
    } catch (cause) {
      return handleFieldError(run, itemType, place, path, cause);
    }
  }
}

const iterateArray = Array.prototype[Symbol.iterator];

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, Symbol.iterator) === 'function';
}
