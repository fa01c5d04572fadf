import { afterEach, describe, expect, test, vi } from 'vitest';
import { type SubjectChange, TokenRefreshError } from '../src/index.ts';
import {
  createApi,
  createIssuer,
  createManager,
  data,
  deferred,
  expired,
  invalid,
  refusal,
  signedIn,
  tokenOf,
} from './recorder.ts';

const [first, second, third] = [tokenOf('ann', 1), tokenOf('ann', 2), tokenOf('ann', 3)];

afterEach(() => {
  vi.unstubAllGlobals();
});

test('50 operations over an expiry make one refresh, and all are answered', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  const api = createApi((token) => (token === first ? expired : data));
  const answers = await Promise.all(Array.from({ length: 50 }, () => manager.run(api.operation())));
  expect(answers).toEqual(Array.from({ length: 50 }, () => data));
  expect([issuer.refreshCount(), api.seen.length]).toEqual([1, 100]);
  expect(await manager.getToken()).toBe(second);
});

test('a late 401 for an old token is answered with the newer one, without another refresh', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  const { promise: held, resolve: letGo } = deferred();
  const slow = createApi(async (token) => {
    if (token !== first) return data;
    await held;
    return expired;
  });
  const late = manager.run(slow.operation());
  await manager.run(createApi((token) => (token === first ? expired : data)).operation());
  letGo();
  expect([await late, slow.seen, issuer.refreshCount()]).toEqual([data, [first, second], 1]);
});

test('the next token is refreshed for itself', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  await manager.run(createApi((token) => (token === first ? expired : data)).operation());
  await manager.run(createApi((token) => (token === second ? expired : data)).operation());
  expect([issuer.refreshCount(), await manager.getToken()]).toEqual([2, third]);
});

test('the operation is sent again once, and then its answer is handed out', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  const api = createApi(() => expired);
  expect(await manager.run(api.operation())).toBe(expired);
  expect([api.seen, issuer.refreshCount()]).toEqual([[first, second], 1]);
});

test('a token that is refused for good right after a refresh is not refreshed again and again', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  const api = createApi(() => invalid);
  for (let times = 0; times < 3; times += 1) expect(await manager.run(api.operation())).toBe(invalid);
  expect(issuer.refreshCount()).toBe(1);
});

test('but one that the API has accepted before is', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  await manager.renewToken(first);
  const api = createApi((token, attempt) => (token === second && attempt > 1 ? invalid : data));
  await manager.run(api.operation());
  expect([await manager.run(api.operation()), api.seen, issuer.refreshCount()]).toEqual([
    data,
    [second, second, third],
    2,
  ]);
});

test('and one that expired unused', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  await manager.renewToken(first);
  await manager.run(createApi((token) => (token === second ? expired : data)).operation());
  expect(issuer.refreshCount()).toBe(2);
});

test('a refresh that gives the same token again is not followed by an attempt', async () => {
  const issuer = createIssuer();
  issuer.answer(first);
  const manager = await signedIn(issuer);
  const api = createApi(() => expired);
  expect([await manager.run(api.operation()), api.seen.length]).toEqual([expired, 1]);
});

test('an operation without a token is not refreshed, and sent again when somebody has signed in meanwhile', async () => {
  const issuer = createIssuer();
  const manager = createManager(issuer);
  const missing = refusal('UNAUTHENTICATED', { reason: 'missing' }, 401);
  expect(await manager.run(createApi(() => missing).operation())).toBe(missing);
  const api = createApi(async (token) => {
    if (token !== undefined) return data;
    await manager.setToken(first);
    return missing;
  });
  expect([await manager.run(api.operation()), api.seen]).toEqual([data, [undefined, first]]);
  expect(issuer.refreshCount()).toBe(0);
});

test.each([
  ['FORBIDDEN', 403],
  ['INSUFFICIENT_SCOPE', 403],
  ['NOT_FOUND', 200],
  ['INTERNAL_SERVER_ERROR', 500],
])('%s is handed out at once', async (code, status) => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  const api = createApi(() => refusal(code, {}, status));
  expect(await manager.run(api.operation())).toEqual(refusal(code, {}, status));
  expect([api.seen.length, issuer.refreshCount(), manager.waits]).toEqual([1, 0, []]);
});

