import { Amplify } from 'aws-amplify';
import { fetchAuthSession, signOut } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { Hub } from 'aws-amplify/utils';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAmplifyTokenManager } from '../../packages/client/src/amplify.ts';
import { createAuthFetch } from '../../packages/client/src/fetch.ts';
import type { SubjectChange, TokenManager } from '../../packages/client/src/index.ts';
import { type Api, type Persona, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';

// What needs a browser and a whole user pool, the sign-in itself, is in browser/.

let api: Api;
let pool: RotatingPool;
let manager: TokenManager;
const kept = new Map<string, string>();

beforeAll(async () => {
  api = await startApi();
  pool = await startRotatingPool(api);
  Amplify.configure({
    Auth: {
      Cognito: { userPoolId: 'eu-west-1_Rotating', userPoolClientId: 'investments-spa', userPoolEndpoint: pool.url },
    },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
});

beforeEach(() => {
  kept.clear();
  const parts = { fetchAuthSession, cognitoUserPoolsTokenProvider, Hub };
  manager = createAmplifyTokenManager(parts, { name: 'amplify', retry: { wait: async () => {} } });
});

afterEach(() => manager.close());

afterAll(async () => {
  await pool?.close();
  await api?.close();
});

/** What Amplify keeps of somebody who has signed in. */
async function signIn(persona: Persona, claims?: Readonly<Record<string, unknown>>): Promise<void> {
  const { accessToken, refreshToken } = await pool.signIn(persona, claims);
  const prefix = 'CognitoIdentityServiceProvider.investments-spa';
  kept.set(`${prefix}.LastAuthUser`, persona);
  kept.set(`${prefix}.${persona}.accessToken`, accessToken);
  kept.set(`${prefix}.${persona}.refreshToken`, refreshToken);
  kept.set(`${prefix}.${persona}.clockDrift`, '0');
}

async function ask(): Promise<number> {
  const url = `${api.url}/graphql`;
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ query: '{ viewer { subject } }' });
  return (await createAuthFetch(manager, { url })(url, { ...init, body })).status;
}

test('50 requests over an expiry make one refresh, and the rotated refresh token is kept', async () => {
  await signIn('usa-manager');
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
  expect(new Set(answers)).toEqual(new Set([200]));
  expect([pool.refreshCount(), pool.reuseCount()]).toEqual([1, 0]);
  await manager.renewToken((await manager.getToken()) ?? '');
  expect([pool.refreshCount(), pool.reuseCount()]).toEqual([2, 0]);
});

test('the token is used until the API refuses it, whatever the device’s clock says', async () => {
  await signIn('usa-manager', {});
  kept.set('CognitoIdentityServiceProvider.investments-spa.usa-manager.clockDrift', String(7_200_000));
  const before = pool.refreshCount();
  expect([await ask(), pool.refreshCount() - before]).toEqual([200, 0]);
});

test('a sign-in that is over is forgotten, and told as over', async () => {
  await signIn('usa-manager');
  await manager.sync();
  const changes: SubjectChange[] = [];
  manager.onSubjectChange((change) => changes.push(change));
  pool.revokeAll();
  expect(await ask()).toBe(401);
  expect(changes).toMatchObject([{ subject: undefined, isOver: true }]);
  expect((await fetchAuthSession()).tokens).toBeUndefined();
});

test('while the user pool does not answer, nobody is signed out', async () => {
  await signIn('usa-manager');
  pool.failNext(30, 503);
  await expect(ask()).rejects.toMatchObject({ name: 'TokenRefreshError' });
  pool.failNext(0, 503);
  expect(await ask()).toBe(200);
});

test('hears of a sign-out by itself', async () => {
  await signIn('usa-manager', {});
  await manager.sync();
  const subjects: (string | undefined)[] = [];
  manager.onSubjectChange(({ subject }) => subjects.push(subject));
  await signOut();
  await expect.poll(() => subjects).toEqual([undefined]);
});
