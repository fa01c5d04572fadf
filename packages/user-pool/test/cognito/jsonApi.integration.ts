import { getDiffieHellman } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { refresh, signIn, startTestPool, type TestPool } from '../../../../test/support/localPool.ts';
import { startSrp } from './srpClient.ts';

const ClientId = 'investments-spa';
const password = { USERNAME: 'auditor', PASSWORD: 'demo' };
const passwordSignIn = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters: password };
const jwt = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
const opaque = expect.stringMatching(/^[\w-]{43}$/);

let now: number;
let pool: TestPool;
beforeEach(() => {
  now = Date.now();
});
afterEach(() => pool.close());

const start = async (options: Parameters<typeof startTestPool>[0] = {}) => {
  pool = await startTestPool({ now: () => now, ...options });
};

async function call(operation: string, input: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${pool.url}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      ...headers,
    },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The name of the error, which stands in the header, where Amplify reads it, and in the body. */
async function errorOf(answer: ReturnType<typeof call>): Promise<string> {
  const { status, headers, body } = await answer;
  const name = headers.get('x-amzn-errortype') ?? '';
  const { message } = z.strictObject({ __type: z.literal(name), message: z.string() }).parse(body);
  expect(status).toBe(400);
  return `${name}: ${message}`;
}

const resultSchema = z.object({
  AuthenticationResult: z.object({
    AccessToken: z.string(),
    IdToken: z.string(),
    RefreshToken: z.string().default(''),
  }),
});

async function tokensOf(answer: ReturnType<typeof call>) {
  return resultSchema.parse((await answer).body).AuthenticationResult;
}

const byPassword = () => tokensOf(call('InitiateAuth', passwordSignIn));

async function challenge(username: string, clientValue = startSrp().publicValue) {
  const AuthParameters = { USERNAME: username, SRP_A: clientValue };
  const { body } = await call('InitiateAuth', { AuthFlow: 'USER_SRP_AUTH', ClientId, AuthParameters });
  return z.object({ ChallengeName: z.string(), ChallengeParameters: z.record(z.string(), z.string()) }).parse(body);
}

async function bySrp(username: string, secret: string, changes: Readonly<Record<string, string>> = {}) {
  const srp = startSrp();
  const { ChallengeParameters } = await challenge(username, srp.publicValue);
  const ChallengeResponses = { ...srp.answer(ChallengeParameters, secret), ...changes };
  const respond = () =>
    call('RespondToAuthChallenge', { ChallengeName: 'PASSWORD_VERIFIER', ClientId, ChallengeResponses });
  return { answer: await respond(), respond };
}

