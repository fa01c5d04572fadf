import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  exchangeCode,
  obtainCode,
  redirectUri,
  refresh,
  signIn,
  startTestPool,
  type TestPool,
} from '../../../../test/support/localPool.ts';
import { parsePoolConfig } from '../../src/config/poolConfig.ts';

const client = (clientId: string) => ({ kind: 'user' as const, clientId, redirectUris: [redirectUri] });
const config = parsePoolConfig(
  { clients: [client('first'), client('second')], users: [{ username: 'auditor', subject: 'subject-1' }] },
  'pool.json',
);
const first = { client_id: 'first', scope: 'openid' };
let pool: TestPool;
beforeAll(async () => {
  pool = await startTestPool({ config });
});
afterAll(() => pool.close());

test('an authorization code works for the client it was issued to, and for no other', async () => {
  const code = await obtainCode(pool, 'auditor', first);
  expect(await exchangeCode(pool, code, { client_id: 'second' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  });
  const another = await obtainCode(pool, 'auditor', first);
  expect((await exchangeCode(pool, another, { client_id: 'first' })).status).toBe(200);
});

test('a refresh token works for the client it was issued to, and for no other', async () => {
  const { refreshToken } = await signIn(pool, 'auditor', first);
  expect(await refresh(pool, refreshToken, { client_id: 'second' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  });
  expect((await refresh(pool, refreshToken, { client_id: 'first' })).status).toBe(200);
});
