import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRevisionTracker } from '../../../src/claims/revisionTracker.ts';
import type { SettledClaims } from '../../../src/claims/settledClaims.ts';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { isThorough, propertySettings } from '../../support/propertySettings.ts';
import { claimsOf, type RecordedCall, type TestClaims, user } from '../recordingSource.ts';
import { createFakeRedis } from './fakeRedis.ts';
import { createNode, farExp } from './nodes.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01'), toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const names = ['ann', 'bob', 'cid'];
const ttlSeconds = 10;
const negativeTtlSeconds = 3;
const skewsMs = [0, 60_000, -60_000];

type Step =
  | { readonly do: 'get'; readonly node: number; readonly name: string }
  | { readonly do: 'answer' | 'fail'; readonly call: number }
  | { readonly do: 'change'; readonly name: string }
  | { readonly do: 'hear' | 'lose' | 'reconnect'; readonly node: number }
  | { readonly do: 'hold back'; readonly command: 'read' | 'write' | 'forget' }
  | { readonly do: 'let through' | 'replay' | 'empty Redis' }
  | { readonly do: 'pass'; readonly seconds: number };

const node = fc.nat(2);
const name = fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('get' as const), node, name }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer' as const), call: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), call: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('change' as const), name }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('hear' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'reconnect' as const), node }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('hold back' as const),
      command: fc.constantFrom('read' as const, 'write' as const, 'forget' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('let through' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('replay' as const, 'empty Redis' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(0.001, 0.02, 0.3, 2, 6, 11) }),
  },
);

/** What each name was from each change on; every third version is "no business record". */
function createHistory() {
  const changes: { readonly name: string; readonly at: number }[] = [];
  const versionOf = (owner: string, count: number) =>
    1 + changes.slice(0, count).filter((change) => change.name === owner).length;
  return {
    revision: () => changes.length,
    change: (owner: string) => changes.push({ name: owner, at: Date.now() }),
    versionOf,
    current: (owner: string) => versionOf(owner, changes.length),
    /** The version that was true just before a moment. */
    before: (owner: string, moment: number) => versionOf(owner, changes.filter(({ at }) => at < moment).length),
    isAbsent: (version: number) => version % 3 === 0,
  };
}

interface Pending {
  readonly owner: string;
  readonly node: number;
  oldest: number;
}

