import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { createInvestmentsRevocationSource } from '../../src/access/revocationSource.ts';
import { openTestDatabase, type TestDatabase, testIssuer } from '../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
  const record = { kind: 'user' as const, issuer: testIssuer, subject: 'ann', role: 'auditor', regions: [] };
  await database.db
    .insertInto('access_records')
    .values([
      { ...record, tenant: 'main', suspended: true },
      { ...record, tenant: 'acme', valid_after: new Date(7_000) },
      { ...record, tenant: 'globex' },
    ])
    .execute();
});
afterAll(() => database.close());

const annIn = (tenant?: string): Subject => ({ kind: 'user', tenant, issuer: testIssuer, subject: 'ann' });
const suspended = { suspended: true, validAfterMs: undefined };
const signedOut = { suspended: false, validAfterMs: 7_000 };

test('what is held against somebody is so in one tenant, and in main for who names none as well', async () => {
  const { subjects } = await createInvestmentsRevocationSource(database.db).fetchAll();
  expect(new Map(subjects)).toEqual(
    new Map<string, object>([
      [toSubjectKey(annIn()), suspended],
      [toSubjectKey(annIn('main')), suspended],
      [toSubjectKey(annIn('acme')), signedOut],
    ]),
  );
});

test('only who is asked for is told of', async () => {
  const { fetchSubjects } = createInvestmentsRevocationSource(database.db);
  const ask = async (...tenants: readonly (string | undefined)[]) => [
    ...(await fetchSubjects(tenants.map((tenant) => annIn(tenant)))),
  ];
  expect(await ask(undefined)).toEqual([[toSubjectKey(annIn()), suspended]]);
  expect(await ask('main', 'globex')).toEqual([[toSubjectKey(annIn('main')), suspended]]);
  expect(await ask('acme', 'initech')).toEqual([[toSubjectKey(annIn('acme')), signedOut]]);
});
