import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import {
  adminScopes,
  changeMeanwhile,
  countWaiting,
  managerIds,
  outcomeOf,
  setUserClaims,
  setUserSuspended,
  signOutEverywhere,
  startLastingApi,
  subjectOf,
} from '../support/administration.ts';
import type { Api, Persona } from '../support/api.ts';
import { testBackend } from '../support/testDatabase.ts';

let api: Api;
beforeAll(async () => {
  api = await startLastingApi();
});
afterAll(() => api.close());

const readRecords = () =>
  api.database.db.selectFrom('access_records').selectAll().orderBy('issuer').orderBy('subject').execute();
const countEvents = async () => {
  const { total } = await api.database.db
    .selectFrom('audit_events')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
};

const mutations = [
  ['setUserClaims', setUserClaims, { managerId: '10345', paymentLimitUsd: 7 }],
  ['signOutEverywhere', signOutEverywhere, { managerId: '10345' }],
  ['setUserSuspended', setUserSuspended, { managerId: '10345', suspended: true }],
] as const;

const refused: readonly (readonly [string, Persona | undefined, Readonly<Record<string, string>>, number, object])[] = [
  ['nobody', undefined, {}, 401, { code: 'UNAUTHENTICATED', reason: 'missing' }],
  ['an admin whose client lacks the scope', 'global-admin', { scope: 'investments/read' }, 403, lacks('admin')],
  ['an admin whose client may not read', 'global-admin', { scope: 'investments/admin' }, 403, lacks('read')],
  ['a manager', 'usa-manager', {}, 403, lacks('admin')],
  ['a manager whose client has the scope', 'usa-manager', adminScopes, 403, { code: 'FORBIDDEN' }],
  ['an auditor whose client has the scope', 'auditor', adminScopes, 403, { code: 'FORBIDDEN' }],
  ['an investor whose client has the scope', 'investor-90', adminScopes, 403, { code: 'FORBIDDEN' }],
  ['a stranger whose client has the scope', 'newcomer', adminScopes, 403, { code: 'FORBIDDEN' }],
  ['a machine with the scope', 'reporting-job', adminScopes, 403, { code: 'FORBIDDEN' }],
];

function lacks(scope: string) {
  return { code: 'INSUFFICIENT_SCOPE', requiredScopes: [`investments/${scope}`] };
}

describe.each(mutations)('%s', (_name, mutation, input) => {
  test.each(refused)('is refused to %s, and nothing is executed', async (_who, persona, claims, status, extensions) => {
    const token = persona && { token: await api.tokenOf(persona, claims) };
    const before = await readRecords();
    api.takeStatements();
    const answer = await api.query(mutation, { ...token, variables: { input } });
    expect(api.takeStatements().filter((statement) => !statement.includes('"wanted"'))).toEqual([]);
    expect(answer.status).toBe(status);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors?.map((error) => error.extensions)).toContainEqual(extensions);
    expect(await readRecords()).toEqual(before);
  });

  test.each([['unknown'], [''], ['nul\0'], ['inv_90']])('of the manager %j: there is none', async (managerId) => {
    const answer = await api.query(mutation, { as: 'global-admin', variables: { input: { ...input, managerId } } });
    expect(answer).toMatchObject({ status: 200, body: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } });
  });
});

