import { once } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuthenticationUnavailableError, InternalError, UnauthenticatedError } from '../../src/errors.ts';
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '../../src/token/accessTokenVerifier.ts';
import type { UserPool } from '../../src/token/userPool.ts';
import { issueAccessToken, issueMachineToken, testIssuer, testKey, testSubject } from '../support/issueAccessToken.ts';
import { accessTokenTable } from './accessTokenTable.ts';
import { captureError } from './captureError.ts';
import { createTokenWorld, secondClientId, secondIssuer, type TokenWorld } from './tokenWorld.ts';

describe('an access token verifier', () => {
  let world: TokenWorld;
  let verifiers: AccessTokenVerifier[] = [];

  beforeEach(async () => {
    world = await createTokenWorld();
  });

  afterEach(async () => {
    for (const verifier of verifiers) verifier.close();
    verifiers = [];
    await world.close();
  });

  function createVerifier(options: Partial<AccessTokenVerifierOptions> = {}): AccessTokenVerifier {
    const verifier = createAccessTokenVerifier({
      pools: world.pools,
      graceSeconds: 5,
      jwksRefreshSeconds: 300,
      ...options,
    });
    verifiers.push(verifier);
    return verifier;
  }

  test('is ready when every pool has keys, and not before', async () => {
    world.jwks.answer({ kind: 'status', status: 500 });
    const failures: unknown[] = [];
    const verifier = createVerifier({ onJwksFailure: (failure) => failures.push(failure) });
    expect(verifier.isReady()).toBe(false);

    await verifier.start();

    expect(verifier.isReady()).toBe(false);
    expect(failures).toEqual([{ issuer: testIssuer, error: expect.any(Error) }]);
    const second = await issueAccessToken(
      { iss: secondIssuer, client_id: secondClientId },
      { key: await testKey('second') },
    );
    expect(await verifier.verify(second)).toMatchObject({ kind: 'user', issuer: secondIssuer });
    expect(await captureError(async () => verifier.verify(await issueAccessToken()))).toBeInstanceOf(
      AuthenticationUnavailableError,
    );
  });

  test('becomes ready by its own timer', async () => {
    world.jwks.answer({ kind: 'status', status: 500 });
    const verifier = createVerifier({ jwksPenaltySeconds: 0.01 });
    await verifier.start();
    world.jwks.answer({ kind: 'keys', keys: [(await testKey()).jwk] });
    await expect.poll(() => verifier.isReady(), { interval: 5, timeout: 10_000 }).toBe(true);

    expect(await verifier.verify(await issueAccessToken())).toMatchObject({ subject: testSubject });
  });

  test('gives equal subjects of two pools different issuers', async () => {
    const verifier = createVerifier();
    const inSecond = { iss: secondIssuer, client_id: secondClientId };
    const principals = await Promise.all([
      verifier.verify(await issueAccessToken()),
      verifier.verify(await issueAccessToken(inSecond, { key: await testKey('second') })),
    ]);

    expect(principals.map(({ issuer, subject }) => [issuer, subject])).toEqual([
      [testIssuer, testSubject],
      [secondIssuer, testSubject],
    ]);
  });

  test('holds exp against its own clock', async () => {
    let ahead = 0;
    const verifier = createVerifier({ now: () => Date.now() + ahead });
    const token = await issueAccessToken();
    await verifier.verify(token);
    ahead = 3_600_000;

    expect(await captureError(() => verifier.verify(token))).toMatchObject({ reason: 'expired' });
  });

  test('accepts no longer life than it is told', async () => {
    const iat = Math.floor(Date.now() / 1000) - 60;
    const oneDay = await issueAccessToken({ iat, exp: iat + 86_400 });
    const overADay = await issueAccessToken({ iat, exp: iat + 86_401 });

    expect(await createVerifier().verify(oneDay)).toMatchObject({ expiresAt: iat + 86_400 });
    expect(await captureError(() => createVerifier().verify(overADay))).toMatchObject({ reason: 'invalid' });
    expect(await captureError(() => createVerifier({ maxLifetimeSeconds: 3_600 }).verify(oneDay))).toMatchObject({
      reason: 'invalid',
    });
  });

  test('says of a token from the future that clocks may differ', async () => {
    const ahead = Math.floor(Date.now() / 1000) + 20;
    const error = await captureError(async () => createVerifier().verify(await issueAccessToken({ iat: ahead })));
    expect(error).toMatchObject({ reason: 'invalid', hint: expect.stringContaining('clocks') });
  });

  test('refuses a token that is too long before anything else', async () => {
    const fetched: string[] = [];
    const verifier = createVerifier({ fetchJwks: async (jwksUri) => fetched.push(jwksUri) });
    const error = await captureError(async () =>
      verifier.verify(await issueAccessToken({ padding: 'a'.repeat(20_000) })),
    );

    expect(error).toMatchObject({ reason: 'invalid' });
    expect(String(error)).toContain('at most 24576 characters');
    expect(fetched).toEqual([]);
  });

  test('takes a fault of its surroundings for what it is', async () => {
    const clockFault = new TypeError('no clock');
    let broken = false;
    const verifier = createVerifier({
      now: () => {
        if (broken) throw clockFault;
        return Date.now();
      },
    });
    await verifier.start();
    broken = true;
    const error = await captureError(async () => verifier.verify(await issueMachineToken()));

    expect(error).toBeInstanceOf(InternalError);
    expect(error).toMatchObject({ cause: clockFault });
  });

  test('fails without the token, a segment of it or the names in it, for every row of the table', async () => {
    const verifier = createVerifier();
    await verifier.start();
    let refused = 0;
    for (const { name, expected, makeRequest } of accessTokenTable) {
      const { headers } = await makeRequest(world);
      const token = headers[0]?.[1].replace(/^Bearer /, '') ?? '';
      if (headers[0]?.[0] !== 'Authorization' || expected.status === 200) continue;
      const error = await verifier.verify(token).catch((reason: unknown) => reason);
      if (!(error instanceof Error)) continue;
      refused += 1;
      const shown = inspect(error, { depth: 10, showHidden: true });
      const secrets = [...token.split(/[.\s,]/).filter((part) => part.length > 12), testSubject, 'global-admin'];
      for (const secret of secrets) expect(shown, name).not.toContain(secret);
      expect(error, name).toBeInstanceOf(UnauthenticatedError);
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('createAccessTokenVerifier', () => {
  const pool: UserPool = {
    issuer: 'https://pool.example.com',
    jwksUri: 'https://pool.example.com/jwks.json',
    userClientIds: ['spa'],
    machineClientIds: [],
    audience: undefined,
  };
  const good = { pools: [pool], graceSeconds: 5, jwksRefreshSeconds: 300 };

  test.each<[string, Partial<AccessTokenVerifierOptions>, string]>([
    ['no pools', { pools: [] }, 'pools: '],
    ['one issuer twice', { pools: [pool, pool] }, pool.issuer],
    ['keys over plain HTTP', { pools: [{ ...pool, jwksUri: 'http://a.example/' }] }, 'jwksUri: '],
    ['no clients', { pools: [{ ...pool, userClientIds: [] }] }, 'client ids: '],
    ['a grace that is no number', { graceSeconds: Number.NaN }, 'got graceSeconds NaN'],
    ['a negative grace', { graceSeconds: -1 }, 'got graceSeconds -1'],
    ['an endless lifetime', { maxLifetimeSeconds: Number.POSITIVE_INFINITY }, 'got maxLifetimeSeconds Infinity'],
    ['no time between refreshes', { jwksRefreshSeconds: 0 }, 'got jwksRefreshSeconds 0'],
    ['no penalty', { jwksPenaltySeconds: 0 }, 'got jwksPenaltySeconds 0'],
    ['no room for tokens', { maxCachedTokens: 0 }, 'maxCachedTokens: '],
    ['half a token', { maxCachedTokens: 1.5 }, 'got 1.5'],
    ['endless room for tokens', { maxCachedTokens: Number.POSITIVE_INFINITY }, 'got Infinity'],
  ])('refuses %s', (_, options, message) => {
    expect(() => createAccessTokenVerifier({ ...good, ...options })).toThrow(message);
  });

  test('needs nothing but pools, and warns of keys that it cannot fetch', async () => {
    const fetchJwks = () => Promise.reject(new Error('the endpoint is down'));
    const warned = once(process, 'warning');
    const verifier = createAccessTokenVerifier({ pools: [pool], fetchJwks });
    await verifier.start();
    verifier.close();
    expect(await warned).toMatchObject([
      { code: 'AUTHENTICATION_UNAVAILABLE', message: expect.stringContaining(pool.issuer) },
    ]);
  });

  test('lists the problems of all pools at once', () => {
    const pools = [
      { ...pool, userClientIds: [] },
      { ...pool, issuer: 'https://other.example.com', jwksUri: 'ftp://other.example.com' },
    ];

    expect(() => createAccessTokenVerifier({ ...good, pools })).toThrow(
      /https:\/\/pool\.example\.com: client ids: (.|\n)*https:\/\/other\.example\.com: jwksUri: /,
    );
  });
});
