import { readFileSync } from 'node:fs';

/** docs/permissions.md, as the tests of its sentences read it. */
export const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');

/** The texts of the code blocks whose fence says exactly this. */
export function blocksOf(fence: string): readonly string[] {
  const blocks = [...page.matchAll(/^```(\w[^\n]*)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, name, text = '']) => (name === fence ? [text] : []));
}