describe('setUserClaims', () => {
  const change = (input: object, as: Persona = 'global-admin') =>
    api.query(setUserClaims, { as, variables: { input } });
  const managerId = managerIds['asia-europe-manager'];

  test('changes what is given and leaves the rest, and this process sees it with the next request', async () => {
    const viewer = '{ viewer { role regions paymentLimitUsd } companies { totalCount } }';
    await api.query(viewer, { as: 'asia-europe-manager' });
    const { body } = await change({ managerId, regions: ['USA', 'USA'] });
    expect(body).toEqual({
      data: {
        setUserClaims: {
          user: {
            managerId,
            title: 'Regional Manager',
            role: 'MANAGER',
            regions: ['USA'],
            paymentLimitUsd: 50_000,
            suspended: false,
            validAfter: null,
          },
        },
      },
    });
    expect((await api.query(viewer, { as: 'asia-europe-manager' })).body.data).toEqual({
      viewer: { role: 'MANAGER', regions: ['USA'], paymentLimitUsd: 50_000 },
      companies: { totalCount: 2 },
    });
    await change({ managerId, role: 'AUDITOR', paymentLimitUsd: null });
    expect((await api.query(viewer, { as: 'asia-europe-manager' })).body.data).toEqual({
      viewer: { role: 'AUDITOR', regions: ['USA'], paymentLimitUsd: null },
      companies: { totalCount: 4 },
    });
    await change({ managerId, role: 'MANAGER', regions: [], paymentLimitUsd: 2 ** 53 - 1 });
    expect((await api.query(viewer, { as: 'asia-europe-manager' })).body.data).toEqual({
      viewer: { role: 'MANAGER', regions: [], paymentLimitUsd: 2 ** 53 - 1 },
      companies: { totalCount: 0 },
    });
  });

  test('costs three statements, and says the same when it is done again', async () => {
    const input = { managerId, regions: ['ASIA', 'EUROPE'], paymentLimitUsd: 50_000 };
    const first = await change(input);
    api.takeStatements();
    const again = await change(input);
    const words = api.takeStatements().map((statement) => statement.split(' ')[0]);
    expect(words.filter((word) => !['begin', 'start', 'commit'].includes(word ?? ''))).toEqual([
      'select',
      'update',
      'insert',
    ]);
    expect(again.body).toEqual(first.body);
  });

  test.each([
    ['nothing', {}, 'input', 'none of them'],
    ['null for regions', { regions: null }, 'input.regions', 'null'],
    ['null for role', { role: null, paymentLimitUsd: 1 }, 'input.role', 'null'],
  ])('with %s is BAD_USER_INPUT, and changes nothing', async (_name, input, field, got) => {
    const before = await readRecords();
    const { status, body } = await change({ managerId, ...input });
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field, got } }]);
    expect(await readRecords()).toEqual(before);
  });

  test.each([
    ['a limit below nothing', { paymentLimitUsd: -1 }],
    ['a limit that is no whole number', { paymentLimitUsd: 1.5 }],
    ['a limit beyond 2^53 - 1', { paymentLimitUsd: 2 ** 53 }],
    ['a limit that is a text', { paymentLimitUsd: '5' }],
    ['a region that there is not', { regions: ['MARS'] }],
    ['null among the regions', { regions: [null] }],
    ['a role that there is not', { role: 'ROOT' }],
    ['what is no input', { subject: 'x' }],
  ])('with %s is refused with the variables: 400', async (_name, input) => {
    const before = await readRecords();
    const { status, body } = await change({ managerId, ...input });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await readRecords()).toEqual(before);
  });

  test('reads a limit in the document as it reads one in the variables', async () => {
    const inDocument = (limit: string) =>
      api.query(
        `mutation { setUserClaims(input: { managerId: "${managerId}", paymentLimitUsd: ${limit} }) { user { paymentLimitUsd } } }`,
        { as: 'global-admin' },
      );
    expect((await inDocument('50000')).body.data).toEqual({ setUserClaims: { user: { paymentLimitUsd: 50_000 } } });
    expect((await inDocument('-1')).status).toBe(400);
    expect((await inDocument('9007199254740992')).status).toBe(400);
  });

  test('changes every record of the person, one for each user pool, and shows the first', async () => {
    const { db } = api.database;
    const other = {
      kind: 'user' as const,
      issuer: 'https://a.example',
      subject: 's',
      role: 'manager',
      manager_id: managerIds['usa-manager'],
      regions: ['ASIA'],
      title: 'Elsewhere',
    };
    const machine = { ...other, kind: 'machine' as const };
    await db.insertInto('access_records').values([other, machine]).execute();
    const { body } = await change({ managerId: managerIds['usa-manager'], paymentLimitUsd: 12 });
    expect(body.data).toMatchObject({
      setUserClaims: { user: { title: 'Elsewhere', regions: ['ASIA'], paymentLimitUsd: 12 } },
    });
    const limits = await db
      .selectFrom('access_records')
      .where('manager_id', '=', managerIds['usa-manager'])
      .select(['kind', 'payment_limit_usd'])
      .orderBy('kind')
      .execute();
    expect(limits.map(({ kind, payment_limit_usd }) => [kind, payment_limit_usd])).toEqual([
      ['machine', null],
      ['user', 12],
      ['user', 12],
    ]);
    await db.deleteFrom('access_records').where('issuer', '=', 'https://a.example').execute();
    await change({ managerId: managerIds['usa-manager'], paymentLimitUsd: 25_000 });
  });
});

