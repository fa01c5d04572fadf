import { describe, expect, test } from 'vitest';
import {
  type CognitoUserPoolSettings,
  cognitoUserPool,
  findUserPoolProblems,
  InvalidUserPoolError,
  type UserPool,
} from '../../src/token/userPool.ts';
import { captureError } from './captureError.ts';

const settings = {
  region: 'eu-west-1',
  userPoolId: 'eu-west-1_AbCdEf123',
  userClientIds: ['1example23456789'],
  machineClientIds: ['2example23456789'],
  audience: undefined,
};

describe('cognitoUserPool', () => {
  test('names the issuer and the JWKS of a pool', () => {
    expect(cognitoUserPool(settings)).toEqual({
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
      jwksUri: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123/.well-known/jwks.json',
      aliases: [
        {
          issuer: 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
          jwksUri: 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123/.well-known/jwks.json',
        },
      ],
      acceptedIssuers: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123'],
      userClientIds: ['1example23456789'],
      machineClientIds: ['2example23456789'],
      audience: undefined,
    });
  });

  test('knows the region of a pool by its id, and needs clients of one kind only', () => {
    const { region: _region, machineClientIds: _none, ...shorter } = settings;
    expect(cognitoUserPool(shorter)).toEqual(cognitoUserPool({ ...settings, machineClientIds: [] }));
    for (const userPoolId of ['AbCdEf123', 'moon-1_AbCdEf123', '', undefined as never]) {
      const make = () => cognitoUserPool({ ...shorter, userPoolId });
      expect(make).toThrow(/\buserPoolId: /);
      expect(make).not.toThrow(/\bregion: /);
    }
    expect(() => cognitoUserPool({ userPoolId: settings.userPoolId })).toThrow(/\bclient ids: /);
  });

  test('accepts the other issuer for a pool that is set to it, and only that', () => {
    const pool = cognitoUserPool({ ...settings, issuerForm: 'issuer-prefixed', audience: 'https://api.example.com' });

    expect(pool).toMatchObject({
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
      acceptedIssuers: ['https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123'],
      audience: 'https://api.example.com',
    });
  });

  test.each([
    ['us-gov-west-1', 'us-gov-west-1.amazonaws.com'],
    ['ap-southeast-2', 'ap-southeast-2.amazonaws.com'],
    ['cn-north-1', 'cn-north-1.amazonaws.com.cn'],
    ['eusc-de-east-1', 'eusc-de-east-1.amazonaws.eu'],
  ])('names the hosts of the region %s in its own partition', (region, domain) => {
    const userPoolId = `${region}_x`;
    const { issuer, jwksUri } = cognitoUserPool({ ...settings, region, userPoolId });
    expect([issuer, jwksUri]).toEqual([
      `https://cognito-idp.${domain}/${userPoolId}`,
      `https://cognito-idp.${domain}/${userPoolId}/.well-known/jwks.json`,
    ]);
  });

  test('has a tenant, or the claim that names it', () => {
    expect(cognitoUserPool(settings)).not.toHaveProperty('tenant');
    expect(cognitoUserPool({ ...settings, tenant: 'acme' }).tenant).toEqual({ name: 'acme' });
    expect(cognitoUserPool({ ...settings, tenantClaim: 'custom:tenant' }).tenant).toEqual({ claim: 'custom:tenant' });
  });

  test.each<[string, Partial<CognitoUserPoolSettings>, readonly string[]]>([
    ['a region of another form', { region: 'Europe', userPoolId: 'Europe_x' }, ['region']],
    [
      'a region that names a host',
      { region: 'eu-west-1.evil.example/#', userPoolId: 'eu-west-1_x' },
      ['region', 'userPoolId'],
    ],
    ['a pool of another region', { userPoolId: 'us-east-1_AbCdEf123' }, ['userPoolId']],
    ['a pool id without its region', { userPoolId: 'AbCdEf123' }, ['userPoolId']],
    ['a pool id with a path', { userPoolId: 'eu-west-1_a/../b' }, ['userPoolId']],
    ['no client', { userClientIds: [], machineClientIds: [] }, ['client ids']],
    ['an empty client id', { userClientIds: [''] }, ['client ids']],
    ['a client id with a space', { machineClientIds: ['a b'] }, ['client ids']],
    ['a client that is user and machine', { machineClientIds: settings.userClientIds }, ['client ids']],
    ['an empty audience', { audience: '' }, ['audience']],
    ['a tenant with a space', { tenant: 'a b' }, ['tenant']],
    ['an empty tenant', { tenant: '' }, ['tenant']],
    ['a tenant claim that says something else', { tenantClaim: 'sub' }, ['tenant']],
    ['a tenant and a tenant claim', { tenant: 'acme', tenantClaim: 'tenant' }, ['tenant']],
    [
      'everything at once',
      { region: '', userPoolId: '', userClientIds: ['-'], audience: '' },
      ['region', 'userPoolId', 'client ids', 'audience'],
    ],
  ])('refuses %s', async (_, change, expected) => {
    const error = await captureError(() => cognitoUserPool({ ...settings, ...change }));

    expect(error).toBeInstanceOf(InvalidUserPoolError);
    const { problems, message } = error as InvalidUserPoolError;
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(expected);
    for (const problem of problems) expect(message).toContain(problem);
  });
});

