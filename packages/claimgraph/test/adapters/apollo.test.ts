import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuardContext, createGuardPlugin } from '../../src/adapters/apollo/index.ts';
import {
  AuthenticationUnavailableError,
  ConfigurationError,
  NotFoundError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import type { Guard, GuardOptions } from '../../src/guard/createGuard.ts';
import type { SessionContext } from '../../src/guard/session.ts';
import type { Principal } from '../../src/token/principal.ts';
import { called, guardParcels } from '../guard/parcels.ts';
import { type StaffClaims, userWith } from '../support/callers.ts';

const people: Readonly<Record<string, StaffClaims>> = {
  clerk: { role: 'clerk', region: 'north' },
  manager: { role: 'manager', region: 'north' },
};

interface Context extends SessionContext {
  readonly db: string;
}

const stop: (() => Promise<void>)[] = [];
let loads: string[] = [];
let isDown = false;

beforeEach(() => {
  called.length = 0;
  loads = [];
  isDown = false;
});

afterEach(async () => {
  for (const end of stop.splice(0)) await end();
});

async function verifyToken(token: string): Promise<Principal> {
  if (token === 'late') throw new AuthenticationUnavailableError('the keys of 10.0.0.7', { retryAfterSeconds: 5 });
  if (token === 'foreign') throw new TypeError('a secret of another library');
  if (!Object.hasOwn(people, token)) throw new UnauthenticatedError('invalid', `no such token: ${token}`);
  return { ...userWith('parcels/read'), subject: token };
}

async function serve(
  options: Partial<GuardOptions> = {},
  plugins: ApolloServerPlugin<Context>[] = [],
  rest: Partial<ConstructorParameters<typeof ApolloServer<Context>>[0]> = {},
) {
  const guard: Guard = guardParcels(options);
  const server = new ApolloServer<Context>({
    schema: guard.schema,
    introspection: true,
    // As when a developer has not set NODE_ENV.
    includeStacktraceInErrorResponses: true,
    ...rest,
    plugins: [createGuardPlugin(guard), ...plugins],
  } as ConstructorParameters<typeof ApolloServer<Context>>[0]);
  const context = createGuardContext(guard, {
    verifyToken,
    claims: async ({ subject }) => {
      loads.push(subject);
      if (isDown) throw new Error('connect ECONNREFUSED 10.0.0.7');
      return people[subject];
    },
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: context(async () => ({ db: 'mine' })),
  });
  stop.push(() => server.stop());
  return async (body: unknown, token?: string | readonly string[]) => {
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const one of token === undefined ? [] : [token].flat()) headers.append('authorization', `Bearer ${one}`);
    const sent = typeof body === 'string' ? { query: body } : body;
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(sent) });
    const text = await response.text();
    // Whatever is asked: no rule, no place in the code, no text that was meant for the log.
    expect(text).not.toMatch(/manager of the depot|of their region|10\.0\.0\.7|\.ts:|secret of another/);
    const { data, errors = [] } = JSON.parse(text);
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      retryAfter: response.headers.get('retry-after'),
      data,
      errors: errors.map(toShown),
      all: JSON.parse(text),
    };
  };
}

function toShown({ path, extensions }: { path?: string[]; extensions: { code: string } }) {
  return path ? `${path.join('.')}: ${extensions.code}` : extensions.code;
}

