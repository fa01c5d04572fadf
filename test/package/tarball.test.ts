import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { installTarball, packProject, readManifest } from '../support/installTarball.ts';
import { runCommand, runToSuccess } from '../support/runCommand.ts';

// The tarball of `npm run package`, as a fresh project finds it. docs/use-your-own-schema.md is followed by a test of its own.

let folder: string;
let project: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-package-'));
  project = join(folder, 'project');
  installed = join(project, 'node_modules/claimgraph');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await installTarball(await packProject(folder), project, ['@types/node']);
}, 180_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the package', () => {
  test('holds the engine, its types and its manual, and nothing of the included domain or of development', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'package.json',
    ]);
    const rooms = readdirSync(join(installed, 'dist'));
    expect(rooms).toEqual(expect.arrayContaining(['claims', 'graphql', 'http', 'permissions', 'testing', 'token']));
    for (const left of ['investments', 'generated', 'config', 'server.js', 'main.js'])
      expect(rooms).not.toContain(left);
  });

  test('has a file behind every export', () => {
    const targets = Object.values(packageJson.exports).flatMap((conditions) => Object.values(conditions));
    expect(targets.length).toBeGreaterThanOrEqual(6);
    expect(targets.filter((target) => !existsSync(join(installed, target)))).toEqual([]);
  });

  test('names every package that it imports and no others, in the versions that this project is tested with', () => {
    const { dependencies, peerDependencies = {} } = readManifest(installed);
    const imported = new Set([...filesOf('.js'), ...filesOf('.d.ts')].flatMap(importsOf).map(packageOf));
    const packages = [...imported].filter((name) => !builtinModules.includes(name) && name !== '.').sort();
    expect([...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort()).toEqual(packages);
    const versions: Readonly<Record<string, string>> = { ...packageJson.devDependencies, ...packageJson.dependencies };
    for (const [name, version] of Object.entries(dependencies)) expect(version, name).toBe(versions[name]);
    const peers: Readonly<Record<string, string>> = packageJson.peerDependencies;
    for (const [name, version] of Object.entries(peerDependencies)) {
      expect(version, name).toBe(peers[name] ?? `^${versions[name]}`);
    }
    // What only the included domain needs.
    expect(packages).toEqual(expect.arrayContaining(['@apollo/server', 'graphql', 'graphql-shield']));
    for (const name of ['pg', 'kysely', '@electric-sql/pglite']) expect(packages).not.toContain(name);
  });

  test('has every file that it imports', () => {
    const missing = filesOf('.js').flatMap((file) => {
      return importsOf(file).filter((name) => name.startsWith('.') && !existsSync(new URL(name, `file://${file}`)));
    });
    expect(filesOf('.js').length).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });

  test('needs the AWS SDK for claimgraph/dynamodb only', async () => {
    expect(existsSync(join(project, 'node_modules/@aws-sdk'))).toBe(false);
    await runToSuccess(`'${process.execPath}' -e "import('claimgraph')"`, project);
    const { stderr } = await runNode("await import('claimgraph/dynamodb');");
    expect(stderr).toContain("Cannot find package '@aws-sdk/client-dynamodb'");
  });

  test('opens its exports only', async () => {
    const { code, stderr } = await runNode("await import('claimgraph/dist/token/jwks.js');");
    expect(code).not.toBe(0);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

test('its functions wire by hand what createGraphqlServer wires, on plain Node', async () => {
  const { stdout, stderr } = await runNode(wiredByHand);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    allowed: { data: { secret: 42 } },
    denied: { code: 'FORBIDDEN', status: 403 },
    anonymous: { code: 'UNAUTHENTICATED', status: 401 },
  });
});

test('its types hold under strict and nodenext, wrong use included', async () => {
  await writeFile(join(project, 'typed.ts'), typed);
  const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
  const options = '--ignoreConfig --strict --noEmit --module nodenext --target es2023 --types node';
  const told = await runToSuccess(`'${process.execPath}' '${tsc}' ${options} typed.ts`, project);
  expect(told).toBe('');
});

describe('its command', () => {
  const claimgraph = `'${process.execPath}' node_modules/claimgraph/${packageJson.bin.claimgraph}`;

  test('reads a configuration in JavaScript', async () => {
    await writeFile(join(project, 'claimgraph.config.mjs'), configuration);
    const told = await runToSuccess(`${claimgraph} matrix`, project);
    expect(told).toBe('field         librarian  stranger\nQuery.secret  allowed    denied\n');
  });

  test('reads one in TypeScript with the tsx of the project, with modules that are its own', async () => {
    const inTypeScript = join(project, 'typescript');
    await mkdir(join(inTypeScript, 'node_modules'), { recursive: true });
    await symlink(join(import.meta.dirname, '../../node_modules/tsx'), join(inTypeScript, 'node_modules/tsx'));
    await writeFile(join(inTypeScript, 'package.json'), '{ "type": "module" }');
    await writeFile(join(inTypeScript, 'configuration.ts'), `${configuration}\nexport type Unused = string;`);
    const config = "import config from './configuration.ts';\nexport default config as unknown;";
    await writeFile(join(inTypeScript, 'claimgraph.config.ts'), config);
    const told = await runToSuccess(`${claimgraph} schema --as librarian --project typescript`, project);
    expect(told).toBe('type Query {\n  secret: Int\n}\n');
  });
});

const configuration = `
  import { defineConfig, requireScope } from 'claimgraph';
  export default defineConfig({
    typeDefs: ['type Query { secret: Int }'],
    permissions: { Query: { secret: requireScope('library/read') } },
    personas: { librarian: { scopes: ['library/read'] }, stranger: { kind: 'anonymous' } },
  });
`;

const wiredByHand = `
  import * as claimgraph from 'claimgraph';
  import { issueAccessToken, testIssuer, testKey, testUserClientId } from 'claimgraph/testing';
  const { createGuardedSchema, createApolloServer, createContextBuilder, createClaimsCache } = claimgraph;
  const { createAccessTokenVerifier, createHttpServer, requireClaims, toSubjectKey } = claimgraph;

  const guarded = createGuardedSchema({
    typeDefs: ['type Query { secret: Int }'],
    resolvers: { Query: { secret: () => 42 } },
    permissions: { Query: { secret: requireClaims('is trusted', ({ isTrusted }) => isTrusted) } },
  });
  const logger = { info() {}, warn() {}, error: console.error, debug() {}, trace() {}, fatal() {}, child: () => logger };
  const verifier = createAccessTokenVerifier({
    pools: [{ issuer: testIssuer, jwksUri: testIssuer + '/keys', userClientIds: [testUserClientId], machineClientIds: [] }],
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
    fetchJwks: async () => ({ keys: [(await testKey()).jwk] }),
  });
  const claims = createClaimsCache({
    source: { fetchClaims: async (all) => new Map(all.map((one) => [toSubjectKey(one), { isTrusted: one.subject === 'ada' }])) },
    ttlSeconds: 30, negativeTtlSeconds: 5, maxEntries: 10, maxBatchSize: 10, timeoutMs: 1000,
  });
  const buildContext = createContextBuilder({ verifyToken: verifier.verify, claims, onClaimsUnavailable: console.error });
  const apollo = createApolloServer(guarded, { introspection: 'off', logger });
  await apollo.start();
  const app = await createHttpServer({ apollo, buildContext, healthChecks: {}, corsOrigins: [], logger });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  async function ask(token) {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) };
    const response = await fetch(url + '/graphql', { method: 'POST', headers, body: '{"query":"{ secret }"}' });
    const body = await response.json();
    return body.errors ? { code: body.errors[0].extensions.code, status: response.status } : body;
  }
  console.log(JSON.stringify({
    allowed: await ask(await issueAccessToken({ sub: 'ada' })),
    denied: await ask(await issueAccessToken({ sub: 'bob' })),
    anonymous: await ask(),
  }));
  await app.close();
  verifier.close();
  claims.close();
`;

const typed = `
  import { type ClaimsSource, createGraphqlServer, createGuardedSchema, type FieldRule, requireRow } from 'claimgraph';
  import { plugin } from 'claimgraph/codegen';
  import { createTestServer } from 'claimgraph/testing';

  interface Claims { readonly branch: string }
  interface Book { readonly branch: string }
  const isTheirs = requireRow('is theirs', (book: Book, { branch }: Claims) => book.branch === branch);
  export const fits: FieldRule<Book> = isTheirs;
  // @ts-expect-error -- written for another parent
  export const fitsNot: FieldRule<{ readonly title: string }> = isTheirs;

  declare const source: ClaimsSource<Claims>;
  const guarded = createGuardedSchema({ typeDefs: ['type Query { a: Int }'], resolvers: {}, permissions: {} });
  export const server = createGraphqlServer({ guarded, pools: [], claims: { source } });
  // @ts-expect-error -- without the pools nobody's tokens could be verified
  export const withoutPools = createGraphqlServer({ guarded, claims: { source } });

  export async function expectations() {
    const library = await createTestServer({ guarded, personas: { ada: { kind: 'user', scopes: [] } } });
    await library.expectDecisions('{ a }', 'ada', { a: 'FORBIDDEN' });
    // @ts-expect-error -- nobody of that name
    await library.expectDecisions('{ a }', 'bob');
    return plugin;
  }
`;

function runNode(script: string) {
  return runCommand(`'${process.execPath}' --input-type=module - <<'END'\n${script}\nEND`, project);
}

function filesOf(ending: string): readonly string[] {
  return readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(installed, 'dist', name));
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s[^;]*?from\s+'([\w@./:-]+)'/gms);
  const calls = text.matchAll(/\b(?:import|require)\('([\w@./:-]+)'\)/g);
  return [...statements, ...calls].map(([, name = '']) => name);
}

/** `@apollo/server/plugin/disabled` → `@apollo/server`; `node:fs/promises` → `fs`; of files `.`. */
function packageOf(name: string): string {
  const parts = name.replace('node:', '').split('/');
  return name.startsWith('.') ? '.' : parts.slice(0, name.startsWith('@') ? 2 : 1).join('/');
}
