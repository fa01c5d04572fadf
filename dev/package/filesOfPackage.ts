import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** What a file that was built imports: names of packages and paths of other files, and whether only when it is needed. */
export interface Import {
  readonly specifier: string;
  readonly isDynamic: boolean;
}

/** A published file, by its path in the project, with the packages that it imports. */
export interface PackagedFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

/**
 * Every file that the entries lead to, declarations beside code: what nothing leads to is not part of the package. Throws
 * for an import of a file that was not built.
 */
export function filesOfPackage(root: string, entries: readonly string[]): readonly PackagedFile[] {
  const found = new Map<string, PackagedFile>();
  const queue = [...entries];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (found.has(path)) continue;
    const file = join(root, path);
    if (!existsSync(file)) throw new Error(`expected ${path} to be built; run npm run build`);
    const imports = readImports(readFileSync(file, 'utf8'));
    found.set(path, { path, imports });
    const beside = path.endsWith('.js') ? path.replace(/\.js$/, '.d.ts') : undefined;
    if (beside !== undefined && existsSync(join(root, beside))) queue.push(beside);
    for (const { specifier } of imports) {
      // Declarations keep the names that the sources import: `./x.ts` is described by `./x.d.ts`.
      if (specifier.startsWith('.')) queue.push(normalize(join(path, '..', specifier.replace(/\.ts$/, '.d.ts'))));
    }
  }
  return [...found.values()];
}

/** Of what TypeScript emits: one statement a line at most, and no names of packages that are put together. */
function readImports(text: string): readonly Import[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:[^;'"]*?from\s+)?['"]([^'"]+)['"]/gm);
  const required = text.matchAll(/\brequire\(['"]([^'"]+)['"]\)/g);
  const dynamic = text.matchAll(/\bimport\(['"]([^'"]+)['"]\)/g);
  return [
    ...[...statements, ...required].map(([, specifier = '']) => ({ specifier, isDynamic: false })),
    ...[...dynamic].map(([, specifier = '']) => ({ specifier, isDynamic: true })),
  ].filter(({ specifier }) => /^[@.\w][\w./@-]*(?::[\w/]+)?$/.test(specifier));
}
