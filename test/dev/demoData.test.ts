import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DemoRecord, demoRecords, fillDemoData } from '../../dev/demoData.ts';
import { demoUsers } from '../../dev/demoUsers.ts';
import { openTestDatabase, type TestDatabase, testIssuer } from '../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
});
afterAll(() => database.close());
beforeEach(async () => {
  const tables = sql`companies, investors, transactions, access_records, audit_events, settings`;
  await sql`truncate ${tables} restart identity`.execute(database.db);
});

const fill = (issuer = testIssuer) => fillDemoData(database.db, { issuer });
const readAccessRecords = () => database.db.selectFrom('access_records').selectAll().orderBy('subject').execute();
const subjectOf = (name: string) => demoUsers.find(({ username }) => username === name)?.subject ?? '';
const nothingAgainstThem = { suspended: false, valid_after: null };

test('an empty database gets exactly the data of the domain', async () => {
  expect(await fill()).toBe('filled');

  const companies = await database.db.selectFrom('companies').selectAll().orderBy('id').execute();
  expect(companies.map((row) => Object.values(row))).toEqual([
    ['main', 'com_1', 'Alder Rail', 'EUROPE', '30412', 20000000, 'B', 'note-1'],
    ['main', 'com_2', 'Birch Solar', 'USA', '10345', 35000000, 'A', 'note-2'],
    ['main', 'com_3', 'Cedar Ports', 'ASIA', '30412', 70000000, 'C', 'note-3'],
    ['main', 'com_4', 'Dogwood Labs', 'USA', '10567', 25000000, 'D', 'note-4'],
  ]);
  const transactions = await database.db.selectFrom('transactions').selectAll().orderBy('position').execute();
  expect(transactions.map((row) => `${row.id} ${row.company_id} ${row.amount_usd}·${row.investor_id}`)).toEqual([
    'txn_101 com_1 10000·inv_11',
    'txn_102 com_1 4000·inv_12',
    'txn_103 com_1 6000·inv_13',
    'txn_104 com_1 2000·inv_14',
    'txn_201 com_2 1000·inv_21',
    'txn_202 com_2 2000·inv_22',
    'txn_203 com_2 3000·inv_23',
    'txn_204 com_2 4000·inv_24',
    'txn_205 com_2 5000·inv_25',
    'txn_206 com_2 6000·inv_26',
    'txn_207 com_2 7000·inv_27',
    'txn_208 com_2 8000·inv_90',
    'txn_301 com_3 500·inv_31',
    'txn_302 com_3 1000·inv_32',
    'txn_303 com_3 1500·inv_33',
    'txn_304 com_3 2000·inv_34',
    'txn_305 com_3 2500·inv_35',
    'txn_306 com_3 3000·inv_36',
    'txn_307 com_3 3500·inv_37',
    'txn_308 com_3 4000·inv_38',
    'txn_309 com_3 4500·inv_90',
    'txn_401 com_4 900·inv_41',
    'txn_402 com_4 1800·inv_42',
    'txn_403 com_4 2700·inv_43',
  ]);
  const investors = await database.db.selectFrom('investors').selectAll().orderBy('id').execute();
  expect(investors).toHaveLength(23);
  expect(investors.at(-1)).toEqual({
    tenant: 'main',
    id: 'inv_90',
    email: 'inv-90@example.com',
    tax_id: '99-90-1234',
  });
});

test('every transaction has its audit event by the system, at the time it was created', async () => {
  await fill();
  const events = await database.db
    .selectFrom('audit_events')
    .innerJoin('transactions', 'transactions.id', 'audit_events.target_id')
    .selectAll()
    .orderBy('position')
    .execute();
  expect(events).toHaveLength(24);
  for (const event of events) {
    expect(event).toMatchObject({ actor: 'system', action: 'TRANSACTION_CREATED', occurred_at: event.created_at });
  }
  const times = events.map((event) => event.occurred_at.getTime());
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
});

test('the demo users and the machine client get their business records, the newcomer none', async () => {
  await fill();
  const user = { tenant: 'main', kind: 'user', issuer: testIssuer, investor_id: null, ...nothingAgainstThem };
  const allRegions = ['EUROPE', 'USA', 'ASIA'];
  expect(await readAccessRecords()).toMatchObject([
    {
      ...user,
      subject: subjectOf('global-admin'),
      role: 'admin',
      manager_id: '20116',
      title: 'Global Manager',
      regions: allRegions,
      payment_limit_usd: 1000000,
    },
    {
      ...user,
      subject: subjectOf('usa-manager'),
      role: 'manager',
      manager_id: '10345',
      title: 'Regional Manager',
      regions: ['USA'],
      payment_limit_usd: 25000,
    },
    {
      ...user,
      subject: subjectOf('asia-europe-manager'),
      role: 'manager',
      manager_id: '30412',
      title: 'Regional Manager',
      regions: ['ASIA', 'EUROPE'],
      payment_limit_usd: 50000,
    },
    {
      ...user,
      subject: subjectOf('auditor'),
      role: 'auditor',
      manager_id: '40777',
      title: 'Compliance Auditor',
      regions: allRegions,
      payment_limit_usd: 0,
    },
    {
      ...user,
      subject: subjectOf('investor-90'),
      role: 'investor',
      manager_id: null,
      investor_id: 'inv_90',
      title: 'Investor',
      regions: [],
      payment_limit_usd: 0,
    },
    {
      ...nothingAgainstThem,
      tenant: 'main',
      kind: 'machine',
      issuer: testIssuer,
      subject: 'reporting-job',
      role: 'auditor',
      manager_id: null,
      investor_id: null,
      title: null,
      regions: [],
      payment_limit_usd: null,
    },
  ]);
});

