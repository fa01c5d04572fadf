import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { describe, expect, inject, test } from 'vitest';
import { runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { findFreePort, startLibrary } from './support/library.ts';
import { pages } from './support/pages.ts';
import { compile } from './support/setup.ts';

const { folder, tarball, diagnostics } = inject('scratch');
const bin = (name: string) => `'${join(folder, 'node_modules/.bin', name)}'`;

/** What each entry may need besides the packages that come with the tarball, and graphql. */
const needed = {
  '.': [],
  './apollo': ['@apollo/server'],
  './envelop': [],
  './mercurius': [],
  './errors': [],
  './testing/tokens': [],
} as const;
const entries = Object.keys(needed) as (keyof typeof needed)[];

const brought = ['graphql', '@graphql-tools/schema', 'aws-jwt-verify', 'dataloader', 'lru-cache'];

/** `@scope/name` or `name` of what is imported. */
function packageOf(path: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}

describe('the tarball', () => {
  test('takes the oldest graphql that it names, and there is one copy', async () => {
    const told = await runToSuccess('npm ls graphql --all --parseable', folder);
    expect(
      told
        .trim()
        .split('\n')
        .filter((path) => path.endsWith('/graphql')),
    ).toEqual([join(folder, 'node_modules/graphql')]);
    const installed = readManifest('graphql');
    expect(readManifest('claimgraph').peerDependencies?.graphql).toContain(
      `^${installed.version.replace(/\.\d+$/, '')}`,
    );
  });

  test('has no fault that publint knows', async () => {
    expect(await runToSuccess(`${bin('publint')} run '${tarball}' --strict`, folder)).toContain('All good');
  });

  test('has types for every way to import an ES module', async () => {
    // Node's `require` takes ES modules by now; the tool goes by versions that did not.
    await runToSuccess(`${bin('attw')} '${tarball}' --profile esm-only --no-emoji`, folder);
  });

  test.each(entries)('has %s for import and for require, without a warning', async (entry) => {
    const name = `claimgraph${entry.slice(1)}`;
    const print = 'console.log(Object.keys(loaded).length > 0)';
    const disable = '--disable-warning=ExperimentalWarning';
    const asEsm = `node --input-type=module -e "import * as loaded from '${name}'; ${print}"`;
    const asCjs = `node ${disable} --input-type=commonjs -e "const loaded = require('${name}'); ${print}"`;
    expect(await runToSuccess(`${asEsm}\n${asCjs}`, folder)).toBe('true\ntrue\n');
  });

  test.each(entries)('needs for %s no package that an adopter of it does not have', async (entry) => {
    const imported = new Set<string>();
    const contents = `export * from 'claimgraph${entry.slice(1)}'`;
    await build({
      stdin: { contents, resolveDir: folder },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      plugins: [recordPackages(imported)],
    });
    const others = [...imported].filter((name) => !brought.includes(name));
    expect(others).toEqual(needed[entry]);
  });

  test.each(['cjs', 'esm'] as const)('is bundled by esbuild to %s with a whole server, and starts', async (format) => {
    const project = join(folder, 'yoga');
    const outfile = `bundled.${format === 'esm' ? 'mjs' : 'cjs'}`;
    await build({
      entryPoints: [join(project, 'dist/server.js')],
      outfile: join(project, outfile),
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'silent',
      // What CommonJS packages beside it require of Node (esbuild 0.28 leaves that to whoever bundles to ES modules).
      ...(format === 'esm' && {
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      }),
    });
    const library = await startLibrary({ project, command: [outfile] });
    try {
      expect(await library.ask('{ motto takings }', 'bob')).toMatchObject({ errors: ['takings: FORBIDDEN'] });
      expect(await library.ask('{ motto takings }', 'ada')).toMatchObject({ data: { takings: 28 }, errors: [] });
    } finally {
      await library.stop();
    }
  });
});

describe('the compiler', () => {
  test('has nothing to say of the projects and of the types in the tarball', () => {
    const faults = diagnostics.split('\n').filter((line) => /error TS\d+/.test(line));
    const isOfPeer = (line: string) => /^\w+: \.\.\/node_modules\/(?!claimgraph\/)/.test(line);
    expect(faults.filter((line) => !isOfPeer(line))).toEqual([]);
  });

  test('would say so', async () => {
    await mkdir(join(folder, 'wrong'));
    const text = "import { createGuard } from 'claimgraph';\ncreateGuard({ schema: 1, permissions: {} });\n";
    await writeFile(join(folder, 'wrong/wrong.ts'), text);
    expect(await compile(folder, ['wrong'])).toMatch(/^wrong: wrong\.ts\(2,15\): error TS2322/m);
  });
});

describe('without a session', () => {
  test('plain graphql-js gets what everybody may read, and codes for the rest', async () => {
    const script = `
      import { graphql } from 'graphql';
      import { createGuard } from 'claimgraph';
      import { schema } from './dist/schema.js';
      import { permissions } from './dist/permissions.js';
      const guard = createGuard({ schema, permissions });
      const source = 'mutation { reserve(title: "Emma") { title } }';
      const results = await Promise.all([
        graphql({ schema: guard.schema, source: '{ motto takings books { title } }' }),
        graphql({ schema: guard.schema, source }),
        graphql({ schema: guard.schema, source, contextValue: { authorization: { principal: { kind: 'user' } } } }),
      ]);
      console.log(JSON.stringify(results));
    `;
    await writeFile(join(folder, 'yoga/plain.mjs'), script);
    const code = 'INTERNAL_SERVER_ERROR';
    expect(JSON.parse(await runToSuccess('node plain.mjs', join(folder, 'yoga')))).toMatchObject([
      {
        data: { motto: 'Silence is golden.', takings: null, books: null },
        errors: [{ extensions: { code } }, { extensions: { code } }],
      },
      { data: { reserve: null }, errors: [{ path: ['reserve'], extensions: { code } }] },
      { data: { reserve: null }, errors: [{ path: ['reserve'], extensions: { code } }] },
    ]);
  });
});

describe('the pages', () => {
  test('are all of docs/adapters', () => {
    const readme = readFileSync(new URL('../../docs/adapters/README.md', import.meta.url), 'utf8');
    const linked = [...readme.matchAll(/^\| \[[^\]]+\]\((\w+)\.md\)/gm)].map(([, name]) => name);
    expect(linked).toEqual(pages);
  });

  test('say which versions keep others on graphql 16', () => {
    const peers = { apollo: '@apollo/server', mercurius: 'mercurius', subgraph: '@apollo/subgraph' } as const;
    for (const [page, name] of Object.entries(peers)) {
      const { version, peerDependencies } = readManifest(name);
      const text = readFileSync(new URL(`../../docs/adapters/${page}.md`, import.meta.url), 'utf8');
      expect(text.replaceAll('\n', ' ')).toMatch(new RegExp(`\\^16[.\\d]*\` as its peer \\(${version}\\)`));
      expect(text).toContain(`\`${peerDependencies?.graphql}\``);
    }
  });

  test('run as they are tried without Cognito', async () => {
    const project = join(folder, 'yoga');
    const [keys, port] = [await findFreePort(), await findFreePort()];
    const client = "userClientIds: ['7example1spa']";
    await edit(project, 'pool.mjs', 'port: 4001', `port: ${keys}`);
    await edit(project, 'server.js', client, `${client}, jwksUri: 'http://127.0.0.1:${keys}/'`);
    const pool = startProcess([process.execPath, 'dist/edited-pool.mjs'], {}, project);
    const server = startProcess([process.execPath, 'dist/edited-server.js'], { PORT: String(port) }, project);
    try {
      const tokens = await pool.printed(/^BOB=\S+\n/m);
      await server.ready;
      const readme = readFileSync(new URL('../../docs/adapters/README.md', import.meta.url), 'utf8');
      const [, asks = ''] = /```sh\n(curl .*?)```/s.exec(readme) ?? [];
      expect(readme).toContain("`jwksUri: 'http://127.0.0.1:4001/'`");
      const told = await runToSuccess(`${tokens}\n${asks.replace('localhost:4000', `127.0.0.1:${port}`)}`, project);
      expect(JSON.parse(told)).toMatchObject({ data: { books: [{ borrower: 'Bob' }, { borrower: null }] } });
    } finally {
      await Promise.all([pool.stop(), server.stop()]);
    }
  });
});

async function edit(project: string, file: string, from: string, to: string): Promise<void> {
  const text = readFileSync(join(project, 'dist', file), 'utf8');
  expect(text.split(from)).toHaveLength(2);
  await writeFile(join(project, 'dist', `edited-${file}`), text.replace(from, to));
}

interface Manifest {
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
}

function recordPackages(imported: Set<string>): Plugin {
  return {
    name: 'record packages',
    setup(bundle) {
      bundle.onResolve({ filter: /^[^./]/ }, ({ path }) => {
        if (packageOf(path) === 'claimgraph') return undefined;
        if (!path.startsWith('node:')) imported.add(packageOf(path));
        return { path, external: true };
      });
    },
  };
}