/** What a program without types may pass. */
const parse = (json: string) => JSON.parse(json);

describe('findUserPoolProblems', () => {
  const local: UserPool = {
    issuer: 'http://localhost:4010/local_claimgraph',
    jwksUri: 'http://localhost:4010/local_claimgraph/.well-known/jwks.json',
    userClientIds: ['investments-spa'],
    machineClientIds: ['reporting-job'],
    audience: undefined,
  };

  test('a pool on this machine is sound', () => {
    expect(findUserPoolProblems(local)).toEqual([]);
  });

  test.each<[string, Partial<UserPool>, string]>([
    ['an issuer with a trailing slash', { issuer: 'https://pool.example.com/' }, 'issuer'],
    ['an issuer with a space', { issuer: 'https://pool.example.com/a b' }, 'issuer'],
    ['an issuer that is no URL', { issuer: 'pool' }, 'issuer'],
    ['keys over plain HTTP from elsewhere', { jwksUri: 'http://pool.example.com/jwks.json' }, 'jwksUri'],
    ['keys from a file', { jwksUri: 'file:///etc/jwks.json' }, 'jwksUri'],
    ['keys from a host that only begins like this one', { jwksUri: 'http://localhost.example.com/' }, 'jwksUri'],
    ['an address with a password', { jwksUri: 'https://a:b@pool.example.com/' }, 'jwksUri'],
    ['an address that is no URL', { jwksUri: '' }, 'jwksUri'],
    ['a malformed tenant', { tenant: { name: '-acme' } }, 'tenant'],
    ['a tenant that is a text', { tenant: parse('"acme"') }, 'tenant'],
    ['a tenant that is nothing', { tenant: parse('{}') }, 'tenant'],
    ['a tenant that is two things', { tenant: parse('{"name":"acme","claim":"tenant"}') }, 'tenant'],
    ['a name that is a list', { tenant: parse('{"name":["acme"]}') }, 'tenant'],
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope', 'client_id', 'username', 'token_use', 'auth_time']
      .concat('origin_jti', 'event_id', 'device_key', 'version', 'cognito:groups', 'cognito:x', '', 'a b', 'a"b', 'ä')
      .map((claim): [string, Partial<UserPool>, string] => [
        `the tenant claim ${claim}`,
        { tenant: { claim } },
        'tenant',
      ]),
  ])('finds %s', (_, change, setting) => {
    const problems = findUserPoolProblems({ ...local, ...change });

    expect(problems.map((problem) => problem.split(':')[0])).toEqual([setting]);
  });
});
