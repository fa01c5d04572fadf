import type { DenyOutcome } from '../logic/denyMode.ts';

type Path = readonly (string | number)[];

interface Located {
  readonly path?: Path | undefined;
}

interface Result<E> {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly E[];
}

type MovePath<E> = (error: E, path: Path) => E;

/** A list of the response, and the place that each of its items has afterwards: none for those that are dropped. */
interface Shortened {
  readonly list: unknown[];
  readonly places: readonly (number | undefined)[];
}

/**
 * The response as the deny modes of its denied fields want it. Without outcomes it is the same object. An item that is
 * dropped takes its errors with it, and the paths of later items' errors move up with them. `data` is changed in place.
 * `toError` makes the error of a denial that fails the operation and that graphql-js does not tell, as when another
 * field has nulled their object first, and `movePath` the same error at another place.
 */
export function applyDenyModes<E extends Located>(
  result: Result<E>,
  outcomes: readonly DenyOutcome[],
  toError: (outcome: DenyOutcome) => E,
  movePath: MovePath<E> = (error, path) => ({ ...error, path }),
): Result<E> {
  const fatal = outcomes.filter(({ mode }) => mode === 'failOperation');
  if (fatal.length > 0) return { errors: errorsOf(fatal, result.errors ?? [], toError) };
  return outcomes.length === 0 ? result : dropItems(result, outcomes, movePath);
}

function errorsOf<E extends Located>(
  fatal: readonly DenyOutcome[],
  errors: readonly E[],
  toError: (outcome: DenyOutcome) => E,
): readonly E[] {
  const untold = new Map(fatal.map((outcome) => [JSON.stringify(outcome.path), outcome]));
  const told = errors.filter(({ path }) => path && untold.delete(JSON.stringify(path)));
  return [...told, ...[...untold.values()].map(toError)];
}

function dropItems<E extends Located>(
  result: Result<E>,
  outcomes: readonly DenyOutcome[],
  movePath: MovePath<E>,
): Result<E> {
  // All are found before any is shortened, while every item stands where its path says.
  const lists = findLists(result.data, outcomes);
  const all = (result.errors ?? []).flatMap((error) => moveUp(error, lists, movePath));
  for (const { list, places } of lists.values()) {
    const kept = list.filter((_item, index) => places[index] !== undefined);
    for (const [place, item] of kept.entries()) list[place] = item;
    list.length = kept.length;
  }
  const { errors: _errors, ...rest } = result;
  return all.length === 0 ? rest : { ...rest, errors: all };
}

/** The lists that lose items, by their paths. One that a null further up has taken is not there any more. */
function findLists(data: unknown, outcomes: readonly DenyOutcome[]): ReadonlyMap<string, Shortened> {
  const dropped = new Map<string, { readonly list: unknown[]; readonly indexes: Set<unknown> }>();
  for (const { path } of outcomes) {
    const depth = path.findLastIndex((key) => typeof key === 'number');
    if (depth === -1) continue;
    const listPath = path.slice(0, depth);
    const key = JSON.stringify(listPath);
    const known = dropped.get(key);
    const list = known?.list ?? valueAt(data, listPath);
    if (!Array.isArray(list)) continue;
    dropped.set(key, { list, indexes: (known?.indexes ?? new Set()).add(path[depth]) });
  }
  return new Map([...dropped].map(([key, { list, indexes }]) => [key, { list, places: placesIn(list, indexes) }]));
}

function placesIn(list: readonly unknown[], dropped: ReadonlySet<unknown>): Shortened['places'] {
  let place = 0;
  return list.map((_item, index) => (dropped.has(index) ? undefined : place++));
}

/** The error with the path that it has afterwards; none when it is about an item that is dropped. */
function moveUp<E extends Located>(
  error: E,
  lists: ReadonlyMap<string, Shortened>,
  movePath: MovePath<E>,
): readonly E[] {
  const { path } = error;
  if (!path) return [error];
  const moved: (string | number)[] = [];
  for (const [depth, key] of path.entries()) {
    const shortened = typeof key === 'number' ? lists.get(JSON.stringify(path.slice(0, depth))) : undefined;
    const place = shortened ? shortened.places[Number(key)] : key;
    if (place === undefined) return [];
    moved.push(place);
  }
  return moved.every((key, depth) => key === path[depth]) ? [error] : [movePath(error, moved)];
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
