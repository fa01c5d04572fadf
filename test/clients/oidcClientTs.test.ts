import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthFetch } from '../../packages/client/src/fetch.ts';
import type { RetryOptions, SubjectChange } from '../../packages/client/src/index.ts';
import { createOidcTokenManager } from '../../packages/client/src/oidcClientTs.ts';
import { type Api, type Persona, startApi } from './support/api.ts';
import { expiredClaims, type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';

// What needs a browser, the sign-in itself, tabs and the popup, is in browser/.

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

const retry: RetryOptions = { wait: async () => {} };
let names = 0;

/** A user manager that has somebody signed in; two with the same storage are two tabs. */
function createUserManager(storage: Storage): UserManager {
  return new UserManager({
    authority: pool.url,
    client_id: 'investments-spa',
    redirect_uri: 'http://localhost:5173/callback',
    metadata: { issuer: pool.url, token_endpoint: `${pool.url}/oauth2/token` },
    userStore: new WebStorageStateStore({ store: storage }),
    automaticSilentRenew: false,
  });
}

async function userOf(persona: Persona, claims?: Readonly<Record<string, unknown>>): Promise<User> {
  const { accessToken, refreshToken } = await pool.signIn(persona, claims);
  return new User({
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'Bearer',
    profile: { sub: persona, iss: pool.url, aud: 'investments-spa', exp: 0, iat: 0 },
  });
}

async function signIn(persona: Persona, claims?: Readonly<Record<string, unknown>>) {
  const storage = new InMemoryWebStorage();
  const userManager = createUserManager(storage);
  await userManager.storeUser(await userOf(persona, claims));
  names += 1;
  const manager = createOidcTokenManager(userManager, { name: `oidc-${names}`, retry });
  return { storage, userManager, manager };
}

async function ask(manager: Parameters<typeof createAuthFetch>[0]): Promise<number> {
  const url = `${api.url}/graphql`;
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ query: '{ viewer { subject } }' });
  return (await createAuthFetch(manager, { url })(url, { ...init, body })).status;
}

test('50 requests over an expiry make one refresh, and the rotated refresh token is kept', async () => {
  const { manager, userManager } = await signIn('usa-manager');
  const before = (await userManager.getUser())?.refresh_token;
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(manager)));
  expect(new Set(answers)).toEqual(new Set([200]));
  expect([pool.refreshCount(), pool.reuseCount()]).toEqual([1, 0]);
  const user = await userManager.getUser();
  expect([user?.access_token, user?.refresh_token === before]).toEqual([await manager.getToken(), false]);
});

test('a sign-in that is over is forgotten, and told as over', async () => {
  const { manager, userManager } = await signIn('usa-manager');
  await manager.sync();
  const changes: SubjectChange[] = [];
  manager.onSubjectChange((change) => changes.push(change));
  pool.revokeAll();
  expect(await ask(manager)).toBe(401);
  expect([await userManager.getUser(), changes]).toMatchObject([null, [{ subject: undefined, isOver: true }]]);
});

test('while the user pool does not answer, nobody is signed out', async () => {
  const { manager, userManager } = await signIn('usa-manager');
  pool.failNext(5, 503);
  await expect(ask(manager)).rejects.toMatchObject({ name: 'TokenRefreshError' });
  expect(await userManager.getUser()).not.toBeNull();
  expect(await ask(manager)).toBe(200);
});

test('a refresh token that something else has used meanwhile ends nothing', async () => {
  const { manager, userManager, storage } = await signIn('usa-manager');
  const fresh = await userOf('usa-manager', {});
  pool.revokeAll();
  const signinSilent = userManager.signinSilent.bind(userManager);
  userManager.signinSilent = async () => {
    await createUserManager(storage).storeUser(fresh);
    return signinSilent();
  };
  // oidc-client-ts reads what the other tab stored; the user pool refuses that too, for the test has ended every sign-in.
  expect(await ask(manager)).toBe(200);
  expect(await manager.getToken()).toBe(fresh.access_token);
});

test('hears of sign-ins and sign-outs by itself, until it is closed', async () => {
  const { manager, userManager } = await signIn('usa-manager', {});
  await manager.sync();
  const subjects: (string | undefined)[] = [];
  manager.onSubjectChange(({ subject }) => subjects.push(subject?.split(' ')[1]));
  const auditor = await userOf('auditor', {});
  await userManager.storeUser(auditor);
  await userManager.events.load(auditor);
  await userManager.removeUser();
  await expect.poll(() => subjects).toEqual([api.identityOf('auditor').subject, undefined]);
  manager.close();
  await userManager.storeUser(auditor);
  await userManager.events.load(auditor);
  expect(subjects).toHaveLength(2);
});

test('a token that is there and expired is not thrown away before the API says so', async () => {
  const { manager, userManager } = await signIn('usa-manager', expiredClaims());
  expect(await manager.getToken()).toBe((await userManager.getUser())?.access_token);
});
