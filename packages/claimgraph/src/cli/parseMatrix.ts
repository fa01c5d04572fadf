import type { AccessMatrix } from '../inspect/accessMatrix.ts';
import { UsageError } from './exitCodes.ts';
import { isObject } from './isObject.ts';

/** What `matrix --format json` printed. Throws UsageError for anything else. */
export function parseMatrix(source: string, text: string): AccessMatrix {
  const matrix = readJson(text);
  if (isObject(matrix) && isListOf(matrix.personas, isText) && isListOf(matrix.fields, isField)) {
    return { personas: matrix.personas, fields: matrix.fields };
  }
  throw new UsageError(`${source}: expected what \`claimgraph matrix --format json\` prints; got something else`);
}

function isField(value: unknown): value is AccessMatrix['fields'][number] {
  return (
    isObject(value) &&
    isText(value.coordinate) &&
    isText(value.rule) &&
    isObject(value.access) &&
    Object.values(value.access).every((access) => isObject(access) && isText(access.outcome))
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
