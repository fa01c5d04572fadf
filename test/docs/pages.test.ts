import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import rootPackage from '../../package.json' with { type: 'json' };
import enginePackage from '../../packages/claimgraph/package.json' with { type: 'json' };
import { readPage } from './markdown.ts';

// What every page keeps to, whatever it is about.

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = pagesIn('docs');
const files = ['.', ...foldersIn('packages'), 'bench'].flatMap((folder) => pagesOf(folder)).concat(pages);

describe.each(files)('%s', (file) => {
  const page = readPage(file);

  test('links to what there is', () => {
    expect(linksOf(page).filter((link) => !leadsSomewhere(file, link))).toEqual([]);
  });

  test('names files and commands that there are', () => {
    const written = [...page.matchAll(/^```\w+ (\S+\.\w+)/gm)].map(([, path]) => path);
    const places = ['.', dirname(file)];
    const isThere = (path: string) =>
      written.includes(path) || places.some((place) => existsSync(join(root, place, path)));
    expect(pathsOf(page).filter((path) => !isThere(path))).toEqual([]);
    const commands = [...page.matchAll(/\bnpm run (?:--silent )?([\w:-]*\w)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => !Object.hasOwn(rootPackage.scripts, name))).toEqual([]);
  });
});

describe.each(pages)('%s', (file) => {
  const page = readPage(file);

  test('says in its first lines who it is for', () => {
    expect(page.split('\n').slice(1, 4).join(' ')).toMatch(/^ *\*For .*\.\*/);
  });

  test('is in the index of README, or in that of its folder', () => {
    const [index, link] =
      file.split('/').length > 2 && !file.endsWith('/README.md')
        ? [join(dirname(file), 'README.md'), file.slice(dirname(file).length + 1)]
        : ['README.md', file];
    expect(linksOf(readPage(index))).toContain(link);
  });

  test('imports nothing that readers do not have', () => {
    expect(importsOf(page).filter((path) => !isForReaders(path))).toEqual([]);
  });
});

test('README is a door', () => {
  expect(Buffer.byteLength(readPage('README.md'))).toBeLessThan(9_000);
});

function pagesOf(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));
  return names.map((name) => join(folder, name));
}

function pagesIn(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}

/** Links of this repository, without those in code. */
function linksOf(page: string): readonly string[] {
  const prose = page
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, '-'));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

/** What looks like a path from the root. */
function pathsOf(page: string): readonly string[] {
  const paths = page.matchAll(/(?<![\w/.@-])(?:test|src|packages|dev|docs|bench|schema)\/[\w./-]*\w/g);
  return [...paths].map(([path]) => path);
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, from) : join(root, dirname(from), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  const prose = page.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    return heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  });
}

/** Of the code on a page, but for files of the engine, which stand where they are read. */
function importsOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^```(?:ts|js|diff)(?: (\S+))?.*?\n(.*?)^```$/gms)];
  const code = blocks.flatMap(([, file = '', block = '']) => (file.startsWith('packages/') ? [] : [block])).join('\n');
  return [...code.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, path = '']) => path);
}

/** No file of this repository by a path of its own, and of the package only what it exports. */
function isForReaders(path: string): boolean {
  if (path.startsWith('.')) return !/(^|\/)(packages|src|dist|test|dev)\//.test(path);
  const [, subpath] = /^claimgraph(\/.*)?$/.exec(path) ?? ['', undefined];
  return subpath === undefined || Object.hasOwn(enginePackage.exports, `.${subpath}`);
}
