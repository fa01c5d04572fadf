import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClaimsSource } from '../../../src/claims/claimsSource.ts';
import { getClaims } from '../../../src/logic/decisionInput.ts';
import {
  allOf,
  anyOf,
  inGroup,
  needsClaims,
  publicField,
  requireClaims,
  requireScope,
} from '../../../src/rules/index.ts';
import type { RequestContext } from '../../../src/server/context.ts';
import { createGraphqlServer, type GraphqlServer } from '../../../src/server/graphqlServer.ts';
import { createPersonasGroupSource, issueTokenOf, poolOf } from '../../../src/testing/persona.ts';
import { createTestClient, type TestClient } from '../../../src/testing/testClient.ts';
import { createTestServer } from '../../../src/testing/testServer.ts';
import { guard } from '../../support/guardedExecution.ts';
import { testIssuer, testKey } from '../../support/issueAccessToken.ts';

interface Groups extends Readonly<Record<string, unknown>> {
  readonly roles: { readonly role: string };
  readonly limits: { readonly paymentLimitUsd: number };
}

const personas = {
  ada: { kind: 'user', scopes: ['read'], groups: { roles: { role: 'admin' }, limits: { paymentLimitUsd: 100 } } },
  bob: { kind: 'user', scopes: ['read'], groups: { roles: { role: 'clerk' }, limits: { paymentLimitUsd: 0 } } },
  cleo: { kind: 'user', scopes: ['read'], groups: { limits: { paymentLimitUsd: 7 } } },
} as const;
type Name = keyof typeof personas;

const canRead = requireScope('read');
const canPay = requireScope('pay');
const isAdmin = inGroup(
  'roles',
  requireClaims('is an admin', ({ role }: Groups['roles']) => role === 'admin'),
);
const mayPay = inGroup(
  'limits',
  requireClaims('may pay', (limits: Groups['limits']) => limits.paymentLimitUsd > 0),
);
const seesLimit = inGroup('limits', needsClaims('sees their limit'));

const typeDefs = 'type Query { motto: String admins: Int payments: Int limit: Int either: Int both: Int token: Int }';
const permissions = {
  Query: {
    motto: publicField('it is on the door'),
    admins: allOf(canRead, isAdmin),
    payments: mayPay,
    limit: seesLimit,
    either: anyOf(isAdmin, mayPay),
    both: allOf(isAdmin, mayPay),
    token: allOf(canPay, isAdmin, mayPay),
  },
};
const one = () => 1;
const bank = guard(typeDefs, permissions, {
  Query: {
    motto: () => 'in gold we trust',
    admins: one,
    payments: one,
    either: one,
    both: one,
    token: one,
    limit: (_root, _args, { authorization }: RequestContext<unknown, Groups>) =>
      getClaims(authorization.claims('limits'))?.paymentLimitUsd,
  },
});

/** Who was asked about in each call of a group's source since the last test. */
const asked: Record<'roles' | 'limits', string[][]> = { roles: [], limits: [] };
let limitsAreDown = false;
let log: Readonly<Record<string, unknown>>[] = [];

function sourceOf<Group extends 'roles' | 'limits'>(group: Group): ClaimsSource<Groups[Group]> {
  const source = createPersonasGroupSource(personas, group);
  return {
    async fetchClaims(subjects) {
      asked[group].push(subjects.map(({ subject }) => subject).sort());
      if (group === 'limits' && limitsAreDown) throw new Error('the limits are down');
      return (await source.fetchClaims(subjects)) as ReadonlyMap<never, Groups[Group]>;
    },
  };
}

let server: GraphqlServer<unknown, Groups>;
let client: TestClient<Name>;

