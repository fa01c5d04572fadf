import { envelop, useEngine, useExtendContext, useSchema } from '@envelop/core';
import { execute, GraphQLError, type GraphQLSchema, parse, specifiedRules, subscribe, validate } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { type EnvelopGuardOptions, useGuard } from '../../src/adapters/envelop.ts';
import { AuthenticationUnavailableError, ConfigurationError, UnauthenticatedError } from '../../src/errors.ts';
import type { GuardOptions } from '../../src/guard/createGuard.ts';
import type { Principal } from '../../src/token/principal.ts';
import { called, guardParcels } from '../guard/parcels.ts';
import { type StaffClaims, userWith } from '../support/callers.ts';

// The host that Yoga is made of; Yoga itself is asked over HTTP in test/adopters.

const people: Readonly<Record<string, StaffClaims>> = {
  clerk: { role: 'clerk', region: 'north' },
  manager: { role: 'manager', region: 'north' },
  mover: { role: 'manager', region: 'north' },
};

let loads: string[] = [];
let isDown = false;

beforeEach(() => {
  called.length = 0;
  loads = [];
  isDown = false;
});

async function verifyToken(token: string): Promise<Principal> {
  if (token === 'late') throw new AuthenticationUnavailableError('the keys of 10.0.0.7', { retryAfterSeconds: 5 });
  if (token === 'foreign') throw new TypeError('a secret of another library');
  if (!Object.hasOwn(people, token)) throw new UnauthenticatedError('invalid', `no such token: ${token}`);
  return { ...userWith('parcels/read'), subject: token, expiresAt: Math.floor(Date.now() / 1000) + 3600 };
}

async function claims({ subject }: { readonly subject: string }): Promise<StaffClaims | undefined> {
  loads.push(subject);
  if (isDown) throw new Error('connect ECONNREFUSED 10.0.0.7');
  // At the start and for two events.
  if (subject === 'mover' && loads.length > 3) return people.clerk;
  return people[subject];
}

interface Hosting {
  readonly guard?: Partial<GuardOptions>;
  readonly schema?: GraphQLSchema;
  readonly options?: Partial<EnvelopGuardOptions<StaffClaims>>;
  readonly context?: object;
}

function host({ guard: guardOptions, schema, options, context = { db: 'mine' } }: Hosting = {}) {
  const guard = guardParcels(guardOptions);
  const getEnveloped = envelop({
    plugins: [
      useEngine({ parse, validate, execute, subscribe, specifiedRules }),
      useSchema(schema ?? guard.schema),
      useExtendContext(() => context),
      useGuard(guard, { verifyToken, claims, ...options }),
    ],
  });
  /** What Yoga does with a request: the result, or each of a subscription's. */
  return async (query: string, token?: string, initial: object = requestWith(token)) => {
    const { parse, contextFactory, execute, subscribe, schema } = getEnveloped(initial);
    const document = parse(query);
    try {
      const args = { schema, document, contextValue: await contextFactory({}) };
      const isSubscription = /^\s*subscription/.test(query);
      const result = await (isSubscription ? subscribe(args) : execute(args));
      if (!(Symbol.asyncIterator in result)) return toShown(result);
      const events: ReturnType<typeof toShown>[] = [];
      for await (const event of result) events.push(toShown(event));
      return { events };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return toShown({ errors: [error], extensions: { http: error.extensions.http } });
    }
  };
}

function requestWith(token: string | undefined) {
  return { request: new Request('http://localhost/', token ? { headers: { authorization: `Bearer ${token}` } } : {}) };
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLError[];
  readonly extensions?: { readonly http?: unknown };
}

function toShown({ data, errors = [], extensions }: Result) {
  // Whatever is asked: nothing that was meant for the log.
  expect(JSON.stringify(errors)).not.toMatch(
    /manager of the depot|of their region|10\.0\.0\.7|\.ts:|secret of another/,
  );
  const shown = errors.map(({ path, extensions: { code } }) => (path ? `${path.join('.')}: ${code}` : code));
  return { data, errors: shown, http: extensions?.http };
}

