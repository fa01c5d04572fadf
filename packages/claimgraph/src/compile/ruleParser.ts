import { inspect } from 'node:util';
import { ForbiddenError } from '../errors.ts';
import { allowed, denied } from '../logic/decision.ts';
import { type DenyMode, denyModes } from '../logic/denyMode.ts';
import { containsShieldRule } from '../logic/evaluateShieldRule.ts';
import { asksVocabulary, decided, type Expression } from '../logic/expression.ts';
import type { CompiledMask } from '../logic/fieldPlan.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { createForeignRule, toNotAllowed } from '../logic/shieldRule.ts';
import { toDefinition } from '../rules/definitionOf.ts';
import { type ExposedBy, type NarrowedData, readRule } from '../rules/rule.ts';
import { looksLikeShieldRule, readShieldRule, type ShieldLeaf, type ShieldNot } from '../rules/shieldTree.ts';
import type { ReportProblem } from './problem.ts';
import { splitModifiers } from './splitModifiers.ts';

/** A rule tree taken in by the compiler: what must hold for the field, and what its modifiers say. */
export interface CompiledRule {
  readonly permission: Expression;
  readonly masks: readonly CompiledMask[];
  readonly denyModes: readonly DenyMode[];
  readonly exposes: readonly ExposedBy[];
}

/** The field that a rule is read for. */
export interface RuleLocation {
  readonly coordinate: string;
  readonly typeName: string;
  readonly report: ReportProblem;
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
  const narrowed = new Map<unknown, Map<string, Expression>>();
  /** What each authored name was first met for. */
  const authored = new Map<string, object>();

