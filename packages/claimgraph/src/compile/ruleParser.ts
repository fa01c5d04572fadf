import { ForbiddenError } from '../errors.ts';
import { allowed, denied } from '../logic/decision.ts';
import { type DenyMode, denyModes } from '../logic/denyMode.ts';
import { containsShieldRule } from '../logic/evaluateShieldRule.ts';
import { asksVocabulary, decided, type Expression } from '../logic/expression.ts';
import { createForeignRule, toNotAllowed } from '../logic/shieldRule.ts';
import { definitionOf, isClaimgraphRule, type RuleDefinition } from '../rules/defineRule.ts';
import { inheritedBy } from '../rules/inherit.ts';
import type { ExposedBy } from '../rules/modifiers.ts';
import { readShieldRule, type ShieldLeaf, type ShieldNot } from '../rules/shield.ts';
import { readModifier, splitModifiers } from './splitModifiers.ts';

/** A rule tree taken in by the compiler: what must hold for the field, and what its modifiers say. */
export interface CompiledRule {
  readonly permission: Expression;
  readonly masks: readonly CompiledMask[];
  readonly denyModes: readonly DenyMode[];
  readonly exposes: readonly ExposedBy[];
}

export interface CompiledMask {
  readonly permission: Expression;
  mask(value: unknown): unknown;
}

/** The field that a rule is read for. */
export interface RuleLocation {
  readonly coordinate: string;
  readonly typeName: string;
  report(problem: string): void;
}

export interface RuleReader {
  /** Reports every problem of the value; undefined when there was one. */
  read(value: unknown, field: RuleLocation): CompiledRule | undefined;
}

/**
 * Turns shield rule trees into expressions. Equal rule objects become one expression object, so that a rule used on a
 * hundred fields is decided once per operation. What is not understood is reported, never ignored. `inherited` gives what
 * must hold for another field, or undefined after reporting why it cannot be inherited.
 */
