import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import {
  adminScopes,
  managerIds,
  outcomeOf,
  setUserClaims,
  setUserSuspended,
  signOutEverywhere,
  subjectOf,
} from '../support/administration.ts';
import { type Api, type Persona, startApi } from '../support/api.ts';
import { fillWorld } from '../support/everyQuery.ts';
import { twoTenants } from '../support/twoTenants.ts';

/** Two tenants share an issuer, a subject and ids; what the caller is in each is their record there. */
let api: Api;
let tokens: Readonly<Record<'acme' | 'globex', string>>;
const persona: Persona = 'global-admin';

beforeAll(async () => {
  api = await startApi({}, { tenant: { claim: 'custom:tenant' } });
  const tokenFor = (tenant: string) => api.tokenOf(persona, { 'custom:tenant': tenant });
  tokens = { acme: await tokenFor('acme'), globex: await tokenFor('globex') };
  await fillWorld(api.database.db, twoTenants);
  const { db } = api.database;
  const record = await db
    .selectFrom('access_records')
    .selectAll()
    .where('role', '=', 'admin')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('access_records')
    .values([
      { ...record, tenant: 'acme', title: 'of acme' },
      { ...record, tenant: 'globex', role: 'manager', regions: ['ASIA'], title: 'of globex' },
    ])
    .execute();
});
afterAll(() => api.close());

const ask = (tenant: 'acme' | 'globex', query: string, variables: object = {}, headers: Record<string, string> = {}) =>
  api.query(query, { token: tokens[tenant], variables, headers });

const overview =
  '{ viewer { role title } companies { totalCount nodes { id targetUsd } } regionSummary { amountUsd } }';
const overviews = {
  acme: {
    viewer: { role: 'ADMIN', title: 'of acme' },
    companies: {
      totalCount: 3,
      nodes: [
        { id: 'com_1', targetUsd: 1 },
        { id: 'com_2', targetUsd: 1 },
        { id: 'com_acme', targetUsd: 1 },
      ],
    },
    regionSummary: [{ amountUsd: 1_100 }, { amountUsd: 10_011 }],
  },
  globex: {
    viewer: { role: 'MANAGER', title: 'of globex' },
    companies: { totalCount: 1, nodes: [{ id: 'com_2', targetUsd: 2 }] },
    regionSummary: [{ amountUsd: 2_200 }],
  },
};

