import { GraphQLError, type GraphQLOutputType, type GraphQLResolveInfo, type ResponsePath as Path } from 'graphql';
import { isThenable } from '../logic/maybePromise.ts';
import type { Complete } from './compileValue.ts';
import type { ExecutionContext } from './executionContext.ts';
import { type FieldSite, handleFieldError } from './fieldSite.ts';

export function compileList(itemType: GraphQLOutputType, completeItem: Complete, place: FieldSite): Complete {
  return (run, value, path, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${place.coordinate}".`);
    }
    let isWaiting = false;
    const items: unknown[] = [];
    const add = (item: unknown, index: number) => {
      const completed = completeOne(run, item, { prev: path, key: index, typename: undefined }, info);
      isWaiting ||= isThenable(completed);
      items.push(completed);
    };
    try {
      if (Array.isArray(value) && value[Symbol.iterator] === iterateArray) {
        for (let index = 0; index < value.length; index += 1) {
          const completed = completeOne(run, value[index], { prev: path, key: index, typename: undefined }, info);
          isWaiting ||= isThenable(completed);
          items.push(completed);
        }
      } else {
        Array.from(value, add);
      }
    } catch (error) {
      // graphql-js forgets them, and one that rejects later would be nobody's.
      if (isWaiting) Promise.all(items).catch(() => undefined);
      throw error;
    }
    return isWaiting ? Promise.all(items) : items;
  };

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
