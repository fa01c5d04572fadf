import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { parseJwks, publishedKeyThumbprints } from '../../src/token/parseJwks.ts';
import { testKey } from '../support/issueAccessToken.ts';

const good = (await testKey()).jwk;
const other = (await testKey('other')).jwk;

function rsaJwk(modulusLength: number, publicExponent: number): JWK {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'made', use: 'sig', alg: 'RS256' } as JWK;
}

function ecJwk(): JWK {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'made', use: 'sig', alg: 'ES256' } as JWK;
}

describe('parseJwks', () => {
  test('gives the public members of each signing key and nothing else', () => {
    const { kid, n, e } = good;

    expect(parseJwks({ keys: [{ ...good, x5t: 'thumb' }, other] })).toEqual([
      { kid, kty: 'RSA', use: 'sig', alg: 'RS256', n, e },
      other,
    ]);
  });

  test.each<[string, JWK]>([
    ['for encryption', { ...other, use: 'enc' }],
    ['for another algorithm', { ...other, alg: 'RS512' }],
    ['without a purpose', { ...other, use: undefined } as unknown as JWK],
    ['without an algorithm', { ...other, alg: undefined } as unknown as JWK],
    ['of another type', ecJwk()],
  ])('leaves out a key %s', (_, key) => {
    expect(parseJwks({ keys: [key, good] }).map(({ kid }) => kid)).toEqual([good.kid]);
    expect(() => parseJwks({ keys: [key] })).toThrow(/\bRSA\b.*\bsig\b.*\bRS256\b/);
  });

  test.each<[string, unknown, string | RegExp]>([
    ['null', null, '"keys"'],
    ['an array', [good], '"keys"'],
    ['keys that are no array', { keys: { 0: good } }, '"keys"'],
    ['no keys', { keys: [] }, /\bRSA\b.*\bsig\b.*\bRS256\b/],
    ['a key that is no object', { keys: [good, 'key'] }, /keys\[1\]: .*\bstring$/],
    ['a key that is null', { keys: [null] }, 'keys[0]: '],
    ['a symmetric key', { keys: [good, { kty: 'oct', k: 'c2VjcmV0' }] }, /keys\[1\]: .*\bsecret\b/],
    ['a symmetric key without its value', { keys: [{ kty: 'oct' }, good] }, /keys\[0\]: .*\bsecret\b/],
    ['a private key', { keys: [{ ...good, d: 'AQAB' }] }, /keys\[0\]: .*\bsecret\b.*"d"/],
    ['a private key of another type', { keys: [good, { ...ecJwk(), d: 'AQAB' }] }, /keys\[1\]: .*\bsecret\b.*"d"/],
    ['a prime factor', { keys: [{ ...good, p: 'AQAB' }] }, /keys\[0\]: .*\bsecret\b.*"p"/],
    ['a key without a modulus', { keys: [{ ...good, n: undefined }] }, /keys\[0\]: .*"n".*"e"/],
    ['a key with an exponent of another type', { keys: [{ ...good, e: 65537 }] }, /keys\[0\]: .*"n".*"e"/],
    ['a key with an empty modulus', { keys: [{ ...good, n: '' }] }, 'keys[0]'],
    ['a modulus of 1024 bits', { keys: [rsaJwk(1024, 65537)] }, /\b2048\b.*\b1024\b/],
    ['an exponent of 3', { keys: [rsaJwk(2048, 3)] }, /\b65537\b.*\b3\b/],
    ['an exponent of 1', { keys: [{ ...good, e: 'AQ' }] }, 'keys[0]'],
    ['an even exponent', { keys: [{ ...good, e: 'AQAC' }] }, 'keys[0]'],
    ['a signing key without an id', { keys: [{ ...good, kid: undefined }] }, '"kid"'],
    ['a signing key with an empty id', { keys: [{ ...good, kid: '' }] }, '"kid"'],
    ['two keys under one id', { keys: [good, { ...other, kid: good.kid }] }, new RegExp(`"kid".*"${good.kid}"$`)],
  ])('refuses %s', (_, jwks, message) => {
    expect(() => parseJwks(jwks)).toThrow(message);
  });

  test.each<[string, (jwk: JWK) => JWK]>([
    ['as it is', (jwk) => jwk],
    ['under another id', (jwk) => ({ ...jwk, kid: 'innocent' })],
    ['for another purpose', (jwk) => ({ ...jwk, use: 'enc' })],
    ['with its modulus spelt with a leading zero', (jwk) => ({ ...jwk, n: withLeadingZero(`${jwk.n}`) })],
  ])('refuses a key whose private half is published, %s', async (_, change) => {
    const refused = [await calculateJwkThumbprint(other)];

    expect(() => parseJwks({ keys: [good, change(other)] }, undefined, refused)).toThrow('keys[1]: ');
    expect(parseJwks({ keys: [good] }, undefined, refused)).toHaveLength(1);
  });

  test("cognito-local's key is among the published ones", () => {
    expect(publishedKeyThumbprints).toContain('jS8J3RuOy291lpsiFe2NfKV6VkdfMF4Q_840qOLXAjs');
  });
});

function withLeadingZero(n: string): string {
  return Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')]).toString('base64url');
}
