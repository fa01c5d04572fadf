import { isRecord } from './change.ts';

/** The same value, noting the paths of the own properties that are read. */
export function watchPaths(value: unknown, path: readonly string[], paths: Set<string>): unknown {
  if (!isRecord(value)) return value;
  return new Proxy(value, {
    get(record, name) {
      const inner: unknown = Reflect.get(record, name);
      if (typeof name !== 'string' || !Object.hasOwn(record, name)) return inner;
      const here = [...path, name];
      if (isRecord(inner)) return watchPaths(inner, here, paths);
      paths.add(here.join('.'));
      return inner;
    },
  });
}
