import { afterEach, describe, expect, test } from 'vitest';
import { AuthenticationUnavailableError } from '../../src/errors.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../../src/token/principal.ts';
import { createRevocationList, type RevocationList } from '../../src/token/revocationList.ts';
import type { RevocationSource, Revocations, SubjectRevocation } from '../../src/token/revocationSource.ts';
import { machineWith, userWith } from '../support/callers.ts';
import { captureError } from './captureError.ts';

const ann = { ...userWith(), subject: 'ann' };
const ben = { ...userWith(), subject: 'ben' };
const job = machineWith();

/** A call of the source, to be answered by the test. */
interface Call {
  /** Subjects, or `all`. */
  readonly asked: string;
  answer(...denied: readonly Entry[]): void;
  give(answer: unknown): void;
  fail(error?: Error): void;
}

type Entry = readonly [Subject, Partial<SubjectRevocation>];

let list: RevocationList | undefined;
afterEach(() => list?.close());

/** A list on a source whose every call waits for the test; `aheadMs` is how far its clock is ahead. */
function createWorld({ refreshSeconds = 86_400 } = {}) {
  const calls: Call[] = [];
  const failures: unknown[] = [];
  let wake = () => {};
  const world = { aheadMs: 0 };
  function call<T>(asked: string, toAnswer: (denied: ReadonlyMap<SubjectKey, SubjectRevocation>) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      calls.push({
        asked,
        answer: (...denied) => resolve(toAnswer(toMap(denied))),
        give: (answer) => resolve(answer as T),
        fail: (error = new Error('the store is down')) => reject(error),
      });
      wake();
    });
  }
  const source: RevocationSource = {
    fetchAll: () => call<Revocations>('all', (subjects) => ({ subjects, signIns: [] })),
    fetchSubjects: (subjects) => call(subjects.map(({ subject }) => subject).join(), (denied) => denied),
  };
  const created = createRevocationList({
    source,
    maxStalenessSeconds: 30,
    refreshSeconds,
    onFailure: (error) => failures.push(error),
    now: () => 1_000_000 + world.aheadMs,
  });
  list = created;
  async function next(): Promise<Call> {
    if (calls.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const first = calls.shift();
    if (!first) throw new RangeError('expected a call');
    return first;
  }
  async function start(...denied: readonly Entry[]): Promise<void> {
    const started = created.start();
    (await next()).answer(...denied);
    await started;
  }
  return { list: created, calls, failures, next, start, world };
}

function toMap(denied: readonly Entry[]): ReadonlyMap<SubjectKey, SubjectRevocation> {
  return new Map(
    denied.map(([subject, revocation]) => [
      toSubjectKey(subject),
      { suspended: false, validAfterMs: undefined, ...revocation },
    ]),
  );
}

const suspended = { suspended: true };

describe('a token', () => {
  const second = ann.issuedAt;

  test.each([
    ['is accepted when nothing is held against anybody', ann, {}, 'accepted'],
    ['is refused when its account is suspended', ann, suspended, 'suspended'],
    ['of a machine is refused when that is suspended', job, suspended, 'suspended'],
    ['is refused when it is older', ann, { validAfterMs: second * 1000 + 1 }, 'sign in again'],
    ['is accepted when it is of that very moment', ann, { validAfterMs: second * 1000 }, 'accepted'],
    [
      'is refused when it is younger, and refreshed from an older sign-in',
      { ...ann, authTime: second - 100 },
      { validAfterMs: second * 1000 },
      'sign in again',
    ],
    [
      'is refused when it is older, though its sign-in is said to be younger',
      { ...ann, authTime: second + 2 },
      { validAfterMs: (second + 1) * 1000 },
      'sign in again',
    ],
    ['of a machine is refused when it is older', job, { validAfterMs: second * 1000 + 1 }, 'sign in again'],
    ['of a machine is accepted when it is younger', job, { validAfterMs: second * 1000 }, 'accepted'],
  ])('%s', async (_name, principal, revocation, expected) => {
    const { start, list } = createWorld();
    await start([principal, revocation]);
    expect(outcomeOf(list, principal)).toBe(expected);
    expect(outcomeOf(list, ben)).toBe('accepted');
  });

  test('is refused when its sign-in is revoked at its user pool', async () => {
    const { list, next } = createWorld();
    const started = list.start();
    (await next()).give({ subjects: new Map(), signIns: [{ issuer: ann.issuer, originTokenId: 'o-1' }] });
    await started;
    expect(outcomeOf(list, { ...ann, originTokenId: 'o-1' })).toBe('sign in again');
    expect(outcomeOf(list, { ...ann, originTokenId: 'o-2' })).toBe('accepted');
    expect(outcomeOf(list, { ...ann, originTokenId: 'o-1', issuer: 'https://other.test' })).toBe('accepted');
    expect(outcomeOf(list, ann)).toBe('accepted');
  });

  test('of a machine is not that of a user with the same subject', async () => {
    const { list, start } = createWorld();
    await start([job, suspended]);
    expect(outcomeOf(list, { ...ann, subject: job.subject })).toBe('accepted');
  });
});

