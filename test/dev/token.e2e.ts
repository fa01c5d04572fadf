import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../dev/demoUsers.ts';
import { newDataDir, startTestPool, type TestPool } from '../support/localPool.ts';

const root = new URL('../..', import.meta.url);
let pool: TestPool;
let emptyDir: string;
beforeAll(async () => {
  pool = await startTestPool();
  emptyDir = await newDataDir();
});
afterAll(async () => {
  await pool.close();
  await rm(emptyDir, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as `npm run token` does, with nothing of the test's own environment but the path. */
async function token(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const env = { PATH: process.env.PATH, CLAIMGRAPH_DATA_DIR: pool.dataDir, ...environment };
  const command = ['--conditions=source', '--import', 'tsx', 'dev/token.ts', ...args];
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
  test('for a user, with all of their scopes', async () => {
    const { stdout } = await token(['usa-manager']);
    const keySet = createRemoteJWKSet(new URL(`${pool.issuer}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(stdout.trim(), keySet, {
      issuer: pool.issuer,
      algorithms: ['RS256'],
    });
    expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid']);
    expect(payload).toMatchObject({
      sub: demoUsers.find(({ username }) => username === 'usa-manager')?.subject,
      username: 'usa-manager',
      token_use: 'access',
      client_id: 'investments-spa',
      scope: 'investments/read investments/pay',
    });
    const { iat = 0, exp, auth_time } = payload;
    expect({ exp, auth_time }).toEqual({ exp: iat + 3600, auth_time: iat });
  });

  test('for the pool that runs, wherever it has come to listen', async () => {
    expect(await claimsOf(['auditor'], { USER_POOL_PORT: '0' })).toMatchObject({ iss: pool.issuer });
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

  test.each([[['--expires-in', '-10']], [['--expires-in=-10']]])(
    'that has expired already with %j',
    async (options) => {
      const start = nowSeconds();
      const { iat = 0, exp = 0, auth_time } = await claimsOf(['auditor', ...options]);
      expect(exp).toBeGreaterThanOrEqual(start - 10);
      expect(exp).toBeLessThanOrEqual(nowSeconds() - 10);
      expect(iat).toBeLessThan(exp);
      expect(auth_time).toBe(iat);
    },
  );

  test('of a sign-in some time ago', async () => {
    const start = nowSeconds();
    const { iat = 0, auth_time } = await claimsOf(['global-admin', '--auth-age', '600']);
    expect(iat).toBeGreaterThanOrEqual(start);
    expect(Number(auth_time)).toBeGreaterThanOrEqual(start - 600);
    expect(Number(auth_time)).toBeLessThanOrEqual(nowSeconds() - 600);
  });

  test('from the issuer that the environment names', async () => {
    const environment = { USER_POOL_URL: 'http://localhost:4998' };
    expect((await claimsOf(['auditor'], environment)).iss).toBe('http://localhost:4998/local_claimgraph');
  });
});

describe('the token command refuses wrong use with code 2, nothing on stdout, and what is right on stderr:', () => {
  test.each<[readonly string[], RegExp]>([
    [['nobody'], /"nobody".* global-admin, usa-manager,/],
    [['auditor', '--admin'], /--admin/],
    [['auditor', '--scope', 'investments/admin'], /investments\/admin\b.* openid/],
    [['auditor', '--expires-in', '86401'], /^--expires-in .*-86400 to 86400.*"86401"/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await token(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]*\nSee --help\.\n$/);
  });
});

describe('the token command fails with code 1, nothing on stdout, and what to do on stderr', () => {
  test('when no pool has run', async () => {
    const { code, stdout, stderr } = await token(['auditor'], { CLAIMGRAPH_DATA_DIR: emptyDir });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^[^\n]* ${emptyDir}: [^\n]*\\bnpm start\n$`));
  });

  test.each([
    [{ NODE_ENV: 'production' }, /\bNODE_ENV\b/],
    [{ USER_POOL_URL: 'https://login.example.com' }, /\bUSER_POOL_URL\b.*http:\/\/localhost:4010/],
  ])('with %j', async (environment, message) => {
    const { code, stdout, stderr } = await token(['auditor'], environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('when the state is malformed, or others can read it', async () => {
    const dataDir = join(emptyDir, 'state');
    const file = join(dataDir, 'user-pool.json');
    await mkdir(dataDir);
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

test('--help explains the command, without a pool', async () => {
  const { code, stdout, stderr } = await token(['--help'], { CLAIMGRAPH_DATA_DIR: '/nowhere' });
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
