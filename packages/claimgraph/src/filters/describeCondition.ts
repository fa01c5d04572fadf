import { type Condition, isRef, type Operand } from './condition.ts';

/** A condition in words, with the names of columns and claims and without any caller's values. */
export function describeCondition(condition: Condition, within?: 'and' | 'or'): string {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const word = condition.kind === 'all' ? 'and' : 'or';
      const parts = condition.of.map((part) => describeCondition(part, word));
      const text = parts.join(` ${word} `) || (condition.kind === 'all' ? 'every row' : 'no row');
      return within !== undefined && within !== word && parts.length > 1 ? `(${text})` : text;
    }
    case 'compare':
      return `${nameOf(condition.left)} ${comparisons[condition.operator]} ${nameOf(condition.right)}`;
    case 'in': {
      const { values } = condition;
      const list = 'kind' in values ? nameOf(values) : values.map(nameOf).join(', ');
      return `${nameOf(condition.left)} is one of ${list}`;
    }
    case 'isNull':
      return `${nameOf(condition.column)} is not set`;
    case 'some':
      return `one of its ${condition.relation.property} is such that ${describeCondition(condition.where, 'and')}`;
    default:
      return condition satisfies never;
  }
}

const comparisons = { '=': 'is', '<': 'is less than', '<=': 'is at most', '>': 'is more than', '>=': 'is at least' };

function nameOf(operand: Operand): string {
  if (!isRef(operand)) return String(operand);
  return operand.kind === 'column' ? operand.property : `the caller's ${operand.name}`;
}
