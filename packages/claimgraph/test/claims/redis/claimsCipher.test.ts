import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseSharedAnswer, type SharedAnswer, toBytes } from '../../../src/claims/redis/cacheEntryCodec.ts';
import { createClaimsCipher } from '../../../src/claims/redis/claimsCipher.ts';

const secret = randomBytes(32);
const seal = createClaimsCipher(secret, 'one');
const content = Buffer.from('content');

test('what was closed is opened for the same text, secret and namespace only', () => {
  const sealed = seal.encrypt('ann', content);
  expect(createClaimsCipher(secret, 'one').decrypt('ann', sealed)).toEqual(content);
  expect(seal.decrypt('bob', sealed)).toBeUndefined();
  expect(createClaimsCipher(secret, 'two').decrypt('ann', sealed)).toBeUndefined();
  expect(createClaimsCipher(randomBytes(32), 'one').decrypt('ann', sealed)).toBeUndefined();
});

test('no bit of it can be changed, and nothing left out or added', () => {
  const sealed = Buffer.from(seal.encrypt('ann', content), 'base64');
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(seal.decrypt('ann', changed.toString('base64'))).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length += 1) {
    expect(seal.decrypt('ann', sealed.subarray(0, length).toString('base64'))).toBeUndefined();
  }
  expect(seal.decrypt('ann', Buffer.concat([sealed, Buffer.alloc(1)]).toString('base64'))).toBeUndefined();
});

test('the same content is never sealed alike, and the same text is named alike', () => {
  expect(seal.encrypt('ann', content)).not.toBe(seal.encrypt('ann', content));
  expect(seal.keyFor('ann')).toBe(createClaimsCipher(secret, 'one').keyFor('ann'));
  const names = [seal.keyFor('ann'), seal.keyFor('bob'), createClaimsCipher(secret, 'two').keyFor('ann')];
  expect(new Set([...names, createClaimsCipher(randomBytes(32), 'one').keyFor('ann')]).size).toBe(4);
});

test.each([
  { state: 'found', claims: { role: 'admin', regions: ['USA'], nothing: undefined }, asOf: new Date(7), revision: 0 },
  { state: 'found', claims: 'clerk', asOf: new Date(7) },
  { state: 'absent', asOf: new Date(7), revision: 9 },
  { state: 'absent', asOf: new Date(7) },
] as const)('an answer comes back as it was: %j', (settled) => {
  const answer: SharedAnswer<unknown> = { settled, lifeMs: 30_000, endsAt: 1_800_000_000_000 };
  const parsed = parseSharedAnswer(toBytes(answer));
  expect(parsed).toStrictEqual(answer);
  if (parsed?.settled.state === 'found') expect(Object.isFrozen(parsed.settled.claims)).toBe(true);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['another format', Buffer.from('{"claims":{}}')],
  ['a class', toBytes({ settled: { state: 'found', claims: new Date(), asOf: new Date(7) }, lifeMs: 1, endsAt: 1 })],
  ['no claims', toBytes({ settled: { state: 'found', claims: null, asOf: new Date(7) }, lifeMs: 1, endsAt: 1 })],
  ['no time', toBytes({ settled: { state: 'absent', asOf: new Date(Number.NaN) }, lifeMs: 1, endsAt: 1 })],
])('%s is no answer', (_what, bytes) => {
  expect(parseSharedAnswer(bytes)).toBeUndefined();
});
