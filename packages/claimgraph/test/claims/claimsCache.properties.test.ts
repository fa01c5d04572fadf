import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SettledClaims } from '../../src/claims/settledClaims.ts';
import { ClaimsUnavailableError } from '../../src/errors.ts';
import { propertySettings } from '../support/propertySettings.ts';
import { createTestCache, laterExp, passSeconds, stopTime } from './createTestCache.ts';
import { claimsOf, type RecordedCall, type TestClaims, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const names = ['ann', 'bob', 'cid', 'dan'];
const ttlSeconds = 10;
const negativeTtlSeconds = 3;
const timeoutMs = 2000;

/** How a cache is made for the steps. */
interface Policy {
  readonly staleIfErrorSeconds: number;
  readonly maxEntries: number;
}

type Step =
  | { readonly do: 'get'; readonly name: string }
  | { readonly do: 'answer' | 'fail'; readonly call: number }
  | { readonly do: 'change' | 'change without a word'; readonly name: string }
  | { readonly do: 'invalidate all' }
  | { readonly do: 'pass'; readonly seconds: number };

const name = fc.constantFrom(...names);
const call = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('get' as const), name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), call }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), call }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('change' as const, 'change without a word' as const), name }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate all' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(0.001, 0.005, 0.5, 1, 3, 11) }),
  },
);

/**
 * The truth, which the test changes: each subject has a version, and every third version is "no business record". It
 * remembers when each version began, to judge by what an answer could have known.
 */
function createTruth() {
  const beginnings = new Map(names.map((owner) => [owner, [Number.NEGATIVE_INFINITY]]));
  const historyOf = (owner: string) => beginnings.get(owner) ?? [];
  const current = (owner: string) => historyOf(owner).length;
  return {
    current,
    change: (owner: string) => historyOf(owner).push(Date.now()),
    isAbsent: (version: number) => version % 3 === 0,
    /** The version that was true just before a moment. */
    before: (owner: string, moment: number) => historyOf(owner).filter((beginning) => beginning < moment).length,
  };
}

/** One question that is not settled yet, and the oldest version that it may be answered with. */
interface Pending {
  readonly owner: string;
  readonly askedAt: number;
  oldest: number;
  /** An invalidation came after it was asked. */
  isOvertaken: boolean;
}

