import { expect, test } from 'vitest';
import { type ApiAnswer, judgeAnswer } from '../src/judgeAnswer.ts';
import { data, expired, fieldRefusal, refusal } from './recorder.ts';

const stepUp = { maxAgeSeconds: 300 };
const tooOld = fieldRefusal('INSUFFICIENT_USER_AUTHENTICATION', stepUp);
const also = (answer: ApiAnswer, more: object): ApiAnswer => ({ ...answer, data: { ...Object(answer.data), ...more } });

test.each<readonly [string, ApiAnswer, string, string]>([
  ['data', data, 'final', 'final'],
  ['no answer of GraphQL', { status: 500 }, 'final', 'final'],
  ['an expired token', expired, 'unauthenticated', 'unauthenticated'],
  ['a field that needs a token', fieldRefusal('UNAUTHENTICATED', { reason: 'missing' }), 'unauthenticated', 'final'],
  ['a gateway’s 401', { status: 401 }, 'unauthenticated', 'unauthenticated'],
  ['a 401 for another reason', refusal('OTHER', {}, 401), 'final', 'final'],
  ['a denial', fieldRefusal('FORBIDDEN'), 'final', 'final'],
  [
    'a whole request that needs a newer sign-in',
    refusal('INSUFFICIENT_USER_AUTHENTICATION', stepUp, 401),
    'step-up',
    'step-up',
  ],
  ['a root field that does', tooOld, 'step-up', 'step-up'],
  ['one of two root fields that does', also(tooOld, { other: { id: '1' } }), 'step-up', 'final'],
  ['one, and another is null of itself', also(tooOld, { other: null }), 'step-up', 'final'],
  ['one, and the type name', also(tooOld, { __typename: 'Mutation' }), 'step-up', 'step-up'],
  ['all of it null', { ...tooOld, data: null }, 'step-up', 'final'],
  ['claims that cannot be read', refusal('CLAIMS_UNAVAILABLE', { retryable: true }, 503), 'try-again', 'try-again'],
  ['the same for a field', fieldRefusal('CLAIMS_UNAVAILABLE', { retryable: true }), 'try-again', 'final'],
  [
    'data that are null for it',
    { ...fieldRefusal('DATA_UNAVAILABLE', { retryable: true }), data: null },
    'try-again',
    'final',
  ],
  ['retryable that is no boolean', refusal('OTHER', { retryable: 'yes' }, 503), 'final', 'final'],
  ['too many requests', refusal('RATE_LIMITED', {}, 429), 'try-again', 'try-again'],
  ['a load balancer’s 503', { status: 503 }, 'try-again', 'final'],
  ['a 503 that says it is for good', refusal('OTHER', {}, 503), 'final', 'final'],
  [
    'errors that are none',
    { errors: [null, 1, 'x', {}, { extensions: 1 }], data: null, status: 200 },
    'final',
    'final',
  ],
  ['errors that are no list', { errors: 'x', status: 200 }, 'final', 'final'],
])('%s', (_name, answer, ofQuery, ofMutation) => {
  expect([judgeAnswer(answer, false).kind, judgeAnswer(answer, true).kind]).toEqual([ofQuery, ofMutation]);
});

test('of several newer sign-ins that are needed, the newest counts', () => {
  const errors = [300, 60].map((maxAgeSeconds) => ({
    extensions: { code: 'INSUFFICIENT_USER_AUTHENTICATION', maxAgeSeconds },
  }));
  expect(judgeAnswer({ errors }, false)).toEqual({ kind: 'step-up', maxAgeSeconds: 60 });
});

test.each([
  ['3', 3],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['-1', undefined],
  [null, undefined],
])('Retry-After: %s', (retryAfter, retryAfterSeconds) => {
  expect(judgeAnswer({ status: 503, retryAfter }, false)).toEqual({
    kind: 'try-again',
    retryAfterSeconds,
    isPartial: false,
  });
});
