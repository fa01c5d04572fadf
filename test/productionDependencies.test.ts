import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

test('a production install has no embedded database', () => {
  const packages: Readonly<Record<string, { readonly dev?: boolean }>> = readJson('package-lock.json').packages;
  const embedded = Object.entries(packages).filter(([path]) => path.includes('pglite'));
  expect(embedded.map(([path, { dev = false }]) => ({ path, dev }))).toEqual([
    { path: 'node_modules/@electric-sql/pglite', dev: true },
  ]);
});

test('what runs in production imports nothing that only development has', () => {
  const { dependencies } = readJson('package.json');
  const known = new Set([...builtinModules.map((name) => `node:${name}`), ...Object.keys(dependencies)]);
  expect(
    sourceFiles()
      .flatMap(importsOf)
      .filter((name) => !known.has(name)),
  ).toEqual([]);
});

function sourceFiles(): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

/** The packages that a file imports at run time, and the files outside of `src/`. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, 'src', file), 'utf8');
  const specifiers = [...text.matchAll(/^(?:import|export) (?!type\b)(?:[^;]*?from )?'([^']+)'/gm)].map(
    ([, specifier = '']) => specifier,
  );
  return specifiers.flatMap((specifier) => {
    if (!specifier.startsWith('.')) return [packageOf(specifier)];
    const outside = new URL(specifier, `file:///src/${file}`).pathname;
    return outside.startsWith('/src/') ? [] : [`..${outside}`];
  });
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
