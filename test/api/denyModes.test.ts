import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClaimsCache } from '../../packages/claimgraph/src/claims/claimsCache.ts';
import { createGuardedSchema } from '../../packages/claimgraph/src/guard/guardedSchema.ts';
import {
  allOf,
  denyMode,
  publicField,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireScope,
} from '../../packages/claimgraph/src/rules/index.ts';
import { createApolloServer } from '../../packages/claimgraph/src/server/apollo/apolloServer.ts';
import { createContextBuilder } from '../../packages/claimgraph/src/server/context.ts';
import { createHttpServer } from '../../packages/claimgraph/src/server/http/httpServer.ts';
import { createAccessTokenVerifier } from '../../packages/claimgraph/src/token/accessTokenVerifier.ts';
import { type SubjectKey, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import type { StaffClaims } from '../../packages/claimgraph/test/support/callers.ts';
import {
  issueAccessToken,
  type Members,
  testIssuer,
  testKey,
  testUserClientId,
} from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { startJwksServer } from '../../packages/claimgraph/test/support/jwksServer.ts';
import type { TestResponse } from '../support/api.ts';

interface Order {
  readonly id: string;
  readonly region: string;
}

const canRead = requireScope('orders/read');
const canAudit = requireScope('orders/audit');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (order: Order, { region }: StaffClaims) => order.region === region,
);
const justSignedIn = requireRecentSignIn(300);

const typeDefs = /* GraphQL */ `
  type Query { health: String orders: Orders orderList: [Order!] audit: String payout: String }
  type Mutation { pay: Payment }
  type Payment { done: Boolean receipt: String }
  type Orders { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: ID! node: Order }
  type PageInfo { hasNextPage: Boolean! }
  type Order { id: ID! margin: Int notes: String sealCode: String auditTrail: String iban: String }
`;

const permissions = {
  Query: {
    health: publicField('says that the API answers'),
    orders: canRead,
    orderList: canRead,
    audit: denyMode('failOperation', allOf(canRead, isManager)),
    payout: allOf(canRead, justSignedIn),
  },
  Mutation: { pay: canRead },
  Payment: { done: canRead, receipt: allOf(canRead, justSignedIn) },
  Orders: { edges: canRead, nodes: canRead, pageInfo: canRead },
  OrderEdge: { cursor: canRead, node: canRead },
  PageInfo: { hasNextPage: canRead },
  Order: {
    id: canRead,
    margin: allOf(canRead, denyMode('dropItem', isOfTheirRegion)),
    notes: allOf(canRead, isOfTheirRegion),
    sealCode: denyMode('failOperation', allOf(canRead, isOfTheirRegion)),
    auditTrail: denyMode('failOperation', allOf(canRead, canAudit, isOfTheirRegion)),
    iban: denyMode('failOperation', allOf(canRead, justSignedIn)),
  },
};

const orders = ['north', 'south', 'north', 'south'].map((region, n) => ({
  ...{ id: `o-${n}`, region, margin: n, notes: `notes ${n}`, sealCode: `seal ${n}` },
  ...{ auditTrail: `trail ${n}`, iban: `iban ${n}` },
}));

let called: string[] = [];
let log: Readonly<Record<string, unknown>>[] = [];
let storeIsUp = true;
let api: Awaited<ReturnType<typeof start>>;

beforeAll(async () => {
  api = await start();
});
afterAll(() => api.close());
beforeEach(() => {
  called = [];
  log = [];
  storeIsUp = true;
});

describe('dropItem', () => {
  test('leaves out edges and nodes, without an error, and the rest moves up', async () => {
    const query = '{ orders { edges { cursor node { id margin notes } } nodes { margin } pageInfo { hasNextPage } } }';
    const { status, body } = await api.ask(query);
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        orders: {
          edges: [
            { cursor: 'o-0', node: { id: 'o-0', margin: 0, notes: 'notes 0' } },
            { cursor: 'o-2', node: { id: 'o-2', margin: 2, notes: 'notes 2' } },
          ],
          nodes: [{ margin: 0 }, { margin: 2 }],
          pageInfo: { hasNextPage: false },
        },
      },
    });
  });

  test('leaves errors elsewhere where they belong', async () => {
    const { status, body } = await api.ask('{ a: orderList { id margin } b: orders { edges { node { notes } } } }');
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ a: [{ id: 'o-0' }, { id: 'o-2' }] });
    expect(body.errors).toEqual(
      [1, 3].map((index) => ({
        message: expect.any(String),
        path: ['b', 'edges', index, 'node', 'notes'],
        locations: [{ line: 1, column: 57 }],
        extensions: { code: 'FORBIDDEN' },
      })),
    );
  });

  test('is in the log: what was left out is a refusal like any other', async () => {
    await api.ask('{ orderList { margin } }');
    expect(log).toMatchObject([
      {
        msg: 'operation',
        status: 200,
        refusals: [{ coordinate: 'Order.margin', code: 'FORBIDDEN', rule: 'is of their region', count: 2 }],
      },
    ]);
  });

  test('never hides an outage', async () => {
    storeIsUp = false;
    const { status, body } = await api.ask('{ orderList { id margin } }');
    expect(status).toBe(200);
    expect(body.data).toEqual({ orderList: [0, 1, 2, 3].map((n) => ({ id: `o-${n}`, margin: null })) });
    expect(codesOf({ body })).toEqual([0, 1, 2, 3].map((n) => `orderList.${n}.margin CLAIMS_UNAVAILABLE`));
  });
});

