import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { readConfig } from '../../src/config/readConfig.ts';
import { configurationVariables } from '../../src/config/variables.ts';
import { cognito, refusal, refusalOf } from './environments.ts';

describe('a wrong variable', () => {
  const wholeNumbers: readonly [string, string, string][] = [
    ['PORT', '0 to 65535', '4000'],
    ['USER_POOL_PORT', '0 to 65535', '4010'],
    ['USER_POOL_HTTPS_PORT', '0 to 65535', 'none: there is no https'],
    ['USER_POOL_TOKEN_SECONDS', '1 to 86400', '3600'],
    ['USER_POOL_ROTATION_GRACE_SECONDS', '0 to 60', 'none: refresh tokens are not rotated'],
    ['CLAIMS_TTL_SECONDS', '1 to 3600', '30'],
    ['CLAIMS_NEGATIVE_TTL_SECONDS', '0 to 3600', '5'],
    ['CLAIMS_STALE_IF_ERROR_SECONDS', '0 to 86400', '0'],
    ['CLAIMS_CACHE_ENTRIES', '1 to 5000000', '100000'],
    ['CLAIMS_TIMEOUT_MS', '1 to 60000', '2000'],
    ['REDIS_TIMEOUT_MS', '1 to 10000', '100'],
    ['TOKEN_GRACE_SECONDS', '0 to 60', '5'],
    ['JWKS_REFRESH_SECONDS', '1 to 86400', '300'],
    ['STATEMENT_TIMEOUT_MS', '1 to 600000', '5000'],
    ['HEADERS_TIMEOUT_MS', '1 to 600000', '10000'],
    ['REQUEST_TIMEOUT_MS', '1 to 600000', '30000'],
    ['KEEP_ALIVE_TIMEOUT_MS', '1 to 3600000', '72000'],
    ['IDLE_TIMEOUT_MS', '1 to 3600000', '120000'],
  ];
  describe.each(wholeNumbers)('%s', (name, range, unset) => {
    const [min, max] = range.split(' to ').map(Number);
    const outside = [String((max ?? 0) + 1), ...(min === 0 ? [] : [String((min ?? 0) - 1)])];
    test.each([...outside, '-1', '1.5', '1e3', '0x10', ' 5', 'five', '9'.repeat(400)])('%s is refused', (value) => {
      const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
      expect(refusalOf({ [name]: value })).toBe(
        `the configuration is wrong in one place:\n  ${name}: expected a whole number from ${range}; got ${shown}. The default is ${unset}.`,
      );
    });
  });

  const serverUrl =
    'with one host, and with #, /, ?, @ and % in user name and password percent-encoded: as %23, %2F, %3F, %40 and %25';
  const noUrl = 'http://localhost, http://127.0.0.1 or http://[::1] with a port and no path';
  const noOrigin = 'exact origins such as https://app.example, separated by commas, and no *';

  /** The lines below the title. */
  const wrong: readonly [Environment, ...string[]][] = [
    [
      { NODE_ENV: 'staging' },
      'NODE_ENV: expected one of development, production, test; got "staging". The default is development.',
    ],
    [
      { AUTH_MODE: 'LOCAL' },
      'AUTH_MODE: expected local or cognito; got "LOCAL". The default is local; production needs cognito.',
    ],
    [
      { ...cognito, AUTH_MODE: 'congito' },
      'AUTH_MODE: expected local or cognito; got "congito". The default is local; production needs cognito.',
    ],
    [
      { ...cognito, HOST: 'no host' },
      'HOST: expected an IP address or a host name; got "no host". The default is localhost in local mode, 0.0.0.0 otherwise.',
    ],
    ...[
      'http://localhost',
      'https://localhost:4010',
      'http://localhost:4010/pool',
      'http://localhost:99999',
      'http://localhost.example:4010',
      'http://127.0.0.1.example:4010',
      'http://192.0.2.7:4010',
      'localhost:4010',
    ].map((url): [Environment, string] => [
      { USER_POOL_URL: url },
      `USER_POOL_URL: expected ${noUrl}; got "${url}". The default is none: one is started.`,
    ]),
    ...['*', '10.0.2.2:4010', 'http://10.0.2.2', '10.0.2.2,', 'a b'].map((hosts): [Environment, string] => [
      { USER_POOL_HOSTS: hosts },
      `USER_POOL_HOSTS: expected host names or addresses without a port, separated by commas; got "${hosts}". The default is none.`,
    ]),
    ...[
      '*',
      'https://*.example',
      'https://app.example/',
      'https://App.example',
      'https://app.example:443',
      'app.example',
      'null',
      'https://app.example,',
      'file:///index.html',
    ].map((origins): [Environment, string] => [
      { CORS_ORIGINS: origins },
      `CORS_ORIGINS: expected ${noOrigin}; got "${origins}". The default is every port of this machine in local mode, none otherwise.`,
    ]),
    ...[
      ...['redis://', 'http://localhost:6379', 'localhost:6379', 'REDIS://x', 'redis://:p@ssw0rd@[x'],
      ...['redis://api:12#ss@cache', 'redis://api:12?ss@cache', 'redis://:p/ss@cache', 'redis://a:6379,b:6379'],
      ...['redis://localhost/2x', 'redis://localhost/cache', 'redis://localhost/1/2', 'redis://localhost/-1'],
    ].map((url): [Environment, string] => [
      { REDIS_URL: url },
      `REDIS_URL: expected a URL that starts with redis:// or rediss:// and has no path but the number of a database, ${serverUrl}; got a value that is not shown. The default is none: each process remembers for itself.`,
    ]),
    ...[
      'short',
      'A'.repeat(41),
      'a'.repeat(62),
      // 44 letters of base64 would be 33 bytes, but these are hex digits: 22.
      'a'.repeat(44),
      `${'A'.repeat(60)}!`,
      'correct horse battery staple, and several words more',
    ].map((secret): [Environment, string] => [
      { CLAIMS_CACHE_SECRET: secret },
      'CLAIMS_CACHE_SECRET: expected 32 random bytes or more, as base64 or hex; got a value that is not shown. The default is a known one in local mode; REDIS_URL needs one otherwise.',
    ]),
    ...['1.5', '-0.1', '.5', '5%', '0,5', '1e-3', 'all', '0.1234567'].map((sample): [Environment, string] => [
      { AUDIT_SAMPLE: sample },
      `AUDIT_SAMPLE: expected a number from 0 to 1 such as 0.05; got "${sample}". The default is 0.`,
    ]),
    ...['65536', '-1', 'on'].map((port): [Environment, string] => [
      { METRICS_PORT: port },
      `METRICS_PORT: expected a whole number from 0 to 65535; got "${port}". The default is none: there are no metrics.`,
    ]),
    ...[
      'mysql://localhost/claims',
      'postgres:/localhost',
      'localhost',
      'host=db password=hunter2',
      'postgres://[bad',
      ...['p#ss', 'p/ss', 'p?ss', '12#ss', '12/ss', '12?ss', '#', '/', '?'].map(
        (password) => `postgres://api:${password}@db/claims`,
      ),
      ...['a,b', 'a:5432,b:5432', 'a:5432,b'].map((hosts) => `postgres://api:secret@${hosts}/claims`),
      'postgres://db/claims#primary',
    ].map((url): [Environment, string] => [
      { DATABASE_URL: url },
      `DATABASE_URL: expected a URL such as postgres://user:password@host:5432/database, ${serverUrl}; got a value that is not shown. The default is none: an embedded database; production needs one.`,
    ]),
    [
      { CLAIMGRAPH_DEMO_DATA: 'yes' },
      'CLAIMGRAPH_DEMO_DATA: expected 0 or 1; got "yes". The default is 1 for the embedded database in local mode, 0 otherwise.',
    ],
    [
      { INTROSPECTION: 'true' },
      'INTROSPECTION: expected open, by-caller or off; got "true". The default is off in production, open otherwise.',
    ],
    [{ DATABASE_RLS: 'yes' }, 'DATABASE_RLS: expected one of off, on; got "yes". The default is off.'],
    [{ EXECUTOR: 'graphql' }, 'EXECUTOR: expected one of jit, graphql-js; got "graphql". The default is jit.'],
    [
      { LOG_LEVEL: 'verbose' },
      'LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent; got "verbose". The default is info.',
    ],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    expect(refusalOf(environment)).toBe(refusal(lines));
  });
});

