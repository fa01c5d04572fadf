import { NotFoundError } from '../../../src/errors.ts';
import type { Call } from './buildWorld.ts';
import { type ExpectedRefusal, expectedRefusals } from './expectedRefusals.ts';
import { judgeField, judgeMasks, type Situation } from './judge.ts';
import { argumentsOf, type Operation, type Selection } from './randomOperation.ts';
import { bindingsOf } from './readPermissions.ts';
import {
  type Datum,
  datumOf,
  fieldOf,
  maskedText,
  possibleTypes,
  type Row,
  type TypeRef,
  type World,
} from './world.ts';

export type Path = readonly (string | number)[];

/** An error as a client sees it; any of the codes will do. */
export interface ExpectedError {
  readonly path: Path;
  readonly codes: readonly string[];
}

/** What must come of an operation. */
export type Expected =
  /** It does not start; by coordinate. */
  | { readonly refused: ReadonlyMap<string, ExpectedRefusal> }
  | {
      readonly refused: undefined;
      /** Undefined when the operation failed as a whole. */
      readonly data: unknown;
      readonly errors: readonly ExpectedError[];
      /** The resolvers that are called, in their order. */
      readonly calls: readonly Call[];
      /** Whether a null took its parent with it. */
      readonly hasLosses: boolean;
      /** Whether one did within a list, where the engine makes a promise of it: the fields beside it are executed. */
      readonly hasLossesInLists: boolean;
      /** Whether an item was left out of its list. */
      readonly hasDrops: boolean;
    };

/** What one place of the response is. `raw` are its errors with the paths that they had when nothing was dropped. */
interface Completed {
  readonly value: unknown;
  readonly raw: readonly ExpectedError[];
  readonly told: readonly ExpectedError[];
}

/** A null where none may be: the parent is lost. */
const lost = Symbol('lost');

