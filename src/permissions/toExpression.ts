import { ForbiddenError } from '../errors.ts';
import { allowed, denied } from './decision.ts';
import { asksForeign } from './evaluateForeign.ts';
import { decided, type Expression } from './expression.ts';
import { createForeignRule, toNotAllowed } from './foreignRule.ts';
import { definitionOf, type Mask, maskOf } from './rules.ts';
import { readShieldRule, type ShieldLeaf, type ShieldNot } from './shield.ts';

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
      // The parts may come out of a chain.
      permission: { kind: defined.some(asksForeign) ? 'chain' : 'all', of: defined },
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
      case 'leaf':
        return readLeaf(node);
      case 'not':
        return readNot(node, value);
      default:
        return readLogic(node.kind, node.rules, value);
    }
  }

  function readLeaf(leaf: ShieldLeaf): Expression | undefined {
    const rule = definitionOf(leaf.rule);
    if (rule) return { kind: 'rule', rule };
    const { name, func, fragment } = leaf;
    if (typeof func !== 'function') {
      report(`has the rule "${name}" without a function`);
      return undefined;
    }
    if (fragment !== undefined) {
      report(`has the rule "${name}" with a fragment, which nothing here would follow; take the fragment away`);
      return undefined;
    }
    return { kind: 'foreign', rule: createForeignRule({ ...leaf, func }) };
  }

  function readNot({ rules, error }: ShieldNot, value: unknown): Expression | undefined {
    const of = readParts(rules, value)?.[0];
    const name = 'not';
    if (error !== undefined && !(error instanceof Error)) {
      report(`has a not with ${describe(error)} where its error is expected: a text or an Error`);
      return undefined;
    }
    return (
      of && {
        kind: 'not',
        of,
        name,
        ...(error && { otherwise: toNotAllowed(name, error) }),
        ...(!asksVocabulary(of) && { holdsForAnonymous: true }),
      }
    );
  }

  function readLogic(kind: 'all' | 'chain' | 'any', rules: readonly unknown[], value: unknown): Expression | undefined {
    const of = readParts(rules, value);
    return of && { kind: kind === 'chain' && !of.some(asksForeign) ? 'all' : kind, of };
  }

  /** The rules under a logic rule; undefined when one of them is none. */
  function readParts(rules: readonly unknown[], value: unknown): readonly Expression[] | undefined {
    if (readMask(value)) {
      report('has a mask inside another rule; a mask stands alone or directly in allOf');
      return undefined;
    }
    if (rules.length === 0) {
      report('has an empty list of rules; name at least one');
      return undefined;
    }
    const parts = rules.map(read).filter((part) => part !== undefined);
    return parts.length < rules.length ? undefined : parts;
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
  if ((node?.kind !== 'all' && node?.kind !== 'chain') || readMask(value)) return [value];
  return node.rules.flatMap(topLevelParts);
}

/** Whether some rule of the expression is one of the vocabulary. */
function asksVocabulary(expression: Expression): boolean {
  switch (expression.kind) {
    case 'rule':
      return true;
    case 'decided':
    case 'foreign':
      return false;
    case 'not':
      return asksVocabulary(expression.of);
    default:
      return expression.of.some(asksVocabulary);
  }
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
