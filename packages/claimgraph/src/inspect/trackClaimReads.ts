import type { ClaimsResult, DecisionInput } from '../logic/decisionInput.ts';

/** Facts whose claims tell which of them are read. */
export interface WatchedFacts {
  readonly facts: DecisionInput;
  /** The names of the claims that were read since the last call, in alphabetical order. */
  takeNames(): readonly string[];
}

/**
 * The same facts, noting the names of the claims that rules read: of the record's own properties only, so that a name is
 * never something that a row or a client brought along; those of a group as `group.name`. Values are passed on and not kept.
 */
export function trackClaimReads(facts: DecisionInput): WatchedFacts {
  const names = new Set<string>();
  const { claims, groups } = facts;
  return {
    facts: {
      ...facts,
      claims: watchState(claims, '', names),
      ...(groups && { groups: { get: (group) => watchGroup(groups.get(group), group) } }),
    },
    takeNames() {
      const taken = [...names].sort();
      names.clear();
      return taken;
    },
  };

  function watchGroup(state: ClaimsResult<unknown> | undefined, group: string) {
    return state && watchState(state, `${group}.`, names);
  }
}

function watchState(claims: ClaimsResult<unknown>, prefix: string, names: Set<string>): ClaimsResult<unknown> {
  return claims.state === 'found' ? { ...claims, claims: watch(claims.claims, prefix, names) } : claims;
}

function watch(claims: unknown, prefix: string, names: Set<string>): unknown {
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
    if (typeof name === 'string' && Object.hasOwn(record, name)) names.add(prefix + name);
  }
}
