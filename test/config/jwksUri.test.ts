import { cognitoUserPool, findJwksUriProblem } from 'claimgraph';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/readConfig.ts';
import { cognito } from './environments.ts';

test.each([
  ['of this machine', { COGNITO_JWKS_URI: 'http://127.0.0.1:4010/jwks.json' }],
  ['of this machine, by name', { COGNITO_JWKS_URI: 'http://localhost:4010/jwks.json' }],
  ['that is spelt out', { COGNITO_JWKS_URI: 'https://keys.example/jwks.json', COGNITO_JWKS_HOST: 'keys.example' }],
])('keys may come from an address %s', (_, keys) => {
  const { authentication } = readConfig({ ...cognito, COGNITO_ISSUER_FORM: 'both', ...keys });
  const pools = authentication.mode === 'cognito' ? authentication.userPools.map(cognitoUserPool) : [];
  const addresses = pools.flatMap(({ jwksUri, aliases = [] }) => [jwksUri, ...aliases.map((alias) => alias.jwksUri)]);
  expect(new Set(addresses)).toEqual(new Set([keys.COGNITO_JWKS_URI]));
  // Whose tokens they are does not change.
  expect(pools[0]?.issuer).toContain('.amazonaws.com/');
});

test('the engine refuses what the configuration does', () => {
  expect(findJwksUriProblem({})).toBeUndefined();
  const settings = { region: 'eu-west-1', userPoolId: 'eu-west-1_a', userClientIds: ['spa'], machineClientIds: [] };
  expect(() => cognitoUserPool({ ...settings, jwksUri: 'https://keys.example/' })).toThrow(/\bjwksUri: /);
});
