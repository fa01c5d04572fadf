import type { Facts } from './facts.ts';

/** Facts whose claims tell which of them are read. */
export interface WatchedFacts {
  readonly facts: Facts;
  /** The names of the claims that were read since the last call, in alphabetical order. */
  takeNames(): readonly string[];
}

/**
 * The same facts, noting the names of the claims that rules read: of the record's own properties only, so that a name is
 * never something that a row or a client brought along. Values are passed on and not kept.
 */
export function watchClaims(facts: Facts): WatchedFacts {
  const names = new Set<string>();
  const { claims } = facts;
  return {
    facts: claims.state === 'found' ? { ...facts, claims: { ...claims, claims: watch(claims.claims, names) } } : facts,
    takeNames() {
      const taken = [...names].sort();
      names.clear();
      return taken;
    },
  };
}

function watch(claims: unknown, names: Set<string>): unknown {
  if (typeof claims !== 'object' || claims === null) return claims;
  return new Proxy(claims, {
    get(record, name) {
      note(record, name);
      return Reflect.get(record, name);
    },
    has(record, name) {
      note(record, name);
      return Reflect.has(record, name);
    },
  });

  function note(record: object, name: string | symbol) {
    if (typeof name === 'string' && Object.hasOwn(record, name)) names.add(name);
  }
}