describe('a list that is not known', () => {
  test('refuses nobody and accepts nobody before it was loaded', async () => {
    const { list, next } = createWorld();
    const started = list.start();
    expect([outcomeOf(list, ann), list.isFresh()]).toEqual(['unavailable', false]);
    const first = await next();
    const asked = list.changed([ann]);
    first.fail();
    await started;
    (await next()).fail();
    expect(await captureError(() => asked)).toBeInstanceOf(AuthenticationUnavailableError);
    expect(outcomeOf(list, ann)).toBe('unavailable');
  });

  test('is so again once it was not read for too long, counted from when it was asked for', async () => {
    const { list, next, world } = createWorld();
    const started = list.start();
    const first = await next();
    world.aheadMs = 20_000;
    first.answer([ben, suspended]);
    await started;
    world.aheadMs = 30_000;
    expect([outcomeOf(list, ann), outcomeOf(list, ben)]).toEqual(['accepted', 'suspended']);
    world.aheadMs = 30_001;
    expect([outcomeOf(list, ann), outcomeOf(list, ben), list.isFresh()]).toEqual(['unavailable', 'unavailable', false]);

    const changed = list.changed([ann]);
    (await next()).answer();
    await changed;
    expect(outcomeOf(list, ann)).toBe('unavailable');
    list.invalidateAll();
    const loaded = list.changed([ben]);
    (await next()).answer([ben, suspended]);
    await loaded;
    expect([outcomeOf(list, ann), outcomeOf(list, ben)]).toEqual(['accepted', 'suspended']);
  });

  test('is so when the clock is set far back', async () => {
    const { list, start, world } = createWorld();
    await start();
    world.aheadMs = -30_001;
    expect(outcomeOf(list, ann)).toBe('unavailable');
  });

  test.each([
    ['no Map', { subjects: [], signIns: [] }],
    ['no sign-ins', { subjects: new Map() }],
    ['nothing', undefined],
    [
      'a moment that is none',
      { subjects: new Map([['k', { suspended: false, validAfterMs: Number.NaN }]]), signIns: [] },
    ],
    ['a moment that is a text', { subjects: new Map([['k', { suspended: false, validAfterMs: '7' }]]), signIns: [] }],
    ['no word on suspension', { subjects: new Map([['k', { validAfterMs: 7 }]]), signIns: [] }],
    ['null for an entry', { subjects: new Map([['k', null]]), signIns: [] }],
    ['a sign-in without a user pool', { subjects: new Map(), signIns: [{ originTokenId: 'o' }] }],
  ])('stays so when the source gives %s', async (_name, answer) => {
    const { list, next, failures } = createWorld();
    const started = list.start();
    (await next()).give(answer);
    await started;
    expect(failures).toEqual([expect.any(TypeError)]);
    expect(outcomeOf(list, ann)).toBe('unavailable');
  });
});

