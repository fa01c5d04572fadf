import { expect, test, vi } from 'vitest';
import { createTokenManager, SubjectChangedError } from '../src/index.ts';
import { createApi, createIssuer, createManager, data, deferred, expired, signedIn, tokenOf } from './recorder.ts';

const [ann, bob] = [tokenOf('ann'), tokenOf('bob')];

test('caches are dropped before the token of somebody else is used', async () => {
  const manager = await signedIn(createIssuer());
  const order: string[] = [];
  const { promise: dropped, resolve: drop } = deferred();
  manager.onSubjectChange(async ({ subject, previous }) => {
    order.push(`${previous} → ${subject}`);
    await dropped;
    order.push('dropped');
  });
  const switching = manager.setToken(bob).then(() => order.push('switched'));
  drop();
  await switching;
  expect(order).toEqual(['https://pool.test ann → https://pool.test bob', 'dropped', 'switched']);
});

test('a refreshed token of the same person drops nothing', async () => {
  const manager = await signedIn(createIssuer());
  let changes = 0;
  manager.onSubjectChange(() => {
    changes += 1;
  });
  await manager.renewToken(ann);
  expect(changes).toBe(0);
});

test('a listener that was taken away hears no more', async () => {
  const manager = await signedIn(createIssuer());
  let changes = 0;
  const takeAway = manager.onSubjectChange(() => {
    changes += 1;
  });
  takeAway();
  await manager.setToken(bob);
  expect(changes).toBe(0);
});

test('when caches cannot be dropped, nobody goes on with them: the next look tries again', async () => {
  let kept = ann;
  const manager = createManager({ ...createIssuer(), getToken: () => kept });
  await manager.sync();
  let attempts = 0;
  manager.onSubjectChange(() => {
    attempts += 1;
    if (attempts === 1) throw new Error('the store is locked');
  });
  kept = bob;
  await expect(manager.getToken()).rejects.toThrow('the store is locked');
  expect([await manager.getToken(), attempts]).toEqual([bob, 2]);
});

test('an answer for somebody who is not signed in any more is not handed out', async () => {
  const manager = await signedIn(createIssuer());
  const { promise: held, resolve: letGo } = deferred();
  const api = createApi(async () => {
    await held;
    return data;
  });
  const running = manager.run(api.operation());
  const refused = expect(running).rejects.toThrow(SubjectChangedError);
  await manager.setToken(bob);
  letGo();
  await refused;
});

test('nor is it after a sign-out', async () => {
  const manager = await signedIn(createIssuer());
  const api = createApi(async () => {
    await manager.setToken(undefined);
    return data;
  });
  await expect(manager.run(api.operation())).rejects.toThrow(SubjectChangedError);
});

test('what somebody began is not sent when another tab has signed in somebody else', async () => {
  let kept = ann;
  const manager = createManager({ ...createIssuer(), getToken: () => kept });
  await manager.sync();
  kept = bob;
  const api = createApi(() => data);
  await expect(manager.run(api.operation(true))).rejects.toThrow(SubjectChangedError);
  expect(api.seen).toEqual([]);
  expect([await manager.run(api.operation(true)), api.seen]).toEqual([data, [bob]]);
});

test('nor refreshed for them, when they sign in while a refresh is under way', async () => {
  const issuer = createIssuer();
  const { promise: refreshed, resolve: answerRefresh } = deferred<string>();
  issuer.answer(refreshed);
  const manager = await signedIn(issuer);
  const api = createApi(() => expired);
  const running = manager.run(api.operation());
  const refused = expect(running).rejects.toThrow(SubjectChangedError);
  await vi.waitUntil(() => issuer.refreshCount() === 1);
  await manager.setToken(bob);
  answerRefresh(tokenOf('ann', 2));
  await refused;
  expect([api.seen, await manager.getToken()]).toEqual([[ann], bob]);
});

test('an answer for nobody is handed out also when somebody has signed in meanwhile', async () => {
  const manager = createManager(createIssuer());
  const api = createApi(async () => {
    await manager.setToken(ann);
    return data;
  });
  expect(await manager.run(api.operation())).toBe(data);
});

test('a sign-out is heard by the other tabs of the same person, and by nobody else', async () => {
  const tab = (name: string) => createTokenManager({ ...createIssuer(), name });
  const [one, two, other, elsewhere] = [tab('app'), tab('app'), tab('app'), tab('another-app')];
  await Promise.all([one.setToken(ann), two.setToken(ann), other.setToken(bob), elsewhere.setToken(ann)]);
  const left: string[] = [];
  two.onSubjectChange(() => left.push('two'));
  other.onSubjectChange(() => left.push('other'));
  elsewhere.onSubjectChange(() => left.push('elsewhere'));
  await one.setToken(undefined);
  await vi.waitUntil(() => left.length > 0);
  expect([left, await two.getToken(), await other.getToken(), await elsewhere.getToken()]).toEqual([
    ['two'],
    undefined,
    bob,
    ann,
  ]);
  for (const manager of [one, two, other, elsewhere]) manager.close();
});

test('other tabs look where the token is kept', async () => {
  let kept: string | undefined = ann;
  const tab = () => createTokenManager({ ...createIssuer(), getToken: () => kept, name: 'kept' });
  const [one, two] = [tab(), tab()];
  await Promise.all([one.sync(), two.sync()]);
  const heard: (string | undefined)[] = [];
  two.onSubjectChange(({ subject }) => heard.push(subject));
  kept = bob;
  await one.sync();
  await vi.waitUntil(() => heard.length > 0);
  expect(heard).toEqual(['https://pool.test bob']);
  for (const manager of [one, two]) manager.close();
});
