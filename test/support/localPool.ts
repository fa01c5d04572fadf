import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { demoPool } from '../../dev/demoPool.ts';
import { demoUserClientId } from '../../dev/demoUsers.ts';
import { startUserPool, type UserPool, type UserPoolOptions } from '../../packages/user-pool/src/startUserPool.ts';

export const redirectUri = 'http://localhost:3000/callback';

/** A PKCE verifier and its S256 challenge (RFC 7636 section 4). */
export const verifier = 'verifier-of-43-characters-or-more-0123456789';
export const challenge = createHash('sha256').update(verifier).digest('base64url');

export interface TestPool extends UserPool {
  readonly dataDir: string;
}

/** Of the first pool of this process: its keys, which take seconds to make, serve the others too. */
let firstState: string | undefined;

export async function newDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'claimgraph-pool-'));
}

/** A local user pool on a free port; its data directory goes when it is closed. */
export async function startTestPool(options: Partial<UserPoolOptions> = {}): Promise<TestPool> {
  const dataDir = await newDataDir();
  const stateFile = join(dataDir, 'user-pool.json');
  if (firstState !== undefined) await writeFile(stateFile, firstState, { mode: 0o600 });
  const pool = await startUserPool({ config: demoPool, port: 0, dataDir, environment: {}, ...options });
  firstState ??= await readFile(stateFile, 'utf8');
  return {
    ...pool,
    dataDir,
    async close() {
      await pool.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type FormFields = Readonly<Record<string, string | undefined>>;

/** Opens the authorization endpoint with a valid request and what differs from it; undefined leaves a parameter out. */
export async function authorize(
  pool: UserPool,
  overrides: FormFields = {},
  more = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const parameters = toForm({
    client_id: demoUserClientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid investments/read',
    state: 'state-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...overrides,
  });
  return fetch(`${pool.url}/oauth2/authorize?${parameters}${more}`, { headers, redirect: 'manual' });
}

/** Starts a sign-in and gives the id of its transaction. */
export async function beginSignIn(pool: UserPool, overrides: FormFields = {}): Promise<string> {
  const response = await authorize(pool, overrides);
  const transaction = locationOf(response, pool.url).searchParams.get('transaction');
  if (transaction === null) throw new Error(`expected a redirect to /login; got ${response.status}`);
  return transaction;
}

export async function submitSignIn(
  pool: UserPool,
  fields: FormFields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = toForm({ username: 'auditor', password: 'demo', ...fields });
  return fetch(`${pool.url}/login`, { method: 'POST', body, headers, redirect: 'manual' });
}

/** Signs somebody in and gives the authorization code. */
export async function obtainCode(pool: UserPool, username = 'auditor', overrides: FormFields = {}): Promise<string> {
  const transaction = await beginSignIn(pool, overrides);
  const location = locationOf(await submitSignIn(pool, { transaction, username }), pool.url);
  const code = location.searchParams.get('code');
  if (code === null) throw new Error(`expected a code; got ${location.search}`);
  return code;
}

export async function postForm(
  url: string,
  parameters: FormFields,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
  const response = await fetch(url, { method: 'POST', body: toForm(parameters), headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Exchanges a code with what belongs to it and what differs from that. */
export function exchangeCode(pool: UserPool, code: string, overrides: FormFields = {}) {
  return postForm(`${pool.url}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: demoUserClientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
    ...overrides,
  });
}

export function refresh(pool: UserPool, refreshToken: string, overrides: FormFields = {}) {
  const parameters = { grant_type: 'refresh_token', client_id: demoUserClientId, refresh_token: refreshToken };
  return postForm(`${pool.url}/oauth2/token`, { ...parameters, ...overrides });
}

const tokensSchema = z.object({ access_token: z.string(), id_token: z.string(), refresh_token: z.string() });

/** The whole way of a browser application: authorize, sign in, exchange the code. */
export async function signIn(pool: UserPool, username = 'auditor', overrides: FormFields = {}) {
  const { client_id = demoUserClientId } = overrides;
  const { body } = await exchangeCode(pool, await obtainCode(pool, username, overrides), { client_id });
  const tokens = tokensSchema.parse(body);
  return { accessToken: tokens.access_token, idToken: tokens.id_token, refreshToken: tokens.refresh_token };
}

export function locationOf(response: Response, base: string): URL {
  return new URL(response.headers.get('location') ?? '', base);
}

function toForm(parameters: FormFields): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) form.set(name, value);
  }
  return form;
}
