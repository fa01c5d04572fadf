import { styleText } from 'node:util';
import type { Tone } from './report.ts';

/** Colours a text for a terminal, or leaves it as it is. */
export type Colorize = (tone: Tone | 'strong', text: string) => string;

const styles = { good: 'green', bad: 'red', partly: 'yellow', strong: 'bold' } as const;

// The terminal has been asked already; styleText would look at this process's own stdout, and only on Node 22 and later.
export const withColours: Colorize = (tone, text) =>
  tone === 'plain' ? text : styleText(styles[tone], text, { validateStream: false });

export const withoutColours: Colorize = (_tone, text) => text;
