import { buildSchema, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { ClaimsUnavailableError, NotFoundError, UnauthenticatedError } from '../../src/errors.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import type { GuardSession } from '../../src/guard/guardSession.ts';
import {
  allOf,
  denyMode,
  masked,
  publicField,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import type { Principal } from '../../src/token/principal.ts';
import { type StaffClaims, userWith } from '../support/callers.ts';

interface Row {
  readonly id: string;
  readonly region: string;
}

const canRead = requireScope('parcels/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is of their region', (row: Row, { region }: StaffClaims) => row.region === region);

const permissions = {
  Query: { motto: publicField('is painted on the wall') },
  Subscription: { arrived: canRead, audited: allOf(canRead, isManager), dropped: canRead, two: canRead },
  Parcel: {
    id: canRead,
    contents: allOf(canRead, isTheirs),
    label: allOf(
      canRead,
      masked(isTheirs, () => '***'),
    ),
  },
};

/** A source that gives what is pushed, and tells whether it is open. */
function createSource() {
  const queue: unknown[] = [];
  let wake = () => {};
  const state = { opened: 0, closed: 0 };
  const source: AsyncIterableIterator<unknown> = {
    async next() {
      while (queue.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const event = queue.shift();
      if (event === 'end') return { done: true, value: undefined };
      if (event instanceof Error) throw event;
      return { done: false, value: event };
    },
    async return() {
      state.closed += 1;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => source,
  };
  return {
    state,
    open() {
      state.opened += 1;
      return source;
    },
    push(event: unknown) {
      queue.push(event);
      wake();
    },
  };
}

let source: ReturnType<typeof createSource>;
let claims: StaffClaims | Error;
let loads: number;

beforeEach(() => {
  source = createSource();
  claims = { role: 'manager', region: 'north' };
  loads = 0;
});

const sdl = `
  type Query { motto: String }
  type Subscription { arrived(region: String): Parcel audited: Parcel dropped: Parcel two: Parcel }
  type Parcel { id: ID contents: String label: String }
`;

function schemaWithSource(): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    field.subscribe = () => source.open();
    field.resolve = (event) => {
      if (event instanceof Error) throw event;
      if (event === 'gone') throw new NotFoundError('expected a parcel that there is');
      return event;
    };
  }
  for (const [name, field] of Object.entries(Object(schema.getType('Parcel')).getFields())) {
    if (name !== 'id') Object.assign(Object(field), { resolve: ({ id }: Row) => `${name} of ${id}` });
  }
  return schema;
}

function soon(seconds = 3600): Principal {
  return { ...userWith('parcels/read'), expiresAt: Date.now() / 1000 + seconds };
}

function sessionOf(caller: { readonly principal?: Principal; readonly recheck?: () => Promise<Principal> } = {}) {
  const guard = createGuard({
    schema: schemaWithSource(),
    permissions: {
      ...permissions,
      Subscription: { ...permissions.Subscription, dropped: denyMode('dropItem', allOf(canRead, isManager)) },
    },
    onClaimsUnavailable() {},
    onInternalError() {},
  });
  return guard.session({
    principal: caller.principal ?? soon(),
    ...(caller.recheck && { recheck: caller.recheck }),
    claims: async () => {
      loads += 1;
      if (claims instanceof Error) throw claims;
      return claims;
    },
  });
}

async function listen(session: GuardSession, query: string, options = {}) {
  const start = await session.subscribe({ document: parse(query) }, options);
  if (start.refused) throw new Error(JSON.stringify(start.response));
  return start.events;
}

const told = ({ value, done }: IteratorResult<ExecutionResult>) =>
  done
    ? 'over'
    : {
        ...(value.data !== undefined && { data: JSON.parse(JSON.stringify(value.data)) }),
        ...(value.errors && {
          errors: value.errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]),
        }),
      };

const north: Row = { id: 'p-1', region: 'north' };

