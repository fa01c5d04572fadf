import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesOfPackage } from '../../../dev/package/filesOfPackage.ts';
import { toPackageManifest } from '../../../dev/package/toPackageManifest.ts';

// What the real package has is in test/package/tarball.test.ts.

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-manifest-'));
});

afterEach(() => rm(folder, { recursive: true }));

const project = {
  name: 'shop',
  version: '1.2.3',
  private: true,
  type: 'module',
  scripts: { test: 'true' },
  dependencies: { fastify: '5.0.0', '@scope/tool': '1.0.0', pg: '8.0.0', pino: '10.0.0' },
  devDependencies: { ioredis: '6.0.0', typed: '7.0.0', vitest: '4.0.0', '@aws-sdk/client-dynamodb': '3.9.0' },
  peerDependencies: { '@aws-sdk/client-dynamodb': '^3.0.0', unused: '1.0.0' },
};

async function manifestOf(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const found = filesOfPackage(folder, ['index.js']);
  return { paths: found.map(({ path }) => path).sort(), manifest: toPackageManifest(project, found) };
}

describe('the manifest of the package', () => {
  test('depends on what the files import that the entries lead to, and says nothing of the rest', async () => {
    const { paths, manifest } = await manifestOf({
      'index.js': "import { a } from './a.js';\nexport * from '@scope/tool/deep';\nimport { join } from 'node:path';\n",
      'index.d.ts': "import type { B } from './b.ts';\n",
      'a.js': "import fs from 'fs';\nimport {\n  fastify,\n} from 'fastify';\nconst text = `import x from '$fs'`;\n",
      'b.d.ts': "import type { FastifyInstance } from 'fastify';\n",
      'left.js': "import pg from 'pg';\n",
    });
    expect(paths).toEqual(['a.js', 'b.d.ts', 'index.d.ts', 'index.js']);
    expect(manifest).toEqual({
      name: 'shop',
      version: '1.2.3',
      type: 'module',
      dependencies: { '@scope/tool': '1.0.0', fastify: '5.0.0' },
    });
  });

  test('leaves to its users what is a peer, what is imported only when it is needed, and types', async () => {
    const { manifest } = await manifestOf({
      'index.js':
        "const { Redis } = await import('ioredis');\nconst own = require('fastify');\nimport { D } from '@aws-sdk/client-dynamodb';\n",
      'index.d.ts': "import type { Redis } from 'ioredis';\nimport type { T } from 'typed';\n",
    });
    expect(manifest).toMatchObject({
      dependencies: { fastify: '5.0.0' },
      peerDependencies: { '@aws-sdk/client-dynamodb': '^3.0.0', ioredis: '^6.0.0', typed: '^7.0.0' },
      peerDependenciesMeta: {
        '@aws-sdk/client-dynamodb': { optional: true },
        ioredis: { optional: true },
        typed: { optional: true },
      },
    });
  });

  test.each([
    [
      'a package that the project does not name',
      "import 'unnamed';\n",
      /expected a version of unnamed in package\.json/,
    ],
    ['a file that was not built', "import './absent.js';\n", /expected absent\.js to be built; run npm run build/],
  ])('is not made of %s', async (_name, text, message) => {
    await expect(manifestOf({ 'index.js': text })).rejects.toThrow(message);
  });
});
