import { readFileSync } from 'node:fs';

/** A page by its path from the root of the repository. */
export function readPage(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** What stands below a heading, up to the next one. */
export function sectionOf(page: string, heading: string): string {
  const [, section] = new RegExp(`^#+ ${heading}\\n(.*?)(?=^#|$(?![\\s\\S]))`, 'ms').exec(page) ?? [];
  if (section === undefined) throw new Error(`expected a heading "${heading}"; got none`);
  return section;
}

/** The rows of all tables with this head, one after the other. */
export function tableRows(page: string, head: readonly string[]): readonly (readonly string[])[] {
  let isInTable = false;
  return page.split('\n').flatMap((line) => {
    const cells = line.startsWith('|') ? cellsOf(line) : [];
    if (cells.length === 0) isInTable = false;
    else if (cells.join('|') === head.join('|')) isInTable = true;
    else if (isInTable && !/^[|:-]+$/.test(line)) return [cells];
    return [];
  });
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
