import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { cognito, problemsOf, severalPools } from './environments.ts';

describe('a wrong user pool', () => {
  const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_a', userClientIds: ['spa1'] };

  /** `variable: got` of each problem. */
  const wrong: readonly [Environment, ...string[]][] = [
    [
      { AUTH_MODE: 'cognito' },
      'COGNITO_REGION: nothing',
      'COGNITO_USER_POOL_ID: nothing',
      'COGNITO_USER_CLIENT_IDS: nothing',
    ],
    [
      {
        ...cognito,
        COGNITO_REGION: 'Frankfurt',
        COGNITO_USER_POOL_ID: 'pool',
        COGNITO_ISSUER_FORM: 'new',
        COGNITO_AUDIENCE: 'my api',
      },
      'COGNITO_REGION: "Frankfurt"',
      'COGNITO_USER_POOL_ID: "pool"',
      'COGNITO_ISSUER_FORM: "new"',
      'COGNITO_AUDIENCE: "my api"',
    ],
    [{ ...cognito, COGNITO_REGION: 'eu-west-1' }, 'COGNITO_USER_POOL_ID: "eu-central-1_a1B2c3D4e"'],
    [
      { ...cognito, COGNITO_USER_CLIENT_IDS: 'spa1,,app2', COGNITO_MACHINE_CLIENT_IDS: 'job-3' },
      'COGNITO_USER_CLIENT_IDS: "spa1,,app2"',
      'COGNITO_MACHINE_CLIENT_IDS: "job-3"',
    ],
    [{ ...cognito, COGNITO_REPLICA_REGIONS: 'us-east-1,Ohio' }, 'COGNITO_REPLICA_REGIONS: "us-east-1,Ohio"'],
    [{ ...cognito, COGNITO_REPLICA_REGIONS: 'eu-central-1' }, 'COGNITO_REPLICA_REGIONS: "eu-central-1"'],
    ...['spa1', 'spa1=', '=investments/read', 'spa1=a,,spa1=b', 'spa1=a,spa1=b', 'spa1=a  b', 'spa1=ä'].map(
      (scopes): [Environment, string] => [
        { ...cognito, COGNITO_CLIENT_SCOPES: scopes },
        `COGNITO_CLIENT_SCOPES: ${JSON.stringify(scopes)}`,
      ],
    ),
    [{ ...cognito, COGNITO_CLIENT_SCOPES: 'app2=investments/read' }, 'COGNITO_CLIENT_SCOPES: "app2=investments/read"'],
    [
      severalPools([
        { ...pool, impliedScopes: 'investments/read' },
        { ...pool, userPoolId: 'eu-central-1_b', impliedScopes: { spa1: [] } },
        { ...pool, userPoolId: 'eu-central-1_c', impliedScopes: { spa1: ['a b'] } },
        { ...pool, userPoolId: 'eu-central-1_d', impliedScopes: { spa2: ['a'] } },
      ]),
      'COGNITO_USER_POOLS[0].impliedScopes: "investments/read"',
      'COGNITO_USER_POOLS[1].impliedScopes.spa1: an empty array',
      'COGNITO_USER_POOLS[2].impliedScopes.spa1[0]: "a b"',
      'COGNITO_USER_POOLS[3].impliedScopes: an object',
    ],
    ...[
      { COGNITO_JWKS_URI: 'https://keys.example/jwks.json' },
      { COGNITO_JWKS_URI: 'https://keys.example/jwks.json', COGNITO_JWKS_HOST: 'example' },
      { COGNITO_JWKS_URI: 'http://keys.example/jwks.json', COGNITO_JWKS_HOST: 'keys.example' },
      { COGNITO_JWKS_URI: 'https://localhost.keys.example/' },
      { COGNITO_JWKS_URI: 'https://cognito-idp.eu-west-1.amazonaws.com/p' },
      { COGNITO_JWKS_URI: 'file:///tmp/jwks.json' },
      { COGNITO_JWKS_URI: 'keys' },
      { COGNITO_JWKS_HOST: 'keys.example' },
    ].map((keys): [Environment, string] => [
      { ...cognito, ...keys },
      `COGNITO_JWKS_URI: ${keys.COGNITO_JWKS_URI === undefined ? 'nothing' : JSON.stringify(keys.COGNITO_JWKS_URI)}`,
    ]),
    [
      severalPools([
        { ...pool, issuerForm: 'both' },
        { ...pool, issuerForm: 'issuer-prefixed' },
      ]),
      'COGNITO_USER_POOLS: an array',
    ],
    [{ ...cognito, COGNITO_MACHINE_CLIENT_IDS: 'job3,spa1' }, 'COGNITO_MACHINE_CLIENT_IDS: "job3,spa1"'],
    [{ ...cognito, COGNITO_TENANT: '-acme' }, 'COGNITO_TENANT: "-acme"'],
    ...['sub', 'iss', 'aud', 'exp', 'cognito:groups', 'a b'].map((claim): [Environment, string] => [
      { ...cognito, COGNITO_TENANT_CLAIM: claim },
      `COGNITO_TENANT_CLAIM: "${claim}"`,
    ]),
    [{ ...cognito, COGNITO_TENANT: 'acme', COGNITO_TENANT_CLAIM: 'tenant' }, 'COGNITO_TENANT_CLAIM: "tenant"'],
    [
      severalPools([
        { ...pool, tenant: 'a b' },
        { ...pool, userPoolId: 'eu-central-1_b', tenantClaim: 'scope' },
        { ...pool, userPoolId: 'eu-central-1_c', tenant: 'acme', tenantClaim: 'tenant' },
        { ...pool, userPoolId: 'eu-central-1_d', tenant: ['acme'] },
      ]),
      'COGNITO_USER_POOLS[0].tenant: "a b"',
      'COGNITO_USER_POOLS[1].tenantClaim: "scope"',
      'COGNITO_USER_POOLS[2].tenantClaim: "tenant"',
      'COGNITO_USER_POOLS[3].tenant: an array',
    ],
    ...[
      ['{', 'text that is none'],
      ['"eu-central-1_a"', 'text that is none'],
      ['{}', 'an object'],
      ['[]', 'an empty array'],
      ['null', 'nothing'],
      ['7', '7'],
    ].map(([json, got]): [Environment, string] => [
      { AUTH_MODE: 'cognito', COGNITO_USER_POOLS: json },
      `COGNITO_USER_POOLS: ${got}`,
    ]),
    [severalPools([pool, pool]), 'COGNITO_USER_POOLS: an array'],
    [
      severalPools([
        { ...pool, userPoolId: 'eu-west-1_a', clientSecret: 'hunter2' },
        { region: 7, userClientIds: 'spa1', machineClientIds: ['job 3'] },
        { ...pool, userClientIds: [], issuerForm: 'new', audience: '' },
        'eu-central-1_a',
        { ...pool, userPoolId: 'eu-west-1_a', userClientIds: 7 },
      ]),
      'COGNITO_USER_POOLS[0]: also clientSecret',
      'COGNITO_USER_POOLS[0].userPoolId: "eu-west-1_a"',
      'COGNITO_USER_POOLS[1].region: 7',
      'COGNITO_USER_POOLS[1].userPoolId: nothing',
      'COGNITO_USER_POOLS[1].userClientIds: "spa1"',
      'COGNITO_USER_POOLS[1].machineClientIds[0]: "job 3"',
      'COGNITO_USER_POOLS[2].issuerForm: "new"',
      'COGNITO_USER_POOLS[2].audience: ""',
      'COGNITO_USER_POOLS[2].userClientIds: an empty array',
      'COGNITO_USER_POOLS[3]: "eu-central-1_a"',
      'COGNITO_USER_POOLS[4].userClientIds: 7',
      'COGNITO_USER_POOLS[4].userPoolId: "eu-west-1_a"',
    ],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    expect(problemsOf(environment)).toEqual(lines);
  });
});
