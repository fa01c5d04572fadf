import { beforeEach, expect, test } from 'vitest';
import { createMinimumRevisions, type MinimumRevisions } from '../../../src/claims/redis/minimumRevisions.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { nextTurn } from '../../support/until.ts';
import { user } from '../recordingSource.ts';

const ann = toSubjectKey(user('ann'));
const bob = toSubjectKey(user('bob'));
const cid = toSubjectKey(user('cid'));
const none = Number.POSITIVE_INFINITY;

let now: number;
let floors: MinimumRevisions;
beforeEach(() => {
  now = 5_000;
  floors = createMinimumRevisions({ lifeMs: 100, maxSubjects: 2, now: () => now });
});

test('without a change anything will do', () => {
  expect(floors.minimumFor(ann)).toBe(-1);
});

test('a change is about its subject, and about everybody when it names nobody', () => {
  floors.require(ann, 7);
  expect([floors.minimumFor(ann), floors.minimumFor(bob)]).toEqual([7, -1]);
  floors.raiseAll(9);
  expect([floors.minimumFor(ann), floors.minimumFor(bob)]).toEqual([9, 9]);
});

test('a floor is kept for its life, and the highest counts in whatever order they are heard of', () => {
  floors.require(ann, 7);
  now += 50;
  floors.require(ann, 6);
  expect(floors.minimumFor(ann)).toBe(7);
  now += 99;
  expect(floors.minimumFor(ann)).toBe(7);
  now += 1;
  expect(floors.minimumFor(ann)).toBe(-1);
});

test('a change of no number lets nothing pass for its life, and what is heard meanwhile counts afterwards', () => {
  floors.require(ann);
  now += 60;
  floors.require(ann, 8);
  expect(floors.minimumFor(ann)).toBe(none);
  now += 40;
  expect(floors.minimumFor(ann)).toBe(8);
});

test('those that are too many become everybody’s', () => {
  floors.require(ann, 7);
  floors.require(bob, 3);
  floors.require(cid, 4);
  expect([ann, bob, cid].map(floors.minimumFor)).toEqual([7, 7, 7]);
  floors.require(ann);
  floors.require(bob, 1);
  floors.require(cid, 1);
  expect([ann, bob, cid].map(floors.minimumFor)).toEqual([none, none, none]);
});

test('those whose life is over become nobody’s', () => {
  floors.require(ann, 7);
  now += 100;
  floors.require(bob, 3);
  floors.require(cid, 4);
  expect(floors.minimumFor(ann)).toBe(-1);
});

test('after missed changes nothing passes until the revision is known', async () => {
  floors.requireLatest(Promise.resolve(12));
  expect(floors.minimumFor(ann)).toBe(none);
  await Promise.resolve();
  expect(floors.minimumFor(ann)).toBe(12);
  now += 100;
  expect(floors.minimumFor(ann)).toBe(-1);
});

test('what is not known after all lets nothing pass for its life', async () => {
  for (const read of [
    async () => undefined,
    async () => Promise.reject(new Error('down')),
    () => new Promise<number>(() => {}),
  ]) {
    floors.requireLatest(read());
    await nextTurn();
    now += 99;
    expect(floors.minimumFor(ann)).toBe(none);
    now += 1;
    expect(floors.minimumFor(ann)).toBe(-1);
  }
});

test('what was read before changes were missed again says nothing about them', async () => {
  let tell = (_revision: number) => {};
  floors.requireLatest(new Promise((resolve) => (tell = resolve)));
  floors.requireLatest(new Promise(() => {}));
  tell(12);
  await nextTurn();
  expect(floors.minimumFor(ann)).toBe(none);
});

test('what is missed does not lower a floor of no number that somebody else asked for', async () => {
  floors.raiseAll();
  floors.requireLatest(Promise.resolve(12));
  await nextTurn();
  expect(floors.minimumFor(ann)).toBe(none);
});

test('a revision below those that were heard is another store’s', async () => {
  floors.require(ann, 20);
  floors.requireLatest(Promise.resolve(12));
  await nextTurn();
  expect(floors.minimumFor(bob)).toBe(none);
  // As followClaimsChanges does when it notices.
  now += 100;
  floors.raiseAll();
  now += 100;
  floors.requireLatest(Promise.resolve(13));
  await nextTurn();
  expect(floors.minimumFor(bob)).toBe(13);
});
