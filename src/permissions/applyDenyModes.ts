import type { DenyOutcome } from './denyMode.ts';

type Path = readonly (string | number)[];

interface Result<E> {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly E[];
}

/**
 * The response as the deny modes of its denied fields want it. Without outcomes it is the same object. An item that is
 * dropped takes its errors with it, and the paths of later items' errors move up with them. `data` is changed in place.
 */
export function applyDenyModes<E extends { readonly path?: Path | undefined }>(
  result: Result<E>,
  outcomes: readonly DenyOutcome[],
): Result<E> {
  const fatal = outcomes.filter(({ mode }) => mode === 'failOperation');
  if (fatal.length > 0) {
    const paths = new Set(fatal.map(({ path }) => JSON.stringify(path)));
    return { errors: (result.errors ?? []).filter(({ path }) => path && paths.has(JSON.stringify(path))) };
  }
  return outcomes.length === 0 ? result : dropItems(result, outcomes);
}

function dropItems<E extends { readonly path?: Path | undefined }>(
  result: Result<E>,
  outcomes: readonly DenyOutcome[],
) {
  const items = new Map<string, Path>();
  for (const { path } of outcomes) {
    const item = itemOf(path);
    if (item) items.set(JSON.stringify(item), item);
  }
  // From the last to the first, so that what is still to be dropped stands where its path says.
  const lastFirst = [...items.values()].sort((a, b) => compare(b, a));
  let errors = result.errors ?? [];
  for (const item of lastFirst) {
    const list = valueAt(result.data, item.slice(0, -1));
    const index = Number(item.at(-1));
    // Nothing is there any more when a null above the list has taken it.
    if (!Array.isArray(list)) continue;
    list.splice(index, 1);
    errors = errors.flatMap((error) => moveUp(error, item));
  }
  const { errors: _errors, ...rest } = result;
  return errors.length === 0 ? rest : { ...rest, errors };
}

/** The path up to its last index: the innermost list item around a field. */
function itemOf(path: Path): Path | undefined {
  const index = path.findLastIndex((key) => typeof key === 'number');
  return index === -1 ? undefined : path.slice(0, index + 1);
}

function moveUp<E extends { readonly path?: Path | undefined }>(error: E, item: Path): readonly E[] {
  const { path } = error;
  const depth = item.length - 1;
  const dropped = Number(item[depth]);
  if (!path || path.length <= depth || item.slice(0, depth).some((key, index) => key !== path[index])) return [error];
  const index = path[depth];
  if (typeof index !== 'number' || index < dropped) return [error];
  if (index === dropped) return [];
  return [{ ...error, path: [...path.slice(0, depth), index - 1, ...path.slice(depth + 1)] }];
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function compare(a: Path, b: Path): number {
  for (const [index, key] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (key === other) continue;
    return typeof key === 'number' && typeof other === 'number' ? key - other : String(key) < String(other) ? -1 : 1;
  }
  return a.length === b.length ? 0 : -1;
}
