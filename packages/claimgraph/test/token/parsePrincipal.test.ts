import { describe, expect, test } from 'vitest';
import { UnauthenticatedError } from '../../src/errors.ts';
import { type PrincipalRules, parsePrincipal } from '../../src/token/parsePrincipal.ts';
import { captureError } from './captureError.ts';

const now = 1_800_000_000;

const rules: PrincipalRules = {
  pool: {
    issuer: 'https://pool.example.com',
    jwksUri: 'https://pool.example.com/jwks.json',
    userClientIds: ['spa'],
    machineClientIds: ['job'],
    audience: undefined,
  },
  graceSeconds: 5,
  maxLifetimeSeconds: 3_600,
  nowSeconds: now,
};

const userClaims = {
  iss: 'https://pool.example.com',
  sub: 'subject-1',
  token_use: 'access',
  client_id: 'spa',
  username: 'somebody',
  scope: 'investments/read openid',
  auth_time: now - 900,
  iat: now - 600,
  exp: now + 3_000,
  origin_jti: 'sign-in-1',
};

const { username, auth_time, origin_jti, ...shared } = userClaims;
const machineClaims = { ...shared, sub: 'job', client_id: 'job' };

describe('parsePrincipal', () => {
  test('gives the principal of a user', () => {
    expect(parsePrincipal(userClaims, rules)).toEqual({
      kind: 'user',
      issuer: 'https://pool.example.com',
      subject: 'subject-1',
      clientId: 'spa',
      scopes: new Set(['investments/read', 'openid']),
      authTime: now - 900,
      issuedAt: now - 600,
      expiresAt: now + 3_000,
      originTokenId: 'sign-in-1',
    });
  });

  test('gives the principal of a machine client', () => {
    expect(parsePrincipal(machineClaims, rules)).toEqual({
      kind: 'machine',
      issuer: 'https://pool.example.com',
      subject: 'job',
      clientId: 'job',
      scopes: new Set(['investments/read', 'openid']),
      issuedAt: now - 600,
      expiresAt: now + 3_000,
    });
  });

  test.each([
    ['the name of the pool', { name: 'acme' }, {}, 'acme'],
    ['the name of the pool, whatever the token says', { name: 'acme' }, { tenant: 'globex' }, 'acme'],
    ['the claim', { claim: 'tenant' }, { tenant: 'globex' }, 'globex'],
    [
      'a claim whose name is a URL',
      { claim: 'https://example.com/t' },
      { 'https://example.com/t': 'a.b-c_9' },
      'a.b-c_9',
    ],
  ])('the tenant is %s', (_, tenant, claims, expected) => {
    const tenanted = { ...rules, pool: { ...rules.pool, tenant } };
    expect(parsePrincipal({ ...userClaims, ...claims }, tenanted)).toMatchObject({ kind: 'user', tenant: expected });
    expect(parsePrincipal({ ...machineClaims, ...claims }, tenanted)).toMatchObject({
      kind: 'machine',
      tenant: expected,
    });
  });

  test('a token without a usable tenant claim is refused with the name of the claim and not its value', async () => {
    const tenanted = { ...rules, pool: { ...rules.pool, tenant: { claim: 'custom:tenant' } } };
    const error = await captureError(() => parsePrincipal({ ...userClaims, 'custom:tenant': 'hush hush' }, tenanted));
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({
      reason: 'invalid',
      hint: 'the access token must name its tenant in the claim custom:tenant',
      message: expect.stringMatching(/^"custom:tenant" must name a tenant: .*; got string$/),
    });
    expect(String(error)).not.toContain('hush');
  });

  test('a sign-in without origin_jti has none', () => {
    expect(parsePrincipal({ ...userClaims, origin_jti: undefined }, rules)).toMatchObject({ originTokenId: undefined });
  });

  test.each([
    ['investments/readonly', ['investments/readonly']],
    ['investments/read\tinvestments/pii', ['investments/read\tinvestments/pii']],
    ['a\u00a0b', ['a\u00a0b']],
    ['a,b', ['a,b']],
    ['a  b', ['a', 'b']],
    ['', []],
    ['constructor __proto__', ['constructor', '__proto__']],
  ])('the scope %j is these scopes and no others: %j', (scope, expected) => {
    expect([...parsePrincipal({ ...userClaims, scope }, rules).scopes]).toEqual(expected);
  });

  test.each([
    ['one second of grace is left', { exp: now - 4 }],
    ['the issuer is ahead by the grace', { iat: now + 5, nbf: now + 5 }],
    ['the sign-in is ahead of iat by the grace', { auth_time: userClaims.iat + 5 }],
    ['the lifetime is the longest', { iat: now - 600, exp: now + 3_000 }],
    ['sub has 256 characters with - and :', { sub: '-:'.repeat(128) }],
    ['sub is beyond ASCII', { sub: 'Ω𝄞' }],
  ])('accepts a token when %s', (_, claims) => {
    expect(parsePrincipal({ ...userClaims, ...claims }, rules).kind).toBe('user');
  });

  test.each([
    ['expired', 'its grace is over', { exp: now - 5 }],
    ['expired', 'it expired long ago', { exp: now - 500 }],
    ['invalid', 'iat is ahead of us by more than the grace', { iat: now + 6 }],
    ['invalid', 'nbf is ahead of us by more than the grace', { nbf: now + 6 }],
    ['invalid', 'the lifetime is too long', { exp: now + 3_001 }],
    ['invalid', 'the lifetime is none', { iat: now, exp: now }],
    ['invalid', 'exp is missing', { exp: undefined }],
    ['invalid', 'exp is negative', { exp: -1 }],
    ['invalid', 'exp is infinite', { exp: Number.POSITIVE_INFINITY }],
    ['invalid', 'iat is missing', { iat: undefined }],
    ['invalid', 'nbf is null', { nbf: null }],
    ['invalid', 'auth_time is missing', { auth_time: undefined }],
    ['invalid', 'auth_time is after iat', { auth_time: userClaims.iat + 6 }],
    ['invalid', 'it is an ID token', { token_use: 'id' }],
    ['invalid', 'token_use is an array', { token_use: ['access'] }],
    ['invalid', 'token_use is missing', { token_use: undefined }],
    ['invalid', 'it names another API', { aud: 'https://other.example.com' }],
    ['invalid', 'aud is empty', { aud: '' }],
    ['invalid', 'aud is null', { aud: null }],
    ['invalid', 'the client is another', { client_id: 'other' }],
    ['invalid', 'the client is missing', { client_id: undefined }],
    ['invalid', 'the client is an array', { client_id: ['spa'] }],
    ['invalid', 'sub is missing', { sub: undefined }],
    ['invalid', 'sub is empty', { sub: '' }],
    ['invalid', 'sub has 257 characters', { sub: 's'.repeat(257) }],
    ['invalid', 'sub has a NUL', { sub: 'a\0' }],
    ['invalid', 'sub has a line feed', { sub: 'a\n' }],
    ['invalid', 'sub has a C1 control character', { sub: 'a\u0085' }],
    ['invalid', 'sub has half a surrogate pair', { sub: 'a\udc00' }],
    ['invalid', 'sub is an object', { sub: { toString: 'x' } }],
    ['invalid', 'the username is missing', { username: undefined }],
    ['invalid', 'the username is empty', { username: '' }],
    ['invalid', 'sub is the client', { sub: 'spa' }],
    ['invalid', 'the client is a machine client', { client_id: 'job' }],
    ['invalid', 'the client is a machine client and so is sub', { client_id: 'job', sub: 'job' }],
    ['invalid', 'scope is an array', { scope: ['a'] }],
    ['invalid', 'groups are a string', { 'cognito:groups': 'admins' }],
    ['invalid', 'groups hold a number', { 'cognito:groups': [1] }],
    ['invalid', 'jti is a number', { jti: 1 }],
    ['invalid', 'origin_jti is a number', { origin_jti: 1 }],
  ])('refuses a user token as %s when %s', async (reason, _, claims) => {
    const error = await captureError(() => parsePrincipal({ ...userClaims, ...claims }, rules));

    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({ reason });
    for (const secret of ['subject-1', 'somebody', 'sign-in-1']) expect(String(error)).not.toContain(secret);
  });

  test.each([
    ['the subject is another', { sub: 'subject-1' }],
    ['it has a username', { username: 'somebody' }],
    ['it has an empty username', { username: '' }],
    ['the client is a user client', { sub: 'spa', client_id: 'spa' }],
  ])('refuses a machine token when %s', async (_, claims) => {
    const error = await captureError(() => parsePrincipal({ ...machineClaims, ...claims }, rules));

    expect(error).toMatchObject({ reason: 'invalid' });
  });

  describe('with an audience', () => {
    const bound = { ...rules, pool: { ...rules.pool, audience: 'https://api.example.com' } };

    test.each([['https://api.example.com'], [['https://api.example.com', 'https://other.example.com']]])(
      'accepts %j',
      (aud) => {
        expect(parsePrincipal({ ...userClaims, aud }, bound).subject).toBe('subject-1');
      },
    );

    test.each([[undefined], [null], [''], ['https://api.example.com/'], [[]], [['https://api.example.com', 1]], [{}]])(
      'refuses %j',
      async (aud) => {
        const error = await captureError(() => parsePrincipal({ ...userClaims, aud }, bound));

        expect(error).toMatchObject({ reason: 'invalid' });
        expect(String(error)).toContain('"aud"');
      },
    );
  });
});
