import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { readConfig } from '../../src/config/readConfig.ts';
import { configurationVariables } from '../../src/config/variables.ts';
import { cognito, problemsOf, refusalOf } from './environments.ts';

describe('a wrong variable', () => {
  const wholeNumbers: readonly [string, string][] = [
    ['PORT', '0 to 65535'],
    ['USER_POOL_PORT', '0 to 65535'],
    ['USER_POOL_HTTPS_PORT', '0 to 65535'],
    ['USER_POOL_TOKEN_SECONDS', '1 to 86400'],
    ['USER_POOL_ROTATION_GRACE_SECONDS', '0 to 60'],
    ['CLAIMS_TTL_SECONDS', '1 to 3600'],
    ['CLAIMS_NEGATIVE_TTL_SECONDS', '0 to 3600'],
    ['CLAIMS_STALE_IF_ERROR_SECONDS', '0 to 86400'],
    ['CLAIMS_CACHE_ENTRIES', '1 to 5000000'],
    ['CLAIMS_TIMEOUT_MS', '1 to 60000'],
    ['REDIS_TIMEOUT_MS', '1 to 10000'],
    ['TOKEN_GRACE_SECONDS', '0 to 60'],
    ['JWKS_REFRESH_SECONDS', '1 to 86400'],
    ['STATEMENT_TIMEOUT_MS', '1 to 600000'],
    ['HEADERS_TIMEOUT_MS', '1 to 600000'],
    ['REQUEST_TIMEOUT_MS', '1 to 600000'],
    ['KEEP_ALIVE_TIMEOUT_MS', '1 to 3600000'],
    ['IDLE_TIMEOUT_MS', '1 to 3600000'],
  ];
  describe.each(wholeNumbers)('%s', (name, range) => {
    const [min, max] = range.split(' to ').map(Number);
    const outside = [String((max ?? 0) + 1), ...(min === 0 ? [] : [String((min ?? 0) - 1)])];
    test.each([...outside, '-1', '1.5', '1e3', '0x10', ' 5', 'five', '9'.repeat(400)])('%s is refused', (value) => {
      const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
      expect(problemsOf({ [name]: value })).toEqual([`${name}: ${shown}`]);
      expect(refusalOf({ [name]: value })).toContain(range);
    });
  });

  /** `variable: got` of each problem. */
  const wrong: readonly [Environment, ...string[]][] = [
    [{ NODE_ENV: 'staging' }, 'NODE_ENV: "staging"'],
    [{ AUTH_MODE: 'LOCAL' }, 'AUTH_MODE: "LOCAL"'],
    [{ ...cognito, AUTH_MODE: 'congito' }, 'AUTH_MODE: "congito"'],
    [{ ...cognito, HOST: 'no host' }, 'HOST: "no host"'],
    ...[
      'http://localhost',
      'https://localhost:4010',
      'http://localhost:4010/pool',
      'http://localhost:99999',
      'http://localhost.example:4010',
      'http://127.0.0.1.example:4010',
      'http://192.0.2.7:4010',
      'localhost:4010',
    ].map((url): [Environment, string] => [{ USER_POOL_URL: url }, `USER_POOL_URL: "${url}"`]),
    ...['*', '10.0.2.2:4010', 'http://10.0.2.2', '10.0.2.2,', 'a b'].map((hosts): [Environment, string] => [
      { USER_POOL_HOSTS: hosts },
      `USER_POOL_HOSTS: "${hosts}"`,
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
    ].map((origins): [Environment, string] => [{ CORS_ORIGINS: origins }, `CORS_ORIGINS: "${origins}"`]),
    ...[
      ...['redis://', 'http://localhost:6379', 'localhost:6379', 'REDIS://x', 'redis://:p@ssw0rd@[x'],
      ...['redis://api:12#ss@cache', 'redis://api:12?ss@cache', 'redis://:p/ss@cache', 'redis://a:6379,b:6379'],
      ...['redis://localhost/2x', 'redis://localhost/cache', 'redis://localhost/1/2', 'redis://localhost/-1'],
    ].map((url): [Environment, string] => [{ REDIS_URL: url }, 'REDIS_URL: a value that is not shown']),
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
      'CLAIMS_CACHE_SECRET: a value that is not shown',
    ]),
    ...['1.5', '-0.1', '.5', '5%', '0,5', '1e-3', 'all', '0.1234567'].map((sample): [Environment, string] => [
      { AUDIT_SAMPLE: sample },
      `AUDIT_SAMPLE: "${sample}"`,
    ]),
    ...['65536', '-1', 'on'].map((port): [Environment, string] => [{ METRICS_PORT: port }, `METRICS_PORT: "${port}"`]),
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
    ].map((url): [Environment, string] => [{ DATABASE_URL: url }, 'DATABASE_URL: a value that is not shown']),
    [{ CLAIMGRAPH_DEMO_DATA: 'yes' }, 'CLAIMGRAPH_DEMO_DATA: "yes"'],
    [{ INTROSPECTION: 'true' }, 'INTROSPECTION: "true"'],
    [{ DATABASE_RLS: 'yes' }, 'DATABASE_RLS: "yes"'],
    [{ EXECUTOR: 'graphql' }, 'EXECUTOR: "graphql"'],
    [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL: "verbose"'],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    expect(problemsOf(environment)).toEqual(lines);
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
      'TOKEN_ISSUERS',
      'DATABASE_URL',
      'REDIS_URL',
      'CLAIMS_CACHE_SECRET',
      'CLAIMGRAPH_DEMO_DATA',
      'CORS_ORIGINS',
      'CORS_ALLOWED_HEADERS',
      'RESOURCE_URL',
      'INTROSPECTION',
    ]);
  });

  test('gives a description for each, on one line', () => {
    for (const { name, description } of configurationVariables)
      expect(`${name}: ${description}`).toMatch(/^[A-Z_]+: [^\n|]{10,}$/);
  });
});
