import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AuthenticationUnavailableError, InternalError, UnauthenticatedError } from '../../src/errors.ts';
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '../../src/token/accessTokenVerifier.ts';
import type { FetchJwks } from '../../src/token/fetchJwks.ts';
import type { UserPool } from '../../src/token/userPool.ts';
import {
  issueAccessToken,
  issueIdToken,
  issueMachineToken,
  readClaims,
  type TestKey,
  testIssuer,
  testKey,
  testMachineClientId,
  testSubject,
  testUserClientId,
} from '../support/issueAccessToken.ts';
import { captureError } from './captureError.ts';
import { countSignatureChecks } from './countSignatureChecks.ts';
import { secondClientId, secondIssuer } from './tokenWorld.ts';

const current = await testKey();
const next = await testKey('next');
const second = await testKey('second');

/** A verifier of two pools whose keys, and whose clock, are in the hands of the test. */
function createWorld(options: Partial<AccessTokenVerifierOptions> = {}) {
  const pool = { userClientIds: [testUserClientId], machineClientIds: [testMachineClientId], audience: undefined };
  const first: UserPool = { ...pool, issuer: testIssuer, jwksUri: 'https://first.example.com/jwks.json' };
  const other: UserPool = {
    ...pool,
    issuer: secondIssuer,
    jwksUri: 'https://second.example.com/jwks.json',
    userClientIds: [secondClientId],
  };
  const served = new Map<string, readonly Partial<TestKey['jwk']>[]>([
    [first.jwksUri, [current.jwk]],
    [other.jwksUri, [second.jwk]],
  ]);
  const fetchJwks: FetchJwks = async (jwksUri) => {
    const keys = served.get(jwksUri);
    if (!keys) throw new Error('the endpoint is down');
    return { keys };
  };
  const world = {
    aheadSeconds: 0,
    verifier: undefined as unknown as AccessTokenVerifier,
    serveInFirst: (...keys: readonly Partial<TestKey['jwk']>[]) => served.set(first.jwksUri, keys),
    serveInSecond: (...keys: readonly Partial<TestKey['jwk']>[]) => served.set(other.jwksUri, keys),
    stopServingInFirst: () => served.delete(first.jwksUri),
    /** What the timer does. */
    refresh: () => world.verifier.start(),
  };
  world.verifier = createAccessTokenVerifier({
    pools: [first, other],
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
    fetchJwks,
    now: () => Date.now() + world.aheadSeconds * 1000,
    ...options,
  });
  return world;
}

const issueInSecond = (key = second) =>
  issueAccessToken({ iss: secondIssuer, client_id: secondClientId }, { key, header: { kid: key.kid } });