beforeAll(async () => {
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  server = await createGraphqlServer<unknown, Groups>({
    guarded: bank,
    pools: [poolOf(personas)],
    claims: {
      groups: {
        roles: { source: sourceOf('roles'), ttlSeconds: 600, maxBatchSize: 3, batchWindowMs: 0 },
        limits: { source: sourceOf('limits'), ttlSeconds: 0, negativeTtlSeconds: 0, batchWindowMs: 0 },
      },
    },
    tokens: { fetchJwks: async () => ({ keys: [(await testKey()).jwk] }) },
    introspection: 'by-caller',
    logger: pino({}, lines),
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  client = createTestClient<Name>({ url, tokenOf: (name) => issueTokenOf(name, personas[name]) });
});

beforeEach(() => {
  server.claims.invalidateAll();
  asked.roles = [];
  asked.limits = [];
  limitsAreDown = false;
  log = [];
});

afterAll(() => server.close());

async function dataOf(query: string, as: Name): Promise<unknown> {
  return (await client.query(query, { as })).body.data;
}

describe('an operation', () => {
  test.each<readonly [string, string, unknown, readonly (keyof Groups)[]]>([
    ['is public', '{ motto }', { motto: 'in gold we trust' }, []],
    ['is decided by the token', '{ motto token }', { motto: 'in gold we trust', token: null }, []],
    ['reads one group', '{ admins }', { admins: 1 }, ['roles']],
    ['reads the other', '{ payments limit }', { payments: 1, limit: 100 }, ['limits']],
    ['reads both', '{ admins payments }', { admins: 1, payments: 1 }, ['roles', 'limits']],
    ['would be allowed by one already', '{ either }', { either: 1 }, ['roles', 'limits']],
  ])('that %s asks the sources of no other groups', async (_what, query, data, groups) => {
    expect(await dataOf(query, 'ada')).toEqual(data);
    const expected = (group: keyof Groups) => (groups.includes(group) ? [['ada']] : []);
    expect(asked).toEqual({ roles: expected('roles'), limits: expected('limits') });
  });

  test('is not disturbed by a group that it does not read, and where it reads it, only there', async () => {
    limitsAreDown = true;
    expect(await dataOf('{ admins }', 'ada')).toEqual({ admins: 1 });
    await client.expectDecisions('{ admins payments either both }', 'ada', {
      payments: 'CLAIMS_UNAVAILABLE',
      both: 'CLAIMS_UNAVAILABLE',
    });
    await client.expectDecisions('{ motto admins payments either both }', 'bob', {
      admins: 'FORBIDDEN',
      payments: 'CLAIMS_UNAVAILABLE',
      either: 'CLAIMS_UNAVAILABLE',
      both: 'FORBIDDEN',
    });
  });

  test('is denied by a group in which there is no record, whatever others say', async () => {
    await client.expectDecisions('{ admins payments either }', 'cleo', { admins: 'FORBIDDEN' });
  });

  test('tells in its log line of the groups that it loaded, and of when they are', async () => {
    limitsAreDown = true;
    await client.query('{ admins payments }', { as: 'ada' });
    await client.query('{ admins }', { as: 'ada' });
    expect(log).toMatchObject([
      { msg: 'claims unavailable', claimGroup: 'limits' },
      {
        msg: 'operation',
        claims: 'not-loaded',
        claimGroups: { roles: { state: 'found', asOf: expect.any(String) }, limits: { state: 'unavailable' } },
        refusals: [{ coordinate: 'Query.payments', code: 'CLAIMS_UNAVAILABLE', rule: 'may pay, by limits', count: 1 }],
      },
      { msg: 'operation', claimGroups: { roles: { state: 'found' } } },
    ]);
    expect(log.at(-1)?.claimGroups).not.toHaveProperty('limits');
  });
});

describe('each group', () => {
  test('has a memory of its own', async () => {
    await dataOf('{ both }', 'ada');
    await dataOf('{ both }', 'ada');
    expect(asked).toEqual({ roles: [['ada']], limits: [['ada'], ['ada']] });
  });

  test('is forgotten when a subject is invalidated, or only one of them', async () => {
    const ada = { kind: 'user', issuer: testIssuer, subject: 'ada' } as const;
    await dataOf('{ admins }', 'ada');
    server.claims.groups.limits.invalidate(ada);
    await dataOf('{ admins }', 'ada');
    expect(asked.roles).toEqual([['ada']]);
    server.claims.groups.roles.invalidate(ada);
    await dataOf('{ admins }', 'ada');
    expect(asked.roles).toEqual([['ada'], ['ada']]);
    server.claims.invalidate(ada);
    await dataOf('{ admins }', 'ada');
    expect(asked.roles).toEqual([['ada'], ['ada'], ['ada']]);
  });

  test('is read for introspection by caller, which is unavailable while one of them is', async () => {
    const query = '{ __schema { queryType { fields { name } } } }';
    const shown = async (as: Name) => {
      const { data, errors } = (await client.query(query, { as })).body;
      return errors ? errors.map(({ extensions }) => extensions.code) : data;
    };
    const fields = (...names: readonly string[]) => ({
      __schema: { queryType: { fields: names.map((name) => ({ name })) } },
    });
    expect(await shown('ada')).toEqual(fields('motto', 'admins', 'payments', 'limit', 'either', 'both'));
    expect(await shown('cleo')).toEqual(fields('motto', 'payments', 'limit', 'either'));
    limitsAreDown = true;
    expect(await shown('bob')).toEqual(['CLAIMS_UNAVAILABLE']);
  });
});

test('requests of many callers share the calls of each group', async () => {
  const calls: Record<string, (readonly string[])[]> = { roles: [], limits: [] };
  const names = ['ada', 'bob', 'cleo'] as const;
  const settings = (group: keyof Groups & string) => ({
    source: {
      fetchClaims: (subjects: Parameters<ClaimsSource<unknown>['fetchClaims']>[0]) => {
        calls[group]?.push(subjects.map(({ subject }) => subject).sort());
        return createPersonasGroupSource(personas, group).fetchClaims(subjects);
      },
    },
    // A call is made as soon as it is full, and not before.
    maxBatchSize: names.length,
    batchWindowMs: 60_000,
    timeoutMs: 60_000,
  });
  const kit = await createTestServer({
    guarded: bank,
    personas,
    claims: { groups: { roles: settings('roles'), limits: settings('limits') } },
  });
  try {
    const answers = await Promise.all(names.map((as) => kit.query('{ admins payments }', { as })));
    expect(answers.map(({ body }) => body.data)).toEqual([
      { admins: 1, payments: 1 },
      undefined,
      { admins: null, payments: 1 },
    ]);
    expect(calls).toEqual({ roles: [names], limits: [names] });
  } finally {
    await kit.close();
  }
});

test('the test kit has the groups of its personas, beside claims of no group', async () => {
  const isKnown = requireClaims('is known', ({ known }: { readonly known: boolean }) => known);
  const kit = await createTestServer({
    guarded: guard('type Query { a: Int b: Int }', { Query: { a: isKnown, b: mayPay } }, { Query: { a: one, b: one } }),
    personas: {
      ...personas,
      dora: { kind: 'machine', scopes: [], claims: { known: true } },
      emil: { kind: 'user', scopes: [], claims: { known: true }, groups: { limits: { paymentLimitUsd: 1 } } },
    },
  });
  try {
    await kit.expectDecisions('{ a b }', 'ada', { a: 'FORBIDDEN' });
    await kit.expectDecisions('{ a b }', 'dora', { b: 'FORBIDDEN' });
    await kit.expectDecisions('{ a b }', 'emil');
  } finally {
    await kit.close();
  }
});

describe('a server is not made', () => {
  const logger = pino({ level: 'silent' });
  const settings = { guarded: bank, pools: [poolOf(personas)], logger };
  const source = createPersonasGroupSource(personas, 'roles');

  test('when a rule reads a group that has no source', async () => {
    await expect(createGraphqlServer({ ...settings, claims: { groups: { roles: { source } } } })).rejects.toMatchObject(
      {
        problems: ['payments', 'limit', 'either', 'both', 'token'].map((name) => ({
          code: 'CLAIMS_WITHOUT_SOURCE',
          coordinate: `Query.${name}`,
        })),
      },
    );
  });

  test('when it is a rule of the candidate map', async () => {
    const { plans, candidates } = {
      plans: guard('type Query { a: Int }', { Query: { a: canRead } }).plans,
      candidates: guard('type Query { a: Int }', { Query: { a: mayPay } }).plans,
    };
    const [[now], [next]] = [[...plans.values()], [...candidates.values()]];
    if (!now || !next) throw new TypeError('expected plans');
    const guarded = {
      ...guard('type Query { a: Int }', { Query: { a: canRead } }),
      candidates: new Map([[now, next]]),
    };
    await expect(createGraphqlServer({ ...settings, guarded, claims: { source } })).rejects.toMatchObject({
      problems: [{ code: 'CLAIMS_WITHOUT_SOURCE', coordinate: 'Query.a' }],
    });
  });

  test('when claims come from nowhere', async () => {
    await expect(createGraphqlServer({ ...settings, claims: {} })).rejects.toThrow(/^claims: .*`source`.*`groups`/);
  });
});

test('a group that no rule reads is warned of', async () => {
  const warnings: unknown[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      warnings.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const source = createPersonasGroupSource(personas, 'roles');
  const unread = await createGraphqlServer({
    guarded: guard('type Query { a: Int }', { Query: { a: isAdmin } }),
    pools: [poolOf(personas)],
    claims: { groups: { roles: { source }, regions: { source } } },
    logger: pino({}, lines),
  });
  await unread.close();
  expect(warnings).toMatchObject([{ code: 'UNUSED_CLAIM_GROUP', coordinate: 'claims.groups.regions' }]);
});
