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

test.each<[unknown, string]>([
  [undefined, 'claims: expected a list; got undefined'],
  ['sekret', 'claims: expected a list; got undefined'],
  [{}, 'claims: expected a list; got undefined'],
  [{ claims: { 0: entry } }, 'claims: expected a list; got an object'],
  [{ claims: ['sekret'] }, 'claims[0]: expected an object; got a text of 6 characters'],
  [{ claims: [entry, null] }, 'claims[1]: expected an object; got null'],
  [{ claims: [{ ...entry, kind: 'sekret' }] }, 'claims[0].kind: expected user or machine; got a text of 6 characters'],
  [{ claims: [{ ...entry, issuer: undefined }] }, 'claims[0].issuer: expected a text that is not empty; got undefined'],
  // `user a b` would be the key of the subject `b` of the issuer `a` as well.
  [{ claims: [{ ...entry, issuer: 'https://a b' }] }, 'claims[0].issuer: expected a URL; got a text with white space'],
  [
    { claims: [{ ...entry, tenant: 'a b' }] },
    'claims[0].tenant: expected 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-", the first a letter or a digit; got a text of 3 characters',
  ],
  [{ claims: [{ ...entry, subject: 7 }] }, 'claims[0].subject: expected a text that is not empty; got a number'],
  [{ claims: [entry, { ...entry }] }, 'claims[1]: expected each subject once; got the subject of claims[0]'],
])('%o is refused', (json, message) => {
  expect(() => parseClaimsList(json)).toThrow(new TypeError(message));
});

test('only own members are members', () => {
  expect(memberOf({}, 'constructor')).toBe(undefined);
  expect(memberOf(JSON.parse('{ "__proto__": 1 }'), '__proto__')).toBe(1);
  expect(memberOf(Object.create({ claims: 1 }), 'claims')).toBe(undefined);
});