/** Runs the steps on three processes and gives every rule that an answer broke, and how many were found in Redis. */
async function runSteps(
  steps: readonly Step[],
): Promise<{ readonly broken: readonly string[]; readonly found: number }> {
  const history = createHistory();
  const redis = createFakeRedis();
  const broken: string[] = [];
  const open: RecordedCall[] = [];
  const knowledge = new Map<RecordedCall, unknown>();
  const pending = new Set<Pending>();
  const seen = new Map<string, string>();
  let letThrough: (() => void)[] = [];
  let troubles = 0;

  /** What the source reads is true at the moment of the call and may be old when it arrives. */
  function readTruth(asked: readonly string[]): unknown {
    const versions = asked.map((owner) => [owner, history.current(owner)] as const);
    const known = versions.filter(([, version]) => !history.isAbsent(version));
    const claims = new Map(known.map(([owner, version]) => [toSubjectKey(user(owner)), claimsOf(owner, version)]));
    return { claims, revision: history.revision() };
  }

  const nodes = skewsMs.map((skewMs) => {
    const made = createNode({
      redis,
      answers: 'when told',
      truth: { revision: history.revision, change: history.change, answerTo: readTruth },
      onCall(call) {
        knowledge.set(call, readTruth(call.names));
        open.push(call);
      },
      sharing: { timeoutMs: 100, leaseMs: 200 },
      caching: {
        ttlSeconds,
        negativeTtlSeconds,
        jitter: 0.001,
        maxBatchSize: 2,
        maxEntries: 2,
        timeoutMs: 2_000,
        now: () => Date.now() + skewMs,
      },
    });
    const follower = createRevisionTracker({ listeners: [made.cache], onMissed: () => {} });
    return {
      ...made,
      follower,
      skewMs,
      inbox: [] as { revision: number; name: string }[],
      heard: new Map<string, number>(),
    };
  });

  /** From here on, this process may give nobody what was true before the change. */
  function noteHeard(index: number, revision: number, owners: readonly string[]): void {
    for (const owner of owners) {
      const version = history.versionOf(owner, revision);
      nodes[index]?.heard.set(owner, Math.max(version, nodes[index].heard.get(owner) ?? 0));
      for (const question of pending) {
        if (question.node === index && question.owner === owner) question.oldest = Math.max(question.oldest, version);
      }
    }
    troubles += 1;
  }

  function get(index: number, owner: string): void {
    const at = nodes[index];
    if (!at) return;
    const question: Pending = { owner, node: index, oldest: at.heard.get(owner) ?? 0 };
    const askedAt = Date.now();
    pending.add(question);
    at.cache.get(user(owner), farExp).then(
      (settled) => {
        pending.delete(question);
        broken.push(...rulesBroken(question, askedAt, settled, at.skewMs, history));
      },
      (error) => {
        pending.delete(question);
        if (!(error instanceof ClaimsUnavailableError)) broken.push(`${owner}: failed with ${String(error)}`);
        if (troubles === 0) broken.push(`${owner}: failed without a reason`);
      },
    );
  }

  function finish(index: number, how: 'answer' | 'fail'): void {
    const [call] = open.splice(index % Math.max(open.length, 1), 1);
    if (how === 'answer') call?.answer(knowledge.get(call));
    else call?.fail(new Error('down'));
    if (how === 'fail') troubles += 1;
  }

  let last = new Map<number, number>();
  function hear(index: number): void {
    const at = nodes[index];
    const change = at?.inbox.shift();
    if (!at || !change) return;
    const isGap = last.has(index) && change.revision !== (last.get(index) ?? 0) + 1;
    last.set(index, change.revision);
    noteHeard(index, change.revision, isGap ? names : [change.name]);
    at.follower.onChange({ revision: change.revision, subjects: [user(change.name)] });
  }

  async function take(next: Step): Promise<void> {
    switch (next.do) {
      case 'get':
        return get(next.node, next.name);
      case 'answer':
      case 'fail':
        return finish(next.call, next.do);
      case 'change': {
        const revision = history.change(next.name);
        for (const at of nodes) at.inbox.push({ revision, name: next.name });
        return;
      }
      case 'hear':
        return hear(next.node);
      case 'lose':
        nodes[next.node]?.inbox.shift();
        return;
      case 'reconnect':
        nodes[next.node]?.inbox.splice(0);
        last = new Map([...last].filter(([index]) => index !== next.node));
        noteHeard(next.node, history.revision(), names);
        return nodes[next.node]?.follower.onListening();
      case 'hold back':
        troubles += 1;
        letThrough.push(redis.holdBack(next.command));
        return;
      case 'let through':
        for (const release of letThrough) release();
        letThrough = [];
        return;
      case 'replay':
        // Somebody puts back whatever stood there first.
        for (const key of await redis.raw.keys()) {
          const first = seen.get(key) ?? (await redis.raw.get(key)) ?? '';
          seen.set(key, first);
          if (!key.endsWith(':lease')) await redis.raw.set(key, first);
        }
        return;
      case 'empty Redis':
        for (const key of await redis.raw.keys()) await redis.raw.makeList(key);
        return;
      case 'pass':
        if (next.seconds >= 1 && pending.size > 0) troubles += 1;
        return void (await vi.advanceTimersByTimeAsync(next.seconds * 1000));
      default:
        next satisfies never;
    }
  }

  for (const next of steps) {
    await take(next);
    await vi.advanceTimersByTimeAsync(0);
  }
  // The source answers and Redis does: nobody is left waiting.
  await take({ do: 'let through' });
  for (let round = 0; round < 20; round += 1) {
    while (open.length > 0) finish(0, 'answer');
    await vi.advanceTimersByTimeAsync(150);
  }
  if (pending.size > 0) broken.push(`${pending.size} questions are still waiting`);
  for (const { cache } of nodes) cache.close();
  return { broken, found: nodes.reduce((sum, { shared }) => sum + shared.counts().hits, 0) };
}

function rulesBroken(
  { owner, oldest }: Pending,
  askedAt: number,
  settled: SettledClaims<TestClaims>,
  skewMs: number,
  history: ReturnType<typeof createHistory>,
): readonly string[] {
  const broken: string[] = [];
  const asOf = settled.asOf.getTime() - skewMs;
  const floor = Math.max(oldest, history.before(owner, asOf));
  const lifeMs = (settled.state === 'found' ? ttlSeconds : negativeTtlSeconds) * 1000;
  if (asOf > Date.now()) broken.push(`${owner}: as of the future`);
  if (asOf < askedAt - lifeMs) broken.push(`${owner}: older than its time to live`);
  if (settled.state === 'found') {
    if (settled.claims.owner !== owner) broken.push(`${owner}: got the claims of ${settled.claims.owner}`);
    if (settled.claims.version < floor) broken.push(`${owner}: got version ${settled.claims.version}, not ${floor}`);
  } else if (!versionsFrom(floor, history.current(owner)).some(history.isAbsent)) {
    broken.push(`${owner}: said to have no business record, which was never true since version ${floor}`);
  }
  return broken;
}

function versionsFrom(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('whatever happens in whatever order, no process that has heard of a change gives what is older, nor any what is too old', async () => {
  let found = 0;
  const settings = propertySettings(200);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
      const outcome = await runSteps(steps);
      found += outcome.found;
      expect(outcome.broken).toEqual([]);
    }),
    settings,
  );
  if (isThorough) expect(found).toBeGreaterThan(settings.numRuns / 2);
});
