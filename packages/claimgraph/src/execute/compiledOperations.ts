import { bytesPerToken, tokensOf } from '../operation/keptDocuments.ts';
import type { OperationPlan } from '../operation/operationPlan.ts';
import type { Principal } from '../token/principal.ts';
import { type CompiledOperation, compileOperation, type OperationParts } from './compileOperation.ts';

export interface CompilingOptions {
  /**
   * How often an operation is executed by graphql-js before it is compiled; thirty times as often for callers without a token.
   * One whose document is not kept, since it was not seen before, is not compiled, unless this is 0: then each is, at once.
   */
  readonly compileAfter: number;
  /** Told of each compilation. */
  readonly onCompiled?: (operation: { readonly name: string | undefined; readonly durationMs: number }) => void;
}

export const defaultCompiling = { compileAfter: 3 } as const;

/** Whoever costs a compilation has had the operation executed so often that it weighs little, and anybody can send one. */
const timesForAnonymous = 30;

export interface CompiledOperations {
  /** The compiled operation, once it was asked for often enough and if it can be compiled. */
  find(plan: OperationPlan, parts: OperationParts, caller: Principal): CompiledOperation | undefined;
  /** How many operations were compiled and how many turned out to be left to graphql-js. */
  counts(): { readonly compiled: number; readonly leftOut: number };
}

/**
 * Compiles what is asked for often, so that an operation nobody repeats costs nothing but a count. A compiled form is kept
 * as long as its plan, whose document then counts as so much larger.
 */
export function createCompiledOperations({ compileAfter, onCompiled }: CompilingOptions): CompiledOperations {
  const sightings = new WeakMap<OperationPlan, number>();
  const compiled = new WeakMap<OperationPlan, CompiledOperation | 'left out'>();
  const counted = { compiled: 0, leftOut: 0 };

  function compile(plan: OperationPlan, parts: OperationParts): CompiledOperation | undefined {
    const startedAt = performance.now();
    const made = compileOperation(parts);
    compiled.set(plan, made ?? 'left out');
    if (!made) {
      counted.leftOut += 1;
      return undefined;
    }
    counted.compiled += 1;
    plan.kept?.grow(bytesPerToken.compiled * tokensOf(parts.document));
    onCompiled?.({ name: parts.operation.name?.value, durationMs: performance.now() - startedAt });
    return made;
  }

  return {
    find(plan, parts, { kind }) {
      const known = compiled.get(plan);
      if (known) return known === 'left out' ? undefined : known;
      if (!plan.kept && compileAfter > 0) return undefined;
      const seen = sightings.get(plan) ?? 0;
      if (seen >= (kind === 'anonymous' ? compileAfter * timesForAnonymous : compileAfter)) return compile(plan, parts);
      sightings.set(plan, seen + 1);
      return undefined;
    },
    counts: () => ({ ...counted }),
  };
}