describe('before there is an event', () => {
  test.each([
    ['without a scope', { ...soon(), scopes: new Set<string>() }, '{ arrived { id } }', 403],
    ['without a token', { kind: 'anonymous', scopes: new Set<string>() } as const, '{ arrived { id } }', 401],
  ])('the source is not opened for a caller %s', async (_who, principal, selection, status) => {
    const start = await sessionOf({ principal }).subscribe({ document: parse(`subscription ${selection}`) });
    expect(start).toMatchObject({ refused: true, response: { status } });
    expect(source.state).toEqual({ opened: 0, closed: 0 });
  });

  test('nor for one whose claims refuse it, or cannot be read', async () => {
    claims = { role: 'clerk', region: 'north' };
    const request = { document: parse('subscription { audited { id } }') };
    expect(await sessionOf().subscribe(request)).toMatchObject({ refused: true, response: { status: 403 } });
    claims = new ClaimsUnavailableError('the store is down');
    expect(await sessionOf().subscribe(request)).toMatchObject({ refused: true, response: { status: 503 } });
    expect(source.state.opened).toBe(0);
  });

  test.each([
    'query { motto }',
    'subscription { a: arrived { id } b: two { id } }',
    'subscription { arrived(region: 5) { id } }',
  ])('%s is refused as no subscription that could be served', async (query) => {
    const start = await sessionOf().subscribe({ document: parse(query) });
    expect(start).toMatchObject({
      refused: true,
      response: { status: 400, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } },
    });
    expect(source.state.opened).toBe(0);
  });
});