/** Walks the data, field by field, in the order of GraphQL (section 6.4), and decides each by itself. */
export function expectOf(world: World, operation: Operation, who: Situation): Expected {
  const refused = expectedRefusals(world, operation, who);
  if (refused) return { refused };
  const calls: Call[] = [];
  const fatal: ExpectedError[] = [];
  let hasLosses = false;
  let hasLossesInLists = false;
  let hasDrops = false;
  const root = operation.kind === 'mutation' ? 'Mutation' : 'Query';
  const { value, told } = completeObject(root, undefined, operation.selections, [], { isDropped: false });
  return fatal.length > 0
    ? { refused: undefined, data: undefined, errors: fatal, calls, hasLosses, hasLossesInLists, hasDrops }
    : { refused: undefined, data: value, errors: told, calls, hasLosses, hasLossesInLists, hasDrops };

  function completeObject(
    type: string,
    row: Row | undefined,
    selections: readonly Selection[],
    path: Path,
    item: { isDropped: boolean },
  ): Completed {
    const fields: [string, unknown][] = [];
    const raw: ExpectedError[] = [];
    const told: ExpectedError[] = [];
    for (const [key, [first, ...others]] of collect(world, operation, type, selections)) {
      if (first?.kind !== 'field') {
        fields.push([key, type]);
        continue;
      }
      const nodes = [first, ...others].flatMap((node) => (node.kind === 'field' ? node.of : []));
      const field = completeField(type, row, first, nodes, [...path, key], item);
      raw.push(...field.raw);
      told.push(...field.told);
      if (field.value === lost) {
        hasLosses = true;
        hasLossesInLists ||= path.some((step) => typeof step === 'number');
        return { value: null, raw, told: raw };
      }
      fields.push([key, field.value]);
    }
    return { value: Object.fromEntries(fields), raw, told };
  }

  function completeField(
    type: string,
    row: Row | undefined,
    { name, given }: Selection & { kind: 'field' },
    nodes: readonly Selection[],
    path: Path,
    item: { isDropped: boolean },
  ): Completed {
    const field = fieldOf(world, name);
    const coordinate = `${type}.${name}`;
    const args = argumentsOf(field.hasArguments, given, operation.variables);
    const known = { row: { is: row }, args };
    const verdict = judgeField(world, coordinate, who, known);
    const masks = judgeMasks(world, coordinate, who, known);
    const failure = verdict.says === 'allowed' ? masks.find(({ says }) => says === 'indeterminate') : verdict;
    if (failure) {
      const { mode } = bindingsOf(world, coordinate);
      const error = { path, codes: failure.codes };
      if (mode === 'failOperation') fatal.push(error);
      if (mode === 'dropItem' && failure.says === 'denied') item.isDropped = true;
      return noValue(field.type, [error]);
    }
    calls.push({ coordinate, row, args });
    const datum = datumOf(world, row, field, args);
    if (datum instanceof NotFoundError) return noValue(field.type, [{ path, codes: [datum.code] }]);
    const isMasked = datum !== null && masks.some(({ says }) => says === 'denied');
    return complete(field.type, isMasked ? maskedText : datum, nodes, path, item);
  }

  function complete(
    type: TypeRef,
    datum: Datum,
    nodes: readonly Selection[],
    path: Path,
    item: { isDropped: boolean },
  ): Completed {
    const completed = completeNullable(type, datum, nodes, path, item);
    return type.nonNull && completed.value === null ? { ...completed, value: lost } : completed;
  }

  function completeNullable(
    { list }: TypeRef,
    datum: Datum,
    nodes: readonly Selection[],
    path: Path,
    item: { isDropped: boolean },
  ): Completed {
    if (datum === null || typeof datum === 'string') return { value: datum, raw: [], told: [] };
    if (list && Array.isArray(datum)) return completeList(list, datum, nodes, path);
    if ('type' in datum) return completeObject(datum.type, datum, nodes, path, item);
    throw new TypeError('expected the datum to be of the type');
  }

  function completeList(of: TypeRef, data: readonly Datum[], nodes: readonly Selection[], path: Path): Completed {
    const values: unknown[] = [];
    const raw: ExpectedError[] = [];
    const told: ExpectedError[] = [];
    for (const [index, datum] of data.entries()) {
      const item = { isDropped: false };
      const completed = complete(of, datum, nodes, [...path, index], item);
      raw.push(...completed.raw);
      if (completed.value === lost) {
        hasLosses = true;
        return { value: null, raw, told: raw };
      }
      hasDrops ||= item.isDropped;
      if (item.isDropped) continue;
      // Items that were left out are not counted.
      told.push(...completed.told.map((error) => ({ ...error, path: error.path.with(path.length, values.length) })));
      values.push(completed.value);
    }
    return { value: values, raw, told };
  }
}

function noValue({ nonNull }: TypeRef, errors: readonly ExpectedError[]): Completed {
  return { value: nonNull ? lost : null, raw: errors, told: errors };
}

/** The selections of an object by response key (section 6.3.2). */
export function collect(world: World, operation: Operation, type: string, selections: readonly Selection[]) {
  const groups = new Map<string, Selection[]>();
  const visit = (some: readonly Selection[]) => {
    for (const selection of some) {
      if (!isIncluded(selection, operation)) continue;
      if (selection.kind === 'field' || selection.kind === 'typename') {
        const key = selection.kind === 'field' ? selection.key : '__typename';
        groups.set(key, [...(groups.get(key) ?? []), selection]);
        continue;
      }
      const inner = selection.kind === 'inline' ? selection : operation.fragments.get(selection.fragment);
      if (inner && (inner.on === undefined || possibleTypes(world, inner.on).includes(type))) visit(inner.of);
    }
  };
  visit(selections);
  return groups;
}

function isIncluded({ conditions }: Selection, { variables: { s, t = true } }: Operation): boolean {
  return conditions.every((condition) => {
    const value = typeof condition.if === 'boolean' ? condition.if : { s, t }[condition.if];
    return condition.directive === 'include' ? value : !value;
  });
}
