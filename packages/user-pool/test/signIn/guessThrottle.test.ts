import { beforeEach, expect, test, vi } from 'vitest';
import { createGuessThrottle, type GuessThrottle } from '../../src/signIn/guessThrottle.ts';

let now: number;
let throttle: GuessThrottle;
beforeEach(() => {
  now = 1_800_000_000_000;
  throttle = createGuessThrottle({ freeFailures: 5, now: () => now });
});

const right = () => throttle.attempt('ada', () => true);
const wrong = (name = 'ada') => throttle.attempt(name, () => false);
const after = (failures: number) => {
  for (let failure = 0; failure < failures; failure += 1) {
    const attempt = wrong();
    if (attempt.outcome === 'too-many') {
      now += attempt.waitSeconds * 1000;
      wrong();
    }
  }
};

test('five wrong attempts are free, and each later one waits twice as long, up to a quarter of an hour', () => {
  for (let failure = 1; failure <= 5; failure += 1) expect(wrong()).toEqual({ outcome: 'wrong' });
  for (const waitSeconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
    expect(wrong()).toEqual({ outcome: 'too-many', waitSeconds });
    // A moment too early still.
    now += waitSeconds * 1000 - 1;
    expect(wrong()).toEqual({ outcome: 'too-many', waitSeconds: 1 });
    if (waitSeconds === 900) break;
    now += 1;
    expect(wrong()).toEqual({ outcome: 'wrong' });
  }
});

test('during the wait nobody looks at the secret, and attempts do not prolong it', () => {
  after(5);
  const isRight = vi.fn(() => true);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    expect(throttle.attempt('ada', isRight)).toEqual({ outcome: 'too-many', waitSeconds: 1 });
  }
  expect(isRight).not.toHaveBeenCalled();
  now += 1000;
  expect(right()).toEqual({ outcome: 'right' });
});

test('success starts afresh', () => {
  after(4);
  right();
  for (let failure = 1; failure <= 5; failure += 1) expect(wrong()).toEqual({ outcome: 'wrong' });
});

test('a quarter of an hour without a failure starts afresh', () => {
  after(6);
  now += 900_000;
  for (let failure = 1; failure <= 5; failure += 1) expect(wrong()).toEqual({ outcome: 'wrong' });
});

test('one name has nothing to do with another', () => {
  after(5);
  expect(wrong('bob')).toEqual({ outcome: 'wrong' });
});