describe('a sign-in', () => {
  beforeEach(() => start());

  test('with a password gives tokens whose only scope is that of the JSON API', async () => {
    const { status, headers, body } = await call('InitiateAuth', passwordSignIn);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(body).toEqual({
      AuthenticationResult: {
        AccessToken: jwt,
        IdToken: jwt,
        RefreshToken: opaque,
        ExpiresIn: 3600,
        TokenType: 'Bearer',
      },
      ChallengeParameters: {},
    });
    const { AccessToken, IdToken } = resultSchema.parse(body).AuthenticationResult;
    const keySet = createRemoteJWKSet(new URL(`${pool.issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(AccessToken, keySet, { issuer: pool.issuer });
    expect(Object.keys(payload).sort()).toEqual(
      [
        ...[
          'auth_time',
          'client_id',
          'event_id',
          'exp',
          'iat',
          'iss',
          'jti',
          'origin_jti',
          'scope',
          'sub',
          'token_use',
        ],
        ...['username', 'version'],
      ].sort(),
    );
    expect(payload).toMatchObject({ scope: 'aws.cognito.signin.user.admin', client_id: ClientId, username: 'auditor' });
    const id = decodeJwt(IdToken);
    expect(id).toMatchObject({ token_use: 'id', aud: ClientId, origin_jti: payload.origin_jti });
    expect(id).not.toHaveProperty('at_hash');
  });

  test('by SRP gives the same', async () => {
    const { answer } = await bySrp('usa-manager', 'demo');
    expect(answer.status).toBe(200);
    const { AccessToken, RefreshToken } = resultSchema.parse(answer.body).AuthenticationResult;
    expect(decodeJwt(AccessToken)).toMatchObject({ username: 'usa-manager', scope: 'aws.cognito.signin.user.admin' });
    expect(RefreshToken).toEqual(opaque);
  });

  test('by SRP works again and again: numbers of every length are right', async () => {
    for (let turn = 0; turn < 40; turn += 1) expect((await bySrp('auditor', 'demo')).answer.status).toBe(200);
  });

  test('is not told whether the user or the password is wrong', async () => {
    const wrong = 'NotAuthorizedException: Incorrect username or password.';
    const attempt = (username: string, secret: string) =>
      call('InitiateAuth', { ...passwordSignIn, AuthParameters: { USERNAME: username, PASSWORD: secret } });
    expect(await errorOf(attempt('auditor', 'Demo'))).toBe(wrong);
    expect(await errorOf(attempt('nobody', 'demo'))).toBe(wrong);
    expect(await errorOf(attempt('__proto__', 'demo'))).toBe(wrong);
    expect(Object.keys((await challenge('nobody')).ChallengeParameters)).toEqual(
      Object.keys((await challenge('auditor')).ChallengeParameters),
    );
    expect(await errorOf(Promise.resolve((await bySrp('auditor', 'Demo')).answer))).toBe(wrong);
    expect(await errorOf(Promise.resolve((await bySrp('nobody', 'demo')).answer))).toBe(wrong);
  });

  test('by SRP is answered once, in time, and for whom it was begun', async () => {
    const { answer, respond } = await bySrp('auditor', 'demo');
    expect(answer.status).toBe(200);
    expect(await errorOf(respond())).toMatch(/^NotAuthorizedException/);
    for (const changes of [
      { USERNAME: 'global-admin' },
      { PASSWORD_CLAIM_SECRET_BLOCK: 'AAAA' },
      { TIMESTAMP: 'Mon Jan 5 09:00:01 UTC 2026' },
      { PASSWORD_CLAIM_SIGNATURE: 'AAAA' },
    ]) {
      const refused = await bySrp('auditor', 'demo', changes);
      expect(await errorOf(Promise.resolve(refused.answer))).toMatch(/^NotAuthorizedException/);
    }
    const srp = startSrp();
    const { ChallengeParameters } = await challenge('auditor', srp.publicValue);
    now += 181_000;
    const ChallengeResponses = srp.answer(ChallengeParameters, 'demo');
    const late = call('RespondToAuthChallenge', { ChallengeName: 'PASSWORD_VERIFIER', ClientId, ChallengeResponses });
    expect(await errorOf(late)).toMatch(/^NotAuthorizedException/);
  });

  test('has to wait after five wrong passwords, however they come, also on the sign-in page', async () => {
    const wrong = { ...passwordSignIn, AuthParameters: { ...password, PASSWORD: 'wrong' } };
    for (let attempt = 1; attempt <= 3; attempt += 1) await errorOf(call('InitiateAuth', wrong));
    for (let attempt = 1; attempt <= 2; attempt += 1) await bySrp('auditor', 'wrong');
    const exceeded = 'NotAuthorizedException: Password attempts exceeded';
    expect(await errorOf(call('InitiateAuth', passwordSignIn))).toBe(exceeded);
    expect(await errorOf(Promise.resolve((await bySrp('auditor', 'demo')).answer))).toBe(exceeded);
    await expect(signIn(pool)).rejects.toThrow('expected a code');
    now += 1000;
    await byPassword();
  });
});

describe('what is not understood is refused by name:', () => {
  beforeEach(() => start());

  const srp = (SRP_A: string) => ({
    AuthFlow: 'USER_SRP_AUTH',
    ClientId,
    AuthParameters: { USERNAME: 'auditor', SRP_A },
  });
  test.each<[string, string, unknown]>([
    ['ResourceNotFoundException', 'InitiateAuth', { ...passwordSignIn, ClientId: 'unknown' }],
    ['ResourceNotFoundException', 'InitiateAuth', { ...passwordSignIn, ClientId: '__proto__' }],
    ['InvalidParameterException', 'InitiateAuth', { ...passwordSignIn, ClientId: 'reporting-job' }],
    ['InvalidParameterException', 'InitiateAuth', { ...passwordSignIn, AuthFlow: 'CUSTOM_AUTH' }],
    ['InvalidParameterException', 'InitiateAuth', { ...passwordSignIn, AuthFlow: 'constructor' }],
    ['InvalidParameterException', 'InitiateAuth', { ...passwordSignIn, AuthParameters: { USERNAME: 'auditor' } }],
    ['InvalidParameterException', 'InitiateAuth', { ...passwordSignIn, AuthParameters: { USERNAME: 7 } }],
    ['InvalidParameterException', 'InitiateAuth', {}],
    ['InvalidParameterException', 'InitiateAuth', []],
    ['InvalidParameterException', 'InitiateAuth', srp('')],
    ['InvalidParameterException', 'InitiateAuth', srp('0')],
    ['InvalidParameterException', 'InitiateAuth', srp('xyz')],
    ['InvalidParameterException', 'InitiateAuth', srp('f'.repeat(769))],
    [
      'InvalidParameterException',
      'RespondToAuthChallenge',
      { ChallengeName: 'SMS_MFA', ClientId, ChallengeResponses: {} },
    ],
    [
      'InvalidParameterException',
      'RespondToAuthChallenge',
      { ChallengeName: 'PASSWORD_VERIFIER', ClientId, ChallengeResponses: {} },
    ],
    ['NotAuthorizedException', 'GetTokensFromRefreshToken', { RefreshToken: 'unknown', ClientId }],
    ['InvalidParameterException', 'GetTokensFromRefreshToken', { ClientId }],
    ['UnsupportedTokenTypeException', 'RevokeToken', { Token: 'a.b.c', ClientId }],
    ['NotAuthorizedException', 'GetUser', { AccessToken: 'a.b.c' }],
    ['InvalidParameterException', 'GlobalSignOut', {}],
    ['UnknownOperationException', 'SignUp', {}],
    ['UnknownOperationException', 'constructor', {}],
    ['SerializationException', 'InitiateAuth', '{"AuthFlow": "hush'],
  ])('%s for %s of %j', async (name, operation, input) => {
    const error = await errorOf(call(operation, input));
    expect(error).toMatch(new RegExp(`^${name}: `));
    expect(error).not.toContain('hush');
  });

  test('another type of body, which a page may send unasked', async () => {
    const error = await errorOf(call('InitiateAuth', passwordSignIn, { 'content-type': 'text/plain' }));
    expect(error).toMatch(/^SerializationException: /);
  });

  test('the prime of the group, which is 0 in it: anybody would know the key', async () => {
    const zero = getDiffieHellman('modp15').getPrime('hex');
    expect(await errorOf(call('InitiateAuth', srp(zero)))).toMatch(/^InvalidParameterException: /);
  });
});

describe('a refresh', () => {
  const viaTokens = (RefreshToken: string) => call('GetTokensFromRefreshToken', { RefreshToken, ClientId });
  const viaAuth = (token: string, AuthFlow = 'REFRESH_TOKEN_AUTH') =>
    call('InitiateAuth', { AuthFlow, ClientId, AuthParameters: { REFRESH_TOKEN: token } });

  test('gives new tokens of the same sign-in, and no refresh token unless those are rotated', async () => {
    await start();
    const first = await byPassword();
    now += 60_000;
    for (const refreshed of [viaTokens, viaAuth, (token: string) => viaAuth(token, 'REFRESH_TOKEN')]) {
      const { AccessToken, IdToken, RefreshToken } = await tokensOf(refreshed(first.RefreshToken));
      const [before, after] = [decodeJwt(first.AccessToken), decodeJwt(AccessToken)];
      expect([after.origin_jti, after.auth_time, after.scope]).toEqual([
        before.origin_jti,
        before.auth_time,
        before.scope,
      ]);
      expect(after.iat).toBe(Number(before.iat) + 60);
      expect(decodeJwt(IdToken).origin_jti).toBe(before.origin_jti);
      expect(RefreshToken).toBe('');
    }
  });

  test('takes the refresh tokens of the OAuth endpoints, with the scopes of then, and the other way round', async () => {
    await start();
    const hosted = await signIn(pool);
    const { AccessToken } = await tokensOf(viaTokens(hosted.refreshToken));
    expect(decodeJwt(AccessToken).scope).toBe('openid investments/read');
    const own = await byPassword();
    expect((await refresh(pool, own.RefreshToken)).status).toBe(200);
  });

  test('is rotated, and reuse is told by name, where refresh tokens are', async () => {
    await start({ rotationGraceSeconds: 0 });
    const first = await byPassword();
    const second = await tokensOf(viaTokens(first.RefreshToken));
    expect(second.RefreshToken).toEqual(opaque);
    expect(await errorOf(viaAuth(second.RefreshToken))).toMatch(
      /^InvalidParameterException: .*GetTokensFromRefreshToken/,
    );
    expect(await errorOf(viaTokens(first.RefreshToken))).toMatch(/^RefreshTokenReuseException: /);
    expect(await errorOf(viaTokens(second.RefreshToken))).toMatch(/^NotAuthorizedException: /);
  });
});

describe('an access token', () => {
  beforeEach(() => start());
  const getUser = (AccessToken: string) => call('GetUser', { AccessToken });

  test('tells who its user is', async () => {
    const { AccessToken } = await byPassword();
    const { status, body } = await getUser(AccessToken);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        Username: 'auditor',
        UserAttributes: [
          { Name: 'sub', Value: decodeJwt(AccessToken).sub },
          { Name: 'email', Value: 'auditor@example.com' },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'name', Value: 'Compliance Auditor' },
        ],
      },
    });
  });

  test('needs the scope of the JSON API, and must be one, and be good', async () => {
    const { accessToken, idToken } = await signIn(pool);
    const without = 'NotAuthorizedException: Access Token does not have required scopes';
    expect(await errorOf(getUser(accessToken))).toBe(without);
    expect(await errorOf(call('GlobalSignOut', { AccessToken: accessToken }))).toBe(without);
    expect(await errorOf(getUser(idToken))).toBe('NotAuthorizedException: Invalid Access Token');
    const { AccessToken } = await byPassword();
    now += 3_601_000;
    expect(await errorOf(getUser(AccessToken))).toBe('NotAuthorizedException: Access Token has expired');
  });

  test('is revoked with the refresh token of its sign-in, and with no other', async () => {
    const [one, other] = [await byPassword(), await byPassword()];
    expect(await call('RevokeToken', { Token: one.RefreshToken, ClientId })).toMatchObject({ status: 200, body: {} });
    expect(await errorOf(getUser(one.AccessToken))).toBe('NotAuthorizedException: Access Token has been revoked');
    expect((await getUser(other.AccessToken)).status).toBe(200);
    expect((await call('RevokeToken', { Token: one.RefreshToken, ClientId })).status).toBe(200);
  });

  test('ends all sign-ins of its user, before now, through whichever client, and those of nobody else', async () => {
    const [one, other] = [await byPassword(), await byPassword()];
    const hosted = await signIn(pool);
    const somebody = await signIn(pool, 'newcomer');
    now += 1000;
    expect(await call('GlobalSignOut', { AccessToken: one.AccessToken })).toMatchObject({ status: 200, body: {} });
    for (const { AccessToken } of [one, other]) {
      expect(await errorOf(getUser(AccessToken))).toBe('NotAuthorizedException: Access Token has been revoked');
    }
    expect((await refresh(pool, hosted.refreshToken)).status).toBe(400);
    expect((await refresh(pool, somebody.refreshToken)).status).toBe(200);
    expect((await getUser((await byPassword()).AccessToken)).status).toBe(200);
  });
});

describe('a page of another origin', () => {
  beforeEach(() => start());
  const asked = ['content-type', 'x-amz-target', 'x-amz-user-agent', 'cache-control'];
  const preflight = (origin: string) =>
    fetch(`${pool.url}/`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked.join() },
    });

  test('may call the API when it is registered, and read the kind of an error', async () => {
    const origin = 'http://localhost:5173';
    const response = await preflight(origin);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ') ?? [];
    expect(asked.filter((name) => !allowed.includes(name))).toEqual([]);
    const { headers } = await call('GetUser', {}, { origin });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-expose-headers')).toContain('x-amzn-errortype');
  });

  test.each(['https://evil.example', 'null'])('must not from %s', async (origin) => {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  });
});
