import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { cognito, refusal, refusalOf, severalPools } from './environments.ts';

describe('a wrong user pool', () => {
  const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_a', userClientIds: ['spa1'] };
  const poolProperties =
    'region, userPoolId, userClientIds, machineClientIds, issuerForm, replicaRegions, impliedScopes, jwksUri, jwksHost, audience, tenant, tenantClaim';
  const tenantName = '1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-", the first a letter or a digit';
  const tenantClaim =
    'the name of a claim that a pre token generation trigger adds, such as tenant or custom:tenant, and not one of Cognito';
  const clientScopes = 'client ids, each with = and scopes that are separated by spaces, and commas between them';
  const toClientScopes =
    'Set it to scopes that tokens of a client have besides those they carry, as `spa1=investments/read investments/pay,app2=…`: sign-in through the SDK and Amplify yields none of an API.';
  const jwksUri = 'the address of a JWKS on this machine, or with https on the host that COGNITO_JWKS_HOST names';
  const toJwksUri =
    'Set it to where the keys are that sign tokens of the user pool, to try a production build without AWS: whoever answers there can sign tokens.';
  const toTenant = 'Set it to the tenant that everybody of the user pool belongs to.';
  const toTenantClaim = 'Set it to the claim of the access token that names its tenant, instead of COGNITO_TENANT.';

  /** The lines below the title. */
  const wrong: readonly [Environment, ...string[]][] = [
    [
      { AUTH_MODE: 'cognito' },
      'COGNITO_REGION: expected an AWS region such as eu-central-1; got nothing. Set it to the region of the user pool.',
      'COGNITO_USER_POOL_ID: expected a user pool id such as eu-central-1_a1B2c3D4e; got nothing. Set it to the id of the user pool.',
      'COGNITO_USER_CLIENT_IDS: expected at least one client id, here or among the machine clients; got nothing. Set it to the clients through which people sign in.',
    ],
    [
      {
        ...cognito,
        COGNITO_REGION: 'Frankfurt',
        COGNITO_USER_POOL_ID: 'pool',
        COGNITO_ISSUER_FORM: 'new',
        COGNITO_AUDIENCE: 'my api',
      },
      'COGNITO_REGION: expected an AWS region such as eu-central-1; got "Frankfurt". Set it to the region of the user pool.',
      'COGNITO_USER_POOL_ID: expected a user pool id such as eu-central-1_a1B2c3D4e; got "pool". Set it to the id of the user pool.',
      'COGNITO_ISSUER_FORM: expected standard, issuer-prefixed or both; got "new". Set it to how the issuer starts that tokens name: https://cognito-idp or https://issuer-cognito-idp; both while a pool is switched.',
      'COGNITO_AUDIENCE: expected a resource identifier without spaces; got "my api". Set it to the aud that access tokens must carry (resource binding).',
    ],
    [
      { ...cognito, COGNITO_REGION: 'eu-west-1' },
      'COGNITO_USER_POOL_ID: expected a user pool id that starts with the region and _; got "eu-central-1_a1B2c3D4e". Set it to the id of the user pool.',
    ],
    [
      { ...cognito, COGNITO_USER_CLIENT_IDS: 'spa1,,app2', COGNITO_MACHINE_CLIENT_IDS: 'job-3' },
      'COGNITO_USER_CLIENT_IDS: expected client ids, separated by commas; got "spa1,,app2". Set it to the clients through which people sign in.',
      'COGNITO_MACHINE_CLIENT_IDS: expected client ids, separated by commas; got "job-3". Set it to the clients that sign in as themselves (client credentials).',
    ],
    [
      { ...cognito, COGNITO_REPLICA_REGIONS: 'us-east-1,Ohio' },
      'COGNITO_REPLICA_REGIONS: expected AWS regions, separated by commas; got "us-east-1,Ohio". Set it to further regions whose replicas of the user pool issue tokens in their own name.',
    ],
    [
      { ...cognito, COGNITO_REPLICA_REGIONS: 'eu-central-1' },
      'COGNITO_REPLICA_REGIONS: expected other regions than the user pool is in; got "eu-central-1". Set it to further regions whose replicas of the user pool issue tokens in their own name.',
    ],
    ...['spa1', 'spa1=', '=investments/read', 'spa1=a,,spa1=b', 'spa1=a,spa1=b', 'spa1=a  b', 'spa1=ä'].map(
      (scopes): [Environment, string] => [
        { ...cognito, COGNITO_CLIENT_SCOPES: scopes },
        `COGNITO_CLIENT_SCOPES: expected ${clientScopes}; got ${JSON.stringify(scopes)}. ${toClientScopes}`,
      ],
    ),
    [
      { ...cognito, COGNITO_CLIENT_SCOPES: 'app2=investments/read' },
      `COGNITO_CLIENT_SCOPES: expected scopes of client ids of the user pool alone; got "app2=investments/read". ${toClientScopes}`,
    ],
    [
      severalPools([
        { ...pool, impliedScopes: 'investments/read' },
        { ...pool, userPoolId: 'eu-central-1_b', impliedScopes: { spa1: [] } },
        { ...pool, userPoolId: 'eu-central-1_c', impliedScopes: { spa1: ['a b'] } },
        { ...pool, userPoolId: 'eu-central-1_d', impliedScopes: { spa2: ['a'] } },
      ]),
      `COGNITO_USER_POOLS[0].impliedScopes: expected ${clientScopes}; got "investments/read". README shows an example.`,
      'COGNITO_USER_POOLS[1].impliedScopes.spa1: expected one scope or more; got an empty array. README shows an example.',
      'COGNITO_USER_POOLS[2].impliedScopes.spa1[0]: expected a scope without spaces; got "a b". README shows an example.',
      'COGNITO_USER_POOLS[3].impliedScopes: expected scopes of client ids of the user pool alone; got an object. README shows an example.',
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
      `COGNITO_JWKS_URI: expected ${jwksUri}; got ${keys.COGNITO_JWKS_URI === undefined ? 'nothing' : JSON.stringify(keys.COGNITO_JWKS_URI)}. ${toJwksUri}`,
    ]),
    [
      severalPools([
        { ...pool, issuerForm: 'both' },
        { ...pool, issuerForm: 'issuer-prefixed' },
      ]),
      'COGNITO_USER_POOLS: expected each user pool only once; got an array. README shows an example.',
    ],
    [
      { ...cognito, COGNITO_MACHINE_CLIENT_IDS: 'job3,spa1' },
      'COGNITO_MACHINE_CLIENT_IDS: expected none of the client ids through which people sign in; got "job3,spa1". Set it to the clients that sign in as themselves (client credentials).',
    ],
    [{ ...cognito, COGNITO_TENANT: '-acme' }, `COGNITO_TENANT: expected ${tenantName}; got "-acme". ${toTenant}`],
    ...['sub', 'iss', 'aud', 'exp', 'cognito:groups', 'a b'].map((claim): [Environment, string] => [
      { ...cognito, COGNITO_TENANT_CLAIM: claim },
      `COGNITO_TENANT_CLAIM: expected ${tenantClaim}; got "${claim}". ${toTenantClaim}`,
    ]),
    [
      { ...cognito, COGNITO_TENANT: 'acme', COGNITO_TENANT_CLAIM: 'tenant' },
      `COGNITO_TENANT_CLAIM: expected nothing beside a tenant: one of the two; got "tenant". ${toTenantClaim}`,
    ],
    [
      severalPools([
        { ...pool, tenant: 'a b' },
        { ...pool, userPoolId: 'eu-central-1_b', tenantClaim: 'scope' },
        { ...pool, userPoolId: 'eu-central-1_c', tenant: 'acme', tenantClaim: 'tenant' },
        { ...pool, userPoolId: 'eu-central-1_d', tenant: ['acme'] },
      ]),
      `COGNITO_USER_POOLS[0].tenant: expected ${tenantName}; got "a b". README shows an example.`,
      `COGNITO_USER_POOLS[1].tenantClaim: expected ${tenantClaim}; got "scope". README shows an example.`,
      'COGNITO_USER_POOLS[2].tenantClaim: expected nothing beside a tenant: one of the two; got "tenant". README shows an example.',
      `COGNITO_USER_POOLS[3].tenant: expected ${tenantName}; got an array. README shows an example.`,
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
      `COGNITO_USER_POOLS: expected a JSON array with at least one user pool; got ${got}. README shows an example.`,
    ]),
    [
      severalPools([pool, pool]),
      'COGNITO_USER_POOLS: expected each user pool only once; got an array. README shows an example.',
    ],
    [
      severalPools([
        { ...pool, userPoolId: 'eu-west-1_a', clientSecret: 'hunter2' },
        { region: 7, userClientIds: 'spa1', machineClientIds: ['job 3'] },
        { ...pool, userClientIds: [], issuerForm: 'new', audience: '' },
        'eu-central-1_a',
        { ...pool, userPoolId: 'eu-west-1_a', userClientIds: 7 },
      ]),
      `COGNITO_USER_POOLS[0]: expected an object of ${poolProperties} and nothing else; got also clientSecret. README shows an example.`,
      'COGNITO_USER_POOLS[0].userPoolId: expected a user pool id that starts with the region and _; got "eu-west-1_a". README shows an example.',
      'COGNITO_USER_POOLS[1].region: expected an AWS region such as eu-central-1; got 7. README shows an example.',
      'COGNITO_USER_POOLS[1].userPoolId: expected a user pool id such as eu-central-1_a1B2c3D4e; got nothing. README shows an example.',
      'COGNITO_USER_POOLS[1].userClientIds: expected an array of client ids; got "spa1". README shows an example.',
      'COGNITO_USER_POOLS[1].machineClientIds[0]: expected a client id; got "job 3". README shows an example.',
      'COGNITO_USER_POOLS[2].issuerForm: expected standard, issuer-prefixed or both; got "new". README shows an example.',
      'COGNITO_USER_POOLS[2].audience: expected a resource identifier without spaces; got "". README shows an example.',
      'COGNITO_USER_POOLS[2].userClientIds: expected at least one client id, here or among the machine clients; got an empty array. README shows an example.',
      `COGNITO_USER_POOLS[3]: expected an object of ${poolProperties} and nothing else; got "eu-central-1_a". README shows an example.`,
      'COGNITO_USER_POOLS[4].userClientIds: expected an array of client ids; got 7. README shows an example.',
      'COGNITO_USER_POOLS[4].userPoolId: expected a user pool id that starts with the region and _; got "eu-west-1_a". README shows an example.',
    ],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    expect(refusalOf(environment)).toBe(refusal(lines));
  });
});
