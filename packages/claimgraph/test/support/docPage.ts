import { readFileSync } from 'node:fs';

/** A code block of a page in docs/: what stands behind its fence, in two words, and its text. */
export interface DocBlock {
  readonly language: string;
  readonly label: string;
  readonly text: string;
}

/** The code blocks of a page, in its order. */
export function readBlocks(page: string): readonly DocBlock[] {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language = '', label = '', block = '']) => {
    return { language, label, text: block };
  });
}