describe('failOperation', () => {
  test('at a row: 403 and only the fatal errors, without data', async () => {
    const answer = await api.ask('{ health orderList { id margin notes sealCode } }');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    expect(answer.body).toEqual({
      errors: [1, 3].map((index) => ({
        message: expect.any(String),
        path: ['orderList', index, 'sealCode'],
        locations: [{ line: 1, column: 38 }],
        extensions: { code: 'FORBIDDEN' },
      })),
    });
    expect(called).toEqual(['health', 'orderList']);
    expect(log).toMatchObject([{ msg: 'operation', status: 403, errorCodes: ['FORBIDDEN'] }]);
  });

  test.each<readonly [string, string, Members | undefined, number, string | null, readonly string[]]>([
    ['no token', '{ health audit }', undefined, 401, 'Bearer realm="claimgraph"', ['audit UNAUTHENTICATED']],
    ['the claims', '{ health audit }', {}, 403, null, ['audit FORBIDDEN']],
    [
      'a scope deeper down',
      '{ health orderList { auditTrail } }',
      {},
      403,
      'Bearer realm="claimgraph", error="insufficient_scope", error_description="the access token lacks a scope that this needs", scope="orders/audit"',
      ['orderList.auditTrail INSUFFICIENT_SCOPE'],
    ],
    [
      'an old sign-in deeper down',
      '{ health orderList { iban } }',
      { auth_time: secondsAgo(3_000) },
      401,
      'Bearer realm="claimgraph", error="insufficient_user_authentication", error_description="this needs a more recent sign-in", max_age="300"',
      ['orderList.iban INSUFFICIENT_USER_AUTHENTICATION'],
    ],
  ])('before anything is executed, for %s', async (_name, query, claims, status, challenge, codes) => {
    const answer = await (claims ? api.ask(query, claims) : api.askAnonymously(query));
    expect([answer.status, answer.headers.get('www-authenticate'), codesOf(answer)]).toEqual([
      status,
      challenge,
      codes,
    ]);
    expect(answer.body).not.toHaveProperty('data');
    expect(called).toEqual([]);
  });

  test('by an outage: 503, and when to try again', async () => {
    storeIsUp = false;
    const answer = await api.ask('{ health orderList { sealCode } }');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.body).not.toHaveProperty('data');
    expect(codesOf(answer)).toEqual(['orderList.sealCode CLAIMS_UNAVAILABLE']);
    expect(called).toEqual([]);
  });

  test.each<readonly [string, string, 'up' | 'down', number, readonly string[]]>([
    [
      'an outage',
      '{ orderList { iban sealCode } }',
      'down',
      503,
      ['iban INSUFFICIENT_USER_AUTHENTICATION', 'sealCode CLAIMS_UNAVAILABLE'],
    ],
    [
      'an old sign-in',
      '{ orderList { auditTrail iban } }',
      'up',
      401,
      ['auditTrail INSUFFICIENT_SCOPE', 'iban INSUFFICIENT_USER_AUTHENTICATION'],
    ],
    [
      'a missing scope',
      '{ audit orderList { auditTrail } }',
      'up',
      403,
      ['audit FORBIDDEN', 'auditTrail INSUFFICIENT_SCOPE'],
    ],
  ])('for several reasons: the status is that of %s', async (_name, query, store, status, codes) => {
    storeIsUp = store === 'up';
    const answer = await api.ask(query, { auth_time: secondsAgo(3_000) });
    expect([answer.status, codesOf(answer).map((code) => code.replace('orderList.', ''))]).toEqual([status, codes]);
    const error = /error="(\w+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
    expect(error).toBe(
      status === 503 ? undefined : status === 401 ? 'insufficient_user_authentication' : 'insufficient_scope',
    );
  });

  test('and dropItem together: no data, and no item is dropped from the paths', async () => {
    const answer = await api.ask('{ orderList { margin sealCode } }');
    expect([answer.status, codesOf(answer)]).toEqual([
      403,
      ['orderList.1.sealCode FORBIDDEN', 'orderList.3.sealCode FORBIDDEN'],
    ]);
  });

  test('leaves no trace on the next answer', async () => {
    await api.ask('{ orderList { sealCode } }');
    const { status, body } = await api.ask('{ health orders { edges { node { id } } } }');
    expect([status, body.errors]).toEqual([200, undefined]);
  });
});

