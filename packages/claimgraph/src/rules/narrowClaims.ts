import { inspect } from 'node:util';
import { ConfigurationError } from '../errors.ts';
import type { Decision } from '../logic/decision.ts';
import { type ClaimsView, type DecisionInput, inputForRule } from '../logic/decisionInput.ts';
import { mapMaybePromise } from '../logic/maybePromise.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { createRule, type DataOf, type FieldRule, type NarrowedData, readRule } from './rule.ts';
import { readShieldRule } from './shieldTree.ts';

/**
 * The same rule, for what must not be decided by old claims: those that are only given because their source fails are
 * unavailable to it, so that the field is CLAIMS_UNAVAILABLE. Takes one rule of the vocabulary that reads claims; throws
 * ConfigurationError for anything else.
 */
export function fresh<Parent, Args>(rule: FieldRule<Parent, Args>): FieldRule<Parent, Args> {
  return narrowClaims('fresh', rule, { fresh: true });
}

/**
 * The same rule, reading the claims of one group and no others: an operation whose rules read none of a group does not
 * load it. Takes one rule of the vocabulary that reads claims; throws ConfigurationError for anything else, for one of
 * another group, and for a name that is not made of letters, digits and `_`.
 */
export function inGroup<Parent, Args>(group: string, rule: FieldRule<Parent, Args>): FieldRule<Parent, Args> {
  if (typeof group !== 'string' || !/^[A-Za-z]\w*$/.test(group)) {
    throw new ConfigurationError(`inGroup: expected the name of a group, such as limits; got ${inspect(group)}`);
  }
  return narrowClaims('inGroup', rule, { claimGroup: group });
}

/** The rule as it sees claims through a narrowing, besides those that it has. `asked` is who asks, for the error. */
function narrowClaims(asked: string, rule: FieldRule<never, never>, more: ClaimsView): FieldRule {
  const data = readRule(rule);
  const narrowed = data?.kind === 'narrowed' ? data : undefined;
  const written = narrowed?.written ?? data;
  if (!readsClaims(written)) throw new ConfigurationError(`${asked}: ${expected}; got ${describe(rule)}. ${advice}`);
  const claimGroup = more.claimGroup ?? narrowed?.claimGroup;
  if (narrowed?.claimGroup !== undefined && narrowed.claimGroup !== claimGroup) {
    throw new ConfigurationError(
      `${asked}: expected a rule of no group or of ${claimGroup}; got "${written.sentence}" of ${narrowed.claimGroup}`,
    );
  }
  const view = { ...(narrowed?.fresh && { fresh: true }), ...more, ...(claimGroup !== undefined && { claimGroup }) };
  return createRule(toName(written.sentence, view), { kind: 'narrowed', written, ...view });
}

function readsClaims(
  data: ReturnType<typeof readRule>,
): data is DataOf<'claims' | 'needsClaims' | 'row' | 'rowLookup' | 'argumentsByClaims'> {
  return data !== undefined && ['claims', 'needsClaims', 'row', 'rowLookup', 'argumentsByClaims'].includes(data.kind);
}

function describe(rule: unknown): string {
  const data = readRule(rule);
  const node = data ? undefined : readShieldRule(rule);
  if (node?.kind === 'leaf') return `"${node.name}"`;
  if (node || (data && compositeKinds.includes(data.kind))) return 'a rule that is made of others, or modifies one';
  return data ? `"${Reflect.get(Object(rule), 'name')}"` : 'what is no rule';
}

const compositeKinds: readonly string[] = ['all', 'any', 'mask', 'denyMode', 'exposes'];

export function narrowedDefinition(
  definition: RuleDefinition,
  { kind: _, written: __, ...view }: NarrowedData,
): RuleDefinition {
  const name = toName(definition.name, view);
  // Facts never change, and a rule on rows is asked for each of them.
  const seenBy = new WeakMap<DecisionInput, DecisionInput>();
  const { lookUp } = definition;
  return {
    ...definition,
    ...view,
    name,
    description: describeNarrowed(definition.description, view),
    decide: (facts, parent, args) => rename(definition.decide(see(facts), parent, args)),
    ...(lookUp && {
      lookUp: {
        find(facts, parent) {
          const decision = lookUp.find(see(facts), parent);
          return decision && rename(decision);
        },
        ask: (facts, parent) => mapMaybePromise(lookUp.ask(see(facts), parent), rename),
      },
    }),
  };

  function see(facts: DecisionInput): DecisionInput {
    let seen = seenBy.get(facts);
    if (!seen) {
      seen = inputForRule(view, facts);
      seenBy.set(facts, seen);
    }
    return seen;
  }

  function rename(decision: Decision): Decision {
    return decision.outcome === 'allowed' ? decision : { ...decision, rule: name };
  }
}

function toName(sentence: string, { fresh, claimGroup }: ClaimsView): string {
  return `${sentence}, by ${fresh ? 'fresh ' : ''}${claimGroup ?? 'claims'}`;
}

function describeNarrowed(description: string, { fresh, claimGroup }: ClaimsView): string {
  const group = claimGroup === undefined ? [] : [`The claims are those of ${claimGroup}.`];
  return [description, ...group, ...(fresh ? ['Stale claims do not count.'] : [])].join(' ');
}

const expected =
  'expected one rule that reads claims (requireClaims, requireRow, requireRowLookup, requireArgumentsByClaims or needsClaims)';
const advice = 'Put it around each rule that reads claims.';
