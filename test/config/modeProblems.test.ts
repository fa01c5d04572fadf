import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { configurationVariables } from '../../src/config/variables.ts';
import { cognito, production, refusal, refusalOf, severalPools } from './environments.ts';

describe('a variable that does not fit the mode', () => {
  const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_a', userClientIds: ['spa1'] };

  /** The lines below the title. */
  const wrong: readonly [Environment, ...string[]][] = [
    ...['0.0.0.0', '::', '192.0.2.7', 'api.example', '127.0.0.2', 'no host'].map((host): [Environment, string] => [
      { HOST: host },
      `HOST: expected 127.0.0.1, ::1 or localhost in local mode; got "${host}". Leave it out, or set AUTH_MODE=cognito: anybody can sign in to the local user pool.`,
    ]),
    [
      { PORT: '4010' },
      'USER_POOL_PORT: expected another port than PORT, which is 4010; got the same. Change one of the two.',
    ],
    ...[
      ['PORT', '4000', {}],
      ['USER_POOL_PORT', '4010', {}],
      ['METRICS_PORT', '9464', { METRICS_PORT: '9464' }],
    ].map(([name, port, others]): [Environment, string] => [
      { ...(others as object), USER_POOL_HTTPS_PORT: String(port) },
      `USER_POOL_HTTPS_PORT: expected another port than ${name}, which is ${port}; got the same. Change one of the two.`,
    ]),
    [
      { METRICS_PORT: '4000' },
      'METRICS_PORT: expected another port than PORT, which is 4000; got the same. Change one of the two.',
    ],
    [
      { METRICS_PORT: '4010' },
      'METRICS_PORT: expected another port than USER_POOL_PORT, which is 4010; got the same. Change one of the two.',
    ],
    [
      { ...cognito, PORT: '9464', METRICS_PORT: '9464' },
      'METRICS_PORT: expected another port than PORT, which is 9464; got the same. Change one of the two.',
    ],
    [
      { ...cognito, USER_POOL_PORT: '4010', USER_POOL_URL: 'http://localhost:4010', USER_POOL_HOSTS: '10.0.2.2' },
      'USER_POOL_PORT: expected nothing in cognito mode; got "4010". Remove it.',
      'USER_POOL_URL: expected nothing in cognito mode; got "http://localhost:4010". Remove it.',
      'USER_POOL_HOSTS: expected nothing in cognito mode; got "10.0.2.2". Remove it.',
    ],
    [
      { ...cognito, REDIS_URL: 'rediss://cache.example' },
      'CLAIMS_CACHE_SECRET: expected 32 random bytes or more beside REDIS_URL; got nothing. Set it, for example to what `openssl rand -base64 32` prints, or remove REDIS_URL.',
    ],
    [
      severalPools([pool], cognito),
      ...[
        ['COGNITO_REGION', 'eu-central-1'],
        ['COGNITO_USER_POOL_ID', 'eu-central-1_a1B2c3D4e'],
        ['COGNITO_USER_CLIENT_IDS', 'spa1'],
      ].map(
        ([name, value]) =>
          `${name}: expected nothing beside COGNITO_USER_POOLS; got "${value}". Move it into COGNITO_USER_POOLS, or remove COGNITO_USER_POOLS.`,
      ),
    ],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    expect(refusalOf(environment)).toBe(refusal(lines));
  });
});

test.each([
  [{ HEADERS_TIMEOUT_MS: '31000' }, 30_000, '"31000"'],
  [{ HEADERS_TIMEOUT_MS: '200', REQUEST_TIMEOUT_MS: '100' }, 100, '"200"'],
] as const)('more time for a head than for the whole request is refused: %j', (environment, whole, got) => {
  expect(refusalOf(environment)).toBe(
    refusal([
      `HEADERS_TIMEOUT_MS: expected no more than REQUEST_TIMEOUT_MS, which is ${whole}; got ${got}. The head is a part of the request.`,
    ]),
  );
});

describe('the local user pool is refused', () => {
  test.each([
    'AWS_LAMBDA_FUNCTION_NAME',
    'AWS_EXECUTION_ENV',
    'ECS_CONTAINER_METADATA_URI',
    'ECS_CONTAINER_METADATA_URI_V4',
    'KUBERNETES_SERVICE_HOST',
  ])('where %s is set', (name) => {
    for (const [mode, got] of [
      [{}, 'nothing'],
      [{ AUTH_MODE: 'local' }, '"local"'],
    ] as const) {
      expect(refusalOf({ ...mode, [name]: 'x' })).toBe(
        `the configuration is wrong in one place:\n  AUTH_MODE: expected cognito, because ${name} is set, so that this is not a developer's machine; got ${got}. Set AUTH_MODE=cognito and the COGNITO_ variables.`,
      );
    }
  });

  test.each([{}, { AUTH_MODE: 'local' }])('in production, with %j', (mode) => {
    const { AUTH_MODE: _, ...others } = production;
    expect(refusalOf({ ...others, ...mode })).toMatch(
      /^ {2}AUTH_MODE: expected cognito in production; got (nothing|"local")\./m,
    );
  });

  test.each(configurationVariables.map(({ name }) => name).filter((name) => name.startsWith('COGNITO_')))(
    'beside %s',
    (name) => {
      expect(refusalOf({ [name]: 'x' })).toMatch(
        new RegExp(
          `one place:\n {2}${name}: expected nothing in local mode; got .*\\. Set AUTH_MODE=cognito, or remove it\\.$`,
        ),
      );
    },
  );
});
