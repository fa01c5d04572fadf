import { inspect } from 'node:util';
import type { FieldIndex, IndexedField } from '../compile/fieldIndex.ts';
import { BadUserInputError, InsufficientScopeError, InternalError } from '../errors.ts';
import { bindPlanToRow } from '../logic/bindRow.ts';
import type { Expression } from '../logic/expression.ts';
import { type DeniedVerdict, type Verdict, verdictOf } from '../logic/verdict.ts';
import type { Authorization } from '../operation/authorization.ts';
import { coerceArguments } from '../operation/coerceArguments.ts';

/** What a client asks: may I read these fields, of this object, with these arguments? */
export interface CanQuestion {
  /** Coordinates, `Type.field`. */
  readonly fields: readonly string[];
  /** Of an object that the fields belong to; without one, what depends on the row is left open. */
  readonly id?: string | null;
  /** JSON, the same for all of the fields; without them, what depends on arguments is left open. */
  readonly arguments?: unknown;
}

/** The answer for one field. `allowed` is only true of what is sure. */
export interface CanAnswer {
  readonly field: string;
  readonly allowed: boolean;
  /** The code that the field's error would have; null when it is allowed or left open. */
  readonly code: string | null;
  readonly requiredScopes: readonly string[] | null;
  /** The answer, or whether the value is masked, is left to the row. */
  readonly perRow: boolean;
  /** The same for the arguments. */
  readonly perArguments: boolean;
  /** Null when the field is not allowed, and when that is left to the row or the arguments. */
  readonly masked: boolean | null;
}

export type Can = (question: CanQuestion) => Promise<readonly CanAnswer[]>;

export interface CanDependencies {
  readonly fields: FieldIndex;
  readonly authorization: Authorization;
  /** The object of this id among the rows that the caller may see, or null. Batched, for it is asked id by id. */
  readonly loadNode: (id: string) => Promise<{ readonly __typename: string } | null>;
  /** Told of a rule that threw, for the log: the client reads INTERNAL_SERVER_ERROR as the answer's code, and no more. */
  readonly onRuleThrew: (failure: CanFailure) => void;
}

/** Names only: what the rule threw may quote a row or a claim. */
export interface CanFailure {
  readonly coordinate: string;
  readonly rule: string;
}

const maxFields = 100;
/** Of one operation, however many times it asks under other aliases. */
const maxFieldsOfOperation = 1_000;

/**
 * Answers for one operation what a caller may do, by the plans that decide when it is done, having loaded what claims these
 * need. An object outside the caller's
 * rows gets the answer of one that does not exist: NOT_FOUND, unless the field is refused whatever the row. Throws
 * BadUserInputError for what is no field of the schema, for unusable arguments, and for too many fields.
 */
export function createCan({ fields, authorization, loadNode, onRuleThrew }: CanDependencies): Can {
  let asked = 0;
  return async ({ fields: coordinates, id, arguments: given }) => {
    asked += coordinates.length;
    checkNumber(coordinates.length, maxFields, 'in one question');
    checkNumber(asked, maxFieldsOfOperation, 'in all questions of an operation');
    const asking = coordinates.map(find);
    await authorization.loadClaims(asking.map(({ plan }) => plan));
    const facts = authorization.facts();
    const questions = asking.map((field) => {
      const args = given === undefined || given === null ? undefined : coerceArguments(field.definition, given);
      const verdict = verdictOf(field.plan, facts, args);
      return { field, args, verdict, isOfRow: id != null && field.isOfNode && !isRefused(verdict) };
    });
    const row = id != null && questions.some(({ isOfRow }) => isOfRow) ? await loadNode(id) : null;
    if (row) {
      const ofRow = questions.filter(({ field, isOfRow }) => isOfRow && row.__typename === field.typeName);
      await Promise.all(
        ofRow.flatMap(({ field }) => permissionsOf(field).map((one) => authorization.lookUp(one, row))),
      );
    }
    return questions.map(({ field, args, verdict, isOfRow }) => {
      if (!isOfRow) return answer(field, verdict);
      if (row?.__typename !== field.typeName) return notFound(field);
      return answer(field, verdictOf(bindPlanToRow(field.plan, facts, row), facts, args));
    });
  };

  function answer(field: IndexedField, verdict: Verdict): CanAnswer {
    // Nothing is executed, so nobody else meets the error.
    if (isRefused(verdict) && verdict.error instanceof InternalError) {
      onRuleThrew({ coordinate: field.plan.coordinate, rule: verdict.rule });
    }
    return toPermission(field, verdict);
  }

  function find(coordinate: string): IndexedField {
    const field = fields.get(coordinate);
    if (field) return field;
    // Names of other fields are not for whoever may not read the schema.
    const got = inspect(coordinate).slice(0, 100);
    throw new BadUserInputError({ field: 'fields', expected: 'coordinates of fields, such as Query.node', got });
  }
}

function permissionsOf({ plan: { permission, masks } }: IndexedField): readonly Expression[] {
  return [permission, ...masks.map((mask) => mask.permission)];
}

function checkNumber(got: number, limit: number, where: string): void {
  if (got <= limit) return;
  throw new BadUserInputError({ field: 'fields', expected: `at most ${limit} ${where}`, got: String(got) });
}

function isRefused(verdict: Verdict): verdict is DeniedVerdict {
  return verdict.outcome === 'denied' || verdict.outcome === 'indeterminate';
}

const unknown = { code: null, requiredScopes: null, perRow: false, perArguments: false, masked: null };

function notFound({ plan: { coordinate } }: IndexedField): CanAnswer {
  return { ...unknown, field: coordinate, allowed: false, code: 'NOT_FOUND' };
}

function toPermission({ plan: { coordinate: field } }: IndexedField, verdict: Verdict): CanAnswer {
  if (isRefused(verdict)) {
    const { error } = verdict;
    const requiredScopes = error instanceof InsufficientScopeError ? error.requiredScopes : null;
    return { ...unknown, field, allowed: false, code: error.code, requiredScopes };
  }
  const { outcome, masked } = verdict;
  const allowed = outcome === 'allowed';
  return {
    ...unknown,
    field,
    allowed,
    perRow: outcome === 'perRow' || masked === 'perRow',
    perArguments: outcome === 'perArguments' || masked === 'perArguments',
    masked: allowed && (masked === 'yes' || masked === 'no') ? masked === 'yes' : null,
  };
}
