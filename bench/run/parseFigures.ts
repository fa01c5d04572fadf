import { inspect } from 'node:util';

export interface Figures {
  readonly value: number;
  readonly p50: number;
  readonly p99: number;
}

/** What a process of ours says that it measured. */
export function parseFigures(answer: unknown): Figures {
  return { value: readNumber(answer, 'value'), p50: readNumber(answer, 'p50'), p99: readNumber(answer, 'p99') };
}

function readNumber(answer: unknown, name: string): number {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`measurement: "${name}" must be a number above 0; got ${inspect(value)}`);
}