describe('an ApolloServer of somebody else', () => {
  test('answers what the caller may read, and refuses the rest of it', async () => {
    const ask = await serve();
    expect(await ask('{ motto audit parcels { contents } }', 'clerk')).toMatchObject({
      status: 200,
      data: { motto: 'we carry', audit: null, parcels: [{ contents: 'globe p-0' }, { contents: null }, {}] },
      errors: expect.arrayContaining(['parcels.1.contents: FORBIDDEN', 'audit: FORBIDDEN']),
    });
    expect(loads).toEqual(['clerk']);
    expect(await ask('{ motto audit }')).toMatchObject({ status: 200, errors: ['audit: UNAUTHENTICATED'] });
  });

  test('executes nothing of a mutation with a refused selection', async () => {
    const ask = await serve();
    expect(await ask('mutation { send burn }', 'clerk')).toMatchObject({ status: 403, errors: ['burn: FORBIDDEN'] });
    expect(called).toEqual([]);
    expect(await ask('mutation { send burn }', 'manager')).toMatchObject({ data: { send: 'sent', burn: 'burnt' } });
  });

  test('says of an outage that it is one, in whole and in part', async () => {
    const ask = await serve();
    isDown = true;
    expect(await ask('{ audit }', 'manager')).toMatchObject({
      status: 503,
      retryAfter: '1',
      errors: ['audit: CLAIMS_UNAVAILABLE'],
    });
    expect(await ask('{ motto audit }', 'manager')).toMatchObject({
      status: 200,
      data: { motto: 'we carry', audit: null },
      errors: ['audit: CLAIMS_UNAVAILABLE'],
    });
  });

  test('applies deny modes', async () => {
    const ask = await serve();
    expect(await ask('{ parcels { id price } }', 'clerk')).toMatchObject({
      data: { parcels: [{ id: 'p-0' }, { id: 'p-2' }] },
      errors: [],
    });
    expect(await ask('{ motto parcels { seal } }', 'clerk')).toMatchObject({
      status: 403,
      data: undefined,
      errors: ['parcels.1.seal: FORBIDDEN'],
    });
  });

  test('shows each caller the schema that they can reach', async () => {
    const ask = await serve({ introspection: 'by-caller' });
    const query = '{ __schema { types { name fields { name } } } }';
    expect(JSON.stringify(await ask(query, 'clerk'))).not.toMatch(/"(audit|burn)"/);
    expect(JSON.stringify(await ask(query, 'manager'))).toMatch(/"audit".*"burn"/);
    expect(JSON.stringify(await ask(query))).not.toMatch(/"parcels"/);
  });

  test.each([
    ['that is not accepted', 'nobody', 401, 'UNAUTHENTICATED', /error="invalid_token"/],
    ['that another library fails to check', 'foreign', 503, 'AUTHENTICATION_UNAVAILABLE', undefined],
    ['that is not one', '"', 401, 'UNAUTHENTICATED', /error="invalid_token"/],
    ['that nobody can tell about now', 'late', 503, 'AUTHENTICATION_UNAVAILABLE', undefined],
  ])('takes a token %s for none', async (_name, token, status, code, challenge) => {
    const ask = await serve();
    const answer = await ask('{ motto }', token);
    expect(answer).toMatchObject({ status, errors: [code] });
    if (challenge) expect(answer.challenge).toMatch(challenge);
    expect(called).toEqual([]);
  });

  test('tells errors of resolvers as they carry their answer, and masks nothing of its own', async () => {
    const ask = await serve();
    const answer = await ask('{ lost motto }', 'clerk');
    expect(answer).toMatchObject({ errors: ['lost: NOT_FOUND'] });
    expect(answer.all.errors[0].message).toBe(new NotFoundError('').clientMessage);
  });

  test('has plugins and a formatError of its own', async () => {
    const seen: string[] = [];
    const plugin: ApolloServerPlugin<BaseContext> = {
      async requestDidStart() {
        return {
          async executionDidStart({ contextValue }) {
            seen.push(Object.keys(contextValue).sort().join());
            return { willResolveField: ({ info }) => void seen.push(info.fieldName) };
          },
          async willSendResponse({ response }) {
            response.http.headers.set('x-mine', '1');
          },
        };
      },
    };
    const ask = await serve({}, [plugin], { formatError: (error) => ({ ...error, message: 'in my words' }) });
    const { all } = await ask('{ audit motto }', 'clerk');
    expect(seen).toEqual(['authorization,db', 'audit', 'motto']);
    expect(all.errors[0]).toMatchObject({ message: 'in my words', extensions: { code: 'FORBIDDEN' } });
  });

  test('decides each operation of a batch by itself, and loads claims once for all of them', async () => {
    const ask = await serve({}, [], { allowBatchedHttpRequests: true });
    const { all } = await ask(
      [{ query: '{ audit }' }, { query: '{ parcels { price } }' }, { query: '{ motto }' }],
      'clerk',
    );
    expect(all).toMatchObject([
      { errors: [{ path: ['audit'] }] },
      { data: { parcels: [{ price: 9 }, { price: 9 }] } },
      { data: { motto: 'we carry' } },
    ]);
    expect(loads).toEqual(['clerk']);
  });

  test('refuses a subscription, which Apollo Server would execute as if it were a query', async () => {
    const ask = await serve();
    expect(await ask('subscription { arrived { id } }', 'manager')).toMatchObject({ status: 400 });
  });
});

describe('a plugin that is wired wrongly', () => {
  test('answers nothing without contexts that have a session', async () => {
    const reported: string[] = [];
    const guard = guardParcels({ onInternalError: (errorId) => reported.push(errorId) });
    const server = new ApolloServer({ schema: guard.schema, plugins: [createGuardPlugin(guard)] });
    stop.push(() => server.stop());
    const { body, http } = await server.executeOperation({ query: '{ motto }' });
    const [errorId] = reported;
    const code = 'INTERNAL_SERVER_ERROR';
    expect(body).toMatchObject({ singleResult: { errors: [{ extensions: { code, errorId } }] } });
    expect([http.status, errorId]).toEqual([500, expect.any(String)]);
    expect(called).toEqual([]);
  });

  test('does not start with another schema than the guard’s', async () => {
    const guard = guardParcels();
    const server = new ApolloServer({ schema: guardParcels().schema, plugins: [createGuardPlugin(guard)] });
    await expect(server.start()).rejects.toThrow(ConfigurationError);
  });

  test('takes a guard that is made with the schema', async () => {
    let guard: Guard | undefined;
    const get = () => guard ?? expect.fail('asked too early');
    const plugin = createGuardPlugin(get);
    guard = guardParcels();
    const server = new ApolloServer<SessionContext>({ schema: guard.schema, plugins: [plugin] });
    stop.push(() => server.stop());
    const contextValue = guard.session({ principal: userWith('parcels/read'), claims: () => people.clerk }).context({});
    const { body } = await server.executeOperation({ query: '{ motto }' }, { contextValue });
    expect(body).toMatchObject({ singleResult: { data: { motto: 'we carry' } } });
  });
});
