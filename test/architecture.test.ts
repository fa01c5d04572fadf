import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** What the files of each room may import of ours. `type:` is for imports that leave nothing behind at run time. */
const rules: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  config: ['errors.ts', 'token/tenant.ts', 'config'],
  outbound: ['outbound'],
  token: ['errors.ts', 'outbound', 'token'],
  'claims/sources': [
    'errors.ts',
    'outbound',
    'token/principal.ts',
    'token/tenant.ts',
    'claims/breaker.ts',
    'type:claims/claimsSource.ts',
    'claims/sources',
  ],
  claims: ['errors.ts', 'token/principal.ts', 'claims'],
  dynamodb: ['errors.ts', 'token/principal.ts', 'type:claims', 'claims/sources', 'dynamodb'],
  permissions: ['errors.ts', 'type:token', 'type:claims', 'permissions'],
  'observers.ts': ['type:claims', 'type:graphql', 'type:permissions'],
  metrics: ['errors.ts', 'type:observers.ts', 'metrics'],
  graphql: ['errors.ts', 'type:observers.ts', 'token', 'claims', 'permissions', 'graphql'],
  http: ['errors.ts', 'graphql', 'http'],
  'investments/data': ['errors.ts', 'investments/data'],
  investments: [
    'errors.ts',
    'permissions',
    'token/principal.ts',
    'type:token/revocationSource.ts',
    'type:claims',
    'claims/claimsChanges.ts',
    'claims/sources/parseRecord.ts',
    'claims/sources/shapeOf.ts',
    'type:graphql',
    'type:generated',
    'investments',
  ],
  'graphqlServer.ts': ['errors.ts', 'type:observers.ts', 'token', 'claims', 'permissions', 'graphql', 'http'],
  'defineConfig.ts': ['type:permissions'],
  'index.ts': [
    'errors.ts',
    'defineConfig.ts',
    'type:observers.ts',
    'token',
    'claims',
    'permissions',
    'graphql',
    'http',
    'metrics',
    'graphqlServer.ts',
  ],
  testing: ['errors.ts', 'token', 'claims', 'permissions', 'graphql', 'http', 'graphqlServer.ts', 'testing'],
  codegen: [],
  cli: ['errors.ts', 'token/tenant.ts', 'permissions', 'graphql', 'defineConfig.ts', 'cli'],
  generated: ['type:investments', 'type:permissions', 'type:generated'],
};

/** These wire everything together, so they import from anywhere in `src`. */
const wiring = /^(lambda|main|server)\.ts$|^process\//;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

test('every file imports only what its room may know', () => {
  const forbidden = sourceFiles()
    .filter((file) => !wiring.test(file))
    .flatMap(importsOf)
    .filter((found) => !isAllowed(found))
    .map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? 'types of ' : ''}${to}`);
  expect(forbidden).toEqual([]);
});

test('nothing in src imports dev, so that a build holds no local user pool', () => {
  const outside = sourceFiles()
    .flatMap(importsOf)
    .filter(({ to }) => to.startsWith('..'));
  expect(outside).toEqual([]);
});

test('graphql-shield has one importer', () => {
  const importers = sourceFiles().filter((file) => /['"]graphql-(shield|middleware)['"]/.test(textOf(file)));
  expect(importers).toEqual(['permissions/shield.ts']);
});

test('nothing but the entry for it needs the AWS SDK', () => {
  const importers = sourceFiles().filter((file) => /['"]@aws-sdk\//.test(textOf(file)));
  expect(importers.filter((file) => !file.startsWith('dynamodb/'))).toEqual([]);
  expect(importers.length).toBeGreaterThan(0);
});

test('ioredis has one importer', () => {
  const importers = sourceFiles().filter((file) => /['"]ioredis['"]/.test(textOf(file)));
  expect(importers).toEqual(['process/openRedis.ts']);
});

test('code is made of texts in one file', () => {
  // Redis has an `eval` of its own, which runs scripts there.
  const maker = /new Function\(|(?<!redis\.)\beval\((?!script: string)/;
  const makers = sourceFiles().filter((file) => maker.test(textOf(file)));
  expect(makers).toEqual(['graphql/executor/selection.ts']);
});

test('only the entries read process.env', () => {
  const readers = sourceFiles().filter((file) => /process\.env/.test(textOf(file)));
  expect(readers).toEqual(['cli/main.ts', 'lambda.ts', 'main.ts']);
});

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const room = Object.keys(rules).find((name) => from === name || from.startsWith(`${name}/`));
  const allowed = room === undefined ? [] : (rules[room] ?? []);
  return allowed.some((rule) => {
    const needsType = rule.startsWith('type:');
    const target = rule.replace('type:', '');
    return (to === target || to.startsWith(`${target}/`)) && (typeOnly || !needsType);
  });
}

function sourceFiles(): readonly string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

function textOf(file: string): string {
  return readFileSync(join(src, file), 'utf8');
}

function importsOf(file: string): readonly Import[] {
  const statements = textOf(file).matchAll(
    /^(?:import|export)\s+(type\s)?([^;]*?)from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gms,
  );
  return [...statements].map(([, type, names = '', path, dynamicPath]) => ({
    from: file,
    to: relative(src, join(src, dirname(file), path ?? dynamicPath ?? '')),
    typeOnly: type !== undefined || everyNameIsType(names),
  }));
}

function everyNameIsType(names: string): boolean {
  const list = /\{([^}]*)\}/.exec(names)?.[1] ?? '';
  const parts = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return parts.length > 0 && parts.every((name) => name.startsWith('type '));
}
