import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../../../packages/client/src/', import.meta.url));

export const adapters = ['apollo', 'urql', 'fetch', 'graphqlWs', 'oidcClientTs', 'amplify', 'react'];

/** What a bundler adds to an application for each part of claimgraph-client, in bytes: minified, compressed by gzip. */
export async function measureSizes(): Promise<ReadonlyMap<string, number>> {
  const core = await sizeOf(['index']);
  const sizes = new Map([['core', core]]);
  for (const name of adapters) sizes.set(name, (await sizeOf(['index', name])) - core);
  return sizes;
}

async function sizeOf(names: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: names.map((name) => `export * from './${name}.ts';`).join('\n'), resolveDir: source },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, bytes] of await measureSizes()) process.stdout.write(`${name}: ${bytes} bytes\n`);
}
