import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOfPackage } from './filesOfPackage.ts';
import { type ProjectManifest, toPackageManifest } from './toPackageManifest.ts';

// `npm run package`: puts together in `package/` what users of the engine install, of what `npm run build` has built. The
// included domain stays out, and so do the packages that only it needs.

interface Exports {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const made = join(root, 'package');
const project: ProjectManifest & Exports = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const exported = Object.values(project.exports).flatMap((conditions) => Object.values(conditions));
const entries = [...exported, ...Object.values(project.bin)].map((path) => path.replace(/^\.\//, ''));
const files = filesOfPackage(root, entries);

rmSync(made, { recursive: true, force: true });
// Messages of the engine and of its command line name pages of docs/.
const beside = ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs'];
for (const path of [...files.flatMap(({ path }) => [path, `${path}.map`]), ...beside]) {
  if (!existsSync(join(root, path))) continue;
  mkdirSync(dirname(join(made, path)), { recursive: true });
  cpSync(join(root, path), join(made, path), { recursive: true });
}
writeFileSync(join(made, 'package.json'), `${JSON.stringify(toPackageManifest(project, files), undefined, 2)}\n`);
