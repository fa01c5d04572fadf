import type { ExitCode } from './exitCodes.ts';

export const formats = ['text', 'json', 'markdown', 'html'] as const;
export type Format = (typeof formats)[number];

/** How good something is for whoever asks; it becomes a colour where there are colours, and is never said by colour alone. */
export type Tone = 'good' | 'bad' | 'partly' | 'plain';

export interface Item {
  readonly text: string;
  readonly tone?: Tone;
  /** Code to write or to look at, or what else to do, on a line of its own. */
  readonly code?: string;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** A part of a report, printed in each format by that format's printer. */
export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** What a command has found. */
export interface Report {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Plain data, for JSON.stringify. */
  readonly json: unknown;
  /** A page of its own, instead of the blocks'. */
  readonly page?: () => string;
}

export interface Outcome {
  readonly exitCode: ExitCode;
  readonly report: Report;
  /** What to know besides, a line each on stderr whatever the format is. */
  readonly notes?: readonly string[];
}
