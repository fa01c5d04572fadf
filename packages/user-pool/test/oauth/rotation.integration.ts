import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  exchangeCode,
  obtainCode,
  postForm,
  refresh,
  signIn,
  startTestPool,
  type TestPool,
} from '../../../../test/support/localPool.ts';

let now: number;
let pool: TestPool;
beforeEach(() => {
  now = Date.now();
});
afterEach(() => pool.close());

const start = async (rotationGraceSeconds?: number) => {
  pool = await startTestPool({ now: () => now, rotationGraceSeconds });
};

const refused = { status: 400, body: { error: 'invalid_grant' } };

/** Refreshes, and gives the token that took the place of this one. */
async function rotate(refreshToken: string): Promise<string> {
  const { status, body } = await refresh(pool, refreshToken);
  expect(status).toBe(200);
  return String(Reflect.get(Object(body), 'refresh_token'));
}

const userInfo = async (accessToken: string) =>
  (await fetch(`${pool.url}/oauth2/userInfo`, { headers: { authorization: `Bearer ${accessToken}` } })).status;

test('without the setting a refresh gives no refresh token, and the old one goes on working', async () => {
  await start();
  const { refreshToken } = await signIn(pool);
  expect((await refresh(pool, refreshToken)).body).not.toHaveProperty('refresh_token');
  expect((await refresh(pool, refreshToken)).status).toBe(200);
});

describe('rotated without a grace period', () => {
  beforeEach(() => start(0));

  test('each refresh gives the next refresh token, of the same sign-in', async () => {
    const first = await signIn(pool);
    const second = await rotate(first.refreshToken);
    const third = await rotate(second);
    expect(new Set([first.refreshToken, second, third]).size).toBe(3);
    const { body } = await refresh(pool, third);
    const accessToken = String(Reflect.get(Object(body), 'access_token'));
    expect(decodeJwt(accessToken).origin_jti).toBe(decodeJwt(first.accessToken).origin_jti);
  });

  test('a used token that comes again ends the whole sign-in, and no other', async () => {
    const other = await signIn(pool);
    const { refreshToken, accessToken } = await signIn(pool);
    const next = await rotate(refreshToken);
    expect(await userInfo(accessToken)).toBe(200);
    expect(await refresh(pool, refreshToken)).toMatchObject(refused);
    expect(await refresh(pool, next)).toMatchObject(refused);
    expect(await userInfo(accessToken)).toBe(401);
    await rotate(other.refreshToken);
  });

  test('two refreshes at once, as of two tabs, end the sign-in: one of them has a used token', async () => {
    const { refreshToken } = await signIn(pool);
    const answers = await Promise.all([refresh(pool, refreshToken), refresh(pool, refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const granted = answers.find(({ status }) => status === 200);
    const next = String(Reflect.get(Object(granted?.body), 'refresh_token'));
    expect(await refresh(pool, next)).toMatchObject(refused);
  });

  test('a refresh that is refused uses nothing up, nor does one of another client', async () => {
    const { refreshToken } = await signIn(pool);
    const tooMuch = await refresh(pool, refreshToken, { scope: 'investments/pii' });
    expect(tooMuch).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    await refresh(pool, refreshToken, { client_id: 'reporting-job', client_secret: 'reporting-job-demo-secret' });
    await rotate(refreshToken);
  });

  test('no refresh prolongs the sign-in', async () => {
    let { refreshToken } = await signIn(pool);
    now += 29 * 24 * 3_600_000;
    refreshToken = await rotate(refreshToken);
    now += 24 * 3_600_000 + 1000;
    expect(await refresh(pool, refreshToken)).toMatchObject(refused);
  });

  test('used tokens are remembered by their hash, and no more than forty of a sign-in', async () => {
    const other = await signIn(pool);
    let { refreshToken } = await signIn(pool);
    for (let turn = 0; turn < 50; turn += 1) refreshToken = await rotate(refreshToken);
    const state = JSON.parse(await readFile(join(pool.dataDir, 'user-pool.json'), 'utf8'));
    expect(state.refreshTokens).toHaveLength(41);
    await rotate(refreshToken);
    await rotate(other.refreshToken);
  });
});

describe('rotated with a grace period', () => {
  beforeEach(() => start(30));

  test('a used token works until it ends, counted from its first use, and then ends the sign-in', async () => {
    const { refreshToken } = await signIn(pool);
    const one = await rotate(refreshToken);
    now += 29_000;
    const two = await rotate(refreshToken);
    await rotate(one);
    now += 1000;
    expect(await refresh(pool, refreshToken)).toMatchObject(refused);
    expect(await refresh(pool, two)).toMatchObject(refused);
  });

  test('two refreshes at once are both answered', async () => {
    const { refreshToken } = await signIn(pool);
    const answers = await Promise.all([refresh(pool, refreshToken), refresh(pool, refreshToken)]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      await rotate(String(Reflect.get(Object(body), 'refresh_token')));
    }
  });
});

describe('access tokens are of no use at the pool', () => {
  beforeEach(() => start());

  test('once the refresh token of their sign-in is revoked', async () => {
    const [one, other] = [await signIn(pool), await signIn(pool)];
    const form = { token: one.refreshToken, client_id: 'investments-spa' };
    expect((await postForm(`${pool.url}/oauth2/revoke`, form)).status).toBe(200);
    expect([await userInfo(one.accessToken), await userInfo(other.accessToken)]).toEqual([401, 200]);
  });

  test('once the code that they came from is replayed', async () => {
    const code = await obtainCode(pool);
    const { body } = await exchangeCode(pool, code);
    const accessToken = String(Reflect.get(Object(body), 'access_token'));
    await exchangeCode(pool, code);
    expect(await userInfo(accessToken)).toBe(401);
  });
});
