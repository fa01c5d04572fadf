import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
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
  return (run, value, path, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${place.coordinate}".`);
    }
    let isWaiting = false;
    const items: unknown[] = [];
    const add = (item: unknown) => {
      const completed = completeOne(run, item, { prev: path, key: items.length, typename: undefined }, info);
      isWaiting ||= isThenable(completed);
      items.push(completed);
    };
    if (Array.isArray(value) && value[Symbol.iterator] === iterateArray) addAll(value, add);
    else for (const item of iterateItems(value, areLost, { fieldNodes: place.nodes, path })) add(item);
    return isWaiting ? Promise.all(items) : items;
  };

  /** As `iterateItems` does, but without an iterator. */
  function addAll(list: readonly unknown[], add: (item: unknown) => void): void {
    const before = countLater();
    let index = 0;
    try {
      for (; index < list.length; index += 1) add(areLost ? itemAfter(before, list[index]) : noteLater(list[index]));
    } finally {
      if (index < list.length) abandonItems(list, index + 1);
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
        ? item.then((value) => completeItem(run, value, path, info))
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