describe('one subject in two tenants', () => {
  test.each(['acme', 'globex'] as const)('is in %s who they are there, and sees its rows', async (tenant) => {
    expect((await ask(tenant, overview)).body).toEqual({ data: overviews[tenant] });
  });

  test('gets the id of another tenant exactly as one that does not exist, by every door', async () => {
    const doors = `query ($id: ID!) {
      company(id: $id) { id } investor(id: $id) { id } node(id: $id) { __typename } nodes(ids: [$id]) { __typename }
      viewer { can(fields: ["Company.boardNotes"], id: $id) { allowed code } }
    }`;
    const textOf = async (id: string) => JSON.stringify((await ask('acme', doors, { id })).body);
    for (const id of ['com_globex', 'inv_globex', 'txn_globex']) {
      expect(await textOf(id)).toBe(await textOf(id.replace('globex', 'nothing')));
    }
    const search = 'query ($text: String!) { search(text: $text) { __typename } }';
    expect((await ask('acme', search, { text: 'globex' })).body).toEqual({ data: { search: [] } });
  });

  test('may not use a cursor of another tenant', async () => {
    const page =
      'query ($after: String) { companies(first: 1, after: $after) { pageInfo { endCursor } nodes { id } } }';
    const cursor = Buffer.from('companies:com_globex').toString('base64url');
    const unknown = Buffer.from('companies:com_nothing').toString('base64url');
    const [foreign, missing] = await Promise.all([
      ask('acme', page, { after: cursor }),
      ask('acme', page, { after: unknown }),
    ]);
    const replaced = JSON.stringify(foreign.body).replaceAll(cursor, unknown);
    expect(foreign.body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(replaced).toBe(JSON.stringify(missing.body));
  });

  test('changes it by no header', async () => {
    const headers = { 'x-tenant': 'globex', 'x-tenant-id': 'globex', tenant: 'globex' };
    expect((await ask('acme', overview, {}, headers)).body).toEqual({ data: overviews.acme });
  });

  test('who has a record in another tenant only has none here', async () => {
    const token = await api.tokenOf(persona, { 'custom:tenant': 'initech' });
    const answer = await api.query(overview, { token });
    expect(answer.body).toEqual({
      data: { viewer: { role: null, title: null }, companies: { totalCount: 0, nodes: [] }, regionSummary: [] },
    });
  });

  test('is told in the log with their tenant', async () => {
    api.takeLog();
    await ask('globex', '{ viewer { subject } }');
    const lines = api.takeLog().filter(({ msg }) => msg === 'operation');
    expect(lines).toMatchObject([{ principal: 'user', tenant: 'globex' }]);
  });
});

describe('an admin of a tenant', () => {
  const manager: Persona = 'usa-manager';
  const { managerId, regions } = { managerId: managerIds[manager], regions: ['USA'] };
  let tokensOfManager: Readonly<Record<'acme' | 'globex', string>>;
  beforeAll(async () => {
    const tokenFor = (tenant: string) => api.tokenOf(manager, { 'custom:tenant': tenant });
    tokensOfManager = { acme: await tokenFor('acme'), globex: await tokenFor('globex') };
    const record = { kind: 'user' as const, issuer: testIssuer, role: 'manager', regions };
    await api.database.db
      .insertInto('access_records')
      .values([
        { ...record, tenant: 'acme', subject: subjectOf(manager), manager_id: managerId },
        { ...record, tenant: 'globex', subject: subjectOf(manager), manager_id: managerId },
        { ...record, tenant: 'globex', subject: 'somebody', manager_id: '555' },
      ])
      .execute();
  });

  const change = async (mutation: string, input: object) => {
    const token = await api.tokenOf(persona, { 'custom:tenant': 'acme', ...adminScopes });
    return api.query(mutation, { token, variables: { input } });
  };
  /** What the manager is let do in each tenant: their regions, or the status of the refusal. */
  const managerSees = async () => {
    const ask = async (tenant: 'acme' | 'globex') => {
      const { status, body } = await api.query('{ viewer { regions } }', { token: tokensOfManager[tenant] });
      return status === 200 ? body.data : status;
    };
    return { acme: await ask('acme'), globex: await ask('globex') };
  };
  const untouched = { viewer: { regions } };

  test('changes who has the manager id there, and nobody of another tenant', async () => {
    expect(await managerSees()).toEqual({ acme: untouched, globex: untouched });
    expect(outcomeOf(await change(setUserClaims, { managerId, regions: ['ASIA'] }))).toBe('allowed');
    expect(await managerSees()).toEqual({ acme: { viewer: { regions: ['ASIA'] } }, globex: untouched });
  });

  test('suspends and signs out their own, at once, and not who has the name in another tenant', async () => {
    expect(outcomeOf(await change(setUserSuspended, { managerId, suspended: true }))).toBe('allowed');
    expect(await managerSees()).toEqual({ acme: 401, globex: untouched });
    expect(outcomeOf(await change(setUserSuspended, { managerId, suspended: false }))).toBe('allowed');
    expect(outcomeOf(await change(signOutEverywhere, { managerId }))).toBe('allowed');
    expect(await managerSees()).toEqual({ acme: 401, globex: untouched });
  });

  test.each([
    [setUserClaims, { regions: [] }],
    [setUserSuspended, { suspended: true }],
    [signOutEverywhere, {}],
  ])('finds nobody of another tenant: %s', async (mutation, input) => {
    const foreign = await change(mutation, { ...input, managerId: '555' });
    expect(outcomeOf(foreign)).toBe('NOT_FOUND');
    expect(foreign.body).toEqual((await change(mutation, { ...input, managerId: '556' })).body);
  });

  test('enters transactions of the tenant’s companies and investors alone, under keys of its own', async () => {
    const { db } = api.database;
    const enter = async (tenant: 'acme' | 'globex', companyId: string, investorId: string) => {
      const scope = 'investments/read investments/pay';
      const input = { companyId, investorId, amountUsd: 5, idempotencyKey: 'one' };
      const query = `mutation ($input: CreateTransactionInput!) {
        createTransaction(input: $input) { transaction { id company { targetUsd } } }
      }`;
      const token = await api.tokenOf(persona, { 'custom:tenant': tenant, scope });
      return api.query(query, { token, variables: { input } });
    };
    const nobody = await enter('acme', 'com_nothing', 'inv_1');
    expect(outcomeOf(nobody)).toBe('NOT_FOUND');
    expect((await enter('acme', 'com_globex', 'inv_1')).body).toEqual(nobody.body);
    expect((await enter('acme', 'com_1', 'inv_globex')).body).toEqual(nobody.body);

    const setRole = (role: string) =>
      db
        .updateTable('access_records')
        .set({ role })
        .where('tenant', '=', 'globex')
        .where('subject', '=', subjectOf(persona))
        .execute();
    await setRole('admin');
    const answers = [await enter('acme', 'com_1', 'inv_1'), await enter('globex', 'com_1', 'inv_1')];
    expect(answers.map(({ body }) => body.data)).toMatchObject([
      { createTransaction: { transaction: { company: { targetUsd: 1 } } } },
      { createTransaction: { transaction: { company: { targetUsd: 2 } } } },
    ]);
    expect((await enter('acme', 'com_1', 'inv_1')).body).toEqual(answers[0]?.body);
    await setRole('manager');
    for (const tenant of ['acme', 'globex']) {
      const own = api.database.forTenant(tenant);
      const entered = own.selectFrom('transactions').select(['tenant', 'amount_usd']).where('tenant', '=', tenant);
      expect(await entered.where('idempotency_key', '=', 'one').execute()).toEqual([{ tenant, amount_usd: 5 }]);
      await own.deleteFrom('transactions').where('tenant', '=', tenant).where('idempotency_key', '=', 'one').execute();
    }
  });

  test('is told of in the audit log of the tenant alone', async () => {
    const { db } = api.database;
    const events = await db.selectFrom('audit_events').select('tenant').where('target_id', '=', managerId).execute();
    expect(events.map(({ tenant }) => tenant)).toEqual(['acme', 'acme', 'acme', 'acme']);
  });
});

test('a token that names no tenant is refused with 401, and told which claim is missing', async () => {
  const answer = await api.query('{ health }', { as: persona });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(
    'Bearer realm="claimgraph", error="invalid_token", error_description="the access token must name its tenant in the claim custom:tenant"',
  );
});

test('300 interleaved requests of two tenants cross nothing, while their records change', async () => {
  const crossed: unknown[] = [];
  const tenants = ['acme', 'globex'] as const;
  let sent = 0;
  const send = async () => {
    while (sent < 300) {
      sent += 1;
      const turn = sent;
      const tenant = tenants[(turn * 7 + (turn >> 3)) % 2] ?? 'acme';
      const isWhole = turn % 10 === 0;
      const { body } = await ask(tenant, isWhole ? overview : '{ viewer { role title } }');
      const expected = isWhole ? overviews[tenant] : { viewer: overviews[tenant].viewer };
      if (JSON.stringify(body) !== JSON.stringify({ data: expected })) crossed.push({ turn, tenant, body });
      // Every remembered record of this tenant is forgotten.
      if (turn % 20 === 0) {
        await api.database.db
          .updateTable('access_records')
          .set({ manager_id: '7' })
          .where('tenant', '=', tenant)
          .execute();
      }
    }
  };
  await Promise.all(Array.from({ length: 32 }, send));
  expect(crossed).toEqual([]);
});