/** Runs the steps against a cache and gives every rule that an outcome broke. */
async function runSteps(
  steps: readonly Step[],
  { staleIfErrorSeconds, maxEntries }: Policy,
): Promise<readonly string[]> {
  const truth = createTruth();
  const invalidated = new Map(names.map((owner) => [owner, truth.current(owner)]));
  const pending = new Set<Pending>();
  const knowledge = new Map<RecordedCall, Readonly<Record<string, unknown>>>();
  const open: RecordedCall[] = [];
  const broken: string[] = [];
  let troubles = 0;
  /** Of when the newest claims are that the cache has given out and was not told to forget. */
  const known = new Map<string, number>();
  const { cache } = createTestCache(
    {
      ttlSeconds,
      negativeTtlSeconds,
      staleIfErrorSeconds,
      jitter: 0.001,
      maxBatchSize: 3,
      maxConcurrentBatches: 2,
      maxEntries,
      timeoutMs,
    },
    (made) => {
      // What the source reads is true at the moment of the call and may be old when it arrives.
      const known = made.names.filter((owner) => !truth.isAbsent(truth.current(owner)));
      knowledge.set(made, Object.fromEntries(known.map((owner) => [owner, claimsOf(owner, truth.current(owner))])));
      open.push(made);
    },
  );

  function get(owner: string): void {
    const question: Pending = { owner, askedAt: Date.now(), oldest: invalidated.get(owner) ?? 0, isOvertaken: false };
    pending.add(question);
    cache.get(user(owner), laterExp).then(
      (settled) => {
        pending.delete(question);
        broken.push(...rulesBroken(question, staleIfErrorSeconds, settled, truth));
        if (settled.state === 'found' && settled.stale && troubles === 0)
          broken.push(`${owner}: stale without a reason`);
        if (settled.state === 'absent') known.delete(owner);
        else if (!question.isOvertaken) known.set(owner, settled.asOf.getTime());
      },
      (error) => {
        pending.delete(question);
        if (!(error instanceof ClaimsUnavailableError)) broken.push(`${owner}: failed with ${String(error)}`);
        if (troubles === 0) broken.push(`${owner}: failed without a reason`);
        const asOf = known.get(owner) ?? Number.NEGATIVE_INFINITY;
        const mayBeStale = staleIfErrorSeconds > 0 && Date.now() < asOf + (ttlSeconds + staleIfErrorSeconds) * 1000;
        if (mayBeStale && !question.isOvertaken && maxEntries >= names.length) {
          broken.push(`${owner}: failed although there are claims to be given as stale`);
        }
      },
    );
  }

  /** From here on, nobody may be given what was true before. */
  function noteInvalidation(owner: string): void {
    invalidated.set(owner, truth.current(owner));
    for (const question of pending) {
      if (question.owner !== owner) continue;
      question.oldest = truth.current(owner);
      question.isOvertaken = true;
    }
    known.delete(owner);
    // Three invalidations during loads are a reason to give up.
    troubles += 1;
  }

  function finish(index: number, how: 'answer' | 'fail'): void {
    const [made] = open.splice(index % Math.max(open.length, 1), 1);
    if (!made) return;
    if (how === 'answer') {
      made.answerFound(knowledge.get(made) ?? {});
    } else {
      troubles += 1;
      made.fail(new Error('down'));
    }
  }

  async function take(next: Step): Promise<void> {
    switch (next.do) {
      case 'get':
        return get(next.name);
      case 'answer':
      case 'fail':
        return finish(next.call, next.do);
      case 'change':
        truth.change(next.name);
        noteInvalidation(next.name);
        return cache.invalidate(user(next.name));
      case 'change without a word':
        truth.change(next.name);
        return;
      case 'invalidate all':
        names.forEach(noteInvalidation);
        return cache.invalidateAll();
      case 'pass':
        // A call that is left open for so long times out, which is told while the time passes.
        if ([...pending].some(({ askedAt }) => Date.now() + next.seconds * 1000 >= askedAt + timeoutMs)) troubles += 1;
        return passSeconds(next.seconds);
      default:
        next satisfies never;
    }
  }

  /** The source is up and answers: nobody is left waiting. */
  async function settleAll(): Promise<void> {
    for (let round = 0; round < 10; round += 1) {
      while (open.length > 0) finish(0, 'answer');
      await passSeconds(0.005);
    }
    if (pending.size > 0) broken.push(`${pending.size} questions are still waiting`);
  }

  for (const next of steps) {
    await take(next);
    await passSeconds(0);
  }
  await settleAll();
  // A failure is remembered for a second.
  await passSeconds(1);
  troubles = 0;
  names.forEach(get);
  await settleAll();
  cache.close();
  return broken;
}

function rulesBroken(
  { owner, askedAt, oldest }: Pending,
  staleIfErrorSeconds: number,
  settled: SettledClaims<TestClaims>,
  truth: ReturnType<typeof createTruth>,
): readonly string[] {
  const broken: string[] = [];
  const asOf = settled.asOf.getTime();
  const floor = Math.max(oldest, truth.before(owner, asOf));
  const lifeSeconds = settled.state === 'found' ? ttlSeconds : negativeTtlSeconds;
  const lifeMs = (lifeSeconds + (settled.state === 'found' && settled.stale ? staleIfErrorSeconds : 0)) * 1000;
  if (asOf > Date.now()) broken.push(`${owner}: as of the future`);
  if (asOf < askedAt - lifeMs) broken.push(`${owner}: older than its time to live`);
  if (settled.state === 'found') {
    if (settled.claims.owner !== owner) broken.push(`${owner}: got the claims of ${settled.claims.owner}`);
    if (settled.claims.version < floor) broken.push(`${owner}: got version ${settled.claims.version}, not ${floor}`);
  } else if (!range(floor, truth.current(owner)).some(truth.isAbsent)) {
    broken.push(`${owner}: said to have no business record, which was never true since version ${floor}`);
  }
  return broken;
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

test.each<readonly [string, Policy]>([
  ['nothing is given as stale', { staleIfErrorSeconds: 0, maxEntries: 3 }],
  ['what is remembered may be given as stale', { staleIfErrorSeconds: 8, maxEntries: 3 }],
  ['all of it is remembered', { staleIfErrorSeconds: 8, maxEntries: names.length }],
])(
  'whatever happens in whatever order, nobody gets an answer that is too old, of somebody else, or made of a failure: %s',
  async (_name, policy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        expect(await runSteps(steps, policy)).toEqual([]);
      }),
      propertySettings(500),
    );
  },
);
