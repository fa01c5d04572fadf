import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../dev/demoUsers.ts';
import { ClaimsUnavailableError } from '../../packages/claimgraph/src/errors.ts';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { claimsIn } from '../../packages/claimgraph/test/claims/sources/claimsIn.ts';
import {
  createInvestmentsClaimsSource,
  fetchClaimsRevision,
  parseInvestmentsClaims,
} from '../../src/access/claimsSource.ts';
import { toColumns } from '../../src/data/businessRecord.ts';
import { openTestDatabase, type TestDatabase, testIssuer } from '../support/testDatabase.ts';

const row = {
  kind: 'user',
  issuer: 'https://issuer.example',
  subject: 'subject-1',
  ...toColumns({
    role: 'manager',
    managerId: '10345',
    title: 'Regional Manager',
    regions: ['USA', 'ASIA'],
    paymentLimitUsd: 25000,
  }),
};

describe('a row is parsed strictly', () => {
  test('into claims', () => {
    expect(parseInvestmentsClaims('user subject-1', row)).toEqual({
      role: 'manager',
      managerId: '10345',
      investorId: undefined,
      title: 'Regional Manager',
      regions: ['USA', 'ASIA'],
      paymentLimitUsd: 25000,
    });
  });

  test.each(['admin', 'manager', 'auditor', 'investor'])('%s is a role', (role) => {
    expect(parseInvestmentsClaims('x', { ...row, role }).role).toBe(role);
  });

  test.each<[string, unknown, string]>([
    ['an unknown role', { ...row, role: 'superadmin' }, 'role'],
    ['a role in capitals', { ...row, role: 'ADMIN' }, 'role'],
    ['an inherited property as a role', { ...row, role: 'constructor' }, 'role'],
    ['a role that is a list', { ...row, role: ['superadmin'] }, 'role'],
    ['no role', { ...row, role: null }, 'role'],
    ['nothing', undefined, 'role'],
    ['a text', 'admin', 'role'],
    ['an unknown region', { ...row, regions: ['USA', 'ATLANTIS'] }, 'regions'],
    ['regions that are a text', { ...row, regions: '{USA}' }, 'regions'],
    ['regions with null', { ...row, regions: [null] }, 'regions'],
    ['no regions', { ...row, regions: null }, 'regions'],
    ['a manager id that is a number', { ...row, manager_id: 10345 }, 'manager_id'],
    ['an empty investor id', { ...row, investor_id: '' }, 'investor_id'],
    ['a title that is an object', { ...row, title: {} }, 'title'],
    ['a column that is not there', { ...row, title: undefined }, 'title'],
    ['a limit below 0', { ...row, payment_limit_usd: -1 }, 'payment_limit_usd'],
    ['a limit in cents', { ...row, payment_limit_usd: 0.5 }, 'payment_limit_usd'],
    ['a limit that is not a number', { ...row, payment_limit_usd: Number.NaN }, 'payment_limit_usd'],
    ['a limit that is a text', { ...row, payment_limit_usd: '25000' }, 'payment_limit_usd'],
  ])('%s is refused, by the name of its column and without its value', (_, malformed, column) => {
    const refusal = errorOf(() => parseInvestmentsClaims('user subject-1', malformed));
    expect(refusal).toBeInstanceOf(ClaimsUnavailableError);
    expect(refusal.message).toContain(`user subject-1: "${column}" `);
    for (const value of [Reflect.get(Object(malformed), column)].flat()) {
      if (typeof value === 'string' && value.length > 4) expect(refusal.message).not.toContain(value);
    }
  });
});

