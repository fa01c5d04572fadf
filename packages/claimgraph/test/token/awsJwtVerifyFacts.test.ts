import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import {
  JwtBaseError,
  JwtExpiredError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureError,
  ParameterValidationError,
} from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { describe, expect, test } from 'vitest';
import { parseJwks } from '../../src/token/parseJwks.ts';
import {
  issueAccessToken,
  issueIdToken,
  type Members,
  signWithRsa,
  testIssuer,
  testKey,
  testUserClientId,
} from '../support/issueAccessToken.ts';
import { captureError } from './captureError.ts';

// What src/token relies on or makes up for. When an upgrade changes one of these, look at the code that names it.

const current = await testKey();
const next = await testKey('next');
const trusted = (key = current, kid = key.kid) => ({ keys: [...parseJwks({ keys: [{ ...key.jwk, kid }] })] });
const fetched: string[] = [];
const fetcher = {
  async fetch(uri: string) {
    fetched.push(uri);
    return new TextEncoder().encode('{}').buffer as ArrayBuffer;
  },
};

function createVerifier() {
  const verifier = JwtVerifier.create(
    {
      issuer: testIssuer,
      audience: null,
      graceSeconds: 5,
      customJwtCheck: ({ payload }) =>
        validateCognitoJwtFields(payload, { tokenUse: 'access', clientId: testUserClientId }),
    },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  verifier.cacheJwks(trusted());
  return verifier;
}

describe('aws-jwt-verify', () => {
  const ahead = Math.floor(Date.now() / 1000) + 1_000_000_000;

  test.each<[string, Members, Members?]>([
    ['no exp', { exp: undefined }],
    ['an exp years ahead', { exp: ahead }],
    ['a future iat', { iat: ahead }],
    ['no sub', { sub: undefined }],
    ['an empty sub', { sub: '' }],
    ['groups as a string', { 'cognito:groups': 'admins' }],
    ['a foreign aud', { aud: 'https://other.example.com' }],
    ['a crit header', {}, { crit: ['x'] }],
    ['an embedded key', {}, { jwk: next.jwk, jku: 'https://evil.example.com' }],
    ['any typ', {}, { typ: 'dpop+jwt' }],
  ])('accepts %s, so we refuse it', async (_, claims, header = {}) => {
    expect(createVerifier().verifySync(await issueAccessToken(claims, { header }))).toBeDefined();
  });

  test('accepts a segment spelt with padding, so we refuse it', async () => {
    expect(createVerifier().verifySync(`${await issueAccessToken()}==`)).toBeDefined();
  });

  test('lets an ID token in when tokenUse is null', async () => {
    const payload = createUnchecked().verifySync(await issueIdToken());

    expect(() => validateCognitoJwtFields(payload, { tokenUse: null, clientId: testUserClientId })).not.toThrow();
  });

  test('checks the signature before the claims, so a hint about a claim goes to the signer only', async () => {
    const expired = { exp: Math.floor(Date.now() / 1000) - 60 };
    const forged = await issueIdToken(expired, { key: next, header: { kid: current.kid } });

    expect(await captureError(() => createVerifier().verifySync(forged))).toBeInstanceOf(JwtInvalidSignatureError);
  });

  test('applies graceSeconds to exp', async () => {
    const expiredBy = (seconds: number) => issueAccessToken({ exp: Math.floor(Date.now() / 1000) - seconds });

    expect(createVerifier().verifySync(await expiredBy(3))).toBeDefined();
    const token = await expiredBy(30);
    expect(await captureError(() => createVerifier().verifySync(token))).toBeInstanceOf(JwtExpiredError);
  });

  test('never fetches in verifySync', async () => {
    await captureError(async () =>
      createVerifier().verifySync(await issueAccessToken({}, { header: { kid: 'other' } })),
    );

    expect(fetched).toEqual([]);
  });

  test('keeps key objects by kid until cacheJwks, not until the cache beneath it changes', async () => {
    const jwksCache = new SimpleJwksCache({ fetcher });
    const verifier = JwtVerifier.create({ issuer: testIssuer, audience: null }, { jwksCache });
    verifier.cacheJwks(trusted());
    verifier.verifySync(await issueAccessToken());
    const token = await issueAccessToken({}, { key: next, header: { kid: current.kid } });

    jwksCache.addJwks(`${testIssuer}/.well-known/jwks.json`, trusted(next, current.kid));
    expect(await captureError(() => verifier.verifySync(token))).toBeInstanceOf(JwtInvalidSignatureError);

    verifier.cacheJwks(trusted(next, current.kid));
    expect(verifier.verifySync(token)).toBeDefined();
  });

  test('forgets a key that is not in the set given to cacheJwks', async () => {
    const verifier = createVerifier();
    const token = await issueAccessToken();
    verifier.verifySync(token);
    verifier.cacheJwks(trusted(next));

    expect(await captureError(() => verifier.verifySync(token))).toBeInstanceOf(JwtBaseError);
  });

  test('names every error "Error" and passes an error of customJwtCheck on as it is', async () => {
    const ours = new Error('ours');
    const throwOurs = () => {
      throw ours;
    };
    const foreign = await issueAccessToken({ iss: 'https://other.example.com' });
    const issuerError = await captureError(() => createUnchecked().verifySync(foreign));

    expect(issuerError).toBeInstanceOf(JwtInvalidIssuerError);
    expect(issuerError).toMatchObject({ name: 'Error' });
    const good = await issueAccessToken();
    expect(await captureError(() => createUnchecked(throwOurs).verifySync(good))).toBe(ours);
  });

  test('takes a foreign issuer for a wrong parameter when it has several', async () => {
    const verifier = JwtVerifier.create(
      [testIssuer, `${testIssuer}2`].map((issuer) => ({ issuer, audience: null })),
      { jwksCache: new SimpleJwksCache({ fetcher }) },
    );
    const foreign = await issueAccessToken({ iss: 'https://other.example.com' });

    expect(await captureError(() => verifier.verifySync(foreign))).toBeInstanceOf(ParameterValidationError);
  });

  test('accepts both issuer names of a pool in CognitoJwtVerifier, so we do not use it', async () => {
    const jwksCache = new SimpleJwksCache({ fetcher });
    const userPoolId = testIssuer.slice(testIssuer.lastIndexOf('/') + 1);
    const options = { userPoolId, tokenUse: 'access', clientId: testUserClientId } as const;
    const verifier = CognitoJwtVerifier.create(options, { jwksCache });
    const iss = testIssuer.replace('//cognito', '//issuer-cognito');
    jwksCache.addJwks(`${iss}/.well-known/jwks.json`, trusted());

    expect(verifier.verifySync(await issueAccessToken({ iss }))).toBeDefined();
  });

  test('drops claims named __proto__ and constructor', () => {
    const payload = `{"iss":"${testIssuer}","__proto__":{"sub":"x"},"constructor":"y"}`;
    const claims = createUnchecked().verifySync(signWithRsa({ kid: current.kid, alg: 'RS256' }, payload, current));

    expect(Object.keys(claims)).toEqual(['iss']);
    expect(claims.sub).toBeUndefined();
  });
});

function createUnchecked(customJwtCheck: () => void = () => {}) {
  const options = { issuer: testIssuer, audience: null, customJwtCheck };
  const verifier = JwtVerifier.create(options, { jwksCache: new SimpleJwksCache({ fetcher }) });
  verifier.cacheJwks(trusted());
  return verifier;
}
