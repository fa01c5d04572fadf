import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { demoPool } from '../../../dev/demoPool.ts';
import {
  exchangeCode,
  newDataDir,
  obtainCode,
  refresh,
  signIn,
  startTestPool,
} from '../../../test/support/localPool.ts';
import { startUserPool, type UserPool } from '../src/startUserPool.ts';
import { PoolStateError } from '../src/state/poolState.ts';

let dataDir: string;
let running: UserPool[];
let savedState: string;

beforeAll(async () => {
  const pool = await startTestPool();
  savedState = await readFile(join(pool.dataDir, 'user-pool.json'), 'utf8');
  await pool.close();
});
beforeEach(async () => {
  dataDir = join(await newDataDir(), 'state');
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((pool) => pool.close()));
  await rm(join(dataDir, '..'), { recursive: true, force: true });
});

const stateFile = () => join(dataDir, 'user-pool.json');

/** Starts a pool in the test's data directory; one that is not there is made with keys that exist already. */
async function start(options: Partial<Parameters<typeof startUserPool>[0]> = {}) {
  if (!existsSync(dataDir)) await writeState(savedState);
  return startFresh(options);
}

async function startFresh(options: Partial<Parameters<typeof startUserPool>[0]> = {}) {
  const pool = await startUserPool({ config: demoPool, port: 0, dataDir, environment: {}, ...options });
  running.push(pool);
  return pool;
}

async function writeState(text: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(stateFile(), text, { mode: 0o600 });
}

async function jwksOf(pool: UserPool): Promise<unknown> {
  return (await fetch(`${pool.issuer}/.well-known/jwks.json`)).json();
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('listening', () => {
  test('the issuer has the port that was taken, and is reached by every name of this machine', async () => {
    const pool = await start();
    const { port } = new URL(pool.url);
    expect(pool.url).toBe(`http://localhost:${port}`);
    expect(pool.issuer).toBe(`http://localhost:${port}/local_claimgraph`);
    for (const name of ['localhost', '127.0.0.1', ...(hasIpv6Loopback() ? ['[::1]'] : [])]) {
      const response = await fetch(`http://${name}:${port}/local_claimgraph/.well-known/openid-configuration`);
      expect(await response.json()).toMatchObject({ issuer: pool.issuer });
    }
  });

  test.each(['localhost', '127.0.0.1', '::1'].filter((host) => host !== '::1' || hasIpv6Loopback()))(
    'the host may be %s',
    async (host) => {
      expect(await jwksOf(await start({ host }))).toHaveProperty('keys');
    },
  );

  test('other addresses of this machine are not listened on', async () => {
    const { port } = new URL((await start()).url);
    // A server on all addresses would answer on this one too.
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow('fetch failed');
  });

  test('a port in use is named, and the data directory is free again', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(`cannot listen on 127.0.0.1 port ${port}: another program uses it`);
    other.close();
    await start();
  });

  test('after close nobody answers', async () => {
    const pool = await start();
    await pool.close();
    await expect(jwksOf(pool)).rejects.toThrow('fetch failed');
  });
});

