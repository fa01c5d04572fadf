import { readFileSync } from 'node:fs';

/** docs/permissions.md, as the tests of its sentences read it. */
export const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');

/** The texts of the code blocks whose fence says exactly this. */
export function blocksOf(fence: string): readonly string[] {
  const blocks = [...page.matchAll(/^```(\w[^\n]*)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, name, text = '']) => (name === fence ? [text] : []));
}

/** What stands under a heading, up to the next one of its level. */
export function sectionOf(heading: string): string {
  const [, section] = page.split(`\n## ${heading}\n`);
  if (section === undefined) throw new RangeError(`expected a heading "## ${heading}" in docs/permissions.md`);
  return section.split('\n## ')[0] ?? '';
}

/** The rows of the table under a heading: first the names of its columns, then what is below the rule. */
export function tableUnder(heading: string): readonly (readonly string[])[] {
  const lines = sectionOf(heading).match(/^\|.*\|$/gm) ?? [];
  const rows = lines.map((line) => {
    return line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
  });
  return rows.filter((_row, index) => index !== 1);
}
