import type { GraphQLFormattedError } from 'graphql';
import type { CompiledOperation } from './compileOperation.ts';
import { unwritable } from './writeValue.ts';

interface Result {
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly data?: unknown;
  readonly extensions?: unknown;
}

export interface ResultWriter {
  /** Remembers which compiled operation has made the data. */
  trackResult(data: object, operation: CompiledOperation): void;
  /** Apollo Server's option: the result as JSON, by its shape where that is known. */
  stringifyResult(result: Result): string;
}

/** The same text as Apollo Server's own: JSON.stringify and a new line. */
export function createResultWriter(): ResultWriter {
  const operations = new WeakMap<object, CompiledOperation>();
  // A scalar that gave what has no JSON of its own will do so again.
  const unwritables = new WeakSet<CompiledOperation>();

  function writeData(data: unknown): string | undefined {
    const operation = typeof data === 'object' && data !== null ? operations.get(data) : undefined;
    if (!operation || unwritables.has(operation)) return undefined;
    try {
      return operation.root.write(data);
    } catch (error) {
      if (error !== unwritable) throw error;
      unwritables.add(operation);
      return undefined;
    }
  }

  return {
    trackResult: (data, operation) => operations.set(data, operation),
    stringifyResult(result) {
      const data = result.extensions === undefined ? writeData(result.data) : undefined;
      if (data === undefined) return `${JSON.stringify(result)}\n`;
      return result.errors ? `{"errors":${JSON.stringify(result.errors)},"data":${data}}\n` : `{"data":${data}}\n`;
    },
  };
}