describe('requireRecentSignIn', () => {
  const old = { auth_time: secondsAgo(3_000) };
  const challenge = expect.stringMatching(
    /^Bearer realm="claimgraph", error="insufficient_user_authentication", .*max_age="300"$/,
  );
  const error = {
    message: expect.any(String),
    extensions: { code: 'INSUFFICIENT_USER_AUTHENTICATION', maxAgeSeconds: 300 },
  };

  test('is met by a recent sign-in', async () => {
    const { status, body } = await api.ask('{ payout }', { auth_time: secondsAgo(200) });
    expect([status, body]).toEqual([200, { data: { payout: 'paid' } }]);
  });

  test('is 401 with the challenge of RFC 9470 when nothing may run', async () => {
    const answer = await api.ask('{ payout }', old);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(answer.body).toEqual({ errors: [{ ...error, path: ['payout'] }] });
    expect(called).toEqual([]);
  });

  test('is 200 with the code in the extensions when something else runs', async () => {
    const answer = await api.ask('{ health payout }', old);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([200, null]);
    expect(answer.body).toEqual({
      data: { health: 'ok', payout: null },
      errors: [{ ...error, path: ['payout'], locations: [{ line: 1, column: 10 }] }],
    });
  });

  test('stops a mutation before it happens, also for a field of its payload', async () => {
    const answer = await api.ask('mutation { pay { done receipt } }', old);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(answer.body).toEqual({ errors: [{ ...error, path: ['pay', 'receipt'] }] });
    expect(called).toEqual([]);
  });

  test('is not cured by a token that was issued just now for the old sign-in', async () => {
    const answer = await api.ask('{ payout }', { ...old, iat: secondsAgo(1), exp: secondsAgo(-3_600) });
    expect(codesOf(answer)).toEqual(['payout INSUFFICIENT_USER_AUTHENTICATION']);
  });

  test('comes behind a missing scope that is asked first, and names that one', async () => {
    const answer = await api.ask('{ payout }', { ...old, scope: 'openid' });
    expect([answer.status, codesOf(answer)]).toEqual([403, ['payout INSUFFICIENT_SCOPE']]);
  });
});

function secondsAgo(seconds: number): number {
  return Math.floor(Date.now() / 1000) - seconds;
}

function codesOf({ body }: Pick<TestResponse, 'body'>): readonly string[] {
  return (body.errors ?? []).map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`);
}

function record<Value>(field: string, value: Value) {
  return () => {
    called.push(field);
    return value;
  };
}

/** The API's own HTTP host, Apollo Server and verifier around the schema; everybody is a clerk of the north. */
async function start() {
  const guarded = createGuardedSchema({
    typeDefs: [typeDefs],
    resolvers: {
      Query: {
        health: record('health', 'ok'),
        orders: record('orders', {
          edges: orders.map((node) => ({ cursor: node.id, node })),
          nodes: orders,
          pageInfo: { hasNextPage: false },
        }),
        orderList: record('orderList', orders),
        audit: record('audit', 'audited'),
        payout: record('payout', 'paid'),
      },
      Mutation: { pay: record('pay', { done: true, receipt: 'receipt' }) },
    },
    permissions,
  });
  const jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
  const { jwksUri } = jwks;
  const pool = { issuer: testIssuer, jwksUri, userClientIds: [testUserClientId], machineClientIds: [] };
  const verifier = createAccessTokenVerifier({
    pools: [{ ...pool, audience: undefined }],
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
  });
  await verifier.start();
  const claims = createClaimsCache<StaffClaims>({
    source: {
      async fetchClaims(subjects) {
        if (!storeIsUp) throw new Error('the claims store is down');
        return new Map<SubjectKey, StaffClaims>(
          subjects.map((subject) => [toSubjectKey(subject), { role: 'clerk', region: 'north' }]),
        );
      },
    },
    ttlSeconds: 0,
    negativeTtlSeconds: 0,
    maxEntries: 10,
    maxBatchSize: 10,
    timeoutMs: 10_000,
  });
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const logger = pino({ level: 'info' }, lines);
  const apollo = createApolloServer(guarded, { introspection: 'off', logger, compiling: { compileAfter: 0 } });
  await apollo.start();
  const app = await createHttpServer({
    apollo,
    buildContext: createContextBuilder({ verifyToken: verifier.verify, claims, onClaimsUnavailable() {} }),
    healthChecks: {},
    corsOrigins: [],
    logger,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  async function send(query: string, token?: string): Promise<TestResponse> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as TestResponse['body'],
    };
  }

  return {
    askAnonymously: (query: string) => send(query),
    async ask(query: string, claims: Members = {}) {
      return send(query, await issueAccessToken({ scope: 'orders/read', ...claims }));
    },
    async close() {
      verifier.close();
      claims.close();
      app.server.closeAllConnections();
      await app.close();
      await apollo.stop();
      await jwks.close();
    },
  };
}
