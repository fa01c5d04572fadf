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
    expect(() => parseJwks({ keys: [key] })).toThrow('at least one key with kty RSA, use sig and alg RS256');
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'an object with an array "keys"'],
    ['an array', [good], 'an object with an array "keys"'],
    ['keys that are no array', { keys: { 0: good } }, 'an object with an array "keys"'],
    ['no keys', { keys: [] }, 'at least one key'],
    ['a key that is no object', { keys: [good, 'key'] }, 'JWKS keys[1]: expected an object; got string'],
    ['a key that is null', { keys: [null] }, 'JWKS keys[0]: expected an object'],
    ['a symmetric key', { keys: [good, { kty: 'oct', k: 'c2VjcmV0' }] }, 'JWKS keys[1]: expected a public key'],
    ['a symmetric key without its value', { keys: [{ kty: 'oct' }, good] }, 'JWKS keys[0]: expected a public key'],
    ['a private key', { keys: [{ ...good, d: 'AQAB' }] }, 'JWKS keys[0]: expected a public key'],
    ['a private key of another type', { keys: [good, { ...ecJwk(), d: 'AQAB' }] }, 'keys[1]: expected a public key'],
    ['a prime factor', { keys: [{ ...good, p: 'AQAB' }] }, 'expected a public key; got a secret one, as its "p" says'],
    ['a key without a modulus', { keys: [{ ...good, n: undefined }] }, 'expected strings "n" and "e"'],
    ['a key with an exponent of another type', { keys: [{ ...good, e: 65537 }] }, 'expected strings "n" and "e"'],
    ['a key with an empty modulus', { keys: [{ ...good, n: '' }] }, 'keys[0]'],
    ['a modulus of 1024 bits', { keys: [rsaJwk(1024, 65537)] }, 'an RSA modulus of 2048 bits or more; got 1024'],
    ['an exponent of 3', { keys: [rsaJwk(2048, 3)] }, 'an odd RSA exponent of 65537 or more; got 3'],
    ['an exponent of 1', { keys: [{ ...good, e: 'AQ' }] }, 'keys[0]'],
    ['an even exponent', { keys: [{ ...good, e: 'AQAC' }] }, 'keys[0]'],
    ['a signing key without an id', { keys: [{ ...good, kid: undefined }] }, 'expected a non-empty string "kid"'],
    ['a signing key with an empty id', { keys: [{ ...good, kid: '' }] }, 'expected a non-empty string "kid"'],
    ['two keys under one id', { keys: [good, { ...other, kid: good.kid }] }, 'expected one key per "kid"'],
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

    expect(() => parseJwks({ keys: [good, change(other)] }, undefined, refused)).toThrow(
      'JWKS keys[1]: expected a key that its pool keeps to itself',
    );
    expect(parseJwks({ keys: [good] }, undefined, refused)).toHaveLength(1);
  });

  test("cognito-local's key is among the published ones", () => {
    expect(publishedKeyThumbprints).toContain('jS8J3RuOy291lpsiFe2NfKV6VkdfMF4Q_840qOLXAjs');
  });
});

function withLeadingZero(n: string): string {
  return Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')]).toString('base64url');
}
