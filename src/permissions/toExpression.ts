import { ForbiddenError } from '../errors.ts';
import { allowed, denied } from './decision.ts';
import { decided, type Expression } from './expression.ts';
import { definitionOf, type Mask, maskOf } from './rules.ts';
import { readShieldRule } from './shield.ts';

/** A rule tree taken in by the compiler: what must hold for the field, and how it looks to those who may not read it whole. */
export interface CompiledRule {
  readonly permission: Expression;
  readonly mask: CompiledMask | undefined;
}

export interface CompiledMask {
  readonly permission: Expression;
  mask(value: unknown): unknown;
}

/**
 * Turns shield rule trees into expressions. Equal rule objects become one expression object, so that a rule used on a
 * hundred fields is decided once per operation. What is not understood is reported, never ignored.
 */
export function createRuleReader(report: (problem: string) => void): (value: unknown) => CompiledRule | undefined {
  const known = new Map<unknown, Expression>();

  function readField(value: unknown): CompiledRule | undefined {
    const parts = readMask(value) ? [value] : topLevelParts(value);
    const found = parts.flatMap((part) => readMask(part) ?? []);
    if (found.length === 0) {
      const permission = read(value);
      return permission && { permission, mask: undefined };
    }
    const [mask] = found;
    if (found.length > 1 || !mask) {
      report('has more than one mask; put the masks into one');
      return undefined;
    }
    const others = parts.filter((part) => !readMask(part)).map(read);
    if (others.length === 0) {
      report('has a mask and no rule beside it; write allOf(who may read the field at all, masked(…))');
      return undefined;
    }
    const whole = read(mask.rule);
    const defined = others.filter((part) => part !== undefined);
    if (!whole || defined.length < others.length) return undefined;
    return {
      permission: { kind: 'all', of: defined },
      mask: { permission: whole, mask: mask.mask },
    };
  }

  function read(value: unknown): Expression | undefined {
    const expression = known.get(value) ?? readOnce(value);
    if (expression) known.set(value, expression);
    return expression;
  }

  function readOnce(value: unknown): Expression | undefined {
    const node = readShieldRule(value);
    if (!node) {
      report(`has ${describe(value)} where a rule is expected`);
      return undefined;
    }
    switch (node.kind) {
      case 'allow':
        return decided(allowed);
      case 'deny':
        return decided(denied('nobody', new ForbiddenError('nobody')));
      case 'leaf': {
        const rule = definitionOf(node.rule);
        if (!rule) {
          report('has a rule made by graphql-shield itself; make it with requireScope, requireClaims, requireRow, …');
        }
        return rule && { kind: 'rule', rule };
      }
      default:
        return readLogic(node.kind, node.rules, value);
    }
  }

  function readLogic(kind: 'all' | 'any' | 'not', rules: readonly unknown[], value: unknown): Expression | undefined {
    if (readMask(value)) {
      report('has a mask inside another rule; a mask stands alone or directly in allOf');
      return undefined;
    }
    if (rules.length === 0) {
      report('has an empty list of rules; name at least one');
      return undefined;
    }
    const parts = rules.map(read).filter((part) => part !== undefined);
    const [first] = parts;
    if (!first || parts.length < rules.length) return undefined;
    return kind === 'not' ? { kind, of: first, name: 'not' } : { kind, of: parts };
  }

  return readField;
}

function readMask(value: unknown): Mask | undefined {
  const node = readShieldRule(value);
  return node ? maskOf(value as Parameters<typeof maskOf>[0]) : undefined;
}

/** The rules of an all-of, directly nested ones included; any other rule stands for itself. */
function topLevelParts(value: unknown): readonly unknown[] {
  const node = readShieldRule(value);
  if (node?.kind !== 'all' || readMask(value)) return [value];
  return node.rules.flatMap(topLevelParts);
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined (an import cycle or a misspelt name?)';
  if (typeof value === 'function') return 'a bare function (wrap it: requireClaims, requireRow, …)';
  if (typeof value === 'object' && value !== null && 'resolve' in value) {
    return 'a rule from another copy of graphql-shield (one copy must serve the whole process)';
  }
  if (typeof value === 'object') return value === null ? 'null' : 'an object that is no rule';
  return `a ${typeof value}`;
}