describe('a verifier that has verified a token', () => {
  const signatures = countSignatureChecks();
  let world: ReturnType<typeof createWorld>;

  beforeEach(async () => {
    world = createWorld();
    await world.refresh();
  });

  afterEach(() => world.verifier.close());
  afterAll(signatures.stop);

  /** Both what comes of the token and whether its signature was checked for it. */
  async function verify(token: string) {
    const before = signatures.count();
    const outcome = await world.verifier.verify(token).catch((error: unknown) => error);
    return { outcome, checked: signatures.count() - before };
  }

  test.each([
    ['a user', () => issueAccessToken()],
    ['a machine', () => issueMachineToken()],
    ['a user of the second pool', () => issueInSecond()],
  ])('gives the same principal for the token of %s without checking its signature again', async (_, issue) => {
    const token = await issue();
    const first = await verify(token);
    const again = await verify(token);

    expect(first).toMatchObject({ checked: 1, outcome: { scopes: new Set(['investments/read']) } });
    expect(again).toEqual({ checked: 0, outcome: first.outcome });
    expect(again.outcome).not.toBe(first.outcome);
  });

  test('refuses it once it is on the revocation list, at once and only there, and accepts it when it is taken off', async () => {
    const revoked = new Set<string>();
    world.verifier.close();
    world = createWorld({ isRevoked: ({ issuer, subject }) => revoked.has(`${issuer} ${subject}`) });
    await world.refresh();
    const [token, other] = [await issueAccessToken(), await issueInSecond()];
    await verify(token);
    await verify(other);

    revoked.add(`${testIssuer} ${testSubject}`);
    expect(await verify(token)).toMatchObject({
      outcome: { reason: 'invalid', hint: expect.stringContaining('sign in') },
      checked: 0,
    });
    expect(await verify(other)).toMatchObject({ outcome: { issuer: secondIssuer }, checked: 0 });
    const unseen = await verify(await issueAccessToken({ jti: 'another' }));
    expect(unseen).toMatchObject({
      outcome: { reason: 'invalid', hint: expect.stringContaining('sign in') },
      checked: 1,
    });

    revoked.clear();
    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 0 });
  });

  test.each([
    [
      'says that it cannot tell',
      () => {
        throw new AuthenticationUnavailableError('the list is down', { retryAfterSeconds: 1 });
      },
      AuthenticationUnavailableError,
    ],
    [
      'fails',
      () => {
        throw new TypeError('a defect');
      },
      InternalError,
    ],
    ['gives anything but false', () => Promise.resolve(false) as unknown as boolean, UnauthenticatedError],
  ])('never accepts it when the revocation list %s', async (_, isRevoked, expected) => {
    world.verifier.close();
    world = createWorld({ isRevoked });
    await world.refresh();
    const token = await issueAccessToken();
    expect((await verify(token)).outcome).toBeInstanceOf(expected);
    expect((await verify(token)).outcome).toBeInstanceOf(expected);
  });

  test('keeps the tokens of two issuers apart', async () => {
    const tokens = [await issueAccessToken(), await issueInSecond()];
    for (const checked of [1, 0]) {
      expect(await verify(`${tokens[0]}`)).toMatchObject({ outcome: { issuer: testIssuer }, checked });
      expect(await verify(`${tokens[1]}`)).toMatchObject({ outcome: { issuer: secondIssuer }, checked });
    }
  });

  test('refuses it once it has expired, by the clock of the request', async () => {
    const token = await issueAccessToken();
    const exp = Number(readClaims(token).exp);
    await verify(token);
    world.aheadSeconds = exp - Date.now() / 1000 - 60;
    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 0 });

    world.aheadSeconds += 120;
    expect(await verify(token)).toMatchObject({ outcome: { reason: 'expired' } });
    world.aheadSeconds = 0;
    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 1 });
  });

  test('accepts it within the grace after its exp, as it accepts one that it has not seen', async () => {
    const exp = Math.floor(Date.now() / 1000) - 1;
    const token = await issueAccessToken({ exp });

    expect((await verify(token)).outcome).toMatchObject({ expiresAt: exp });
    expect((await verify(token)).outcome).toMatchObject({ expiresAt: exp });
  });

  test('refuses it while the clock of the request says that it lies ahead', async () => {
    const token = await issueAccessToken();
    await verify(token);

    world.aheadSeconds = -3_600;
    const { outcome, checked } = await verify(token);
    expect(checked).toBe(0);
    expect(outcome).toMatchObject({ reason: 'invalid' });
    expect(String(outcome)).toContain('"iat"');
  });

  test('refuses it once it has expired by the clock of aws-jwt-verify, which is that of the machine', async () => {
    const token = await issueAccessToken();
    const frozen = Date.now();
    world.verifier.close();
    world = createWorld({ now: () => frozen });
    await world.refresh();
    await verify(token);

    vi.useFakeTimers({ toFake: ['Date'], now: frozen + 7_200_000 });
    const { outcome, checked } = await verify(token);
    vi.useRealTimers();

    expect({ outcome, checked }).toMatchObject({ outcome: { reason: 'expired' }, checked: 0 });
  });

  test.each([-3_600, 3_600])('refuses it %s s later with the error that a stranger would get', async (aheadSeconds) => {
    const token = await issueAccessToken();
    await verify(token);
    const forgetful = createWorld();
    await forgetful.refresh();
    forgetful.aheadSeconds = aheadSeconds;
    world.aheadSeconds = aheadSeconds;

    const cold = await captureError(() => forgetful.verifier.verify(token));
    const warm = (await verify(token)).outcome;
    forgetful.verifier.close();

    expect(warm).toBeInstanceOf(UnauthenticatedError);
    expect(describeError(warm)).toEqual(describeError(cold));
  });

  test('refuses it with any byte of it changed', async () => {
    const token = await issueAccessToken();
    const [header = '', payload = '', signature = ''] = token.split('.');
    await verify(token);
    const richer = Buffer.from(JSON.stringify({ ...readClaims(token), scope: 'admin' })).toString('base64url');
    const tampered = [
      `${header}.${richer}.${signature}`,
      `${header}.${change(payload, 40)}.${signature}`,
      `${change(header, 3)}.${payload}.${signature}`,
      ...[0, 100, signature.length - 2].map((at) => `${header}.${payload}.${change(signature, at)}`),
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${token}=`,
      `${token} `,
    ];

    for (const one of tampered) expect((await verify(one)).outcome, one).toMatchObject({ reason: 'invalid' });
    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 0 });
  });

  test('forgets it with the refresh that withdraws its key', async () => {
    const token = await issueAccessToken();
    await verify(token);
    world.serveInFirst(next.jwk);
    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 0 });

    await world.refresh();

    expect(await verify(token)).toMatchObject({ outcome: { reason: 'invalid' } });
  });

  test('forgets it when a request brings the refresh that withdraws its key', async () => {
    const token = await issueAccessToken();
    await verify(token);
    world.serveInFirst(next.jwk);

    const newToken = await issueAccessToken({}, { key: next });
    expect((await verify(newToken)).outcome).toMatchObject({ subject: testSubject });

    expect(await verify(token)).toMatchObject({ outcome: { reason: 'invalid' } });
  });

  test('forgets it when another key takes the place of its key under the same id', async () => {
    const token = await issueAccessToken();
    await verify(token);
    world.serveInFirst({ ...next.jwk, kid: current.kid });

    await world.refresh();

    expect(await verify(token)).toMatchObject({ outcome: { reason: 'invalid' }, checked: 1 });
  });

  test('does not remember it again from before its key came back', async () => {
    const token = await issueAccessToken();
    await verify(token);
    world.serveInFirst(next.jwk);
    await world.refresh();
    world.serveInFirst(current.jwk);
    await world.refresh();

    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 1 });
  });

  test.each<[string, (here: ReturnType<typeof createWorld>) => unknown]>([
    ['the same keys come again', () => {}],
    ['a key comes beside its own', ({ serveInFirst }) => serveInFirst(next.jwk, current.jwk)],
    ['the endpoint fails', ({ stopServingInFirst }) => stopServingInFirst()],
    [
      'another pool changes a key of the same id',
      ({ serveInSecond }) => serveInSecond({ ...next.jwk, kid: current.kid }),
    ],
  ])('goes on remembering it when %s', async (_, change) => {
    world.serveInSecond({ ...second.jwk, kid: current.kid });
    await world.refresh();
    const token = await issueAccessToken();
    await verify(token);
    change(world);

    await world.refresh();

    expect(await verify(token)).toMatchObject({ outcome: { subject: testSubject }, checked: 0 });
  });

  test.each<[string, () => Promise<string>]>([
    ['an expired one', () => issueAccessToken({ exp: Math.floor(Date.now() / 1000) - 30 })],
    ['an ID token', () => issueIdToken()],
    ['one for another client', () => issueAccessToken({ client_id: 'somebody7else' })],
    ['one for another API', () => issueAccessToken({ aud: 'https://other.example.com' })],
    ['one without a subject', () => issueAccessToken({ sub: undefined })],
    ['a forged one', () => issueAccessToken({}, { key: next, header: { kid: current.kid } })],
  ])('does not remember that it refused %s', async (_, issue) => {
    const token = await issue();

    const [first, again] = [await verify(token), await verify(token)];

    expect([first.checked, again.checked]).toEqual([1, 1]);
    expect(describeError(again.outcome)).toEqual(describeError(first.outcome));
  });

  test('does not forget it for any number of tokens that it refuses', async () => {
    world.verifier.close();
    world = createWorld({ maxCachedTokens: 3 });
    await world.refresh();
    const good = await Promise.all([1, 2, 3].map((n) => issueAccessToken({ jti: `good ${n}` })));
    await Promise.all(good.map(verify));

    const [header, , signature] = `${good[0]}`.split('.');
    for (let n = 0; n < 100; n += 1) {
      const payload = Buffer.from(JSON.stringify({ ...readClaims(`${good[0]}`), jti: `forged ${n}` }));
      const forged = `${header}.${payload.toString('base64url')}.${signature}`;
      expect((await verify(forged)).outcome).toMatchObject({ reason: 'invalid' });
      expect((await verify(await issueIdToken({ jti: `${n}` }))).outcome).toMatchObject({ reason: 'invalid' });
    }

    for (const token of good) expect((await verify(token)).checked).toBe(0);
  });

  test('remembers no more tokens than it is told, the latest used', async () => {
    world.verifier.close();
    world = createWorld({ maxCachedTokens: 3 });
    await world.refresh();
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => issueAccessToken({ jti: `${n}` })));
    for (const token of tokens) await verify(token);

    const checks: number[] = [];
    for (const token of [...tokens].reverse()) checks.push((await verify(token)).checked);
    expect(checks).toEqual([0, 0, 0, ...Array.from({ length: 47 }, () => 1)]);
  });
});

function change(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

function describeError(error: unknown) {
  if (!(error instanceof UnauthenticatedError)) return { unexpected: error };
  const { message, reason, hint, cause } = error;
  return { message, reason, hint, cause };
}
