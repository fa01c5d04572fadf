import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Config, ConfigError, configurationVariables, readConfig } from '../src/config.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

type Environment = Readonly<Record<string, string | undefined>>;

const cognito = {
  AUTH_MODE: 'cognito',
  COGNITO_REGION: 'eu-central-1',
  COGNITO_USER_POOL_ID: 'eu-central-1_a1B2c3D4e',
  COGNITO_USER_CLIENT_IDS: 'spa1',
};
const production = { ...cognito, NODE_ENV: 'production', DATABASE_URL: 'postgres://api:hunter2@db/claims' };

/** An environment with these user pools in place of the single one. */
function severalPools(userPools: unknown, mode: Environment = {}): Environment {
  return { AUTH_MODE: 'cognito', ...mode, COGNITO_USER_POOLS: JSON.stringify(userPools) };
}

/** The whole text of the error, for an environment that must have one. */
function refusalOf(environment: Environment): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`expected a ConfigError for ${JSON.stringify(environment)}`);
}

describe('a right environment', () => {
  test('needs nothing for a local start', () => {
    expect(readConfig({})).toEqual({
      nodeEnv: 'development',
      authentication: { mode: 'local', userPool: { kind: 'start', port: 4010 } },
      host: 'localhost',
      port: 4000,
      database: { kind: 'embedded', folder: '.claimgraph/database' },
      dataFolder: '.claimgraph',
      demoData: true,
      claims: { ttlSeconds: 30, negativeTtlSeconds: 5, maxEntries: 100_000, timeoutMs: 2000 },
      tokens: { graceSeconds: 5, jwksRefreshSeconds: 300 },
      statementTimeoutMs: 5000,
      corsOrigins: ['http://localhost:3000', 'http://localhost:5173'],
      introspection: true,
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
          },
        ],
      },
      host: '0.0.0.0',
      port: 4000,
      database: { kind: 'postgres', url: 'postgres://api:hunter2@db/claims' },
      dataFolder: '.claimgraph',
      demoData: false,
      claims: { ttlSeconds: 30, negativeTtlSeconds: 5, maxEntries: 100_000, timeoutMs: 2000 },
      tokens: { graceSeconds: 5, jwksRefreshSeconds: 300 },
      statementTimeoutMs: 5000,
      corsOrigins: [],
      introspection: false,
      logLevel: 'info',
    } satisfies Config);
  });

  const userPool = (properties: object) => ({ authentication: { mode: 'cognito', userPools: [properties] } });
  const localPool = (properties: object) => ({ authentication: { mode: 'local', userPool: properties } });
  const environments: readonly [string, Environment, object][] = [
    ['an empty string is unset', { PORT: '', AUTH_MODE: '', DATABASE_URL: '', COGNITO_REGION: '' }, { port: 4000 }],
    ['other variables are none of ours', { PATH: '/bin', HOME: '/root', AWS_REGION: 'eu-central-1' }, { port: 4000 }],
    ['ports', { PORT: '0', USER_POOL_PORT: '0' }, { port: 0, ...localPool({ kind: 'start', port: 0 }) }],
    ['a highest port', { PORT: '65535' }, { port: 65_535 }],
    ['a loopback host', { HOST: '::1' }, { host: '::1' }],
    ['a loopback name', { HOST: 'localhost' }, { host: 'localhost' }],
    ['a public host beside Cognito', { ...cognito, HOST: '192.0.2.7' }, { host: '192.0.2.7' }],
    ['every address beside Cognito', { ...cognito, HOST: '::' }, { host: '::' }],
    ['a host beside Cognito', cognito, { host: '0.0.0.0', corsOrigins: [], demoData: false, introspection: true }],
    ['Cognito on a container platform', { ...cognito, KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { port: 4000 }],
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
        CLAIMS_CACHE_ENTRIES: '1',
        CLAIMS_TIMEOUT_MS: '60000',
      },
      { claims: { ttlSeconds: 3600, negativeTtlSeconds: 0, maxEntries: 1, timeoutMs: 60_000 } },
    ],
    [
      'how tokens are checked',
      { TOKEN_GRACE_SECONDS: '0', JWKS_REFRESH_SECONDS: '60' },
      { tokens: { graceSeconds: 0, jwksRefreshSeconds: 60 } },
    ],
    ['a statement time-out', { STATEMENT_TIMEOUT_MS: '250' }, { statementTimeoutMs: 250 }],
    [
      'origins',
      { CORS_ORIGINS: 'https://app.example, http://localhost:8080' },
      { corsOrigins: ['https://app.example', 'http://localhost:8080'] },
    ],
    ['introspection off', { INTROSPECTION: 'off' }, { introspection: false }],
    ['introspection on in production', { ...production, INTROSPECTION: 'on' }, { introspection: true }],
    ['a log level', { LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    ['a test', { NODE_ENV: 'test' }, { nodeEnv: 'test', demoData: true, introspection: true }],
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

describe('a wrong variable', () => {
  const wholeNumbers: readonly [string, string, string][] = [
    ['PORT', '0 to 65535', '4000'],
    ['USER_POOL_PORT', '0 to 65535', '4010'],
    ['CLAIMS_TTL_SECONDS', '1 to 3600', '30'],
    ['CLAIMS_NEGATIVE_TTL_SECONDS', '0 to 3600', '5'],
    ['CLAIMS_CACHE_ENTRIES', '1 to 5000000', '100000'],
    ['CLAIMS_TIMEOUT_MS', '1 to 60000', '2000'],
    ['TOKEN_GRACE_SECONDS', '0 to 60', '5'],
    ['JWKS_REFRESH_SECONDS', '1 to 86400', '300'],
    ['STATEMENT_TIMEOUT_MS', '1 to 600000', '5000'],
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

  const noUrl = 'http://localhost, http://127.0.0.1 or http://[::1] with a port and no path';
  const noOrigin = 'exact origins such as https://app.example, separated by commas, and no *';
  const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_a', userClientIds: ['spa1'] };
  const poolProperties = 'region, userPoolId, userClientIds, machineClientIds, issuerForm, audience';

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
    ...['0.0.0.0', '::', '192.0.2.7', 'api.example', '127.0.0.2', 'no host'].map((host): [Environment, string] => [
      { HOST: host },
      `HOST: expected 127.0.0.1, ::1 or localhost in local mode; got "${host}". Leave it out, or set AUTH_MODE=cognito: anybody can sign in to the local user pool.`,
    ]),
    [
      { PORT: '4010' },
      'USER_POOL_PORT: expected another port than PORT, which is 4010; got the same. Change one of the two.',
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
      `CORS_ORIGINS: expected ${noOrigin}; got "${origins}". The default is http://localhost:3000,http://localhost:5173 in local mode, none otherwise.`,
    ]),
    ...[
      'mysql://localhost/claims',
      'postgres:/localhost',
      'localhost',
      'host=db password=hunter2',
      'postgres://[bad',
    ].map((url): [Environment, string] => [
      { DATABASE_URL: url },
      'DATABASE_URL: expected a URL that starts with postgres:// or postgresql://; got a value that is not shown. The default is none: an embedded database; production needs one.',
    ]),
    [
      { CLAIMGRAPH_DEMO_DATA: 'yes' },
      'CLAIMGRAPH_DEMO_DATA: expected 0 or 1; got "yes". The default is 1 for the embedded database in local mode, 0 otherwise.',
    ],
    [
      { INTROSPECTION: 'true' },
      'INTROSPECTION: expected on or off; got "true". The default is off in production, on otherwise.',
    ],
    [
      { LOG_LEVEL: 'verbose' },
      'LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent; got "verbose". The default is info.',
    ],
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
      'COGNITO_ISSUER_FORM: expected standard or issuer-prefixed; got "new". Set it to how the issuer starts: https://cognito-idp or https://issuer-cognito-idp.',
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
      { ...cognito, COGNITO_MACHINE_CLIENT_IDS: 'job3,spa1' },
      'COGNITO_MACHINE_CLIENT_IDS: expected none of the client ids through which people sign in; got "job3,spa1". Set it to the clients that sign in as themselves (client credentials).',
    ],
    [
      { ...cognito, USER_POOL_PORT: '4010', USER_POOL_URL: 'http://localhost:4010' },
      'USER_POOL_PORT: expected nothing in cognito mode; got "4010". Remove it.',
      'USER_POOL_URL: expected nothing in cognito mode; got "http://localhost:4010". Remove it.',
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
      'COGNITO_USER_POOLS[2].issuerForm: expected standard or issuer-prefixed; got "new". README shows an example.',
      'COGNITO_USER_POOLS[2].audience: expected a resource identifier without spaces; got "". README shows an example.',
      'COGNITO_USER_POOLS[2].userClientIds: expected at least one client id, here or among the machine clients; got an empty array. README shows an example.',
      `COGNITO_USER_POOLS[3]: expected an object of ${poolProperties} and nothing else; got "eu-central-1_a". README shows an example.`,
      'COGNITO_USER_POOLS[4].userClientIds: expected an array of client ids; got 7. README shows an example.',
      'COGNITO_USER_POOLS[4].userPoolId: expected a user pool id that starts with the region and _; got "eu-west-1_a". README shows an example.',
    ],
  ];
  test.each(wrong)('%j', (environment, ...lines) => {
    const places = lines.length === 1 ? 'one place' : `${lines.length} places`;
    expect(refusalOf(environment)).toBe(
      [`the configuration is wrong in ${places}:`, ...lines.map((line) => `  ${line}`)].join('\n'),
    );
  });

  test('is named beside all others, also when the mode is wrong', () => {
    const text = refusalOf({
      NODE_ENV: 'production',
      AUTH_MODE: 'local',
      PORT: 'http',
      COGNITO_REGION: 'Frankfurt',
      CLAIMGRAPH_DEMO_DATA: '1',
      LOG_LEVEL: 'loud',
      CLAIMS_TTL: '5',
    });
    expect(text).toBe(
      [
        'the configuration is wrong in 9 places:',
        '  AUTH_MODE: expected cognito in production; got "local". Set AUTH_MODE=cognito and the COGNITO_ variables.',
        '  PORT: expected a whole number from 0 to 65535; got "http". The default is 4000.',
        '  COGNITO_REGION: expected an AWS region such as eu-central-1; got "Frankfurt". Set it to the region of the user pool.',
        '  COGNITO_USER_POOL_ID: expected a user pool id such as eu-central-1_a1B2c3D4e; got nothing. Set it to the id of the user pool.',
        '  COGNITO_USER_CLIENT_IDS: expected at least one client id, here or among the machine clients; got nothing. Set it to the clients through which people sign in.',
        '  DATABASE_URL: expected a PostgreSQL database in production; got nothing. Set DATABASE_URL: the embedded database serves a single process.',
        '  CLAIMGRAPH_DEMO_DATA: expected 0 in production; got "1". Remove it.',
        '  LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent; got "loud". The default is info.',
        '  CLAIMS_TTL: expected no variable of this name; got one. Did you mean CLAIMS_TTL_SECONDS?',
      ].join('\n'),
    );
  });

  test('is also a list, for programs', () => {
    expect(() => readConfig({ PORT: 'http' })).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        problems: [
          {
            variable: 'PORT',
            expected: 'a whole number from 0 to 65535',
            got: '"http"',
            advice: 'The default is 4000.',
          },
        ],
      }),
    );
  });
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

