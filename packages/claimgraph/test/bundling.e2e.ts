import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from './support/runCommand.ts';

// A function or a container holds one file as a rule: it must start without what stood beside the source.
const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const core = `
  import { createGuardedSchema, requireScope } from 'claimgraph';
  const permissions = { Query: { parcel: requireScope('parcels/read') } };
  console.log(createGuardedSchema({ typeDefs: ['type Query { parcel: ID }'], resolvers: {}, permissions }).plans.size);
`;
const server = `
  import { createGraphqlServer } from 'claimgraph/server';
  console.log(typeof createGraphqlServer);
`;
const shield = `
  import { createGuardedSchema, requireScope } from 'claimgraph';
  import { allow, chain } from 'claimgraph/shield';
  const permissions = { Query: { parcel: chain(allow, requireScope('parcels/read')) } };
  console.log(createGuardedSchema({ typeDefs: ['type Query { parcel: ID }'], resolvers: {}, permissions }).plans.size);
`;
const ownShield = `
  import { createGuardedSchema, fromShield } from 'claimgraph';
  import { and, rule } from 'graphql-shield';
  const permissions = fromShield({ Query: and(rule()(() => true)) });
  console.log(createGuardedSchema({ typeDefs: ['type Query { parcel: ID }'], resolvers: {}, permissions }).plans.size);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-bundle-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Bundles the code into a folder of its own, and runs it there; `packages` are left out of the bundle. */
async function run(code: string, options: BuildOptions & { readonly packages: 'bundle' | 'external' }) {
  const own = await mkdtemp(join(folder, 'run-'));
  const outfile = join(own, options.format === 'esm' ? 'app.mjs' : 'app.cjs');
  if (options.packages === 'external') {
    await mkdir(join(own, 'node_modules'));
    for (const name of ['graphql', 'graphql-shield', '@apollo', '@fastify', 'fastify', 'pino']) {
      await symlink(join(modules, name), join(own, 'node_modules', name));
    }
  }
  await build({
    stdin: { contents: code, resolveDir: packageFolder },
    bundle: true,
    platform: 'node',
    conditions: ['source'],
    logLevel: 'silent',
    ...options,
    packages: 'bundle',
    external:
      options.packages === 'external'
        ? ['graphql', 'graphql-shield', '@apollo/*', '@fastify/*', 'fastify', 'pino']
        : [],
    outfile,
  });
  return runCommand(`'${process.execPath}' '${outfile}'`, own);
}

describe.each(['cjs', 'esm'] as const)('bundled by esbuild to %s, what starts is', (format) => {
  test.each<readonly [string, string, Parameters<typeof run>[1], string]>([
    ['the engine, without any package beside it', core, { format, packages: 'bundle' }, '1'],
    ['the same, minified', core, { format, packages: 'bundle', minify: true }, '1'],
    ['the server, with the hosts beside it', server, { format, packages: 'external' }, 'function'],
    ['rules in the language of graphql-shield, with that beside it', shield, { format, packages: 'external' }, '1'],
  ])('%s', async (_what, code, options, said) => {
    expect(await run(code, options)).toMatchObject({ code: 0, stdout: `${said}\n` });
  });

  test('nothing that writes rules in the language of graphql-shield where that is missing, and it says so', async () => {
    const { code, stderr } = await run(shield, { format, packages: 'bundle' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/ConfigurationError: claimgraph\/shield: .*add graphql-shield and graphql-middleware/);
  });
});

describe('a tree of graphql-shield that is bundled with it', () => {
  const format = 'cjs';
  test('is read with the names of its classes', async () => {
    expect(await run(ownShield, { format, packages: 'bundle' })).toMatchObject({ code: 0, stdout: '1\n' });
    const kept = { format, packages: 'bundle', minify: true, keepNames: true } as const;
    expect(await run(ownShield, kept)).toMatchObject({ code: 0, stdout: '1\n' });
  });

  test('stops the boot without them', async () => {
    const { code, stderr } = await run(ownShield, { format, packages: 'bundle', minify: true });
    expect(code).toBe(1);
    expect(stderr).toContain('NOT_A_RULE Query.*');
  });
});