  return {
    read(value, field) {
      const { rules, modifiers } = splitModifiers(value);
      if (rules.length === 0) {
        field.report(
          'MASK_WITHOUT_RULE',
          'has a mask and no rule beside it',
          'write allOf(who may read the field at all, masked(…))',
        );
        return undefined;
      }
      const masks = modifiers.filter((modifier) => modifier.kind === 'mask');
      if (masks.length > 1) {
        field.report('SEVERAL_MASKS', 'has more than one mask', 'put the masks into one, whose function does both');
        return undefined;
      }
      const modes = modifiers.flatMap((modifier) => (modifier.kind === 'denyMode' ? [modifier.mode] : []));
      if (!modes.every((mode) => denyModes.includes(mode))) {
        field.report(
          'UNKNOWN_DENY_MODE',
          'has a deny mode that does not exist',
          `write one of ${denyModes.join(', ')}`,
        );
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
    const data = readRule(value);
    if (data) return readOwn(data, field);
    const node = readShieldRule(value);
    if (!node) {
      field.report('NOT_A_RULE', `has ${describe(value)} where a rule is expected`, adviceFor(value));
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
        return readNot(node, field);
      default:
        return readLogic(node.kind, node.rules, field);
    }
  }

  /** A rule of the vocabulary, of whichever copy. */
  function readOwn(data: NonNullable<ReturnType<typeof readRule>>, field: RuleLocation): Expression | undefined {
    switch (data.kind) {
      case 'unreadable':
        field.report(
          'RULE_OF_OTHER_VERSION',
          `has a rule from another version of claimgraph (its form is ${inspect(data.version)})`,
          'install one version for the whole process',
        );
        return undefined;
      case 'mask':
      case 'denyMode':
      case 'exposes':
        field.report(
          'NESTED_MODIFIER',
          `has ${modifierNames[data.kind]} inside another rule`,
          'let it stand alone or directly in allOf',
        );
        return undefined;
      case 'inherit':
        return inheritAll(data.coordinates, field);
      case 'all':
      case 'any':
        return readLogic(data.kind, data.rules, field);
      case 'narrowed':
        return readNarrowed(data, field);
      default:
        return toRule(toDefinition(data), field);
    }
  }

  /** The same rule narrowed alike, however often that is written, is one. */
  function readNarrowed(data: NarrowedData, field: RuleLocation): Expression | undefined {
    const definition = toDefinition(data);
    const variants = narrowed.get(data.written) ?? new Map<string, Expression>();
    narrowed.set(data.written, variants);
    // Neither its own name nor the sentence of what is narrowed may be another rule's.
    const isKnown = variants.has(definition.name) || isTheOnlyOneOfItsName(toDefinition(data.written), field);
    const expression = isKnown ? (variants.get(definition.name) ?? toRule(definition, field)) : undefined;
    if (expression) variants.set(definition.name, expression);
    return expression;
  }

  function toRule(rule: RuleDefinition, field: RuleLocation): Expression | undefined {
    return isTheOnlyOneOfItsName(rule, field) ? { kind: 'rule', rule } : undefined;
  }

  function readLeaf(leaf: ShieldLeaf, field: RuleLocation): Expression | undefined {
    const { name, func, fragment } = leaf;
    if (typeof func !== 'function') {
      field.report(
        'SHIELD_RULE_WITHOUT_FUNCTION',
        `has the rule "${name}" without a function`,
        "give graphql-shield's rule() its function",
      );
      return undefined;
    }
    if (fragment !== undefined) {
      field.report(
        'SHIELD_RULE_WITH_FRAGMENT',
        `has the rule "${name}" with a fragment, which nothing here would follow`,
        'take the fragment away, and have the resolver above load what the rule reads',
      );
      return undefined;
    }
    return { kind: 'foreign', rule: createForeignRule({ ...leaf, func }) };
  }

  function readNot({ rules, error }: ShieldNot, field: RuleLocation): Expression | undefined {
    const of = readParts(rules, field)?.[0];
    const name = 'not';
    if (error !== undefined && !(error instanceof Error)) {
      field.report(
        'INVALID_ERROR_OF_NOT',
        `has a not with ${describe(error)} where its error is expected`,
        'give it a text or an Error, or nothing',
      );
      return undefined;
    }
    return (
      of && {
        kind: 'not',
        of,
        name,
        otherwise: error ? toNotAllowed(name, error) : denied(name, new ForbiddenError(name)),
        ...(!asksVocabulary(of) && { holdsForAnonymous: true }),
      }
    );
  }

  function readLogic(
    kind: 'all' | 'chain' | 'any',
    rules: readonly unknown[],
    field: RuleLocation,
  ): Expression | undefined {
    const of = readParts(rules, field);
    return of && { kind: kind === 'chain' && !of.some(containsShieldRule) ? 'all' : kind, of };
  }

  /** The rules under a logic rule; undefined when one of them is none. */
  function readParts(rules: readonly unknown[], field: RuleLocation): readonly Expression[] | undefined {
    if (rules.length === 0) {
      field.report('EMPTY_RULE_LIST', 'has an empty list of rules', 'name at least one rule in allOf or anyOf');
      return undefined;
    }
    const parts = rules.map((rule) => expressionOf(rule, field)).filter((part) => part !== undefined);
    return parts.length < rules.length ? undefined : parts;
  }

  function inheritAll(coordinates: readonly string[], field: RuleLocation): Expression | undefined {
    const found = coordinates.map((coordinate) => inherited(coordinate, field)).filter((part) => part !== undefined);
    return found.length < coordinates.length ? undefined : allOfExpressions(found);
  }

  function isTheOnlyOneOfItsName(rule: RuleDefinition, field: RuleLocation): boolean {
    if (!rule.authored) return true;
    const meant = rule.madeOf ?? rule;
    const namesake = authored.get(rule.name) ?? meant;
    authored.set(rule.name, namesake);
    if (namesake !== meant) {
      field.report(
        'DUPLICATE_RULE_NAME',
        `has a second rule called "${rule.name}"`,
        'make the rule once and export it, or call it something else',
      );
    }
    return namesake === meant;
  }
}

/** One expression for several that must all hold. */
export function allOfExpressions(parts: readonly Expression[]): Expression {
  const [first] = parts;
  // The parts may come out of a chain.
  return first && parts.length === 1 ? first : { kind: parts.some(containsShieldRule) ? 'chain' : 'all', of: parts };
}

const modifierNames = { mask: 'a mask', denyMode: 'a deny mode', exposes: 'an exposes' };

/** Whether a rule, or one that it is made of, inherits. */
export function inherits(value: unknown): boolean {
  const node = readRule(value) ?? readShieldRule(value);
  if (node?.kind === 'inherit') return true;
  return node !== undefined && 'rules' in node && node.rules.some(inherits);
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'a bare function';
  if (looksLikeShieldRule(value)) return 'what looks like a rule of graphql-shield but has other classes';
  if (typeof value === 'object') return value === null ? 'null' : 'an object that is no rule';
  return `a ${typeof value}`;
}

function adviceFor(value: unknown): string {
  if (value === undefined)
    return "correct the name; if the rule's file imports the map, move the rule into a file of its own";
  if (typeof value === 'function') return "give it a sentence: requireClaims('…', function), requireRow('…', function)";
  if (looksLikeShieldRule(value))
    return 'make it by rule(), and where graphql-shield is bundled, keep the names of its classes';
  return 'write a rule of the vocabulary';
}
