import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoUsers } from '../../dev/demoUsers.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { startLastingApi } from '../support/administration.ts';
import type { Api } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startLastingApi();
});
afterAll(() => api.close());

const titleOf = async (persona: 'usa-manager' | 'newcomer') => {
  const { body } = await api.query('{ viewer { title } }', { as: persona });
  return body;
};

/** Asks until the answer is another one; the answer after a change is the changed one, or the test times out. */
async function untilTitleIs(title: string | null, persona: 'usa-manager' | 'newcomer'): Promise<void> {
  const wanted = { data: { viewer: { title } } };
  await until(async () => isDeepStrictEqual(await titleOf(persona), wanted));
}

const subjectOf = (name: string) => demoUsers.find(({ username }) => username === name)?.subject ?? '';

test('a business record that another program changes is read anew, although it is remembered', async () => {
  expect(await titleOf('usa-manager')).toEqual({ data: { viewer: { title: 'Regional Manager' } } });
  api.takeStatements();
  await titleOf('usa-manager');
  expect(api.takeStatements()).toEqual([]);
  const { db } = api.database;
  await db.updateTable('access_records').set({ title: 'Director' }).where('manager_id', '=', '10345').execute();
  await untilTitleIs('Director', 'usa-manager');
});

test('somebody who is given a business record is no stranger any more, and is one again when it is taken away', async () => {
  expect(await titleOf('newcomer')).toEqual({ data: { viewer: { title: null } } });
  const { db } = api.database;
  const { issuer } = await db.selectFrom('access_records').select('issuer').executeTakeFirstOrThrow();
  const record = {
    kind: 'user' as const,
    issuer,
    subject: subjectOf('newcomer'),
    role: 'auditor',
    title: 'Trainee',
    regions: [],
  };
  await db.insertInto('access_records').values(record).execute();
  await untilTitleIs('Trainee', 'newcomer');
  await db.deleteFrom('access_records').where('subject', '=', record.subject).execute();
  await untilTitleIs(null, 'newcomer');
});
