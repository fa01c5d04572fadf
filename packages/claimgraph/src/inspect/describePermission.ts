import type { Expression } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';

/** Who may read a field, in the words of its rules: `a and (b or c); unmasked: d`. */
export function describePermission({ permission, masks }: Pick<FieldPlan, 'permission' | 'masks'>): string {
  const whole = masks.map((mask) => describe(mask.permission));
  return [describe(permission), ...whole.map((who) => `unmasked: ${who}`)].join('; ');
}

function describe(expression: Expression, within?: 'and' | 'or'): string {
  switch (expression.kind) {
    case 'decided':
      return expression.decision.outcome === 'allowed' ? 'everybody' : expression.decision.rule;
    case 'rule':
    case 'foreign':
      return expression.rule.name;
    case 'not':
      return expression.name;
    default: {
      const word = expression.kind === 'any' ? 'or' : 'and';
      const text = [...new Set(expression.of.map((part) => describe(part, word)))].join(` ${word} `);
      return within !== undefined && within !== word ? `(${text})` : text;
    }
  }
}
