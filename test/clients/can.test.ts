import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CanAnswer } from '../../packages/client/src/can/canAnswer.ts';
import { createCanStore } from '../../packages/client/src/can/canStore.ts';
import { createAuthFetch } from '../../packages/client/src/fetch.ts';
import { type Api, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';
import { startSession } from './support/session.ts';

let api: Api;
let pool: RotatingPool;

beforeAll(async () => {
  api = await startApi();
  pool = await startRotatingPool(api);
});

afterAll(async () => {
  await pool?.close();
  await api?.close();
});

test('viewer.can answers for whoever is signed in, and anew when that is somebody else', async () => {
  const url = `${api.url}/graphql`;
  const session = await startSession(pool, 'usa-manager');
  const authFetch = createAuthFetch(session.manager, { url });
  const store = createCanStore(async (query, variables) => {
    const body = JSON.stringify({ query, variables });
    const response = await authFetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return response.json();
  }, session.manager);
  const questions = [
    { field: 'Company.boardNotes', id: 'com_2' },
    { field: 'Company.boardNotes', id: 'com_4' },
    { field: 'Company.boardNotes', id: 'com_1' },
    { field: 'Query.auditLog' },
    { field: 'Mutation.setUserClaims' },
    { field: 'Company.boardNotes' },
    { field: 'Company.nothing' },
  ];
  const entries = questions.map((question) => store.entry(question));
  for (const { subscribe } of entries) subscribe(() => {});
  const answers = () => entries.map(({ getAnswer }) => summary(getAnswer()));
  await expect.poll(answers).not.toContain('pending');
  // A field that is none spoils the question that it is in: those about no object and without arguments.
  expect(answers()).toEqual(['allowed', 'FORBIDDEN', 'NOT_FOUND', 'failed', 'failed', 'failed', 'failed']);
  await session.signIn('global-admin', {});
  await expect.poll(() => answers().slice(0, 3)).toEqual(['allowed', 'allowed', 'allowed']);
});

function summary(answer: CanAnswer): string | null {
  if (answer.state === 'known') return answer.allowed ? 'allowed' : answer.code;
  return answer.state === 'pending' ? 'pending' : answer.why;
}