describe('a variable that looks like ours and is not', () => {
  test.each([
    ['CLAIMS_TTL', 'Did you mean CLAIMS_TTL_SECONDS?'],
    ['CLAIMS_TTL_SECOND', 'Did you mean CLAIMS_TTL_SECONDS?'],
    ['CLAIMS_TIMEOUT_SECONDS', 'Did you mean CLAIMS_TTL_SECONDS?'],
    ['CLAIMGRAPH_DATADIR', 'Did you mean CLAIMGRAPH_DATA_DIR?'],
    ['COGNITO_USERPOOL_ID', 'Did you mean COGNITO_USER_POOL_ID?'],
    ['COGNITO_CLIENT_ID', 'Did you mean COGNITO_USER_CLIENT_IDS?'],
    ['JWKS_REFRESH', 'Did you mean JWKS_REFRESH_SECONDS?'],
    ['TOKEN_GRACE_SECS', 'Did you mean TOKEN_GRACE_SECONDS?'],
    ['TOKEN_SECRET', 'Remove it.'],
    ['COGNITO_', 'Remove it.'],
  ])('%s is refused', (name, advice) => {
    expect(refusalOf({ [name]: 'hunter2' })).toBe(
      `the configuration is wrong in one place:\n  ${name}: expected no variable of this name; got one. ${advice}`,
    );
  });

  test('is no problem when it is empty', () => {
    expect(readConfig({ CLAIMS_TTL: '' }).port).toBe(4000);
  });
});

