import type { GraphQLFormattedError } from 'graphql';
import type { ResponseObject } from './compiledSelection.ts';
import type { CompiledOperation } from './compileOperation.ts';
import { unwritable } from './writeValue.ts';

interface Result {
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly data?: unknown;
  readonly extensions?: unknown;
}

/** JSON and copies by names leave it out. A table of all data would cost a microsecond or two for each response. */
const compiledBy = Symbol('claimgraph.compiledBy');

/** Notes on the data which compiled operation has made it: whoever writes the response is given nothing else. */
export function trackResult(data: ResponseObject, operation: CompiledOperation): void {
  Reflect.set(data, compiledBy, operation);
}

/** The same text as Apollo Server's own: JSON.stringify and a new line; written by its shape where that is known. */
export function stringifyResult(result: Result): string {
  const data = result.extensions === undefined ? writeData(result.data) : undefined;
  if (data === undefined) return `${JSON.stringify(result)}\n`;
  return result.errors ? `{"errors":${JSON.stringify(result.errors)},"data":${data}}\n` : `{"data":${data}}\n`;
}

function writeData(data: unknown): string | undefined {
  const operation = typeof data === 'object' && data !== null ? operationOf(data) : undefined;
  if (!operation?.isWritable) return undefined;
  try {
    return operation.root.write(data);
  } catch (error) {
    if (error !== unwritable) throw error;
    // A scalar that gave what has no JSON of its own will do so again.
    operation.isWritable = false;
    return undefined;
  }
}

function operationOf(data: { readonly [compiledBy]?: CompiledOperation }): CompiledOperation | undefined {
  return data[compiledBy];
}
