import { expect, test } from 'vitest';
import { type ClaimsCall, observeSource } from '../../src/claims/observeSource.ts';
import { answerAtOnce, createRecordingSource, user } from './recordingSource.ts';

test('each call is told once it has ended, with its outcome and how many subjects it had', async () => {
  const told: ClaimsCall[] = [];
  const { source, lastCall } = createRecordingSource((call) => {
    if (call.names.length > 1) answerAtOnce(call);
  });
  const observed = observeSource(source, (call) => told.push(call));
  const answer = await observed.fetchClaims([user('ada'), user('unknown')]);
  expect(answer).toBeInstanceOf(Map);
  const failing = observed.fetchClaims([user('bob')]);
  expect(told).toHaveLength(1);
  lastCall().fail(new Error('down'));
  await expect(failing).rejects.toThrow('down');
  expect(told).toEqual([
    { group: undefined, subjects: 2, outcome: 'answered', durationSeconds: expect.any(Number) },
    { group: undefined, subjects: 1, outcome: 'failed', durationSeconds: expect.any(Number) },
  ]);
});