test('the process that made a change needs no announcement of it', async () => {
  const deaf = await startLastingApi();
  try {
    await sql`create or replace function announce_claims_change() returns trigger language plpgsql
      as 'begin return null; end'`.execute(deaf.database.db);
    const viewer = () => deaf.query('{ viewer { role } }', { as: 'auditor' });
    const asAdmin = (mutation: string, input: object) =>
      deaf.query(mutation, { as: 'global-admin', variables: { input: { managerId: managerIds.auditor, ...input } } });
    expect((await viewer()).body.data).toEqual({ viewer: { role: 'AUDITOR' } });
    await asAdmin(setUserClaims, { role: 'MANAGER' });
    expect((await viewer()).body.data).toEqual({ viewer: { role: 'MANAGER' } });
    await asAdmin(setUserSuspended, { suspended: true });
    expect((await viewer()).status).toBe(401);
    await asAdmin(setUserSuspended, { suspended: false });
    expect((await viewer()).status).toBe(200);
    await asAdmin(signOutEverywhere, {});
    expect((await viewer()).status).toBe(401);
  } finally {
    await deaf.close();
  }
});

test('every change is in the audit log, and no refused one', async () => {
  const before = await countEvents();
  const managerId = managerIds['asia-europe-manager'];
  const asAdmin = (mutation: string, input: object) =>
    api.query(mutation, { as: 'global-admin', variables: { input } });
  await asAdmin(setUserClaims, { managerId, role: 'MANAGER' });
  await asAdmin(signOutEverywhere, { managerId });
  await asAdmin(setUserSuspended, { managerId, suspended: true });
  await asAdmin(setUserSuspended, { managerId, suspended: false });
  await asAdmin(setUserSuspended, { managerId: managerIds['global-admin'], suspended: true });
  await asAdmin(setUserClaims, { managerId: 'unknown', role: 'MANAGER' });
  await api.query(setUserClaims, { as: 'auditor', variables: { input: { managerId, role: 'ADMIN' } } });
  const { body } = await api.query('{ auditLog(first: 4) { totalCount nodes { actor action targetId } } }', {
    as: 'auditor',
  });
  const event = (action: string) => ({ actor: subjectOf('global-admin'), action, targetId: managerId });
  expect(body.data).toEqual({
    auditLog: {
      totalCount: before + 4,
      nodes: [
        event('USER_REINSTATED'),
        event('USER_SUSPENDED'),
        event('USER_SIGNED_OUT_EVERYWHERE'),
        event('USER_CLAIMS_SET'),
      ],
    },
  });
});

test('a change whose event cannot be noted is not made', async () => {
  const before = await readRecords();
  await sql`alter table audit_events add constraint full_up check (action <> 'USER_SUSPENDED') not valid`.execute(
    api.database.db,
  );
  try {
    const input = { managerId: managerIds['usa-manager'], suspended: true };
    expect(outcomeOf(await api.query(setUserSuspended, { as: 'global-admin', variables: { input } }))).toBe(
      'INTERNAL_SERVER_ERROR',
    );
  } finally {
    await sql`alter table audit_events drop constraint full_up`.execute(api.database.db);
  }
  expect(await readRecords()).toEqual(before);
});

test('a change that the database refuses is an error of ours, and the log tells no value of the record', async () => {
  await sql`alter table access_records
    add constraint house_rule check (payment_limit_usd <> 47110815)`.execute(api.database.db);
  api.takeLog();
  const { body } = await api.query(setUserClaims, {
    as: 'global-admin',
    variables: { input: { managerId: '10345', paymentLimitUsd: 47110815 } },
  });
  await sql`alter table access_records drop constraint house_rule`.execute(api.database.db);
  expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR']);
  const lines = api.takeLog();
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 50,
      err: expect.objectContaining({ constraint: 'house_rule', message: expect.stringContaining('house_rule') }),
    }),
  );
  expect(JSON.stringify(lines)).not.toMatch(/47110815|Regional Manager/);
});

test('a mutation that selects what the caller may not read executes nothing', async () => {
  const before = await readRecords();
  const answer = await api.query(
    'mutation { setUserClaims(input: { managerId: "10345", role: ADMIN }) { user { role } } __typename }',
    { token: await api.tokenOf('usa-manager', adminScopes) },
  );
  expect(answer.status).toBe(403);
  expect(await readRecords()).toEqual(before);
});

test('viewer.can tells who may', async () => {
  const fields = ['Mutation.setUserClaims', 'Mutation.signOutEverywhere', 'Mutation.setUserSuspended'];
  const ask = async (token: string) => {
    const { body } = await api.query(
      'query ($fields: [String!]!) { viewer { can(fields: $fields) { allowed code } } }',
      {
        token,
        variables: { fields },
      },
    );
    return body.data;
  };
  const all = (answer: object) => ({ viewer: { can: fields.map(() => answer) } });
  expect(await ask(await api.tokenOf('global-admin'))).toEqual(all({ allowed: true, code: null }));
  expect(await ask(await api.tokenOf('usa-manager'))).toEqual(all({ allowed: false, code: 'INSUFFICIENT_SCOPE' }));
  expect(await ask(await api.tokenOf('usa-manager', adminScopes))).toEqual(all({ allowed: false, code: 'FORBIDDEN' }));
});

