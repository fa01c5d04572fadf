import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DocBlock, readBlocks } from '../../../packages/claimgraph/test/support/docPage.ts';

/** The pages of docs/adapters that are projects, by the names of their folders. */
export const pages = ['apollo', 'yoga', 'mercurius', 'pothos', 'subgraph', 'nestjs'] as const;

export type Page = (typeof pages)[number];

/** The files of a page, by their names: the code blocks that have one behind their fence. */
export function filesOf(page: Page | 'README'): ReadonlyMap<string, string> {
  const isFile = ({ label }: DocBlock) => label.includes('.');
  return new Map(
    readBlocks(`adapters/${page}.md`)
      .filter(isFile)
      .map(({ label, text }) => [label, text]),
  );
}

/** Writes the files of all pages: what is on all of them, and over it what is on the page itself. */
export async function writePages(folder: string, names: readonly Page[]): Promise<void> {
  for (const name of names) {
    const project = join(folder, name);
    await mkdir(project);
    for (const [file, text] of new Map([...filesOf('README'), ...filesOf(name)])) {
      await writeFile(join(project, file), text);
    }
  }
}

/** The lines that a page adds to a server: they end with this mark. */
export function addedLines(text: string): readonly string[] {
  const mark = / \/\/ \+$/;
  return text
    .split('\n')
    .filter((line) => mark.test(line))
    .map((line) => line.replace(mark, ''));
}
