import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { nextTurn, until } from '../../support/until.ts';
import { claimsOf, user } from '../recordingSource.ts';
import { createNode, createTruth, farExp, type NodeOptions, type Truth } from './nodes.ts';
import type { TestRedis } from './testRedis.ts';

/** What holds on every Redis: the fake of `npm test`, and a server. */
export function describeSharedClaims(name: string, open: () => Promise<TestRedis>): void {
  describe(`on ${name}`, () => {
    let redis: TestRedis;
    let truth: Truth;
    let run = 0;
    beforeAll(async () => {
      redis = await open();
    });
    afterAll(() => redis.close());
    beforeEach(() => {
      truth = createTruth();
      run += 1;
    });

    /** Processes of one test, which share with each other and with no other test. */
    const startNode = (override: Partial<NodeOptions> = {}) =>
      createNode({ redis, truth, ...override, sharing: { namespace: `run-${run}`, ...override.sharing } });

    /** The keys of values that this test left, once there are as many. */
    async function valueKeys(count: number): Promise<readonly string[]> {
      while (true) {
        const keys = (await redis.raw.keys()).filter((key) => key.includes(`{run-${run}}`) && !key.endsWith(':lease'));
        if (keys.length === count) return keys;
        await nextTurn();
      }
    }

    async function onlyValue(): Promise<{ readonly key: string; readonly value: string }> {
      const [key = ''] = await valueKeys(1);
      return { key, value: (await redis.raw.get(key)) ?? '' };
    }

    describe('what one process has read', () => {
      test('the others find, dated with the moment before it was asked for', async () => {
        const [one, other] = [startNode(), startNode()];
        const before = Date.now();
        const given = await one.cache.get(user('ann'), farExp);
        const after = Date.now();
        await valueKeys(1);
        const found = await other.cache.get(user('ann'), farExp);
        expect(found).toEqual({ ...given, asOf: found.asOf });
        expect(found.asOf.getTime()).toBeGreaterThanOrEqual(before - (Date.now() - after) - 2);
        expect(found.asOf.getTime()).toBeLessThanOrEqual(after);
        expect(other.calls).toEqual([]);
        expect(other.shared.counts()).toMatchObject({ hits: 1, misses: 0 });
      });

      test('includes that there is no business record, unless none of that is remembered', async () => {
        expect(await startNode().ask('unknown')).toBe('none');
        await valueKeys(1);
        const other = startNode();
        expect(await other.ask('unknown')).toBe('none');
        expect(other.calls).toEqual([]);
        const forgetful = startNode({ caching: { negativeTtlSeconds: 0 } });
        await forgetful.ask('unknown-two');
        expect(await startNode().ask('unknown-two')).toBe('none');
        await valueKeys(2);
      });

      test('is of one group of claims only, for which only its own revisions count', async () => {
        await startNode().ask('ann');
        await startNode({ group: 'limits' }).ask('ann');
        await valueKeys(2);
        const other = startNode({ group: 'roles' });
        await other.ask('ann');
        expect(other.namesAsked()).toEqual(['ann']);
        const same = startNode({ group: 'limits' });
        await same.ask('ann');
        expect(same.calls).toEqual([]);
        // What is read of changes is of another store than the group's.
        same.cache.invalidateAll('missed');
        await same.ask('ann');
        expect(same.shared.counts().invalidated).toBe(1);
      });

      test('is the same claims, also where JSON would change them', async () => {
        const claims = {
          nothing: undefined,
          odd: Number.NaN,
          zero: -0,
          big: 2n ** 70n,
          list: [undefined, null],
          text: 'é✓',
        };
        const telling: Truth = {
          ...truth,
          answerTo: () => ({ claims: new Map([[toSubjectKey(user('ann')), claims]]) }),
        };
        const one = startNode({ truth: telling });
        await one.ask('ann');
        await valueKeys(1);
        const other = startNode();
        expect(await other.cache.get(user('ann'), farExp)).toMatchObject({ claims });
        expect(other.calls).toEqual([]);
        expect(Object.isFrozen(((await other.cache.get(user('ann'), farExp)) as { claims: object }).claims)).toBe(true);
      });

      test('tells nobody who looks into Redis about whom it is, nor what', async () => {
        await startNode().ask('ann-the-auditor');
        const { key, value } = await onlyValue();
        for (const secretText of ['ann-the-auditor', 'issuer.example']) {
          expect(key).not.toContain(secretText);
          expect(Buffer.from(value.split(' ')[1] ?? '', 'base64').toString('latin1')).not.toContain(secretText);
        }
        expect(key).toMatch(/^claimgraph:claims:1:\{run-\d+\}:[\w-]{43}$/);
      });
    });

    describe('of several processes with the same questions', () => {
      test('one asks about each of a thousand subjects, in a handful of commands', async () => {
        const nodes = [startNode(), startNode()];
        const names = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);
        // The scripts are known to the server afterwards.
        await startNode().ask('first');
        await valueKeys(1);
        redis.countCommands();
        await Promise.all(nodes.map((node) => Promise.all(names.map((name) => node.ask(name)))));
        const asked = nodes.flatMap((node) => node.namesAsked());
        expect(asked.toSorted()).toEqual(names.toSorted());
        expect(redis.countCommands()).toBeLessThanOrEqual(14);
      });

      test('the others ask as soon as the one that asks has failed', async () => {
        const failing = startNode({ answers: 'when told' });
        const first = Promise.allSettled([failing.ask('ann')]);
        await untilCalled(failing);
        const other = startNode();
        const second = other.ask('ann');
        failing.calls[0]?.fail(new Error('down'));
        expect((await first)[0]).toMatchObject({ reason: { code: 'CLAIMS_UNAVAILABLE' } });
        expect(await second).toBe(1);
        expect(other.namesAsked()).toEqual(['ann']);
      });

      test('the others ask when the one that asks has died', async () => {
        const dying = startNode({ answers: 'when told', sharing: { leaseMs: 40 } });
        void dying.ask('ann').catch(() => {});
        await untilCalled(dying);
        const other = startNode({ sharing: { leaseMs: 40 } });
        expect(await other.ask('ann')).toBe(1);
        expect(other.namesAsked()).toEqual(['ann']);
        dying.cache.close();
      });

      test('a failure of the source fails only those whom it was asked about', async () => {
        await startNode().ask('ann');
        await valueKeys(1);
        const node = startNode({ answers: 'when told' });
        const both = Promise.allSettled([node.ask('ann'), node.ask('bob')]);
        await untilCalled(node);
        node.calls[0]?.fail(new Error('down'));
        expect(await both).toMatchObject([{ value: 1 }, { reason: { code: 'CLAIMS_UNAVAILABLE' } }]);
      });

      test('a record that the source does not understand is left to nobody', async () => {
        const node = startNode({ answers: 'when told' });
        const both = Promise.allSettled([node.ask('ann'), node.ask('bob')]);
        await untilCalled(node);
        const ann = new ClaimsUnavailableError('claims for ann: "title" must be a text');
        node.calls[0]?.answerFound({ ann, bob: claimsOf('bob') });
        expect(await both).toMatchObject([{ reason: ann }, { value: 1 }]);
        await valueKeys(1);
        const other = startNode();
        expect(await Promise.all([other.ask('ann'), other.ask('bob')])).toEqual([1, 1]);
        expect(other.namesAsked()).toEqual(['ann']);
      });
    });

    describe('whoever may write to Redis and has not the secret', () => {
      /** What they do to the value about ann, while ann's claims have changed unheard. */
      const attacks: readonly [
        string,
        (key: string, value: string, others: string) => readonly [string, string] | string,
      ][] = [
        ['puts somebody else’s value there', (key, _value, others) => [key, others]],
        ['cuts it short', (key, value) => [key, value.slice(0, -8)]],
        ['cuts it to nothing', (key) => [key, '']],
        [
          'changes a letter of it',
          (key, value) => [key, `${value.slice(0, 40)}${value[40] === 'A' ? 'B' : 'A'}${value.slice(41)}`],
        ],
        ['writes something else', (key) => [key, 'x'.repeat(100)]],
        ['says that it is newer', (key, value) => [key, value.replace(/^\d+/, '9007199254740990')]],
        ['says that it is newer than numbers go', (key, value) => [key, value.replace(/^\d+/, '9'.repeat(400))]],
        ['says that it has no revision', (key, value) => [key, value.replace(/^\d+/, '-1')]],
        ['writes more than a value can be', (key) => [key, `9007199254740990 ${'A'.repeat(100_000)}`]],
        ['puts a list there', (key) => key],
      ];
      test.each(attacks)('%s: the source is asked, and its answer takes the place', async (_what, attack) => {
        await startNode().ask('bob');
        const others = await onlyValue();
        await startNode().ask('ann');
        const key = (await valueKeys(2)).find((name) => name !== others.key) ?? '';
        const value = (await redis.raw.get(key)) ?? '';
        const changed = attack(key, value, others.value);
        if (typeof changed === 'string') await redis.raw.makeList(changed);
        else await redis.raw.set(...changed);
        truth.change('ann');

        const node = startNode();
        expect(await node.ask('ann')).toBe(2);
        expect(node.namesAsked()).toEqual(['ann']);
        const left = typeof changed === 'string' ? undefined : changed[1];
        await until(async () => (await redis.raw.get(key).catch(() => undefined)) !== left);
        const next = startNode();
        expect(await next.ask('ann')).toBe(2);
        expect(next.calls).toEqual([]);
      });

      test('cannot be read by another secret, which finds nothing under its names', async () => {
        await startNode().ask('ann');
        await valueKeys(1);
        const stranger = startNode({ sharing: { secret: randomBytes(32) } });
        await stranger.ask('ann');
        expect(stranger.namesAsked()).toEqual(['ann']);
        await valueKeys(2);
      });

      test('an unreadable value is logged once and counted each time', async () => {
        const node = startNode();
        for (const name of ['ann', 'bob']) {
          await startNode().ask(name);
        }
        for (const key of await valueKeys(2)) await redis.raw.set(key, '1 AAAA');
        await node.ask('ann');
        await node.ask('bob');
        expect(node.events).toEqual(['unreadable']);
        expect(node.shared.counts().unreadable).toBe(2);
      });
    });

    describe('after a change', () => {
      test('who has heard of it believes nothing older, and what is newer also when a slow process writes again', async () => {
        const slow = startNode({ answers: 'when told' });
        const old = slow.ask('ann');
        await untilCalled(slow);
        const stale = truth.answerTo(['ann']);
        const revision = truth.change('ann');
        const heard = startNode({ sharing: { leaseMs: 1 } });
        heard.cache.invalidate(user('ann'), revision);
        expect(await heard.ask('ann')).toBe(2);
        const { key, value } = await onlyValue();

        // Who has not heard writes what it read before, and finds the newer there.
        slow.calls[0]?.answer(stale);
        expect(await old).toBe(1);
        await startNode().ask('bob');
        await valueKeys(2);
        expect(await redis.raw.get(key)).toBe(value);
        const next = startNode();
        expect(await next.ask('ann')).toBe(2);
        expect(next.calls).toEqual([]);
      });

      test('a stale value that was written afterwards is not believed by who has heard', async () => {
        const slow = startNode({ answers: 'when told' });
        const old = slow.ask('ann');
        await untilCalled(slow);
        const stale = truth.answerTo(['ann']);
        const revision = truth.change('ann');
        const heard = startNode();
        heard.cache.invalidate(user('ann'), revision);
        slow.calls[0]?.answer(stale);
        expect(await old).toBe(1);
        await valueKeys(1);
        expect(await heard.ask('ann')).toBe(2);
        expect(heard.namesAsked()).toEqual(['ann']);
        expect(heard.shared.counts().invalidated).toBe(0);
      });

      test('who hears of it while the source is asked leaves nothing of what the source said before', async () => {
        const node = startNode({ answers: 'when told' });
        const asked = node.ask('ann');
        await untilCalled(node);
        const stale = truth.answerTo(['ann']);
        node.cache.invalidate(user('ann'), truth.change('ann'));
        node.calls[0]?.answer(stale);
        await until(() => node.calls.length > 1);
        await startNode().ask('bob');
        await valueKeys(1);
        node.calls[1]?.answer(truth.answerTo(['ann']));
        expect(await asked).toBe(2);
      });

      test('a process that asks anew does not wait for what it asked before', async () => {
        const node = startNode({ answers: 'when told' });
        const asked = node.ask('ann');
        await untilCalled(node);
        node.cache.invalidate(user('ann'), truth.change('ann'));
        const askedAnew = node.ask('ann');
        await until(() => node.calls.length > 1);
        node.calls[1]?.answer(truth.answerTo(['ann']));
        expect(await askedAnew).toBe(2);
        node.calls[0]?.answer(truth.answerTo(['ann']));
        expect(await asked).toBe(2);
        expect(node.shared.counts().lockTimeouts).toBe(0);
      });

      test('who has heard of it removes what is older, and leaves what is newer', async () => {
        const node = startNode();
        await node.ask('ann');
        await valueKeys(1);
        node.cache.invalidate(user('ann'), truth.revision());
        await node.ask('bob');
        await valueKeys(2);
        node.cache.invalidate(user('ann'), truth.revision() + 1);
        await valueKeys(1);
        node.cache.invalidate(user('bob'));
        await valueKeys(0);
      });

      test('of an unknown revision nothing shared is believed about the subject, and about others it is', async () => {
        for (const name of ['ann', 'bob']) await startNode().ask(name);
        await valueKeys(2);
        const node = startNode();
        node.cache.invalidate(user('ann'));
        expect([await node.ask('ann'), await node.ask('bob')]).toEqual([1, 1]);
        expect(node.namesAsked()).toEqual(['ann']);
        expect(node.shared.counts()).toMatchObject({ invalidated: 1, hits: 1 });
      });

      test('of everybody what is shared counts from its revision on', async () => {
        await startNode().ask('ann');
        await valueKeys(1);
        const node = startNode();
        const revision = truth.change('bob');
        node.cache.invalidateAll(revision);
        await node.ask('ann');
        expect(node.namesAsked()).toEqual(['ann']);
        const next = startNode();
        next.cache.invalidateAll(revision);
        await node.ask('bob');
        await valueKeys(2);
        expect(await next.ask('bob')).toBe(2);
        expect(next.calls).toEqual([]);
      });

      test('after missed changes what is shared counts from the revision on that is then read', async () => {
        await startNode().ask('ann');
        await valueKeys(1);
        truth.change('ann');
        let tell = (_revision: number) => {};
        const node = startNode({ sharing: { readRevision: () => new Promise((resolve) => (tell = resolve)) } });
        node.cache.invalidateAll('missed');
        expect(await node.ask('bob')).toBe(1);
        expect(node.shared.counts().invalidated).toBe(1);
        tell(truth.revision());
        expect(await node.ask('ann')).toBe(2);
        expect(node.shared.counts()).toMatchObject({ invalidated: 1, misses: 2 });
      });

      test('of a store that counts no changes nothing shared is believed about the subject', async () => {
        truth = createTruth({ counts: false });
        await startNode().ask('ann');
        await valueKeys(1);
        const other = startNode();
        expect(await other.ask('ann')).toBe(1);
        expect(other.calls).toEqual([]);
        const node = startNode();
        node.cache.invalidate(user('ann'), 1);
        await node.ask('ann');
        expect(node.namesAsked()).toEqual(['ann']);
      });
    });
  });
}

async function untilCalled(node: { readonly calls: readonly unknown[] }): Promise<void> {
  await until(() => node.calls.length > 0);
}