describe('the state', () => {
  test('is a file for its owner only, in a directory for its owner only, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await startFresh();
    } finally {
      process.umask(umask);
    }
    expect([await modeOf(dataDir), await modeOf(stateFile())]).toEqual(['700', '600']);
  });

  test('keeps its mode when it is written again, and leaves no other file behind', async () => {
    const pool = await start();
    await signIn(pool);
    expect(await modeOf(stateFile())).toBe('600');
    expect((await readdir(dataDir)).sort()).toEqual(['user-pool.json', 'user-pool.lock']);
    await pool.close();
    expect(await readdir(dataDir)).toEqual(['user-pool.json']);
  });

  test('holds the SHA-256 of a refresh token, not the token, and no code or access token', async () => {
    const { refreshToken, accessToken } = await signIn(await start());
    const text = await readFile(stateFile(), 'utf8');
    expect(text).toContain(createHash('sha256').update(refreshToken).digest('base64url'));
    expect(text).not.toContain(refreshToken);
    expect(text).not.toContain(accessToken);
  });

  test('says which issuer ran last', async () => {
    for (let run = 0; run < 2; run += 1) {
      const pool = await start();
      expect(JSON.parse(await readFile(stateFile(), 'utf8'))).toMatchObject({ issuer: pool.issuer });
      await pool.close();
    }
  });

  test('survives a restart: the same keys, and refresh tokens that go on with their sign-in', async () => {
    const before = await start();
    const keys = await jwksOf(before);
    const { refreshToken, accessToken } = await signIn(before);
    await before.close();

    const after = await start();
    expect(await jwksOf(after)).toEqual(keys);
    const { status, body } = await refresh(after, refreshToken);
    expect(status).toBe(200);
    const { origin_jti, auth_time, event_id, sub } = decodeJwt(accessToken);
    const refreshed: unknown = Reflect.get(Object(body), 'access_token');
    expect(decodeJwt(String(refreshed))).toMatchObject({ origin_jti, auth_time, event_id, sub, iss: after.issuer });
  });

  test('keeps a revocation over a restart', async () => {
    const before = await start();
    const { refreshToken } = await signIn(before);
    const body = new URLSearchParams({ token: refreshToken, client_id: 'investments-spa' });
    await fetch(`${before.url}/oauth2/revoke`, { method: 'POST', body });
    await before.close();
    expect((await refresh(await start(), refreshToken)).status).toBe(400);
  });

  test('of two data directories has different keys', async () => {
    const [one, other] = [await startFresh(), await startFresh({ dataDir: join(dataDir, 'other') })];
    expect(await jwksOf(one)).not.toEqual(await jwksOf(other));
  });

  test.each([0o640, 0o604, 0o644, 0o620, 0o777])(
    'with mode %o is refused, and how to mend it is said',
    async (mode) => {
      await (await start()).close();
      await chmod(stateFile(), mode);
      const refused = start();
      await expect(refused).rejects.toThrow(PoolStateError);
      await expect(refused).rejects.toThrow(
        `its mode is ${mode.toString(8)}. Restrict it with: chmod 600 ${stateFile()}`,
      );
      await chmod(stateFile(), 0o600);
      await start();
    },
  );

  const firstKey = /\{\s*"kty"[^}]*\}/;
  test.each<[string, (text: string) => string, RegExp]>([
    ['nothing in it', () => '', /it is not JSON/],
    ['half of it', (text) => text.slice(0, text.length / 2), /it is not JSON/],
    ['another shape', () => '[]', /the file: Invalid input: expected object/],
    ['another version', (text) => text.replace('"version": 1', '"version": 2'), /version: /],
    ['no issuer', (text) => text.replace(/"issuer".*\n/, ''), /issuer: /],
    ['one key', (text) => text.replace(new RegExp(`${firstKey.source},`), ''), /keys: /],
    ['a key without its private half', (text) => text.replace(/\s*"d": "[^"]*",/, ''), /keys\.0\.d: /],
    [
      'a short key',
      (text) => text.replace(/"n": "[^"]*"/, '"n": "AQAB"'),
      /keys\.0\.n: must be a modulus of at least 2048/,
    ],
    ['a key of another type', (text) => text.replace('"kty": "RSA"', '"kty": "oct"'), /keys\.0\.kty: /],
    ['the same key twice', (text) => text.replace(firstKey, keysOf(text)[1] ?? ''), /the keys must differ/],
    [
      'a modulus of another key',
      (text) => text.replace(/"n": "[^"]*"/, modulusOf(keysOf(text)[1])),
      /the keys must differ/,
    ],
    ['halves of two keys', withOtherModulus, /one of the keys does not verify/],
    [
      'something unknown',
      (text) => text.replace('"version"', '"surprise": 1, "version"'),
      /Unrecognized key: "surprise"/,
    ],
  ])('with %s is refused, without a word of its content', async (_, change, problem) => {
    await writeState(change(savedState));
    const refused = start();
    await expect(refused).rejects.toThrow(PoolStateError);
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.toThrow(`rm ${stateFile()}`);
    const secret = /"d": "([^"]*)"/.exec(await readFile(stateFile(), 'utf8'))?.[1]?.slice(0, 12) ?? 'kty';
    await expect(refused).rejects.not.toThrow(secret);
    expect(await readdir(dataDir)).toEqual(['user-pool.json']);
  });

  test("with cognito-local's key is refused: everybody has its private half", async () => {
    // The modulus of src/keys/cognitoLocal.public.json of github.com/jagregory/cognito-local, with another key's private half.
    const modulus =
      '2uLO7yh1_6Icfd89V3nNTc_qhfpDN7vEmOYlmJQlc9_RmOns26lg88fXXFntZESwHOm7_homO2Ih6NOtu4P5eskGs8d8VQMOQfF4YrP-pawVz-gh' +
      '1S7eSvzZRDHBT4ItUuoiVP1B9HN_uScKxIqjmitpPqEQB_o2NJv8npCfqUAU-4KmxquGtjdmfctswSZGdz59M3CAYKDfuvLH9_vV6TRGgbUaUAXW' +
      'C2WJrbbEXzK3XUDBrmF3Xo-yw8f3SgD3JOPl3HaaWMKL1zGVAsge7gQaGiJBzBurg5vwN61uDGGz0QZC1JqcUTl3cZnrx_L8isIR7074SJEuljIZ' +
      'RnCcjQ';
    await writeState(savedState.replace(/"n": "[^"]*"/, `"n": "${modulus}"`));
    await expect(start()).rejects.toThrow(/one of the keys is cognito-local's/);
  });

  test('that cannot be written is an error, and the refresh token is not given out', async () => {
    const pool = await start();
    const code = await obtainCode(pool);
    await rm(stateFile());
    await mkdir(join(stateFile(), 'in-the-way'), { recursive: true });
    const { answer, log } = await withLog(() => exchangeCode(pool, code));
    expect(answer).toMatchObject({ status: 500, body: { error: 'server_error' } });
    expect(log).toContain('EISDIR');
    expect(log).not.toContain(code);
    expect((await readdir(dataDir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('a second pool in the same data directory', () => {
  test('is refused while the first one runs, and leaves everything as it was', async () => {
    const first = await start();
    const before = await readFile(stateFile(), 'utf8');
    const second = start();
    await expect(second).rejects.toThrow(PoolStateError);
    await expect(second).rejects.toThrow(/process \d+\) already uses /);
    await expect(second).rejects.toThrow(`use it at ${first.url}, or`);
    expect(await readFile(stateFile(), 'utf8')).toBe(before);
    expect((await refresh(first, (await signIn(first)).refreshToken)).status).toBe(200);
  });

  test('starts when the first one has stopped', async () => {
    await (await start()).close();
    await start();
  });

  test('of another process is refused too, and starts once that process is killed', async () => {
    const moduleAt = (path: string) => `await import(${JSON.stringify(new URL(path, import.meta.url).href)})`;
    const options = JSON.stringify({ port: 0, dataDir, environment: {} });
    const script = `
      const { startUserPool } = ${moduleAt('../src/startUserPool.ts')};
      const { demoPool: config } = ${moduleAt('../../../dev/demoPool.ts')};
      console.log((await startUserPool({ config, ...${options} })).issuer);`;
    const child = spawn(process.execPath, [
      '--conditions=source',
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ]);
    try {
      await once(child.stdout, 'data');
      await expect(start()).rejects.toThrow(`(process ${child.pid}) already uses`);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await start();
  });

  test('starts when the process id of the lock belongs to another program by now', async () => {
    await mkdir(dataDir);
    const owner = { pid: process.ppid, startedAt: 'long ago', id: 'gone' };
    await writeFile(join(dataDir, 'user-pool.lock'), JSON.stringify(owner));
    await start();
  });

  test('is refused when the lock cannot be read: its owner may be about to write it', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'user-pool.lock'), '');
    await expect(start()).rejects.toThrow(/another process.*If no such pool runs, delete/);
  });

  test('that took the lock away makes the first one stop writing', async () => {
    const pool = await start();
    const before = await readFile(stateFile(), 'utf8');
    await writeFile(join(dataDir, 'user-pool.lock'), JSON.stringify({ pid: 1, startedAt: '', id: 'thief' }));
    const code = await obtainCode(pool);
    const { answer, log } = await withLog(() => exchangeCode(pool, code));
    expect(answer).toMatchObject({ status: 500, body: { error: 'server_error' } });
    expect(log).toContain('another process took it; restart the local user pool');
    expect(await readFile(stateFile(), 'utf8')).toBe(before);
    await pool.close();
    expect(await readdir(dataDir)).toContain('user-pool.lock');
  });
});

/** What the pool logs meanwhile, which then does not reach the terminal. */
async function withLog<T>(act: () => Promise<T>): Promise<{ readonly answer: T; readonly log: string }> {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const answer = await act();
    return { answer, log: write.mock.calls.map(([chunk]) => String(chunk)).join('') };
  } finally {
    write.mockRestore();
  }
}

function keysOf(text: string): readonly string[] {
  return text.match(/\{\s*"kty"[^}]*\}/g) ?? [];
}

/** The first key with a modulus that differs in one letter, so that it is not the one its private half belongs to. */
function withOtherModulus(text: string): string {
  return text.replace(
    /("n": "[^"]{100})(.)/,
    (_, before: string, letter: string) => before + (letter === 'A' ? 'B' : 'A'),
  );
}

function modulusOf(key = ''): string {
  return /"n": "[^"]*"/.exec(key)?.[0] ?? '';
}

function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((found = []) => found.some(({ address }) => address === '::1'));
}