export function createRuleParser(
  inherited: (coordinate: string, field: RuleLocation) => Expression | undefined,
): RuleReader {
  const known = new Map<unknown, Expression>();
  const authored = new Map<string, RuleDefinition>();

  return {
    read(value, field) {
      const { rules, modifiers } = splitModifiers(value);
      if (rules.length === 0) {
        field.report('has a mask and no rule beside it; write allOf(who may read the field at all, masked(…))');
        return undefined;
      }
      const masks = modifiers.filter((modifier) => modifier.kind === 'mask');
      if (masks.length > 1) {
        field.report('has more than one mask; put the masks into one');
        return undefined;
      }
      const modes = modifiers.flatMap((modifier) => (modifier.kind === 'denyMode' ? [modifier.mode] : []));
      if (!modes.every((mode) => denyModes.includes(mode))) {
        field.report(`has a deny mode that does not exist: expected one of ${denyModes.join(', ')}`);
        return undefined;
      }
      // Without modifiers the tree is read as it stands, so that fields with one rule share one expression.
      const parts = modifiers.length === 0 ? [value] : rules;
      const permissions = parts.map((part) => expressionOf(part, field));
      const whole = masks.map((mask) => expressionOf(mask.rule, field));
      if (![...permissions, ...whole].every((expression) => expression !== undefined)) return undefined;
      return {
        permission: allOfExpressions(permissions.filter((permission) => permission !== undefined)),
        masks: masks.flatMap(({ mask }, index) => {
          const permission = whole[index];
          return permission ? [{ permission, mask }] : [];
        }),
        denyModes: modes,
        exposes: modifiers.flatMap((modifier) => (modifier.kind === 'exposes' ? [modifier.links] : [])),
      };
    },
  };

  function expressionOf(value: unknown, field: RuleLocation): Expression | undefined {
    const expression = known.get(value) ?? readOnce(value, field);
    // What is inherited depends on who inherits it.
    if (expression && !inherits(value)) known.set(value, expression);
    return expression;
  }

  function readOnce(value: unknown, field: RuleLocation): Expression | undefined {
    const node = readShieldRule(value);
    if (!node) {
      field.report(`has ${describe(value)} where a rule is expected`);
      return undefined;
    }
    switch (node.kind) {
      case 'allow':
        return decided(allowed);
      case 'deny':
        return decided(denied('nobody', new ForbiddenError('nobody')));
      case 'leaf':
        return readLeaf(node, field);
      case 'not':
        return readNot(node, value, field);
      default:
        return readLogic(node.kind, node.rules, value, field);
    }
  }

  function readLeaf(leaf: ShieldLeaf, field: RuleLocation): Expression | undefined {
    const coordinates = inheritedBy(leaf.rule);
    if (coordinates) return inheritAll(coordinates, field);
    const rule = definitionOf(leaf.rule);
    if (rule) return isTheOnlyOneOfItsName(rule, field) ? { kind: 'rule', rule } : undefined;
    if (reportOtherCopy(leaf.rule, field)) return undefined;
    const { name, func, fragment } = leaf;
    if (typeof func !== 'function') {
      field.report(`has the rule "${name}" without a function`);
      return undefined;
    }
    if (fragment !== undefined) {
      field.report(`has the rule "${name}" with a fragment, which nothing here would follow; take the fragment away`);
      return undefined;
    }
    return { kind: 'foreign', rule: createForeignRule({ ...leaf, func }) };
  }

  function readNot({ rules, error }: ShieldNot, value: unknown, field: RuleLocation): Expression | undefined {
    const of = readParts(rules, value, field)?.[0];
    const name = 'not';
    if (error !== undefined && !(error instanceof Error)) {
      field.report(`has a not with ${describe(error)} where its error is expected: a text or an Error`);
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

  function readLogic(
    kind: 'all' | 'chain' | 'any',
    rules: readonly unknown[],
    value: unknown,
    field: RuleLocation,
  ): Expression | undefined {
    const of = readParts(rules, value, field);
    return of && { kind: kind === 'chain' && !of.some(containsShieldRule) ? 'all' : kind, of };
  }

  /** The rules under a logic rule; undefined when one of them is none. */
  function readParts(
    rules: readonly unknown[],
    value: unknown,
    field: RuleLocation,
  ): readonly Expression[] | undefined {
    const modifier = readModifier(value);
    if (modifier) {
      field.report(`has ${modifierNames[modifier.kind]} inside another rule; it stands alone or directly in allOf`);
      return undefined;
    }
    if (reportOtherCopy(value, field)) return undefined;
    if (rules.length === 0) {
      field.report('has an empty list of rules; name at least one');
      return undefined;
    }
    const parts = rules.map((rule) => expressionOf(rule, field)).filter((part) => part !== undefined);
    return parts.length < rules.length ? undefined : parts;
  }

  /** What another copy says of its rules is not known here: they would pass for rules that read anything. */
  function reportOtherCopy(rule: unknown, field: RuleLocation): boolean {
    if (!isClaimgraphRule(rule)) return false;
    field.report('has a rule from another copy of claimgraph (one copy must serve the whole process)');
    return true;
  }

  function inheritAll(coordinates: readonly string[], field: RuleLocation): Expression | undefined {
    const found = coordinates.map((coordinate) => inherited(coordinate, field)).filter((part) => part !== undefined);
    return found.length < coordinates.length ? undefined : allOfExpressions(found);
  }

  function isTheOnlyOneOfItsName(rule: RuleDefinition, field: RuleLocation): boolean {
    if (!rule.authored) return true;
    const namesake = authored.get(rule.name) ?? rule;
    authored.set(rule.name, namesake);
    if (namesake !== rule)
      field.report(`has a second rule called "${rule.name}"; make it once, or call it something else`);
    return namesake === rule;
  }
}

/** One expression for several that must all hold. */
export function allOfExpressions(parts: readonly Expression[]): Expression {
  const [first] = parts;
  // The parts may come out of a chain.
  return first && parts.length === 1 ? first : { kind: parts.some(containsShieldRule) ? 'chain' : 'all', of: parts };
}

const modifierNames = { mask: 'a mask', denyMode: 'a deny mode', exposes: 'an exposes' };

function inherits(value: unknown): boolean {
  const node = readShieldRule(value);
  if (node?.kind === 'leaf') return inheritedBy(node.rule) !== undefined;
  return node !== undefined && 'rules' in node && node.rules.some(inherits);
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