describe('what is announced', () => {
  test('is read by name, and in force when `changed` resolves', async () => {
    const { list, start, next } = createWorld();
    await start([ben, suspended]);
    const changed = list.changed([ann, ben]);
    const call = await next();
    expect(call.asked).toBe('ann,ben');
    call.answer([ann, suspended]);
    await changed;
    expect([outcomeOf(list, ann), outcomeOf(list, ben)]).toEqual(['suspended', 'accepted']);
  });

  test('while something is loaded is read after it, so that what was read before is not applied over it', async () => {
    const { list, start, next, calls } = createWorld();
    await start();
    list.invalidateAll();
    const before = await next();
    const changed = list.changed([ann]);
    list.invalidate(ben);
    await Promise.resolve();
    expect(calls).toEqual([]);
    // It read how things were before the change.
    before.answer();
    const after = await next();
    expect([after.asked, outcomeOf(list, ann)]).toEqual(['ann,ben', 'accepted']);
    after.answer([ann, suspended]);
    await changed;
    expect(outcomeOf(list, ann)).toBe('suspended');
  });

  test('together is read together, and by a complete load when one is wanted anyway', async () => {
    const { list, start, next, calls } = createWorld();
    await start();
    list.invalidate(ann);
    list.invalidateAll();
    const changed = list.changed([ben]);
    const call = await next();
    expect(call.asked).toBe('all');
    call.answer([ann, suspended]);
    await changed;
    expect([calls.length, outcomeOf(list, ann)]).toEqual([0, 'suspended']);
  });

  test('of more than a thousand is read completely', async () => {
    const { list, start, next } = createWorld();
    await start();
    const crowd = Array.from({ length: 1_001 }, (_, index) => ({ ...ann, subject: `${index}` }));
    for (const subject of crowd) list.invalidate(subject);
    expect((await next()).asked).toBe('all');
  });

  test('and could not be read rejects, is read completely next, and is logged once for each attempt', async () => {
    const { list, start, next, failures } = createWorld();
    await start([ben, suspended]);
    const changed = list.changed([ann]);
    const down = new Error('down');
    (await next()).fail(down);
    expect(await captureError(() => changed)).toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE', cause: down });
    expect([failures, outcomeOf(list, ben)]).toEqual([[down], 'suspended']);
    const again = await next();
    expect(again.asked).toBe('all');
    const then = list.changed([]);
    again.answer([ann, suspended]);
    (await next()).answer();
    await then;
    expect([outcomeOf(list, ann), outcomeOf(list, ben)]).toEqual(['suspended', 'accepted']);
  });

  test('and is wanted while nothing can be read is tried at once', async () => {
    const { list, next, failures } = createWorld();
    const started = list.start();
    const first = await next();
    const changed = list.changed([ann]);
    first.fail();
    await started;
    const second = await next();
    expect([second.asked, failures.length]).toEqual(['all', 1]);
    second.answer([ann, suspended]);
    await changed;
    expect(outcomeOf(list, ann)).toBe('suspended');
  });

  test('with somebody who was not asked for is not believed', async () => {
    const { list, start, next } = createWorld();
    await start();
    const changed = list.changed([ann]);
    (await next()).answer([ann, {}], [ben, suspended]);
    expect(await captureError(() => changed)).toBeInstanceOf(AuthenticationUnavailableError);
    expect(outcomeOf(list, ben)).toBe('accepted');
  });
});

test('everything is read anew when the time has come, although nothing was announced', async () => {
  const { list, start, next } = createWorld({ refreshSeconds: 0.01 });
  await start();
  const first = await next();
  expect(first.asked).toBe('all');
  first.answer([ann, suspended]);
  expect((await next()).asked).toBe('all');
  expect(outcomeOf(list, ann)).toBe('suspended');
});

test('a list that is closed loads nothing more, and applies nothing that comes later', async () => {
  const { list, next, calls } = createWorld();
  const started = list.start();
  const first = await next();
  const waiting = list.changed([ann]);
  list.close();
  await started;
  first.answer([ann, suspended]);
  expect(await captureError(() => waiting)).toBeInstanceOf(AuthenticationUnavailableError);
  expect(await captureError(() => list.changed([ann]))).toBeInstanceOf(AuthenticationUnavailableError);
  list.invalidateAll();
  await Promise.resolve();
  expect([calls.length, outcomeOf(list, ann)]).toEqual([0, 'unavailable']);
});

test.each([
  [{ maxStalenessSeconds: 0 }],
  [{ maxStalenessSeconds: Number.NaN }],
  [{ refreshSeconds: -1 }],
  [{ refreshSeconds: 86_401 }],
])('durations that would turn the list off are refused: %j', (wrong) => {
  const source: RevocationSource = { fetchAll: () => Promise.reject(), fetchSubjects: () => Promise.reject() };
  const options = { source, maxStalenessSeconds: 30, refreshSeconds: 10, onFailure() {}, ...wrong };
  expect(() => createRevocationList(options)).toThrow(RangeError);
});

function outcomeOf(list: RevocationList, principal: Parameters<RevocationList['isRevoked']>[0]): string {
  try {
    const refusal = list.isRevoked(principal);
    if (refusal === false) return 'accepted';
    return /\bsuspended\b/.test(refusal.hint) ? 'suspended' : 'sign in again';
  } catch (error) {
    if (error instanceof AuthenticationUnavailableError) return 'unavailable';
    throw error;
  }
}
