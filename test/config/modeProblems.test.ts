import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { configurationVariables } from '../../src/config/variables.ts';
import { cognito, problemsOf, production, refusalOf, severalPools } from './environments.ts';

describe('a variable that does not fit the mode', () => {
  const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_a', userClientIds: ['spa1'] };

  /** `variable: got` of each problem. */
  const wrong: readonly [Environment, ...string[]][] = [
    ...['0.0.0.0', '::', '192.0.2.7', 'api.example', '127.0.0.2', 'no host'].map((host): [Environment, string] => [
      { HOST: host },
      `HOST: "${host}"`,
    ]),
    [{ PORT: '4010' }, 'USER_POOL_PORT: the same'],
    ...[
      ['PORT', '4000', {}],
      ['USER_POOL_PORT', '4010', {}],
      ['METRICS_PORT', '9464', { METRICS_PORT: '9464' }],
    ].map(([, port, others]): [Environment, string] => [
      { ...(others as object), USER_POOL_HTTPS_PORT: String(port) },
      'USER_POOL_HTTPS_PORT: the same',
    ]),
    [{ METRICS_PORT: '4000' }, 'METRICS_PORT: the same'],
    [{ METRICS_PORT: '4010' }, 'METRICS_PORT: the same'],
    [{ ...cognito, PORT: '9464', METRICS_PORT: '9464' }, 'METRICS_PORT: the same'],
    [
      { ...cognito, USER_POOL_PORT: '4010', USER_POOL_URL: 'http://localhost:4010', USER_POOL_HOSTS: '10.0.2.2' },
      'USER_POOL_PORT: "4010"',
      'USER_POOL_URL: "http://localhost:4010"',
      'USER_POOL_HOSTS: "10.0.2.2"',
    ],
    [{ ...cognito, REDIS_URL: 'rediss://cache.example' }, 'CLAIMS_CACHE_SECRET: nothing'],
    [
      severalPools([pool], cognito),
      ...[
        ['COGNITO_REGION', 'eu-central-1'],
        ['COGNITO_USER_POOL_ID', 'eu-central-1_a1B2c3D4e'],
        ['COGNITO_USER_CLIENT_IDS', 'spa1'],
      ].map(([name, value]) => `${name}: "${value}"`),
    ],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    expect(problemsOf(environment)).toEqual(lines);
  });
});

test.each([
  [{ HEADERS_TIMEOUT_MS: '31000' }, '"31000"'],
  [{ HEADERS_TIMEOUT_MS: '200', REQUEST_TIMEOUT_MS: '100' }, '"200"'],
])('more time for a head than for the whole request is refused: %j', (environment, got) => {
  expect(problemsOf(environment)).toEqual([`HEADERS_TIMEOUT_MS: ${got}`]);
});

describe('the local user pool is refused', () => {
  test.each([
    'AWS_LAMBDA_FUNCTION_NAME',
    'AWS_EXECUTION_ENV',
    'ECS_CONTAINER_METADATA_URI',
    'ECS_CONTAINER_METADATA_URI_V4',
    'KUBERNETES_SERVICE_HOST',
  ])('where %s is set', (name) => {
    expect(problemsOf({ [name]: 'x' })).toEqual(['AUTH_MODE: nothing']);
    expect(problemsOf({ AUTH_MODE: 'local', [name]: 'x' })).toEqual(['AUTH_MODE: "local"']);
    expect(refusalOf({ [name]: 'x' })).toContain(name);
  });

  test.each([
    [{}, 'nothing'],
    [{ AUTH_MODE: 'local' }, '"local"'],
  ])('in production, with %j', (mode, got) => {
    const { AUTH_MODE: _, ...others } = production;
    expect(problemsOf({ ...others, ...mode })).toContain(`AUTH_MODE: ${got}`);
  });

  test.each(configurationVariables.map(({ name }) => name).filter((name) => name.startsWith('COGNITO_')))(
    'beside %s',
    (name) => {
      expect(problemsOf({ [name]: 'x' })).toEqual([expect.stringMatching(`^${name}: `)]);
    },
  );
});
