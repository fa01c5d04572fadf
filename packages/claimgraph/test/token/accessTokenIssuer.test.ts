import { describe, expect, test } from 'vitest';
import type { AccessTokenIssuer } from '../../src/token/accessTokenIssuer.ts';
import { createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import { InvalidUserPoolError, type UserPool } from '../../src/token/userPool.ts';
import { captureError } from './captureError.ts';

const issuer: AccessTokenIssuer = {
  issuer: 'https://id.example.com/',
  jwksUri: 'https://id.example.com/keys',
  audience: 'https://api.example.com',
  userClientIds: ['spa'],
  machineClientIds: ['job'],
};

const pool: UserPool = {
  issuer: 'https://pool.example.com',
  jwksUri: 'https://pool.example.com/keys',
  aliases: [{ issuer: 'https://alias.example.com', jwksUri: 'https://alias.example.com/keys' }],
  acceptedIssuers: ['https://pool.example.com'],
  userClientIds: ['spa'],
  machineClientIds: [],
  audience: undefined,
};

function create(issuers: readonly object[], pools: readonly UserPool[] = []) {
  const given = issuers as readonly AccessTokenIssuer[];
  createAccessTokenVerifier({ pools, issuers: given, graceSeconds: 5, jwksRefreshSeconds: 300 }).close();
}

describe('the settings of an issuer', () => {
  test.each<readonly [string, object]>([
    ['nothing but what has no default', {}],
    ['defaults written out', { headerTypes: undefined, clientClaim: undefined, scopeClaims: undefined }],
    ['an issuer without a trailing slash', { issuer: 'https://id.example.com' }],
    ['the client id of an API, which at+jwt tells from ID tokens', { audience: 'spa' }],
    ['machines only', { userClientIds: [] }],
    ['a tenant claim', { tenant: { claim: 'org_id' } }],
  ])('can be %s', (_what, settings) => {
    create([{ ...issuer, ...settings }]);
  });

  test.each<readonly [string, object, string]>([
    ['no audience', { audience: undefined }, 'audience'],
    ['an empty audience', { audience: '' }, 'audience'],
    ['several audiences', { audience: ['a', 'b'] }, 'audience'],
    ['an audience that an ID token has', { audience: 'spa', headerTypes: ['at+jwt', 'JWT'] }, 'audience'],
    ['no issuer', { issuer: undefined }, 'issuer'],
    ['an issuer with a space', { issuer: 'https://id.example.com/a b' }, 'issuer'],
    ['an issuer that is no URL', { issuer: 'id.example.com' }, 'issuer'],
    ['no address of keys', { jwksUri: undefined }, 'jwksUri'],
    ['keys over plain http', { jwksUri: 'http://id.example.com/keys' }, 'jwksUri'],
    ['no clients', { userClientIds: [], machineClientIds: [] }, 'client ids'],
    ['an empty client id', { userClientIds: [''] }, 'client ids'],
    ['one client of both kinds', { machineClientIds: ['spa'] }, 'client ids'],
    ['clients that are no list', { userClientIds: 'spa' }, 'client ids'],
    ['no header types', { headerTypes: [] }, 'headerTypes'],
    ['an unknown header type', { headerTypes: ['at+jwt', 'any'] }, 'headerTypes'],
    ['a header type instead of a list', { headerTypes: 'JWT' }, 'headerTypes'],
    ['an unknown client claim', { clientClaim: 'sub' }, 'clientClaim'],
    ['no scope claims', { scopeClaims: [] }, 'scopeClaims'],
    ['an unknown scope claim', { scopeClaims: ['groups'] }, 'scopeClaims'],
    ['an empty subject claim', { subjectClaim: '' }, 'subjectClaim'],
    ['an unknown word for auth_time', { authTime: 'optional' }, 'authTime'],
    ['a tenant of no kind', { tenant: {} }, 'tenant'],
    ['a misspelt setting', { headerType: ['JWT'] }, 'headerType'],
  ])('cannot be %s', async (_what, settings, name) => {
    const error = await captureError(() => create([{ ...issuer, ...settings }]));
    expect(error).toBeInstanceOf(InvalidUserPoolError);
    const { problems } = error as InvalidUserPoolError;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(` ${name}: expected `);
  });

  test('are told all that is wrong with them at once', async () => {
    const error = await captureError(() => create([{ ...issuer, audience: '', clientClaim: 'x', tenant: {} }]));
    expect((error as InvalidUserPoolError).problems).toHaveLength(3);
  });

  test.each([
    ['each other', [issuer, issuer], []],
    ['a user pool', [{ ...issuer, issuer: pool.issuer }], [pool]],
    ['an alias of a user pool', [{ ...issuer, issuer: 'https://alias.example.com' }], [pool]],
  ])('name no issuer twice: %s', async (_what, issuers, pools) => {
    expect(await captureError(() => create(issuers, pools))).toBeInstanceOf(InvalidUserPoolError);
  });
});
