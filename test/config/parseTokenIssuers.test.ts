import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { readConfig } from '../../src/config/readConfig.ts';
import { cognito, problemsOf, production } from './environments.ts';

const issuer = {
  issuer: 'https://id.example/',
  jwksUri: 'https://id.example/keys',
  audience: 'investments-api',
  userClientIds: ['web'],
  machineClientIds: [],
};

const withIssuers = (issuers: unknown, mode: Environment = { AUTH_MODE: 'issuers' }): Environment => ({
  ...mode,
  TOKEN_ISSUERS: JSON.stringify(issuers),
});

describe('TOKEN_ISSUERS', () => {
  test('names who issues tokens besides Cognito, or in its place', () => {
    const tenant = { claim: 'org_id' };
    const given = [{ ...issuer, headerTypes: ['JWT'], tenant }];
    expect(readConfig(withIssuers(given)).authentication).toEqual({ mode: 'issuers', userPools: [], issuers: given });
    expect(readConfig(withIssuers(given, cognito)).authentication).toMatchObject({
      mode: 'cognito',
      userPools: [{ userPoolId: cognito.COGNITO_USER_POOL_ID }],
      issuers: given,
    });
    const { AUTH_MODE: _, ...rest } = Object.fromEntries(
      Object.entries(production).filter(([name]) => !name.startsWith('COGNITO_')),
    );
    const inProduction = { ...rest, ...withIssuers(given) };
    expect(readConfig(inProduction)).toMatchObject({ nodeEnv: 'production', demoData: false, host: '0.0.0.0' });
    expect(problemsOf({ ...inProduction, AUTH_MODE: undefined })).toEqual(['AUTH_MODE: nothing']);
  });

  const wrong: readonly [Environment, ...string[]][] = [
    [{ AUTH_MODE: 'issuers' }, 'TOKEN_ISSUERS: nothing'],
    ...['{', '{}', '[]', 'null', '7'].map((json): [Environment, string] => [
      { AUTH_MODE: 'issuers', TOKEN_ISSUERS: json },
      `TOKEN_ISSUERS: ${JSON.stringify(json)}`,
    ]),
    [
      withIssuers([
        { ...issuer, audience: '', clientSecret: 'x' },
        { ...issuer, jwksUri: 'https://me:hunter2@id.example/keys', scopeClaims: ['groups'] },
        'https://id.example/',
        { ...issuer, tenant: null, machineClientIds: ['web'] },
      ]),
      'TOKEN_ISSUERS[0].clientSecret: this name',
      "TOKEN_ISSUERS[0].audience: ''",
      'TOKEN_ISSUERS[1].jwksUri: one with them',
      "TOKEN_ISSUERS[1].scopeClaims: [ 'groups' ]",
      "TOKEN_ISSUERS[2].issuer: 'https://id.example/'",
      'TOKEN_ISSUERS[3].client ids: "web" as both',
      'TOKEN_ISSUERS[3].tenant: neither',
    ],
    [
      withIssuers([issuer], { ...cognito, AUTH_MODE: 'issuers', USER_POOL_PORT: '4010' }),
      'USER_POOL_PORT: "4010"',
      'COGNITO_REGION: "eu-central-1"',
      'COGNITO_USER_POOL_ID: "eu-central-1_a1B2c3D4e"',
      'COGNITO_USER_CLIENT_IDS: "spa1"',
    ],
    [withIssuers([issuer], { ...cognito, AUTH_MODE: 'isuers' }), 'AUTH_MODE: "isuers"'],
    [withIssuers([issuer], { AUTH_MODE: 'isuers' }), 'AUTH_MODE: "isuers"'],
    [withIssuers([issuer], { AUTH_MODE: 'issuers', REDIS_URL: 'redis://cache' }), 'CLAIMS_CACHE_SECRET: nothing'],
  ];
  test.each(wrong)('is refused with all that is wrong: %j', (environment, ...lines) => {
    expect(problemsOf(environment)).toEqual(lines);
  });

  test('is refused beside the local user pool', () => {
    expect(problemsOf(withIssuers([issuer], {}))).toEqual([expect.stringMatching(/^TOKEN_ISSUERS: /)]);
  });
});