describe('a secret is in no message', () => {
  const names = [...configurationVariables.map(({ name }) => name), 'CLAIMGRAPH_PASSWORD', 'TOKEN_SECRET'];
  const values = [
    'postgres://api:hunter2@db:5432/claims?x=1',
    'host=db password=hunter2',
    '{"clientSecret":"hunter2"}',
  ];
  const modes: readonly Environment[] = [{}, { AUTH_MODE: 'cognito' }, { NODE_ENV: 'production' }];

  test('in whichever variable and mode it was put', () => {
    const shown: unknown[] = [];
    for (const mode of modes) {
      for (const [name, value] of names.flatMap((each) => values.map((text) => [each, text] as const))) {
        try {
          readConfig({ ...mode, [name]: value });
        } catch (error) {
          if (String(error).includes('hunter2') || JSON.stringify(error).includes('hunter2'))
            shown.push({ mode, name });
        }
      }
    }
    expect(shown).toEqual([]);
  });

  test('of a database URL, even when it is nothing but a password', () => {
    expect(refusalOf({ DATABASE_URL: 'hunter2' })).not.toContain('hunter2');
  });

  test('of a user pool that has one', () => {
    expect(refusalOf(severalPools([{ clientSecret: 'hunter2' }, { region: 'me:hunter2@eu' }]))).not.toContain(
      'hunter2',
    );
    expect(refusalOf({ AUTH_MODE: 'cognito', COGNITO_USER_POOLS: 'hunter2' })).not.toContain('hunter2');
    expect(refusalOf({ COGNITO_USER_POOLS: 'hunter2' })).not.toContain('hunter2');
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
      'USER_POOL_URL',
      'COGNITO_REGION',
      'COGNITO_USER_POOL_ID',
      'COGNITO_USER_CLIENT_IDS',
      'COGNITO_MACHINE_CLIENT_IDS',
      'COGNITO_AUDIENCE',
      'COGNITO_USER_POOLS',
      'DATABASE_URL',
      'CLAIMGRAPH_DEMO_DATA',
      'CORS_ORIGINS',
      'INTROSPECTION',
    ]);
  });

  test('gives a meaning for each, on one line', () => {
    for (const { name, meaning } of configurationVariables)
      expect(`${name}: ${meaning}`).toMatch(/^[A-Z_]+: [^\n|]{10,}$/);
  });
});