test('a 401 of a gateway, without GraphQL errors, is refreshed as well', async () => {
  const issuer = createIssuer();
  const manager = await signedIn(issuer);
  const api = createApi((token) => (token === first ? { status: 401 } : data));
  expect([await manager.run(api.operation()), issuer.refreshCount()]).toEqual([data, 1]);
});

describe('whoever issues tokens', () => {
  test('says that the sign-in is over: the refusal is handed out, and caches are dropped', async () => {
    const issuer = createIssuer();
    issuer.answer(null);
    const manager = await signedIn(issuer);
    const changes: SubjectChange[] = [];
    manager.onSubjectChange((change) => changes.push(change));
    expect(await manager.run(createApi(() => expired).operation())).toBe(expired);
    expect(await manager.getToken()).toBeUndefined();
    expect(changes).toEqual([{ subject: undefined, previous: 'https://pool.test ann', isOver: true }]);
  });

  test('does not answer: asked again a few times, ever later, and then the sign-in is kept for the next operation', async () => {
    const issuer = createIssuer();
    const failures = Array.from({ length: 5 }, () => new Error('Service Unavailable (503)'));
    issuer.answer(...failures);
    const manager = await signedIn(issuer);
    const changes: SubjectChange[] = [];
    manager.onSubjectChange((change) => changes.push(change));
    const api = createApi((token) => (token === first ? expired : data));
    const failed = Promise.all([manager.run(api.operation()), manager.run(api.operation())]);
    await expect(failed).rejects.toMatchObject({ name: 'TokenRefreshError', cause: failures[4] });
    expect(issuer.refreshCount()).toBe(5);
    expect(manager.waits.map((ms, index) => ms >= 500 * 2 ** index && ms <= 750 * 2 ** index)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([await manager.getToken(), changes]).toEqual([first, []]);
    expect(await manager.run(api.operation())).toBe(data);
    expect(issuer.refreshCount()).toBe(6);
  });

  test('cannot be reached, for the device is offline: the sign-in is kept and nothing is tried again', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    const issuer = createIssuer();
    issuer.answer(new TypeError('Failed to fetch'));
    const manager = await signedIn(issuer);
    await expect(manager.run(createApi(() => expired).operation())).rejects.toThrow(TokenRefreshError);
    expect([await manager.getToken(), issuer.refreshCount(), manager.waits]).toEqual([first, 1, []]);
  });
});

describe('where something else keeps the token', () => {
  test('it is read for each operation, so that a token of another tab is used without a refresh', async () => {
    const issuer = createIssuer();
    let kept = first;
    const manager = createManager({ ...issuer, getToken: () => kept });
    await manager.run(createApi(() => data).operation());
    kept = second;
    const api = createApi((token) => (token === first ? expired : data));
    expect([await manager.run(api.operation()), api.seen, issuer.refreshCount()]).toEqual([data, [second], 0]);
  });

  test('a look that was overtaken by a newer one does not bring an old token back', async () => {
    const { promise: slow, resolve } = deferred<string>();
    const looks = [slow, tokenOf('bob')];
    const manager = createManager({ ...createIssuer(), getToken: () => looks.shift() ?? tokenOf('bob') });
    const overtaken = manager.getToken();
    expect(await manager.getToken()).toBe(tokenOf('bob'));
    resolve(first);
    expect(await overtaken).toBe(tokenOf('bob'));
  });

  test('setToken is refused, and says what to call', async () => {
    const manager = createManager({ ...createIssuer(), getToken: () => first });
    await expect(manager.setToken(second)).rejects.toThrow('sync()');
  });
});

test('a token that is no JWT is refused without being quoted, unless subjectOf knows it', async () => {
  const manager = createManager(createIssuer());
  for (const token of ['opaque-secret', 'a.b.c', `a.${Buffer.from('null').toString('base64url')}.c`]) {
    const failure = await manager.setToken(token).catch(String);
    expect(failure).toContain('subjectOf');
    expect(failure).not.toContain(token);
  }
  const other = await signedIn({ ...createIssuer(), subjectOf: () => 'ann' }, 'opaque-secret');
  expect(await other.getToken()).toBe('opaque-secret');
});
