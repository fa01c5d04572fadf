import { inspect } from 'node:util';
import { ClaimsUnavailableError, ConfigurationError, ForbiddenError, InternalError } from '../errors.ts';
import { allowed, type Decision, type Denied, denied, indeterminate, missingToken } from '../logic/decision.ts';
import type { DecisionInput, LookupAnswer, LookupKey, LookupQuestion, RowLookup } from '../logic/decisionInput.ts';
import { ignoreOutcome, isThenable, mapMaybePromise } from '../logic/maybePromise.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { decideWithClaims } from './decideWithClaims.ts';
import { type Caller, createRule, type DataOf, type FieldRule } from './rule.ts';

/** What a look-up answers: `true` for each key of which it is so. An Error is about its key alone, which stays undecided. */
export type LookupAnswers<Key> = ReadonlyMap<Key, boolean | Error>;

interface LookupLimits {
  /** How many keys one call is given at most; 5,000 unless given. Of more, there are several calls at the same time. */
  readonly maxKeys?: number | undefined;
  /** How long a call may take; 2,000 unless given. Then `signal` is aborted. */
  readonly timeoutMs?: number | undefined;
}

export interface RowLookupOptions<Row, C, Key extends LookupKey> extends LookupLimits {
  /** What the row is looked up by; null or undefined for one that is a no without being looked up. */
  readonly key: (row: Row) => Key | null | undefined;
  /** Each key once. What the map has no `true` for is a no. */
  readonly load: (keys: readonly Key[], claims: C, caller: Caller, signal: AbortSignal) => Promise<LookupAnswers<Key>>;
}

export interface RowLookupByTokenOptions<Row, Key extends LookupKey> extends LookupLimits {
  readonly key: (row: Row) => Key | null | undefined;
  readonly load: (keys: readonly Key[], caller: Caller, signal: AbortSignal) => Promise<LookupAnswers<Key>>;
}

/**
 * Other data must say that it is so of the parent object: a table of members, a list of grants, a relationship service. All
 * rows that an operation asks for at one moment are one call, and no key is asked for twice. A look-up that fails is
 * CLAIMS_UNAVAILABLE, neither an allow nor a denial. Who has no business record is denied, and nothing is looked up.
 */
export function requireRowLookup<Row, C, Key extends LookupKey = LookupKey>(
  sentence: string,
  options: RowLookupOptions<Row, C, Key>,
): FieldRule<Row> {
  return createLookupRule('rowLookup', sentence, options, (keys, claims, caller, signal) =>
    Reflect.apply(options.load, undefined, [keys, claims, caller, signal]),
  );
}

/** The same by the token alone. Needs no business record. */
export function requireRowLookupByToken<Row, Key extends LookupKey = LookupKey>(
  sentence: string,
  options: RowLookupByTokenOptions<Row, Key>,
): FieldRule<Row> {
  return createLookupRule('rowLookupByToken', sentence, options, (keys, _claims, caller, signal) =>
    Reflect.apply(options.load, undefined, [keys, caller, signal]),
  );
}

/** Decided alike whether claims are read or the token alone: `needs` says what must be there for anything to be looked up. */
export function rowLookupDefinition({
  kind,
  sentence,
  lookup,
  key,
}: DataOf<'rowLookup' | 'rowLookupByToken'>): RuleDefinition {
  const no = denied(sentence, new ForbiddenError(sentence));
  const readsClaims = kind === 'rowLookup';
  const find = (facts: DecisionInput, row: unknown): Decision | undefined => {
    const before = withoutLookingUp(facts, row);
    if ('outcome' in before) return before;
    const answer = facts.lookups?.find(before);
    return answer === undefined ? undefined : toDecision(no, answer);
  };
  return {
    name: sentence,
    description: `Of this row it is found that the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims,
    needs: readsClaims ? 'claims' : 'token',
    decide: (facts, row) => find(facts, row) ?? indeterminate(sentence, notAsked(sentence)),
    lookUp: {
      find,
      ask(facts, row) {
        const before = withoutLookingUp(facts, row);
        if ('outcome' in before) return before;
        if (!facts.lookups) return indeterminate(sentence, notAsked(sentence));
        const answer = facts.lookups.ask(before, facts.principal, claimsOf(facts));
        return mapMaybePromise(answer, (known) => toDecision(no, known));
      },
    },
  };

  /** What token, claims and row decide already, or what is to be looked up. */
  function withoutLookingUp(facts: DecisionInput, row: unknown): Decision | LookupQuestion {
    const caller = readsClaims ? decideWithClaims(no, facts, () => true) : decideByToken(facts);
    if (caller.outcome !== 'allowed') return caller;
    let by: unknown;
    try {
      by = key(row);
    } catch (cause) {
      return indeterminate(sentence, new InternalError(`the rule "${sentence}" threw`, { cause }));
    }
    if (by === undefined || by === null) return no;
    if (isLookupKey(by)) return { lookup, key: by, claimGroup: facts.claimGroup };
    if (isThenable(by)) ignoreOutcome(by);
    const expected = 'expected a text, a number, a bigint or null as the key of a row';
    return indeterminate(sentence, new InternalError(`the rule "${sentence}": ${expected}; got ${describe(by)}`));
  }

  function decideByToken({ principal }: DecisionInput): Decision {
    return principal.kind === 'anonymous' ? missingToken(sentence) : allowed;
  }
}

function isLookupKey(value: unknown): value is LookupKey {
  return ['string', 'number', 'bigint'].includes(typeof value);
}

function describe(value: unknown): string {
  return isThenable(value) ? 'a promise' : `a value of the type ${typeof value}`;
}

function claimsOf({ claims }: DecisionInput): unknown {
  return claims.state === 'found' ? claims.claims : undefined;
}

function toDecision(no: Denied, answer: LookupAnswer): Decision {
  if (answer instanceof ClaimsUnavailableError) return indeterminate(no.rule, answer);
  return answer ? allowed : no;
}

function notAsked(sentence: string): InternalError {
  return new InternalError(`the rule "${sentence}" was decided before anything was looked up for it`);
}

function createLookupRule<Row>(
  kind: 'rowLookup' | 'rowLookupByToken',
  sentence: string,
  { key, load, maxKeys = 5_000, timeoutMs = 2_000 }: LookupLimits & { readonly key: unknown; readonly load: unknown },
  call: RowLookup['load'],
): FieldRule<Row> {
  const place = `${kind === 'rowLookup' ? 'requireRowLookup' : 'requireRowLookupByToken'}("${sentence}")`;
  if (!isFunction(key)) throw new ConfigurationError(`${place}: expected a function as key; got ${inspect(key)}`);
  if (!isFunction(load)) throw new ConfigurationError(`${place}: expected a function as load; got ${inspect(load)}`);
  requireWhole(`${place}: maxKeys`, maxKeys);
  requireWhole(`${place}: timeoutMs`, timeoutMs);
  return createRule(sentence, {
    kind,
    sentence,
    lookup: { sentence, maxKeys, timeoutMs, load: call },
    key: (row) => Reflect.apply(key, undefined, [row]),
  });
}

function isFunction(value: unknown): value is CallableFunction {
  return typeof value === 'function';
}

/** The longest that a timer of Node can wait is 2^31 - 1 ms. */
function requireWhole(what: string, value: unknown): void {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2_147_483_647) return;
  throw new ConfigurationError(`${what}: expected a whole number from 1 to 2147483647; got ${inspect(value)}`);
}
