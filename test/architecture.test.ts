import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const engine = join(root, 'packages/claimgraph/src');
const application = join(root, 'src');
const dev = join(root, 'dev');
const userPool = join(root, 'packages/user-pool/src');

/**
 * The rooms of the engine, and which others each may import. `type:` is for imports that leave nothing behind at run time.
 * A room that is not named may not exist.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': ['errors'],
  'options.ts': ['errors.ts'],
  errors: ['type:token'],
  httpClient: ['type:options.ts'],
  'waiting.ts': [],
  files: [],
  logic: ['errors.ts', 'type:token'],
  filters: [],
  rules: ['errors.ts', 'logic', 'filters', 'token'],
  lookups: ['errors.ts', 'options.ts', 'httpClient', 'type:rules'],
  compile: ['errors.ts', 'files', 'logic', 'rules'],
  operation: ['errors.ts', 'options.ts', 'logic', 'compile', 'rules', 'token', 'type:claims'],
  inspect: ['errors.ts', 'logic', 'rules', 'compile', 'operation', 'token'],
  guard: ['errors.ts', 'options.ts', 'logic', 'rules', 'compile', 'operation', 'inspect', 'token', 'claims'],
  token: ['errors.ts', 'options.ts', 'errors', 'httpClient', 'waiting.ts'],
  claims: ['errors.ts', 'options.ts', 'files', 'httpClient', 'waiting.ts', 'token', 'type:logic'],
  execute: ['errors.ts', 'logic', 'compile', 'operation', 'type:token'],
  adapters: ['errors.ts', 'options.ts', 'logic', 'operation', 'guard', 'token', 'type:execute', 'type:compile'],
  server: [
    'errors.ts',
    'options.ts',
    'logic',
    'compile',
    'operation',
    'inspect',
    'guard',
    'execute',
    'token',
    'claims',
    'adapters',
    'type:rules',
  ],
  metrics: ['errors.ts', 'type:server'],
  testing: ['errors.ts', 'logic', 'compile', 'operation', 'inspect', 'guard', 'server', 'token', 'claims'],
  codegen: [],
  cli: ['errors.ts', 'files', 'logic', 'compile', 'operation', 'inspect', 'guard', 'token', 'type:rules'],
  'index.ts': [
    'errors.ts',
    'waiting.ts',
    'logic',
    'rules',
    'filters',
    'lookups',
    'compile',
    'operation',
    'inspect',
    'guard',
    'token',
    'claims',
    'cli',
    'server',
  ],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

test.each([
  ['the engine', engine],
  ['the application', application],
  ['what development needs', dev],
  ['the console', join(root, 'packages/console/src')],
  ['the local user pool', userPool],
])('no files of %s import each other in a circle, not even types', (_what, folder) => {
  expect(findCircles(folder)).toEqual([]);
});

describe('the engine', () => {
  test('has no other rooms than the ones named here', () => {
    const found = new Set(filesIn(engine).map(roomOf));
    expect([...found].sort()).toEqual(Object.keys(rooms).sort());
  });

  test('imports only what a room may know', () => {
    const forbidden = filesIn(engine)
      .flatMap((file) => importsOf(engine, file))
      .filter((found) => !isAllowed(found))
      .map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? 'types of ' : ''}${to}`);
    expect(forbidden).toEqual([]);
  });

  test.each([
    ['graphql-shield', ['rules/shield.ts']],
    ['ioredis', ['claims/redis/openRedis.ts']],
  ])('%s is loaded in one file', (name, expected) => {
    const loads = new RegExp(`(?:^import (?!type )[^;]*from |require\\()'${name}'`, 'm');
    expect(filesIn(engine).filter((file) => loads.test(textOf(engine, file)))).toEqual(expected);
  });

  test('nothing but the entry for it needs the AWS SDK', () => {
    const importers = filesIn(engine).filter((file) => /['"]@aws-sdk\//.test(textOf(engine, file)));
    expect(importers.filter((file) => !file.startsWith('claims/dynamodb/'))).toEqual([]);
    expect(importers.length).toBeGreaterThan(0);
  });

  test('code is made of texts in one file', () => {
    // Redis has an `eval` of its own, which runs scripts there.
    const maker = /new Function\(|(?<!redis\.)\beval\((?!script: string)/;
    expect(filesIn(engine).filter((file) => maker.test(textOf(engine, file)))).toEqual(['execute/selection.ts']);
  });
});

test('the local user pool imports nothing of the application, and reads no environment by itself', () => {
  const outside = filesIn(userPool)
    .flatMap((file) => importsOf(userPool, file))
    .filter(({ to }) => to.startsWith('..'));
  expect(outside).toEqual([]);
  expect(filesIn(userPool).filter((file) => /= process\.env/.test(textOf(userPool, file)))).toEqual([]);
});

describe('the application', () => {
  test('imports the engine by name, and nothing of dev', () => {
    const outside = filesIn(application)
      .flatMap((file) => importsOf(application, file))
      .filter(({ to }) => to.startsWith('..'));
    expect(outside).toEqual([]);
  });

  test('reads process.env in its entries only', () => {
    expect(filesIn(application).filter((file) => /process\.env/.test(textOf(application, file)))).toEqual([
      'lambda.ts',
      'main.ts',
    ]);
    expect(filesIn(engine).filter((file) => /process\.env/.test(textOf(engine, file)))).toEqual(['cli/main.ts']);
  });
});

/** Each as the files on the way round. */
function findCircles(folder: string): readonly string[] {
  const files = filesIn(folder);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) circles.push([...path.slice(start), file].join(' → '));
    if (start !== -1 || done.has(file)) return;
    for (const { to } of importsOf(folder, file)) if (files.includes(to)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return circles;
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === target) return true;
  const allowed = rooms[room] ?? [];
  return allowed.includes(target) || (typeOnly && allowed.includes(`type:${target}`));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

function textOf(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function importsOf(folder: string, file: string): readonly Import[] {
  const statements = textOf(folder, file).matchAll(
    /^(?:import|export)\s+(type\s)?([^;]*?)from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gms,
  );
  return [...statements].map(([, type, names = '', path, dynamicPath]) => ({
    from: file,
    to: relative(folder, join(folder, dirname(file), path ?? dynamicPath ?? '')),
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
