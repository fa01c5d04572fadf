import { LRUCache } from 'lru-cache';
import type { OperationPlan } from '../operation/operationPlan.ts';
import { type CompiledOperation, compileOperation, type OperationParts } from './compileOperation.ts';

export interface CompilingOptions {
  /** How often an operation is executed by graphql-js before it is compiled; 0 compiles at first sight. */
  readonly compileAfter: number;
  /** How many compiled operations are kept; the one that was asked for the longest ago is dropped. */
  readonly maxCompiled: number;
  /** Told of each compilation. */
  readonly onCompiled?: (operation: { readonly name: string | undefined; readonly durationMs: number }) => void;
}

export const defaultCompiling = { compileAfter: 3, maxCompiled: 1_000 } as const;

export interface CompiledOperations {
  /** The compiled operation, once it was asked for often enough and if it can be compiled. */
  find(plan: OperationPlan, parts: OperationParts): CompiledOperation | undefined;
  /** How many operations were compiled and how many turned out to be left to graphql-js; and how many are kept. */
  counts(): { readonly compiled: number; readonly leftOut: number; readonly kept: number };
}

/**
 * Compiles what is asked for often, so that an operation nobody repeats costs nothing but a count. An operation is known by
 * its plan: of one document, by its name and the branches that were taken.
 */
export function createCompiledOperations({
  compileAfter,
  maxCompiled,
  onCompiled,
}: CompilingOptions): CompiledOperations {
  const sightings = new WeakMap<OperationPlan, number>();
  const leftOut = new WeakSet<OperationPlan>();
  // What was dropped has to be asked for often again.
  const kept = new LRUCache<OperationPlan, CompiledOperation>({
    max: maxCompiled,
    dispose: (_compiled, plan) => sightings.delete(plan),
  });
  const counted = { compiled: 0, leftOut: 0 };

  function compile(plan: OperationPlan, parts: OperationParts): CompiledOperation | undefined {
    const startedAt = performance.now();
    const compiled = compileOperation(parts);
    if (!compiled) {
      leftOut.add(plan);
      counted.leftOut += 1;
      return undefined;
    }
    counted.compiled += 1;
    kept.set(plan, compiled);
    onCompiled?.({ name: parts.operation.name?.value, durationMs: performance.now() - startedAt });
    return compiled;
  }

  return {
    find(plan, parts) {
      const compiled = kept.get(plan);
      if (compiled || leftOut.has(plan)) return compiled;
      const seen = sightings.get(plan) ?? 0;
      if (seen >= compileAfter) return compile(plan, parts);
      sightings.set(plan, seen + 1);
      return undefined;
    },
    counts: () => ({ ...counted, kept: kept.size }),
  };
}
