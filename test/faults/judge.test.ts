import { describe, expect, test } from 'vitest';
import type { Answer, History, Observation } from './support/history.ts';
import { type Contract, judge } from './support/judge.ts';
import { measureStaleness, quantile } from './support/staleness.ts';

const contract: Contract = {
  boundMs: 1000,
  unavailable: {
    viewer: ['CLAIMS_UNAVAILABLE', 'AUTHENTICATION_UNAVAILABLE'],
    notes: ['CLAIMS_UNAVAILABLE', 'AUTHENTICATION_UNAVAILABLE', 'INTERNAL_SERVER_ERROR'],
  },
  mayBeDown: ['c'],
};

const admin: Answer = { viewer: 'v0', notes: '"note-2"' };
const stranger: Answer = { viewer: 'v1', notes: 'null' };
const other: Answer = { viewer: 'v2', notes: 'error:FORBIDDEN' };

/** Three states: from the start, written at 990 and committed at 1000, written at 4990 and committed at 5000. */
const history: History = [
  { answer: admin, sentAt: 0, committedAt: 0 },
  { answer: stranger, sentAt: 990, committedAt: 1000, madeBy: 'b' },
  { answer: other, sentAt: 4990, committedAt: 5000 },
];

function seen(answer: Answer, sentAt: number, override: Partial<Observation> & { readonly status?: number } = {}) {
  const { status = 200, ...rest } = override;
  return { node: 'a', sentAt, receivedAt: sentAt + 5, outcome: { kind: 'answer' as const, status, answer }, ...rest };
}

const judgeOne = (observation: Observation) => {
  const { judged, unavailable, violations } = judge([observation], history, contract);
  return { judged, unavailable, violations: violations.map(({ kind }) => kind) };
};

describe('what the contract allows', () => {
  test.each<[string, Observation]>([
    ['the state that there is', seen(admin, 500)],
    ['the state before a change, within the bound', seen(admin, 2000)],
    ['the state after a change', seen(stranger, 1001)],
    ['a change that is being written', seen(stranger, 986)],
    ['the last state at any time', seen(other, 1e9)],
    ['a denial that was committed', seen(other, 6000)],
    ['half an answer, if the other half is right', seen({ ...other, notes: 'error:INTERNAL_SERVER_ERROR' }, 6000)],
    ['the new state at the node that made the change', seen(stranger, 1001, { node: 'b' })],
  ])('%s', (_name, observation) => {
    expect(judgeOne(observation)).toEqual({ judged: 1, unavailable: 0, violations: [] });
  });

  test('no answer that tells anything, when it says so', () => {
    const codes = ['error:CLAIMS_UNAVAILABLE', 'error:CLAIMS_UNAVAILABLE'] as const;
    const nothing = { viewer: codes[0], notes: codes[1] };
    expect(judgeOne(seen(nothing, 1))).toEqual({ judged: 0, unavailable: 1, violations: [] });
    const unknown = { viewer: 'error:AUTHENTICATION_UNAVAILABLE', notes: 'error:AUTHENTICATION_UNAVAILABLE' };
    expect(judgeOne(seen(unknown, 1, { status: 503 }))).toEqual({ judged: 0, unavailable: 1, violations: [] });
  });

  test('silence of a node that may be down', () => {
    const silence = { node: 'c', sentAt: 1, receivedAt: 2, outcome: { kind: 'failure', failure: 'reset' } } as const;
    expect(judgeOne(silence)).toEqual({ judged: 0, unavailable: 0, violations: [] });
  });
});

describe('what is a violation', () => {
  test.each<[string, Observation, string]>([
    ['the state before a change, beyond the bound', seen(admin, 2001), 'stale'],
    ['a state from before two changes', seen(admin, 5001), 'stale'],
    ['the old state at the node that made the change', seen(admin, 1001, { node: 'b' }), 'stale'],
    ['a change that nobody has written yet', seen(other, 4000), 'before it was written'],
    ['what was never committed', seen({ viewer: 'v3', notes: 'null' }, 10), 'never committed'],
    ['parts of two states', seen({ viewer: 'v1', notes: '"note-2"' }, 1500), 'never committed'],
    ['half an answer, if that half is stale', seen({ ...admin, notes: 'error:CLAIMS_UNAVAILABLE' }, 2001), 'stale'],
    ['a denial out of an outage', seen({ viewer: 'v0', notes: 'error:FORBIDDEN' }, 10), 'unexpected code'],
    ['another code', seen({ viewer: 'error:INTERNAL_SERVER_ERROR', notes: 'null' }, 10), 'unexpected code'],
    ['another status', seen(admin, 10, { status: 503 }), 'unexpected code'],
    [
      'keys that cannot be had, without 503',
      seen({ viewer: 'error:AUTHENTICATION_UNAVAILABLE', notes: 'error:AUTHENTICATION_UNAVAILABLE' }, 10),
      'unexpected code',
    ],
    [
      'silence of a node that runs',
      { node: 'a', sentAt: 1, receivedAt: 2, outcome: { kind: 'failure', failure: 'reset' } },
      'no answer',
    ],
  ])('%s', (_name, observation, kind) => {
    expect(judgeOne(observation).violations).toEqual([kind]);
  });
});

test('how long a change was not known is told for each node that was asked', () => {
  const seenByA = [seen(admin, 500), seen(admin, 1040), seen(admin, 1300), seen(stranger, 1320), seen(other, 5001)];
  const seenByB = [seen(stranger, 1010, { node: 'b' })];
  const lost = { node: 'a', sentAt: 1400, receivedAt: 1500, outcome: { kind: 'failure', failure: 'x' } } as const;
  expect(measureStaleness([...seenByA, ...seenByB, lost], history)).toEqual([
    { node: 'a', madeBy: 'b', staleMs: 300 },
    { node: 'a', madeBy: undefined, staleMs: 0 },
    { node: 'b', madeBy: 'b', staleMs: 0 },
  ]);
});

test('a quantile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1), quantile([], 0.5)]).toEqual([
    50, 99, 100, 0,
  ]);
});
