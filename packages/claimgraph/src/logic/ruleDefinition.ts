import type { Decision } from './decision.ts';
import type { ClaimsView, DecisionInput } from './decisionInput.ts';
import type { MaybePromise } from './maybePromise.ts';

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
  /** Of a rule that says which rows its field gives: the sentences of the filters. */
  readonly limitedBy?: readonly string[];
  /** Of a rule that asks others: the groups that these read, and undefined among them for the claims of no group. */
  readonly claimGroups?: readonly (string | undefined)[];
  /** The scopes of the access token that it asks about. */
  readonly scopes?: readonly string[];
  /** Of a rule whose answer has to be looked up, `decide` knows what was looked up before, and asks nobody. */
  decide(facts: DecisionInput, parent: unknown, args: unknown): Decision;
  readonly lookUp?: LookUp;
}

/** How a rule that needs other data than the row's is decided for a row. */
export interface LookUp {
  /** What is known by now; undefined when somebody has to be asked. */
  find(facts: DecisionInput, parent: unknown): Decision | undefined;
  /** At once where it is known, or where nobody needs to be asked; otherwise together with the other rows of this moment. */
  ask(facts: DecisionInput, parent: unknown): MaybePromise<Decision>;
}
