import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cognitoUserPool } from '../../../packages/claimgraph/src/index.ts';
import { startTestPool, type TestPool } from '../../../packages/claimgraph/src/testing/tokens.ts';
import { startProcess } from '../../../packages/claimgraph/test/support/startProcess.ts';

const redirectKeys = fileURLToPath(new URL('redirectKeys.mjs', import.meta.url));
const clientId = '7example1spa';

/** Who asks: a person of people.json, nobody, or somebody whose token is not accepted. */
export type Asker = 'ada' | 'bob' | 'nobody' | 'forger';

export interface LibraryAnswer {
  readonly status: number;
  readonly challenge: string | null;
  readonly retryAfter: string | null;
  readonly timing: string | null;
  readonly data: unknown;
  /** `path: CODE`, or `CODE` for an error of the request, in their order. */
  readonly errors: readonly string[];
  readonly text: string;
}

/** The server of a page, running as a process. */
export interface Library {
  ask(query: string, asker: Asker, variables?: Readonly<Record<string, unknown>>): Promise<LibraryAnswer>;
  /** While it runs, nobody can be looked up. */
  withoutPeople<T>(run: () => Promise<T>): Promise<T>;
  readonly output: { readonly stdout: string; readonly stderr: string };
  stop(): Promise<void>;
}

export interface LibraryOptions {
  readonly project: string;
  readonly command: readonly string[];
  readonly path?: string;
  readonly node?: string;
}

export async function startLibrary({
  project,
  command,
  path = '/graphql',
  node = process.execPath,
}: LibraryOptions): Promise<Library> {
  const { issuer } = cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', userClientIds: [clientId] });
  const pool = await startTestPool({ issuer });
  const port = await findFreePort();
  const environment = { PORT: String(port), TEST_JWKS_URI: pool.jwksUri };
  const server = startProcess([node, '--import', redirectKeys, ...command], environment, project);
  await server.ready;
  return {
    output: server.output,
    ask: (query, asker, variables = {}) => ask(`http://127.0.0.1:${port}${path}`, pool, asker, { query, variables }),
    async withoutPeople(run) {
      const file = join(project, 'people.json');
      const people = await readFile(file);
      await writeFile(file, '{ this is no JSON');
      try {
        return await run();
      } finally {
        await writeFile(file, people);
      }
    },
    async stop() {
      await Promise.all([server.stop(), pool.close()]);
    },
  };
}

async function ask(url: string, pool: TestPool, asker: Asker, body: object): Promise<LibraryAnswer> {
  const headers = new Headers({ 'content-type': 'application/json' });
  const token = tokenOf(pool, asker);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text);
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    retryAfter: response.headers.get('retry-after'),
    timing: response.headers.get('server-timing'),
    data,
    errors: errors.map(toShown).sort(),
    text,
  };
}

function toShown({ path, extensions }: { path?: unknown[]; extensions: { code: string } }): string {
  return path ? `${path.join('.')}: ${extensions.code}` : extensions.code;
}

function tokenOf(pool: TestPool, asker: Asker): string | undefined {
  if (asker === 'nobody') return undefined;
  const person = asker === 'forger' ? 'ada' : asker;
  const token = pool.accessToken({ username: person, subject: person, clientId, scopes: ['library/read'] });
  // Another payload than the one that was signed.
  return asker === 'forger' ? token.replace(/\.(.)/, (_, first) => `.${first === 'e' ? 'f' : 'e'}`) : token;
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
