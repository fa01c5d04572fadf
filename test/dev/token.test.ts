import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../dev/demoUsers.ts';
import { newDataDir, startTestPool, type TestPool } from '../support/localPool.ts';

const root = new URL('../..', import.meta.url);
let pool: TestPool;
beforeAll(async () => {
  pool = await startTestPool();
});
afterAll(() => pool.close());

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as `npm run token` does, with nothing of the test's own environment but the path. */
async function token(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const env = { PATH: process.env.PATH, CLAIMGRAPH_DATA_DIR: pool.dataDir, ...environment };
  const command = ['--import', 'tsx', 'dev/token.ts', ...args];
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command, { cwd: root, env })) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'stdout' in error && 'stderr' in error) {
      return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
    }
    throw error;
  }
}

/** The claims of the one token that the command printed. */
async function claimsOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await token(args, environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  return decodeJwt(stdout.trim());
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

describe('the token command prints one token and nothing else:', () => {
  test.each(demoUsers)('for $username, who may use all of their scopes', async ({ username, subject, scopes }) => {
    const { stdout } = await token([username]);
    const keySet = createRemoteJWKSet(new URL(`${pool.issuer}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(stdout.trim(), keySet, {
      issuer: pool.issuer,
      algorithms: ['RS256'],
    });
    expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid']);
    expect(payload).toMatchObject({
      sub: subject,
      username,
      token_use: 'access',
      client_id: 'investments-spa',
      scope: scopes.join(' '),
    });
    const { iat = 0, exp, auth_time } = payload;
    expect({ exp, auth_time }).toEqual({ exp: iat + 3600, auth_time: iat });
  });

  test('for the machine client', async () => {
    const { iat = 0, exp, jti, auth_time, ...claims } = await claimsOf(['reporting-job', '--expires-in', '60']);
    expect({ exp, auth_time, jti: typeof jti }).toEqual({ exp: iat + 60, auth_time: iat, jti: 'string' });
    expect(claims).toEqual({
      iss: pool.issuer,
      sub: 'reporting-job',
      client_id: 'reporting-job',
      token_use: 'access',
      scope: 'investments/read',
      version: 2,
    });
  });

  test('as an ID token', async () => {
    const { stdout } = await token(['auditor', '--id-token']);
    expect(Object.keys(decodeProtectedHeader(stdout)).sort()).toEqual(['alg', 'kid']);
    const claims = decodeJwt(stdout);
    expect(claims).toMatchObject({ token_use: 'id', aud: 'investments-spa', 'cognito:username': 'auditor' });
    expect(Object.keys(claims).sort()).toEqual(
      [
        ...['at_hash', 'aud', 'auth_time', 'cognito:username', 'email', 'email_verified', 'event_id', 'exp', 'iat'],
        ...['iss', 'jti', 'origin_jti', 'sub', 'token_use'],
      ].sort(),
    );
  });

  test('with some of the scopes, and standard ones', async () => {
    const claims = await claimsOf(['auditor', '--scope', 'openid investments/pii']);
    expect(claims.scope).toBe('openid investments/pii');
  });

  test.each([
    [['--expires-in', '-10'], -10],
    [['--expires-in=-10'], -10],
    [['--expires-in', '0'], 0],
    [['--expires-in', '-86400'], -86_400],
  ])('that has expired already with %j', async (options, expiresIn) => {
    const start = nowSeconds();
    const { iat = 0, exp = 0, auth_time } = await claimsOf(['auditor', ...options]);
    expect(exp).toBeGreaterThanOrEqual(start + expiresIn);
    expect(exp).toBeLessThanOrEqual(nowSeconds() + expiresIn);
    expect(iat).toBeLessThan(exp);
    expect(auth_time).toBe(iat);
  });

  test.each([
    [['--expires-in', '86400'], 86_400],
    [['--expires-in=1'], 1],
  ])('that lives as long as %j says', async (options, expiresIn) => {
    const { iat = 0, exp } = await claimsOf([...options, 'auditor']);
    expect(exp).toBe(iat + expiresIn);
  });

  test('of a sign-in some time ago', async () => {
    const start = nowSeconds();
    const { iat = 0, auth_time } = await claimsOf(['global-admin', '--auth-age', '600']);
    expect(iat).toBeGreaterThanOrEqual(start);
    expect(Number(auth_time)).toBeGreaterThanOrEqual(start - 600);
    expect(Number(auth_time)).toBeLessThanOrEqual(nowSeconds() - 600);
  });

  test.each([
    [{ USER_POOL_PORT: '4999' }, 'http://localhost:4999/local_claimgraph'],
    [{ USER_POOL_URL: 'http://localhost:4998' }, 'http://localhost:4998/local_claimgraph'],
    [{ USER_POOL_URL: 'http://127.0.0.1:4998/' }, 'http://localhost:4998/local_claimgraph'],
    [{ USER_POOL_URL: 'http://localhost:4998', USER_POOL_PORT: '4999' }, 'http://localhost:4998/local_claimgraph'],
  ])('from the issuer of %j', async (environment, issuer) => {
    expect((await claimsOf(['auditor'], environment)).iss).toBe(issuer);
  });
});

describe('the token command refuses wrong use with code 2, nothing on stdout, and what is right on stderr:', () => {
  const everybody = [...demoUsers.map(({ username }) => username), 'reporting-job'].join(', ');

  test.each<[readonly string[], string]>([
    [[], `a username is missing; expected one of ${everybody}`],
    [['nobody'], `unknown user "nobody"; expected one of ${everybody}`],
    [['__proto__'], 'unknown user "__proto__"'],
    [['auditor', 'newcomer'], 'expected one username; got auditor, newcomer'],
    [['auditor', '--admin'], "Unknown option '--admin'"],
    [['auditor', '--id-token=yes'], "Option '--id-token' does not take an argument"],
    [['auditor', '--scope'], "Option '--scope <value>' argument missing"],
    [
      ['auditor', '--scope', 'investments/read investments/admin'],
      'scope investments/admin is not allowed for auditor; allowed: openid profile email phone ' +
        'aws.cognito.signin.user.admin investments/read investments/pii',
    ],
    [['auditor', '--scope', ''], '--scope names no scope; allowed: openid'],
    [
      ['reporting-job', '--scope', 'openid'],
      'scope openid is not allowed for reporting-job; allowed: investments/read',
    ],
    [['reporting-job', '--id-token'], 'reporting-job is a machine client: it has no ID tokens'],
    [['reporting-job', '--auth-age', '1'], 'reporting-job is a machine client: it never signs in'],
    ...['86401', '-86401', '1.5', '1e3', '0x10', 'soon', '', ' 1', 'NaN'].map((value): [readonly string[], string] => [
      ['auditor', `--expires-in=${value}`],
      `--expires-in must be a whole number from -86400 to 86400; got "${value}"`,
    ]),
    [['auditor', '--expires-in', '-x'], "Option '--expires-in' argument is ambiguous"],
    [['auditor', '--auth-age', '-1'], '--auth-age must be a whole number of 0 or more; got "-1"'],
    [['auditor', '--auth-age=1.5'], '--auth-age must be a whole number of 0 or more; got "1.5"'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await token(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/See --help\.\n$/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('the token command fails with code 1, nothing on stdout, and what to do on stderr', () => {
  test('when no pool has run', async () => {
    const dataDir = await newDataDir();
    expect(await token(['auditor'], { CLAIMGRAPH_DATA_DIR: dataDir })).toEqual({
      code: 1,
      stdout: '',
      stderr: `there is no local user pool in ${dataDir}: start the local pool with npm start\n`,
    });
  });

  test.each([
    [{ NODE_ENV: 'production' }, 'NODE_ENV is production'],
    [{ COGNITO_USER_POOL_ID: 'eu-west-1_abc' }, 'COGNITO_USER_POOL_ID is set'],
    [{ USER_POOL_PORT: '70000' }, 'USER_POOL_PORT must be a port from 1 to 65535; got "70000"'],
    [{ USER_POOL_URL: 'https://login.example.com' }, 'USER_POOL_URL must be like http://localhost:4010'],
    [{ USER_POOL_URL: 'localhost:4010' }, 'USER_POOL_URL must be like http://localhost:4010'],
  ])('with %j', async (environment, message) => {
    const { code, stdout, stderr } = await token(['auditor'], environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('when the state is malformed, or others can read it', async () => {
    const dataDir = await newDataDir();
    const file = join(dataDir, 'user-pool.json');
    await writeFile(file, await readFile(join(pool.dataDir, 'user-pool.json')), { mode: 0o600 });
    await chmod(file, 0o644);
    const readable = await token(['auditor'], { CLAIMGRAPH_DATA_DIR: dataDir });
    expect(readable).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`chmod 600 ${file}`) });
    await writeFile(file, '{"keys": "hush"}');
    await chmod(file, 0o600);
    const malformed = await token(['auditor'], { CLAIMGRAPH_DATA_DIR: dataDir });
    expect(malformed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is malformed: version:') });
    expect(malformed.stderr).not.toContain('hush');
  });
});

test.each(['--help', '-h'])('%s explains the command, without a pool', async (option) => {
  const { code, stdout, stderr } = await token([option], { CLAIMGRAPH_DATA_DIR: '/nowhere' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of [
    'Usage: npm run --silent token -- <username>',
    '--scope',
    '--expires-in',
    '--auth-age',
    '--id-token',
  ]) {
    expect(stdout).toContain(word);
  }
});
