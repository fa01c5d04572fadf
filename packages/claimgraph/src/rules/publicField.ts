import { allowed } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { createRule, type DataOf, type FieldRule } from './rule.ts';

/** Everybody may read the field, with or without a token. The reason is for whoever audits the map. */
export function publicField(reason: string): FieldRule {
  return createRule(toName(reason), { kind: 'public', reason });
}

export function publicDefinition({ reason }: DataOf<'public'>): RuleDefinition {
  return {
    name: toName(reason),
    description: `Everybody may read it: ${reason}.`,
    reads: 'nothing',
    readsClaims: false,
    decide: () => allowed,
  };
}

function toName(reason: string): string {
  return `public: ${reason}`;
}