test('filling again changes nothing, not even a record that was edited or taken away meanwhile', async () => {
  await fill();
  await database.db.updateTable('access_records').set({ title: 'Edited' }).execute();
  await database.db.deleteFrom('access_records').where('manager_id', '=', '10345').execute();
  const before = await readAccessRecords();
  expect(await fill()).toBe('already-demo');
  expect(await readAccessRecords()).toEqual(before);
  expect(await database.db.selectFrom('transactions').select('id').execute()).toHaveLength(24);
});

describe('a record that has changed in the code', () => {
  const withAuditor = (change: Partial<DemoRecord['columns']>): readonly DemoRecord[] =>
    demoRecords().map((record) =>
      record.subject === subjectOf('auditor') ? { ...record, columns: { ...record.columns, ...change } } : record,
    );
  const fillWith = (records: readonly DemoRecord[]) => fillDemoData(database.db, { issuer: testIssuer, records });
  const auditor = async () => (await readAccessRecords()).find(({ subject }) => subject === subjectOf('auditor'));

  test('is changed in the demo data, and back', async () => {
    await fill();
    expect(await fillWith(withAuditor({ title: 'Chief Auditor', regions: ['USA'] }))).toBe('already-demo');
    expect(await auditor()).toMatchObject({ title: 'Chief Auditor', regions: ['USA'], role: 'auditor' });
    await fill();
    expect(await auditor()).toMatchObject({ title: 'Compliance Auditor', regions: ['EUROPE', 'USA', 'ASIA'] });
  });

  test('keeps what somebody has changed of it meanwhile', async () => {
    await fill();
    const own = database.db.updateTable('access_records').where('subject', '=', subjectOf('auditor'));
    await own.set({ role: 'manager', suspended: true }).execute();
    await fillWith(withAuditor({ title: 'Chief Auditor' }));
    expect(await auditor()).toMatchObject({ title: 'Chief Auditor', role: 'manager', suspended: true });
  });

  test('does not come back when it was taken away, and is filled in when it is new', async () => {
    await fillWith(demoRecords().slice(1));
    await database.db.deleteFrom('access_records').where('subject', '=', subjectOf('auditor')).execute();
    await fillWith(withAuditor({ title: 'Chief Auditor' }));
    expect(await auditor()).toBeUndefined();
    expect(await readAccessRecords()).toHaveLength(5);
  });

  test('is changed for its own issuer alone', async () => {
    await fill();
    await fill('http://localhost:5555/another_pool');
    await fillWith(withAuditor({ title: 'Chief Auditor' }));
    const titles = (await readAccessRecords()).filter(({ subject }) => subject === subjectOf('auditor'));
    expect(titles.map(({ title }) => title).sort()).toEqual(['Chief Auditor', 'Compliance Auditor']);
  });
});

test('another issuer adds its business records to the demo data', async () => {
  await fill();
  expect(await fill('http://localhost:5555/another_pool')).toBe('already-demo');
  const records = await readAccessRecords();
  expect(records.filter(({ issuer }) => issuer === testIssuer)).toHaveLength(6);
  expect(records.filter(({ issuer }) => issuer === 'http://localhost:5555/another_pool')).toHaveLength(6);
  expect(await database.db.selectFrom('transactions').select('id').execute()).toHaveLength(24);
});

test('a database with data of its own is left alone', async () => {
  const investor = { id: 'inv_1', email: 'someone@example.com', tax_id: '1' };
  await database.db.insertInto('investors').values(investor).execute();
  expect(await fill()).toBe('not-empty');
  expect(await database.db.selectFrom('investors').selectAll().execute()).toEqual([{ ...investor, tenant: 'main' }]);
  expect(await readAccessRecords()).toEqual([]);
});

test('two that fill at the same time fill once', async () => {
  const results = await Promise.all([fill(), fill(), fill()]);
  expect(results.sort()).toEqual(['already-demo', 'already-demo', 'filled']);
  expect(await database.db.selectFrom('transactions').select('id').execute()).toHaveLength(24);
});