describe('the source', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const subjectOf = (username: string): Subject => {
    const user = demoUsers.find((user) => user.username === username);
    if (!user) throw new Error(`expected a demo user ${username}`);
    return { kind: 'user', issuer: testIssuer, subject: user.subject };
  };
  const fetchVersioned = (subjects: readonly Subject[]) =>
    createInvestmentsClaimsSource(database.db).fetchClaims(subjects);
  const fetchClaims = async (subjects: readonly Subject[]) => (await fetchVersioned(subjects)).claims;

  test('gives each demo user their claims, and nothing for who has no record, in one statement', async () => {
    const subjects = demoUsers.map(({ username }) => subjectOf(username));
    database.takeStatements();
    const claims = await fetchClaims(subjects);
    expect(database.takeStatements()).toHaveLength(1);
    expect(subjects.map((subject) => claimsIn(claims, subject)?.role)).toEqual([
      'admin',
      'manager',
      'manager',
      'auditor',
      undefined,
      'investor',
    ]);
    expect(claims.size).toBe(5);
    expect(claims.get(toSubjectKey(subjectOf('asia-europe-manager')))).toEqual({
      role: 'manager',
      managerId: '30412',
      investorId: undefined,
      title: 'Regional Manager',
      regions: ['ASIA', 'EUROPE'],
      paymentLimitUsd: 50000,
    });
  });

  test('says which change its answer contains, in the same statement, also about nobody it knows', async () => {
    const count = async (name: string) => (await fetchVersioned([subjectOf(name)])).revision ?? Number.NaN;
    const before = await count('usa-manager');
    expect(before).toBeGreaterThan(0);
    expect(await count('newcomer')).toBe(before);
    expect(await fetchClaimsRevision(database.db)).toBe(before);
    await database.db
      .updateTable('access_records')
      .set({ title: 'Director' })
      .where('manager_id', '=', '10345')
      .execute();
    database.takeStatements();
    expect([await count('usa-manager'), await count('newcomer')]).toEqual([before + 1, before + 1]);
    expect(database.takeStatements()).toHaveLength(2);
  });

  test('a change that is not committed is neither in the answer nor counted by it', async () => {
    const before = await fetchVersioned([subjectOf('auditor')]);
    const undone = database.db.transaction().execute(async (transaction) => {
      await transaction.updateTable('access_records').set({ title: 'never' }).execute();
      throw new RangeError('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await fetchVersioned([subjectOf('auditor')])).toEqual(before);
  });

  test('without a count of changes it still answers', async () => {
    const uncounted = await openTestDatabase();
    await uncounted.db.deleteFrom('claims_revision').execute();
    const { claims, revision } = await createInvestmentsClaimsSource(uncounted.db).fetchClaims([subjectOf('auditor')]);
    expect([claims.size, revision]).toEqual([1, undefined]);
    await uncounted.close();
  });

  test('a user, a machine and a subject of another issuer are different identities', async () => {
    const user = subjectOf('global-admin');
    const machine: Subject = { kind: 'machine', issuer: testIssuer, subject: 'reporting-job' };
    const claims = await fetchClaims([
      machine,
      { ...user, kind: 'machine' },
      { ...user, issuer: `${testIssuer}/` },
      { ...machine, kind: 'user' },
      { ...user, subject: user.subject.toUpperCase() },
    ]);
    expect([...claims]).toEqual([
      [toSubjectKey(machine), expect.objectContaining({ role: 'auditor', regions: [], paymentLimitUsd: undefined })],
    ]);
  });

  test('one subject in several tenants has a record in each, and who names no tenant has that of main', async () => {
    const tenants = ['acme', 'globex', 'main', undefined, 'Acme'];
    const many = tenants.map((tenant): Subject => ({ kind: 'user', tenant, issuer: testIssuer, subject: 'ann' }));
    const records = { acme: 'admin', globex: 'investor', main: 'auditor' };
    await database.db
      .insertInto('access_records')
      .values(
        Object.entries(records).map(([tenant, role]) => ({
          ...{ ...row, tenant, role },
          ...{ kind: 'user' as const, issuer: testIssuer, subject: 'ann' },
        })),
      )
      .execute();
    database.takeStatements();
    const claims = await fetchClaims(many);
    expect(database.takeStatements()).toHaveLength(1);
    expect(many.map((subject) => claimsIn(claims, subject)?.role)).toEqual([
      'admin',
      'investor',
      'auditor',
      'auditor',
      undefined,
    ]);
    expect(claims.size).toBe(4);
  });

  test('ten thousand subjects cost one statement', async () => {
    const user = subjectOf('usa-manager');
    const many = Array.from({ length: 10_000 }, (_, index) => ({ ...user, subject: `unknown-${index}` }));
    database.takeStatements();
    expect((await fetchClaims([...many, user])).size).toBe(1);
    expect(database.takeStatements()).toHaveLength(1);
  });

  test('nobody costs no statement', async () => {
    database.takeStatements();
    expect((await fetchClaims([])).size).toBe(0);
    expect(database.takeStatements()).toEqual([]);
  });

  test('a subject that no row can hold has no record, and does no harm to the others', async () => {
    const user = subjectOf('auditor');
    const replaced = { ...user, subject: 'a\ufffd' };
    await database.db
      .insertInto('access_records')
      .values({ ...row, kind: 'user', issuer: testIssuer, subject: replaced.subject })
      .execute();
    const odd = ['a\ud800', 'a\0', "' or true --", '{"a","b"}', 'NULL', ''].map((subject) => ({ ...user, subject }));
    const claims = await fetchClaims([...odd, user]);
    expect([...claims.keys()]).toEqual([toSubjectKey(user)]);
  });

  test('a malformed record is unavailable, and nobody else’s', async () => {
    const user = { kind: 'user', issuer: testIssuer, subject: 'malformed' } as const;
    await sql`alter table access_records drop constraint access_records_role`.execute(database.db);
    await database.db
      .insertInto('access_records')
      .values({ ...row, ...user, role: 'root' })
      .execute();
    const claims = await fetchClaims([user, subjectOf('auditor')]);
    expect(() => claimsIn(claims, user)).toThrow(ClaimsUnavailableError);
    expect(() => claimsIn(claims, user)).toThrow(`${toSubjectKey(user)}: "role" `);
    expect(claimsIn(claims, subjectOf('auditor'))?.role).toBe('auditor');
  });

  test('a database that fails rejects', async () => {
    const closed = await openTestDatabase({ data: 'none' });
    await closed.close();
    await expect(createInvestmentsClaimsSource(closed.db).fetchClaims([subjectOf('auditor')])).rejects.toThrow();
  });
});

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected an error');
}
