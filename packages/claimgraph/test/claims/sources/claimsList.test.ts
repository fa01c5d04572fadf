import { expect, test } from 'vitest';
import { memberOf, parseClaimsList } from '../../../src/claims/sources/claimsList.ts';

const entry = { kind: 'user', issuer: 'https://issuer.example', subject: 'ada', claims: { role: 'a' } };

test('entries are parsed in their order', () => {
  const machine = { ...entry, kind: 'machine' };
  expect(parseClaimsList({ claims: [entry, machine], other: 1 })).toEqual([
    {
      place: 'claims[0]',
      key: 'user https://issuer.example ada',
      subject: { kind: 'user', issuer: 'https://issuer.example', subject: 'ada' },
      entry,
    },
    {
      place: 'claims[1]',
      key: 'machine https://issuer.example ada',
      subject: { kind: 'machine', issuer: 'https://issuer.example', subject: 'ada' },
      entry: machine,
    },
  ]);
});

test('a tenant that is null is none', () => {
  expect(parseClaimsList({ claims: [{ ...entry, tenant: null }] })[0]?.subject).toEqual({
    kind: 'user',
    issuer: 'https://issuer.example',
    subject: 'ada',
  });
});

test.each<[unknown, RegExp]>([
  [undefined, /^claims: .*\bundefined$/],
  ['sekret', /^claims: .*\bundefined$/],
  [{}, /^claims: .*\bundefined$/],
  [{ claims: { 0: entry } }, /^claims: .*\bobject$/],
  [{ claims: ['sekret'] }, /^claims\[0\]: .*\b6\b/],
  [{ claims: [entry, null] }, /^claims\[1\]: .*\bnull$/],
  [{ claims: [{ ...entry, kind: 'sekret' }] }, /^claims\[0\]\.kind: .*\buser or machine\b.*\b6\b/],
  [{ claims: [{ ...entry, issuer: undefined }] }, /^claims\[0\]\.issuer: .*\bundefined$/],
  // `user a b` would be the key of the subject `b` of the issuer `a` as well.
  [{ claims: [{ ...entry, issuer: 'https://a b' }] }, /^claims\[0\]\.issuer: /],
  [{ claims: [{ ...entry, tenant: 'a b' }] }, /^claims\[0\]\.tenant: .*\b3\b/],
  [{ claims: [{ ...entry, subject: 7 }] }, /^claims\[0\]\.subject: .*\bnumber$/],
  [{ claims: [entry, { ...entry }] }, /^claims\[1\]: .*claims\[0\]$/],
])('%o is refused', (json, message) => {
  expect(() => parseClaimsList(json)).toThrow(TypeError);
  expect(() => parseClaimsList(json)).toThrow(message);
  expect(() => parseClaimsList(json)).not.toThrow('sekret');
});

test('only own members are members', () => {
  expect(memberOf({}, 'constructor')).toBe(undefined);
  expect(memberOf(JSON.parse('{ "__proto__": 1 }'), '__proto__')).toBe(1);
  expect(memberOf(Object.create({ claims: 1 }), 'claims')).toBe(undefined);
});