describe('the list of variables', () => {
  test('tells the defaults that hold', () => {
    const conditional: string[] = [];
    for (const { name, default: unset } of configurationVariables) {
      const isPlain = unset !== undefined && /^[\w.-]+$/.test(unset) && unset !== 'none';
      if (!isPlain) conditional.push(name);
      else if (name.startsWith('COGNITO_'))
        expect(readConfig({ ...cognito, [name]: unset })).toEqual(readConfig(cognito));
      else expect(readConfig({ [name]: unset })).toEqual(readConfig({}));
    }
    expect(conditional).toEqual([
      'AUTH_MODE',
      'HOST',
      'METRICS_PORT',
      'DRAIN_SECONDS',
      'USER_POOL_URL',
      'USER_POOL_CONFIG',
      'USER_POOL_HOSTS',
      'USER_POOL_HTTPS_PORT',
      'USER_POOL_ROTATION_GRACE_SECONDS',
      'COGNITO_REGION',
      'COGNITO_USER_POOL_ID',
      'COGNITO_USER_CLIENT_IDS',
      'COGNITO_MACHINE_CLIENT_IDS',
      'COGNITO_REPLICA_REGIONS',
      'COGNITO_CLIENT_SCOPES',
      'COGNITO_JWKS_URI',
      'COGNITO_JWKS_HOST',
      'COGNITO_AUDIENCE',
      'COGNITO_TENANT',
      'COGNITO_TENANT_CLAIM',
      'COGNITO_USER_POOLS',
      'DATABASE_URL',
      'REDIS_URL',
      'CLAIMS_CACHE_SECRET',
      'CLAIMGRAPH_DEMO_DATA',
      'CORS_ORIGINS',
      'CORS_ALLOWED_HEADERS',
      'INTROSPECTION',
    ]);
  });

  test('gives a description for each, on one line', () => {
    for (const { name, description } of configurationVariables)
      expect(`${name}: ${description}`).toMatch(/^[A-Z_]+: [^\n|]{10,}$/);
  });
});
