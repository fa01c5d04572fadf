import {
  type Comparable,
  type Comparison,
  type Condition,
  isRef,
  type Operand,
  scopeValue,
  toComparable,
  typeOfList,
  typeOfOperands,
} from './condition.ts';

/**
 * Whether a row meets a condition, as PostgreSQL decides it: a null is equal to nothing and is on no list, texts are compared
 * character by character in the order of their code points (the collation "C"), integers exactly. Throws TypeError for a row
 * that lacks what the condition reads, so that a rule made of it is neither an allow nor a denial.
 */
export function meetsCondition(condition: Condition, row: unknown, scope: unknown): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((part) => meetsCondition(part, row, scope));
    case 'any':
      return condition.of.some((part) => meetsCondition(part, row, scope));
    case 'isNull':
      return readProperty(row, condition.column.property) === null;
    case 'compare': {
      const type = typeOfOperands(condition.left, condition.right);
      const [left, right] = [condition.left, condition.right].map((side) =>
        toComparable(readOperand(side, row, scope), type),
      );
      return isSo(condition.operator, left ?? null, right ?? null);
    }
    case 'in': {
      const type = typeOfList(condition);
      const left = toComparable(readOperand(condition.left, row, scope), type);
      return listOf(condition.values, scope).some((value) => isSo('=', left, toComparable(value, type)));
    }
    case 'some': {
      const related = readProperty(row, condition.relation.property);
      const rows = Array.isArray(related) ? related : [related];
      return rows.some((one) => one !== null && meetsCondition(condition.where, one, scope));
    }
    default:
      return condition satisfies never;
  }
}

/** Values on a list; what is no list has none. */
export function listOf(values: (Condition & { readonly kind: 'in' })['values'], scope: unknown): readonly unknown[] {
  const list: unknown = 'kind' in values ? scopeValue(scope, values) : values;
  return Array.isArray(list) ? list : [];
}

function readOperand(operand: Operand, row: unknown, scope: unknown): unknown {
  if (!isRef(operand)) return operand;
  return operand.kind === 'scope' ? scopeValue(scope, operand) : readProperty(row, operand.property);
}

function readProperty(row: unknown, property: string): unknown {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, property) : undefined;
  if (value === undefined) throw lacks(property);
  return value;
}

function lacks(property: string): TypeError {
  return new TypeError(`expected a row with "${property}"; got one without`);
}

/** Whether two values of one kind are in this relation. */
export function isSo(operator: Comparison, left: Comparable, right: Comparable): boolean {
  if (left === null || right === null || typeof left !== typeof right) return false;
  const order = compareValues(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return operator satisfies never;
  }
}

function compareValues(left: NonNullable<Comparable>, right: NonNullable<Comparable>): number {
  if (left === right) return 0;
  if (typeof left !== 'string' || typeof right !== 'string') return left < right ? -1 : 1;
  // JavaScript's own order is that of UTF-16, in which U+1F600 comes before U+FF5E.
  const [one, other] = [Array.from(left), Array.from(right)];
  const index = one.findIndex((character, place) => character !== other[place]);
  if (index === -1) return -1;
  const theirs = other[index];
  return theirs === undefined || (one[index]?.codePointAt(0) ?? 0) > (theirs.codePointAt(0) ?? 0) ? 1 : -1;
}