describe('the record of the moment decides, whatever the claims were when the request came:', () => {
  const setRole = (managerId: string, role: string) => ({ managerId, role });
  const claim = (name: string, managerId: string, role: string) =>
    `${name}: setUserClaims(input: { managerId: "${managerId}", role: ${role} }) { user { role } }`;

  async function makeAdmin(name: 'usa-manager' | 'auditor'): Promise<string> {
    await api.query(setUserClaims, { as: 'global-admin', variables: { input: setRole(managerIds[name], 'ADMIN') } });
    return api.tokenOf(name, adminScopes);
  }
  const restoreRoles = () =>
    sql`update access_records set role = case manager_id when '20116' then 'admin' else 'manager' end
      where manager_id in ('20116', '10345')`.execute(api.database.db);
  const roleOf = async (managerId: string) => {
    const records = await readRecords();
    return records.find((record) => record.manager_id === managerId)?.role;
  };

  test('who has given up the role in the first field of a mutation does nothing in the second', async () => {
    const token = await makeAdmin('usa-manager');
    const { body } = await api.query(
      `mutation { ${claim('mine', '10345', 'MANAGER')} ${claim('other', '40777', 'INVESTOR')} }`,
      { token },
    );
    expect(body.data).toEqual({ mine: { user: { role: 'MANAGER' } }, other: null });
    expect(body.errors).toMatchObject([{ path: ['other'], extensions: { code: 'FORBIDDEN' } }]);
    expect(await roleOf('40777')).toBe('auditor');
  });

  test.each([
    ['suspended', sql`update access_records set suspended = true where manager_id = '10345'`],
    ['signed out', sql`update access_records set valid_after = now() where manager_id = '10345'`],
    ['no longer there', sql`update access_records set subject = subject || '-old' where manager_id = '10345'`],
  ])('who is %s meanwhile changes nothing', async (_name, change) => {
    const token = await makeAdmin('usa-manager');
    await api.query('{ viewer { role } }', { token });
    const answer = await changeMeanwhile(api.database, change, () =>
      api.query(setUserClaims, { token, variables: { input: setRole('40777', 'INVESTOR') } }),
    );
    expect(outcomeOf(answer)).toBe('FORBIDDEN');
    expect(await roleOf('40777')).toBe('auditor');
    await sql`update access_records set suspended = false, valid_after = null, subject = replace(subject, '-old', '')
      where manager_id = '10345'`.execute(api.database.db);
    await api.query(setUserClaims, { as: 'global-admin', variables: { input: setRole('10345', 'MANAGER') } });
  });

  test('of two admins who take each other’s role away at once, one does', async () => {
    const token = await makeAdmin('usa-manager');
    const answers = await Promise.all([
      api.query(setUserClaims, { as: 'global-admin', variables: { input: setRole('10345', 'MANAGER') } }),
      api.query(setUserClaims, { token, variables: { input: setRole('20116', 'MANAGER') } }),
    ]);
    expect(answers.map(outcomeOf).sort()).toEqual(['FORBIDDEN', 'allowed']);
    expect([await roleOf('10345'), await roleOf('20116')].sort()).toEqual(['admin', 'manager']);
    await restoreRoles();
  });

  test.runIf(testBackend === 'postgres')('also when both have come before either could change anything', async () => {
    const { db } = api.database;
    const token = await makeAdmin('usa-manager');
    await api.query('{ viewer { role } }', { token });
    const answers = await db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('access_records').selectAll().forUpdate().execute();
      const asked = Promise.all([
        api.query(setUserClaims, { as: 'global-admin', variables: { input: setRole('10345', 'MANAGER') } }),
        api.query(setUserClaims, { token, variables: { input: setRole('20116', 'MANAGER') } }),
      ]);
      await until(async () => (await countWaiting(db)) === 2);
      return { asked };
    });
    expect((await answers.asked).map(outcomeOf).sort()).toEqual(['FORBIDDEN', 'allowed']);
    await restoreRoles();
  });

  test.runIf(testBackend === 'postgres')('two admins who change the same person wait for each other', async () => {
    const token = await makeAdmin('auditor');
    const change = (paymentLimitUsd: number, asking: object) =>
      api.query(setUserClaims, { ...asking, variables: { input: { managerId: '30412', paymentLimitUsd } } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => change(index, index % 2 === 0 ? { as: 'global-admin' } : { token })),
    );
    expect(new Set(answers.map(outcomeOf))).toEqual(new Set(['allowed']));
  });
});