describe('a host of Envelop', () => {
  test('answers what the caller may read, and refuses the rest of it', async () => {
    const ask = host();
    expect(await ask('{ motto audit parcels { contents } }', 'clerk')).toMatchObject({
      data: { motto: 'we carry', audit: null, parcels: [{ contents: 'globe p-0' }, { contents: null }, {}] },
      errors: expect.arrayContaining(['parcels.1.contents: FORBIDDEN', 'audit: FORBIDDEN']),
      http: undefined,
    });
    expect(loads).toEqual(['clerk']);
    expect(await ask('{ motto audit }')).toMatchObject({
      data: { motto: 'we carry' },
      errors: ['audit: UNAUTHENTICATED'],
    });
  });

  test('executes nothing of a mutation with a refused selection', async () => {
    const ask = host();
    const refused = await ask('mutation { send burn }', 'clerk');
    expect(refused).toMatchObject({ data: undefined, errors: ['burn: FORBIDDEN'], http: { status: 403 } });
    expect(called).toEqual([]);
    expect(await ask('mutation { send burn }', 'manager')).toMatchObject({ data: { send: 'sent', burn: 'burnt' } });
  });

  test('says of an outage that it is one, in whole and in part', async () => {
    const ask = host();
    isDown = true;
    const http = { status: 503, headers: { 'retry-after': '1' } };
    expect(await ask('{ audit }', 'manager')).toMatchObject({ errors: ['audit: CLAIMS_UNAVAILABLE'], http });
    expect(await ask('{ motto audit }', 'manager')).toMatchObject({
      data: { motto: 'we carry', audit: null },
      errors: ['audit: CLAIMS_UNAVAILABLE'],
      http: undefined,
    });
  });

  test('applies deny modes', async () => {
    const ask = host();
    expect(await ask('{ parcels { id price } }', 'clerk')).toMatchObject({
      data: { parcels: [{ id: 'p-0' }, { id: 'p-2' }] },
      errors: [],
    });
    expect(await ask('{ motto parcels { seal } }', 'clerk')).toMatchObject({
      data: undefined,
      errors: ['parcels.1.seal: FORBIDDEN'],
      http: { status: 403 },
    });
  });

  test('shows each caller the schema that they can reach', async () => {
    const ask = host({ guard: { introspection: 'by-caller' } });
    const query = '{ __schema { types { name fields { name } } } }';
    expect(JSON.stringify(await ask(query, 'clerk'))).not.toMatch(/"(audit|burn)"/);
    expect(JSON.stringify(await ask(query, 'manager'))).toMatch(/"audit".*"burn"/);
    expect(JSON.stringify(await ask(query))).not.toMatch(/"parcels"/);
  });

  test.each([
    ['that is not accepted', 'nobody', 401, 'UNAUTHENTICATED'],
    ['that is not one', '"', 401, 'UNAUTHENTICATED'],
    ['that nobody can tell about now', 'late', 503, 'AUTHENTICATION_UNAVAILABLE'],
    ['of which another library only says that it failed', 'foreign', 503, 'AUTHENTICATION_UNAVAILABLE'],
  ])('takes a token %s for none', async (_name, token, status, code) => {
    expect(await host()('{ motto }', token)).toMatchObject({ errors: [code], http: { status } });
    expect(called).toEqual([]);
  });

  test('opens no source for whoever may not have its events, and decides each event', async () => {
    const ask = host();
    const query = 'subscription { arrived { id contents price } }';
    expect(await ask(query, 'clerk')).toMatchObject({ errors: ['arrived: FORBIDDEN'], http: { status: 403 } });
    expect(called).toEqual([]);
    const { events } = (await ask('subscription { arrived { id contents } }', 'manager')) as { events: unknown[] };
    expect(events).toMatchObject([
      { data: { arrived: { id: 'p-0', contents: 'globe p-0' } }, errors: [] },
      { data: { arrived: { id: 'p-1', contents: null } }, errors: ['arrived.contents: FORBIDDEN'] },
      { data: { arrived: { id: 'p-2', contents: 'globe p-2' } }, errors: [] },
    ]);
  });

  test('decides each event by the claims of its moment', async () => {
    const { events } = (await host()('subscription { arrived { id } }', 'mover')) as { events: unknown[] };
    expect(events).toMatchObject([
      { data: { arrived: { id: 'p-0' } } },
      { data: { arrived: { id: 'p-1' } } },
      { errors: ['arrived: FORBIDDEN'] },
    ]);
  });

  test('that knows requests in another way tells who sent them', async () => {
    const authorizationHeaders = (context: object) => [`Bearer ${Reflect.get(context, 'caller')}`];
    const ask = host({ options: { authorizationHeaders } });
    expect(await ask('{ audit }', undefined, { caller: 'manager' })).toMatchObject({ data: { audit: 'all is well' } });
  });

  test.each([
    ['no request', {}],
    ['a request without headers', { request: { headers: 'authorization' } }],
  ])('that gives %s gets nothing but a code', async (_name, initial) => {
    const reported: string[] = [];
    const ask = host({ guard: { onInternalError: (errorId) => reported.push(errorId) } });
    expect(await ask('{ motto }', undefined, initial)).toMatchObject({
      errors: ['INTERNAL_SERVER_ERROR'],
      http: { status: 500 },
    });
    expect(reported).toHaveLength(1);
    expect(called).toEqual([]);
  });

  test('does not start with another schema than the guard’s', () => {
    expect(() => host({ schema: guardParcels().schema })).toThrow(ConfigurationError);
  });

  test('refuses a context that has an authorization of its own', async () => {
    await expect(host({ context: { authorization: 'Bearer x' } })('{ motto }', 'clerk')).rejects.toThrow(TypeError);
  });
});
