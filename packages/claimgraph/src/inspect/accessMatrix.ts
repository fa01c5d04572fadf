import type { FieldPlans } from '../compile/compilePermissions.ts';
import type { DecisionInput } from '../logic/decisionInput.ts';
import { type FieldPlan, inputPlansOf } from '../logic/fieldPlan.ts';
import { type Readable, verdictOf } from '../logic/verdict.ts';
import { describePermission } from './describePermission.ts';
import { factsOfPersona, type Personas } from './persona.ts';

/**
 * Every field × every persona, as it is known before a field is executed; behind the fields, what arguments can use that
 * not everybody may. Plain data, without claims.
 */
export interface AccessMatrix {
  readonly personas: readonly string[];
  readonly fields: readonly MatrixField[];
}

export interface MatrixField {
  readonly coordinate: string;
  /** Who may read it, in the words of its rules. */
  readonly rule: string;
  /** By persona. */
  readonly access: Readonly<Record<string, Access>>;
}

export type Access =
  | Readable
  /** With the code that a client reads, and the rule that refuses. */
  | { readonly outcome: 'denied' | 'indeterminate'; readonly code: string; readonly rule: string };

export function toAccessMatrix(plans: FieldPlans, personas: Personas, now = new Date()): AccessMatrix {
  const facts = Object.entries(personas).map(([name, persona]) => [name, factsOfPersona(name, persona, now)] as const);
  return {
    personas: Object.keys(personas),
    fields: [...plans.values(), ...inputPlansOf(plans.values())].map((plan) => ({
      coordinate: plan.coordinate,
      rule: describePermission(plan),
      access: Object.fromEntries(facts.map(([name, known]) => [name, accessOf(plan, known)])),
    })),
  };
}

/** What a caller gets of a field, of whom this is known; with its arguments when they are given. */
export function accessOf(plan: Pick<FieldPlan, 'permission' | 'masks'>, facts: DecisionInput, args?: unknown): Access {
  const verdict = verdictOf(plan, facts, args);
  if (!('error' in verdict)) return verdict;
  const { outcome, error, rule } = verdict;
  return { outcome, code: error.code, rule };
}

/** `allowed`, `masked`, `per row`, `per argument`, `denied`, `indeterminate`, or where both are so `per row, masked`. */
export function describeAccess(access: Access): string {
  switch (access.outcome) {
    case 'denied':
      return 'denied';
    case 'indeterminate':
      return 'indeterminate';
    default: {
      const { outcome, masked } = access;
      const read = outcome === 'allowed' ? [] : [whens[outcome]];
      const mask = masked === 'no' ? [] : [masked === 'yes' ? 'masked' : `masked ${whens[masked]}`];
      return [...read, ...mask].join(', ') || 'allowed';
    }
  }
}

const whens = { perRow: 'per row', perArguments: 'per argument' } as const;
