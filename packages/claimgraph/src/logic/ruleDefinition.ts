import type { Decision } from './decision.ts';
import type { ClaimsView, DecisionInput } from './decisionInput.ts';

/** A rule of the vocabulary as the engine decides it. */
export interface RuleDefinition extends ClaimsView {
  /** Stable: what logs, matrices and explanations call the rule. Two different authored rules never share one. */
  readonly name: string;
  /** One sentence about who is allowed. */
  readonly description: string;
  /** Whether name and meaning are the schema author's own, rather than made from what the rule asks for. */
  readonly authored?: boolean;
  /** What the author wrote, by which the rule is known when it is met again; each is itself unless given. */
  readonly madeOf?: object;
  /**
   * What it reads: nothing at all (such a rule allows everybody), the facts of the operation, or besides them the field's
   * arguments or the parent object.
   */
  readonly reads: 'nothing' | 'facts' | 'arguments' | 'row';
  readonly readsClaims: boolean;
  /** What it cannot do without: a caller who lacks it gets the same answer whatever the arguments and the row are. */
  readonly needs?: 'token' | 'claims';
  /** Of a rule that asks others: the groups that these read, and undefined among them for the claims of no group. */
  readonly claimGroups?: readonly (string | undefined)[];
  decide(facts: DecisionInput, parent: unknown, args: unknown): Decision;
}
