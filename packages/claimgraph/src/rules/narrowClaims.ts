import { ConfigurationError } from '../errors.ts';
import { type DecisionInput, inputForRule } from '../logic/decisionInput.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { defineRule, definitionOf } from './defineRule.ts';
import { readShieldRule, type ShieldRule } from './shield.ts';

/** Which claims a rule may see. */
type Narrowing = Pick<RuleDefinition, 'fresh' | 'claimGroup'>;

/** A rule that sees other claims than it was written for, and the rule that was written. */
interface Narrowed {
  readonly written: ShieldRule;
  readonly narrowing: Narrowing;
}

const narrowed = new WeakMap<ShieldRule, Narrowed>();
const narrowedBy = new WeakMap<ShieldRule, Map<string, ShieldRule>>();

/**
 * The rule as it sees claims through a narrowing, besides those that it has. The same one whenever it is asked for, so
 * that two fields may each say `fresh(isAdmin)`. `asked` is who asks, for the ConfigurationError.
 */
export function narrowClaims(asked: string, rule: ShieldRule, more: Narrowing): ShieldRule {
  const { written, narrowing } = narrowed.get(rule) ?? { written: rule, narrowing: {} };
  const definition = definitionOf(written);
  if (!definition?.readsClaims) throw new ConfigurationError(`${asked}: ${expected}; got ${describe(rule)}. ${advice}`);
  const whole: Narrowing = { ...narrowing, ...more };
  if (narrowing.claimGroup !== undefined && whole.claimGroup !== narrowing.claimGroup) {
    throw new ConfigurationError(
      `${asked}: expected a rule of no group or of ${whole.claimGroup}; got "${definition.name}" of ${narrowing.claimGroup}`,
    );
  }
  const name = `${definition.name}, by ${whole.fresh ? 'fresh ' : ''}${whole.claimGroup ?? 'claims'}`;
  const variants = narrowedBy.get(written) ?? new Map<string, ShieldRule>();
  narrowedBy.set(written, variants);
  const known = variants.get(name);
  if (known) return known;
  const made = defineRule(narrow(definition, name, whole));
  variants.set(name, made);
  narrowed.set(made, { written, narrowing: whole });
  return made;
}

function narrow(definition: RuleDefinition, name: string, narrowing: Narrowing): RuleDefinition {
  // Facts never change, and a rule on rows is asked for each of them.
  const seenBy = new WeakMap<DecisionInput, DecisionInput>();
  return {
    ...definition,
    ...narrowing,
    name,
    description: describeNarrowed(definition.description, narrowing),
    decide(facts, parent, args) {
      let seen = seenBy.get(facts);
      if (!seen) {
        seen = inputForRule(narrowing, facts);
        seenBy.set(facts, seen);
      }
      const decision = definition.decide(seen, parent, args);
      return decision.outcome === 'allowed' ? decision : { ...decision, rule: name };
    },
  };
}

function describeNarrowed(description: string, { fresh, claimGroup }: Narrowing): string {
  const group = claimGroup === undefined ? [] : [`The claims are those of ${claimGroup}.`];
  return [description, ...group, ...(fresh ? ['Stale claims do not count.'] : [])].join(' ');
}

const expected =
  'expected one rule that reads claims (requireClaims, requireRow, requireArgumentsByClaims or needsClaims)';
const advice = 'Put it around each rule that reads claims.';

function describe(rule: unknown): string {
  const node = readShieldRule(rule);
  if (node?.kind === 'leaf') return `"${node.name}"`;
  return node ? 'a rule that is made of others, or modifies one' : 'what is no rule';
}