describe('each event', () => {
  test('is decided by the claims of its moment', async () => {
    const events = await listen(sessionOf(), 'subscription { arrived { id contents label } }');
    source.push(north);
    expect(told(await events.next())).toEqual({
      data: { arrived: { id: 'p-1', contents: 'contents of p-1', label: 'label of p-1' } },
    });
    claims = { role: 'manager', region: 'south' };
    source.push(north);
    expect(told(await events.next())).toEqual({
      data: { arrived: { id: 'p-1', contents: null, label: '***' } },
      errors: [['arrived.contents', 'FORBIDDEN']],
    });
    expect(loads).toBe(3);
  });

  test('comes one at a time, however many are asked for at once', async () => {
    const events = await listen(sessionOf(), 'subscription { arrived { id } }');
    const asked = [events.next(), events.next(), events.next()];
    for (const id of ['p-1', 'p-2']) source.push({ ...north, id });
    source.push('end');
    expect((await Promise.all(asked)).map(told)).toEqual([
      { data: { arrived: { id: 'p-1' } } },
      { data: { arrived: { id: 'p-2' } } },
      'over',
    ]);
  });

  test('that its caller does not see did not happen', async () => {
    const events = await listen(sessionOf(), 'subscription { arrived { id } }');
    source.push('gone');
    source.push(north);
    expect(told(await events.next())).toEqual({ data: { arrived: { id: 'p-1' } } });
    const dropped = await listen(sessionOf(), 'subscription { dropped { id } }');
    claims = { role: 'clerk', region: 'north' };
    source.push(north);
    const next = dropped.next();
    claims = { role: 'manager', region: 'north' };
    source.push({ ...north, id: 'p-2' });
    expect(told(await next)).toMatchObject({ data: { dropped: {} } });
  });

  test('ends the subscription when the caller may hear no more', async () => {
    const events = await listen(sessionOf(), 'subscription { audited { id } }');
    source.push(north);
    expect(told(await events.next())).toEqual({ data: { audited: { id: 'p-1' } } });
    claims = { role: 'clerk', region: 'north' };
    source.push(north);
    expect(told(await events.next())).toEqual({ errors: [['audited', 'FORBIDDEN']] });
    expect(told(await events.next())).toBe('over');
    expect(source.state.closed).toBe(1);
  });

  test('ends it when nobody can tell whether they may', async () => {
    const events = await listen(sessionOf(), 'subscription { audited { id } }');
    claims = new ClaimsUnavailableError('the store is down');
    source.push(north);
    expect(told(await events.next())).toEqual({ errors: [['audited', 'CLAIMS_UNAVAILABLE']] });
    expect(told(await events.next())).toBe('over');
  });

  test('ends it when the source fails, and says no more than an error id', async () => {
    const events = await listen(sessionOf(), 'subscription { arrived { id } }');
    source.push(new Error('host db-7 is gone'));
    const { value } = await events.next();
    expect(JSON.stringify(value)).not.toMatch(/db-7/);
    expect(value?.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(told(await events.next())).toBe('over');
  });

  test('ends it also when whoever is told of the failure fails too', async () => {
    const guard = createGuard({
      schema: schemaWithSource(),
      permissions,
      onClaimsUnavailable() {},
      onInternalError() {
        throw new Error('the log at db-8 is full');
      },
    });
    const session = guard.session({ principal: soon(), claims: async () => claims });
    const events = await listen(session, 'subscription { arrived { id } }');
    source.push(new Error('host db-7 is gone'));
    const { value } = await events.next();
    expect(JSON.stringify(value)).not.toMatch(/db-/);
    expect(value?.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
    expect([told(await events.next()), source.state.closed]).toEqual(['over', 1]);
  });

  test('has a context of its own, and may be executed by somebody else', async () => {
    const contexts: object[] = [];
    const events = await listen(sessionOf(), 'subscription { arrived { id } }', {
      context: () => ({ number: contexts.length }),
      execute: ({ rootValue, contextValue }: { rootValue: Row; contextValue: object }) => {
        contexts.push(contextValue);
        return { data: { by: rootValue.id } };
      },
    });
    for (const id of ['p-1', 'p-2']) source.push({ ...north, id });
    expect([told(await events.next()), told(await events.next())]).toEqual([
      { data: { by: 'p-1' } },
      { data: { by: 'p-2' } },
    ]);
    expect(contexts).toMatchObject([{ number: 0 }, { number: 1 }]);
    expect(Object(contexts[0]).authorization).not.toBe(Object(contexts[1]).authorization);
  });
});

describe('it is over, while an event is waited for,', () => {
  test('when the token expires', async () => {
    const events = await listen(sessionOf({ principal: soon(0.2) }), 'subscription { arrived { id } }');
    expect(told(await events.next())).toEqual({ errors: [[undefined, 'UNAUTHENTICATED']] });
    expect([told(await events.next()), source.state]).toEqual(['over', { opened: 1, closed: 1 }]);
  });

  test('when the token is revoked', async () => {
    let isRevoked = false;
    const principal = soon();
    const recheck = async () => {
      if (isRevoked) throw new UnauthenticatedError('invalid', 'the token was revoked');
      return principal;
    };
    const events = await listen(sessionOf({ principal, recheck }), 'subscription { arrived { id } }');
    const next = events.next();
    isRevoked = true;
    expect(told(await next)).toEqual({ errors: [[undefined, 'UNAUTHENTICATED']] });
    expect(source.state.closed).toBe(1);
  });

  test('when the token is somebody else’s', async () => {
    const principal = { ...userWith('parcels/read'), expiresAt: Date.now() / 1000 + 3600 };
    const recheck = async () => ({ ...principal, subject: 'user-2' });
    const events = await listen(sessionOf({ principal, recheck }), 'subscription { arrived { id } }');
    source.push(north);
    expect(told(await events.next())).toEqual({ errors: [[undefined, 'UNAUTHENTICATED']] });
  });

  test('also when nobody waits just then, and the reason is still told', async () => {
    const ended = new AbortController();
    const events = await listen(sessionOf(), 'subscription { arrived { id } }', { signal: ended.signal });
    source.push(north);
    expect(told(await events.next())).toEqual({ data: { arrived: { id: 'p-1' } } });
    ended.abort(new UnauthenticatedError('expired', 'the token expired'));
    expect(told(await events.next())).toEqual({ errors: [[undefined, 'UNAUTHENTICATED']] });
    expect(told(await events.next())).toBe('over');
  });

  test('when whoever hears it is gone, or ends it', async () => {
    const gone = new AbortController();
    const events = await listen(sessionOf(), 'subscription { arrived { id } }', { signal: gone.signal });
    const next = events.next();
    gone.abort();
    expect(told(await next)).toBe('over');
    const others = await listen(sessionOf(), 'subscription { arrived { id } }');
    const waiting = others.next();
    await others.return();
    expect([told(await waiting), source.state]).toEqual(['over', { opened: 2, closed: 2 }]);
  });
});
