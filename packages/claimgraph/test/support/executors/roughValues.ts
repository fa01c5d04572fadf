import { GraphQLError } from 'graphql';
import { ForbiddenError, NotFoundError } from '../../../src/errors.ts';

/** Values as no resolver should give them, at places that only a number says: the same number, the same values. */
export interface Roughness {
  restart(seed: number, percent: number): void;
  /** The value, or something in its place; may throw. */
  apply(value: unknown): unknown;
}

export function createRoughness(): Roughness {
  let state = 0;
  let percent = 0;
  // mulberry32
  const next = (count: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
  return {
    restart(seed, atMost) {
      state = seed;
      percent = atMost;
    },
    apply(value) {
      return next(100) < percent ? roughen(value) : value;
    },
  };

  function roughen(value: unknown): unknown {
    switch (next(17)) {
      case 0:
        return Promise.resolve(value);
      case 1:
        return later(() => value);
      case 2:
        return null;
      case 3:
        return undefined;
      case 4:
        throw new Error('thrown');
      case 5:
        throw new NotFoundError('there is none');
      case 6:
        return new ForbiddenError('given back');
      case 7:
        return handled(Promise.reject(new NotFoundError('rejected')));
      case 8:
        return later(() => {
          throw new Error('rejected later');
        });
      case 9:
        return next(2) === 0 ? {} : [];
      case 10:
        return next(2) === 0 ? Number.NaN : Symbol('no value');
      case 11:
        return () => value;
      case 12:
        // biome-ignore lint/suspicious/noThenProperty: a promise of somebody else's making.
        return { then: (resolve: (later: unknown) => void) => resolve(value) };
      case 13:
        throw next(2) === 0
          ? 'a text'
          : new GraphQLError('told', { path: ['elsewhere'], extensions: { code: 'BAD_USER_INPUT' } });
      case 14:
        return Array.isArray(value) ? new Set(value) : 'a text';
      default:
        return inside(value);
    }
  }

  /** An object or list of the same kind, some of whose members are something else. */
  function inside(value: unknown): unknown {
    const member = (of: unknown) => {
      try {
        return next(3) === 0 ? roughen(of) : of;
      } catch (error) {
        return error instanceof Error ? error : null;
      }
    };
    if (Array.isArray(value)) return value.map(member);
    if (typeof value !== 'object' || value === null || value instanceof Date || 'then' in value)
      return later(() => value);
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, member(of)]));
  }
}

function later<T>(give: () => T): Promise<T> {
  return handled(new Promise((resolve) => setImmediate(resolve)).then(give));
}

/** Nobody may ever ask for what is made here; what an executor makes of it is the executor's to wait for. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
