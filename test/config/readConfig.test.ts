import { afterEach, describe, expect, test, vi } from 'vitest';
import { defaultTimeouts } from '../../packages/claimgraph/src/server/http/timeouts.ts';
import type { Config } from '../../src/config/config.ts';
import type { Environment } from '../../src/config/configError.ts';
import { readConfig } from '../../src/config/readConfig.ts';
import { cognito, production, refusalOf, severalPools } from './environments.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a right environment', () => {
  test('needs nothing for a local start', () => {
    expect(readConfig({})).toEqual({
      nodeEnv: 'development',
      authentication: {
        mode: 'local',
        poolConfigFile: undefined,
        userPool: {
          kind: 'start',
          port: 4010,
          httpsPort: undefined,
          hosts: [],
          tokenSeconds: 3600,
          rotationGraceSeconds: undefined,
        },
      },
      host: 'localhost',
      port: 4000,
      metricsPort: undefined,
      drainSeconds: 0,
      database: { kind: 'embedded', folder: '.claimgraph/database' },
      rowLevelSecurity: false,
      redis: undefined,
      dataFolder: '.claimgraph',
      demoData: true,
      claims: { ttlSeconds: 30, negativeTtlSeconds: 5, staleIfErrorSeconds: 0, maxEntries: 100_000, timeoutMs: 2000 },
      tokens: { graceSeconds: 5, jwksRefreshSeconds: 300 },
      statementTimeoutMs: 5000,
      corsOrigins: { exact: [], loopback: true },
      resource: undefined,
      corsAllowedHeaders: [],
      timeouts: defaultTimeouts,
      introspection: 'open',
      auditSample: 0,
      explain: 'for-callers-who-ask',
      executor: 'jit',
      logLevel: 'info',
    } satisfies Config);
  });

  test('needs a user pool and a database for production', () => {
    expect(readConfig(production)).toEqual({
      nodeEnv: 'production',
      authentication: {
        mode: 'cognito',
        userPools: [
          {
            region: 'eu-central-1',
            userPoolId: 'eu-central-1_a1B2c3D4e',
            userClientIds: ['spa1'],
            machineClientIds: [],
            issuerForm: 'standard',
            replicaRegions: [],
            impliedScopes: {},
          },
        ],
        issuers: [],
      },
      host: '0.0.0.0',
      port: 4000,
      metricsPort: undefined,
      drainSeconds: 5,
      database: { kind: 'postgres', url: 'postgres://api:hunter2@db/claims' },
      rowLevelSecurity: false,
      redis: undefined,
      dataFolder: '.claimgraph',
      demoData: false,
      claims: { ttlSeconds: 30, negativeTtlSeconds: 5, staleIfErrorSeconds: 0, maxEntries: 100_000, timeoutMs: 2000 },
      tokens: { graceSeconds: 5, jwksRefreshSeconds: 300 },
      statementTimeoutMs: 5000,
      timeouts: defaultTimeouts,
      corsOrigins: [],
      resource: undefined,
      corsAllowedHeaders: [],
      introspection: 'off',
      auditSample: 0,
      explain: 'never',
      executor: 'jit',
      logLevel: 'info',
    } satisfies Config);
  });

  const userPool = (properties: object) => ({ authentication: { mode: 'cognito', userPools: [properties] } });
  const localPool = (properties: object) => ({ authentication: { mode: 'local', userPool: properties } });
  const environments: readonly [string, Environment, object][] = [
    ['an empty string is unset', { PORT: '', AUTH_MODE: '', DATABASE_URL: '', COGNITO_REGION: '' }, { port: 4000 }],
    ['other variables are none of ours', { PATH: '/bin', HOME: '/root', AWS_REGION: 'eu-central-1' }, { port: 4000 }],
    ['ports', { PORT: '0', USER_POOL_PORT: '0' }, { port: 0, ...localPool({ kind: 'start', port: 0 }) }],
    [
      'a local user pool with everything',
      {
        USER_POOL_CONFIG: 'pool.json',
        USER_POOL_HOSTS: '10.0.2.2, host.docker.internal',
        USER_POOL_HTTPS_PORT: '0',
        USER_POOL_TOKEN_SECONDS: '5',
        USER_POOL_ROTATION_GRACE_SECONDS: '0',
      },
      {
        authentication: {
          poolConfigFile: 'pool.json',
          userPool: {
            kind: 'start',
            port: 4010,
            httpsPort: 0,
            hosts: ['10.0.2.2', 'host.docker.internal'],
            tokenSeconds: 5,
            rotationGraceSeconds: 0,
          },
        },
      },
    ],
    ['a highest port', { PORT: '65535' }, { port: 65_535 }],
    ['a loopback host', { HOST: '::1' }, { host: '::1' }],
    ['a loopback name', { HOST: 'localhost' }, { host: 'localhost' }],
    ['a public host beside Cognito', { ...cognito, HOST: '192.0.2.7' }, { host: '192.0.2.7' }],
    ['every address beside Cognito', { ...cognito, HOST: '::' }, { host: '::' }],
    ['a host beside Cognito', cognito, { host: '0.0.0.0', corsOrigins: [], demoData: false, introspection: 'open' }],
    ['Cognito on a container platform', { ...cognito, KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { port: 4000 }],
    [
      'a Redis in local mode, with the secret that everybody knows',
      { REDIS_URL: 'redis://localhost' },
      { redis: { url: 'redis://localhost', timeoutMs: 100, secret: Buffer.from('claimgraph: for local mode only..') } },
    ],
    [
      'a Redis with a secret in base64',
      {
        ...cognito,
        REDIS_URL: 'rediss://:p@cache:6380/2',
        REDIS_TIMEOUT_MS: '50',
        CLAIMS_CACHE_SECRET: `${'/'.repeat(43)}=`,
      },
      { redis: { url: 'rediss://:p@cache:6380/2', timeoutMs: 50, secret: Buffer.alloc(32, 0xff) } },
    ],
    [
      'a secret in the other alphabet of base64',
      { ...cognito, REDIS_URL: 'redis://cache', CLAIMS_CACHE_SECRET: '_'.repeat(43) },
      { redis: { url: 'redis://cache', timeoutMs: 100, secret: Buffer.alloc(32, 0xff) } },
    ],
    [
      'a secret in hex',
      { ...cognito, REDIS_URL: 'redis://cache', CLAIMS_CACHE_SECRET: 'fF'.repeat(32) },
      { redis: { url: 'redis://cache', timeoutMs: 100, secret: Buffer.alloc(32, 0xff) } },
    ],
    ['a secret without Redis', { ...cognito, CLAIMS_CACHE_SECRET: 'ff'.repeat(32) }, { redis: undefined }],
    [
      'a local user pool that already runs',
      { USER_POOL_URL: 'http://localhost:4010/', PORT: '4010' },
      localPool({ kind: 'running', url: 'http://localhost:4010' }),
    ],
    [
      'a local user pool on an IPv6 address',
      { USER_POOL_URL: 'http://[::1]:4011' },
      localPool({ kind: 'running', url: 'http://[::1]:4011' }),
    ],
    [
      'a user pool with everything',
      {
        ...cognito,
        COGNITO_USER_CLIENT_IDS: 'spa1, app2',
        COGNITO_MACHINE_CLIENT_IDS: 'job3',
        COGNITO_ISSUER_FORM: 'issuer-prefixed',
        COGNITO_AUDIENCE: 'https://api.example',
      },
      userPool({
        region: 'eu-central-1',
        userPoolId: 'eu-central-1_a1B2c3D4e',
        userClientIds: ['spa1', 'app2'],
        machineClientIds: ['job3'],
        issuerForm: 'issuer-prefixed',
        audience: 'https://api.example',
      }),
    ],
    [
      'a user pool with machine clients only, in a region with a longer name',
      {
        AUTH_MODE: 'cognito',
        COGNITO_REGION: 'us-gov-west-1',
        COGNITO_USER_POOL_ID: 'us-gov-west-1_x',
        COGNITO_MACHINE_CLIENT_IDS: 'job3',
      },
      userPool({
        region: 'us-gov-west-1',
        userPoolId: 'us-gov-west-1_x',
        userClientIds: [],
        machineClientIds: ['job3'],
        issuerForm: 'standard',
      }),
    ],
    [
      'a user pool of one tenant',
      { ...cognito, COGNITO_TENANT: 'acme' },
      { authentication: { userPools: [{ userPoolId: 'eu-central-1_a1B2c3D4e', tenant: 'acme' }] } },
    ],
    [
      'a user pool of several tenants',
      { ...cognito, COGNITO_TENANT_CLAIM: 'custom:tenant' },
      { authentication: { userPools: [{ userPoolId: 'eu-central-1_a1B2c3D4e', tenantClaim: 'custom:tenant' }] } },
    ],
    ['row-level security', { DATABASE_RLS: 'on' }, { rowLevelSecurity: true }],
    [
      'several user pools',
      severalPools([
        { region: 'eu-central-1', userPoolId: 'eu-central-1_a', userClientIds: ['spa1'], audience: 'api' },
        { region: 'us-east-1', userPoolId: 'us-east-1_b', machineClientIds: ['job3'], issuerForm: 'issuer-prefixed' },
      ]),
      {
        authentication: {
          mode: 'cognito',
          userPools: [
            {
              region: 'eu-central-1',
              userPoolId: 'eu-central-1_a',
              userClientIds: ['spa1'],
              machineClientIds: [],
              issuerForm: 'standard',
              replicaRegions: [],
              impliedScopes: {},
              audience: 'api',
            },
            {
              region: 'us-east-1',
              userPoolId: 'us-east-1_b',
              userClientIds: [],
              machineClientIds: ['job3'],
              issuerForm: 'issuer-prefixed',
            },
          ],
        },
      },
    ],
    [
      'a database beside the local user pool',
      { DATABASE_URL: 'postgresql://localhost/claims' },
      { database: { kind: 'postgres', url: 'postgresql://localhost/claims' }, demoData: false },
    ],
    ...[
      'postgres://api:p%23s%2Fs%3F%40%25@db:5432/claims',
      'postgres://api:secret@[::1]:5432/claims?sslmode=require',
      'postgres://db/claims?application_name=claims-api',
      'postgres:///claims?host=/var/run/postgresql',
    ].map((url): [string, Environment, object] => [
      'the database of a URL as it is',
      { DATABASE_URL: url },
      { database: { kind: 'postgres', url } },
    ]),
    [
      'demo data in an external database',
      { DATABASE_URL: 'postgres://localhost/claims', CLAIMGRAPH_DEMO_DATA: '1' },
      { demoData: true },
    ],
    ['no demo data', { CLAIMGRAPH_DEMO_DATA: '0' }, { demoData: false }],
    [
      'another data folder',
      { CLAIMGRAPH_DATA_DIR: '/var/lib/claimgraph' },
      {
        dataFolder: '/var/lib/claimgraph',
        database: { kind: 'embedded', folder: '/var/lib/claimgraph/database' },
      },
    ],
    [
      'how claims are cached',
      {
        CLAIMS_TTL_SECONDS: '3600',
        CLAIMS_NEGATIVE_TTL_SECONDS: '0',
        CLAIMS_STALE_IF_ERROR_SECONDS: '86400',
        CLAIMS_CACHE_ENTRIES: '1',
        CLAIMS_TIMEOUT_MS: '60000',
      },
      {
        claims: {
          ttlSeconds: 3600,
          negativeTtlSeconds: 0,
          staleIfErrorSeconds: 86_400,
          maxEntries: 1,
          timeoutMs: 60_000,
        },
      },
    ],
    [
      'how tokens are checked',
      { TOKEN_GRACE_SECONDS: '0', JWKS_REFRESH_SECONDS: '60' },
      { tokens: { graceSeconds: 0, jwksRefreshSeconds: 60 } },
    ],
    ['a statement time-out', { STATEMENT_TIMEOUT_MS: '250' }, { statementTimeoutMs: 250 }],
    [
      'the time-outs of requests',
      { HEADERS_TIMEOUT_MS: '1', REQUEST_TIMEOUT_MS: '2', KEEP_ALIVE_TIMEOUT_MS: '3', IDLE_TIMEOUT_MS: '4' },
      { timeouts: { headersMs: 1, requestMs: 2, keepAliveMs: 3, idleMs: 4 } },
    ],
    [
      'a time-out for requests that is shorter than the one for their heads',
      { REQUEST_TIMEOUT_MS: '500' },
      { timeouts: { ...defaultTimeouts, headersMs: 500, requestMs: 500 } },
    ],
    [
      'origins',
      { CORS_ORIGINS: 'https://app.example, http://localhost:8080' },
      { corsOrigins: { exact: ['https://app.example', 'http://localhost:8080'], loopback: true } },
    ],
    ['introspection off', { INTROSPECTION: 'off' }, { introspection: 'off' }],
    ['introspection by caller', { ...production, INTROSPECTION: 'by-caller' }, { introspection: 'by-caller' }],
    ['introspection open', { ...production, INTROSPECTION: 'open' }, { introspection: 'open' }],
    [
      'introspection on, as it was called, in production',
      { ...production, INTROSPECTION: 'on' },
      { introspection: 'open' },
    ],
    ['a sample of decisions', { AUDIT_SAMPLE: '0.05' }, { auditSample: 0.05 }],
    ['every decision', { AUDIT_SAMPLE: '1' }, { auditSample: 1 }],
    ['Cognito in development, whose callers learn no rules', cognito, { explain: 'never' }],
    ['a test, whose callers may learn the rules', { NODE_ENV: 'test' }, { explain: 'for-callers-who-ask' }],
    ['another executor', { EXECUTOR: 'graphql-js' }, { executor: 'graphql-js' }],
    ['a log level', { LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    ['a test', { NODE_ENV: 'test' }, { nodeEnv: 'test', demoData: true, introspection: 'open' }],
  ];
  test.each(environments)('%s', (_name, environment, expected) => {
    expect(readConfig(environment)).toMatchObject(expected);
  });

  test('is the one passed in, never that of the process', () => {
    vi.stubEnv('PORT', '1');
    vi.stubEnv('CLAIMS_TTL', '1');
    expect(readConfig({}).port).toBe(4000);
  });
});

describe('a wrong environment', () => {
  test('has every wrong variable named at once, also when the mode is wrong', () => {
    const text = refusalOf({
      NODE_ENV: 'production',
      AUTH_MODE: 'local',
      PORT: 'http',
      COGNITO_REGION: 'Frankfurt',
      CLAIMGRAPH_DEMO_DATA: '1',
      LOG_LEVEL: 'loud',
      CLAIMS_TTL: '5',
    });
    const [heading, ...lines] = text.split('\n');
    expect(heading).toMatch(/\b9\b/);
    expect(lines.map((line) => /^ {2}(\w+): expected .*; got ([^.]*)\. ?/.exec(line)?.slice(1))).toEqual([
      ['AUTH_MODE', '"local"'],
      ['PORT', '"http"'],
      ['COGNITO_REGION', '"Frankfurt"'],
      ['COGNITO_USER_POOL_ID', 'nothing'],
      ['COGNITO_USER_CLIENT_IDS', 'nothing'],
      ['DATABASE_URL', 'nothing'],
      ['CLAIMGRAPH_DEMO_DATA', '"1"'],
      ['LOG_LEVEL', '"loud"'],
      ['CLAIMS_TTL', 'one'],
    ]);
    expect(lines[0]).toContain('AUTH_MODE=cognito');
    expect(lines.at(-1)).toContain('CLAIMS_TTL_SECONDS');
  });

  test('is also told as a list, for programs', () => {
    expect(() => readConfig({ PORT: 'http' })).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        problems: [
          {
            variable: 'PORT',
            expected: expect.stringMatching(/\b0 to 65535\b/),
            got: '"http"',
            advice: expect.stringContaining('4000'),
          },
        ],
      }),
    );
  });
});
