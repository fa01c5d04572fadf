import { type ConstDirectiveNode, type ConstValueNode, Kind, print } from 'graphql';
import { ConfigurationError } from '../../errors.ts';
import { allOf, anyOf, type FieldRule, requireScope, requireToken } from '../../rules/index.ts';
import type { ReportProblem, ReportProblemAt } from '../problem.ts';
import { type CompiledRule, createRuleParser, type RuleLocation } from '../ruleParser.ts';
import type { SecurityDirective } from './federationSpec.ts';

/** Rules by the names that `@policy` calls them. */
export type Policies = Readonly<Record<string, FieldRule>>;

type NonEmpty<T> = readonly [T, ...T[]];

/**
 * Turns directives into rules: `scopes` and `policies` are any-of lists of all-of lists. Directives that say the same
 * become one rule, so it is decided once per operation. Gives undefined after a report.
 */
export function createDirectiveReader(policies: Policies, reportPolicy: ReportProblemAt) {
  const reader = createRuleParser((_coordinate, field) => {
    field.report(
      'INVALID_POLICY',
      'inherits from a field, and a policy has no field of its own',
      'name the rule itself',
    );
    return undefined;
  });
  const usable = new Map<string, FieldRule>();
  for (const [name, rule] of Object.entries(policies)) {
    const coordinate = `policies.${name}`;
    const report: ReportProblem = (...problem) => reportPolicy(coordinate, ...problem);
    const compiled = reader.read(rule, { coordinate, typeName: coordinate, report });
    if (!compiled) continue;
    const modifiers = compiled.masks.length + compiled.denyModes.length + compiled.exposes.length;
    if (modifiers === 0) usable.set(name, rule);
    else report('INVALID_POLICY', 'has a modifier, and a policy allows or denies', 'put it into the permission map');
  }
  const known = new Map<string, CompiledRule | undefined>();

  return function readDirective(node: ConstDirectiveNode, meaning: SecurityDirective, field: RuleLocation) {
    const rule = toRule(node, meaning, field.report);
    const key = `${meaning} ${print(node.arguments?.[0]?.value ?? node.name)}`;
    if (rule && !known.has(key)) known.set(key, reader.read(rule, field));
    return rule && known.get(key);
  };

  function toRule(node: ConstDirectiveNode, meaning: SecurityDirective, report: ReportProblem): FieldRule | undefined {
    switch (meaning) {
      case 'authenticated':
        if (node.arguments?.length) {
          report('INVALID_DIRECTIVE_ARGUMENTS', `${print(node)} has arguments`, 'take them away');
        }
        return requireToken();
      case 'requiresScopes':
        return toAnyOf(readAlternatives(node, 'scopes', report), (scopes) => readScopes(scopes, report));
      case 'policy':
        return toAnyOf(readAlternatives(node, 'policies', report), (names) => readPolicies(names, report));
      default:
        return meaning satisfies never;
    }
  }

  function readPolicies(names: NonEmpty<string>, report: ReportProblem): FieldRule | undefined {
    const rules = names.flatMap((name) => usable.get(name) ?? []);
    for (const name of names) {
      if (Object.hasOwn(policies, name)) continue;
      report('UNKNOWN_POLICY', `the policy "${name}" has no rule`, `policies: { ${JSON.stringify(name)}: … }`);
    }
    return rules.length < names.length ? undefined : allOf(...rules);
  }
}

function readScopes(scopes: NonEmpty<string>, report: ReportProblem): FieldRule | undefined {
  try {
    return requireScope(...scopes);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    report('INVALID_DIRECTIVE_ARGUMENTS', error.message, 'write each scope as the user pool has it');
    return undefined;
  }
}

function toAnyOf(
  alternatives: NonEmpty<NonEmpty<string>> | undefined,
  toRule: (names: NonEmpty<string>) => FieldRule | undefined,
): FieldRule | undefined {
  const rules = alternatives?.map(toRule) ?? [];
  const usable = rules.filter((rule) => rule !== undefined);
  const [first] = usable;
  if (!first || usable.length < rules.length) return undefined;
  return usable.length === 1 ? first : anyOf(...usable);
}

/** The only argument, as lists of strings; written out as such, since `["a", "b"]` could mean both any and all. */
function readAlternatives(
  node: ConstDirectiveNode,
  name: string,
  report: ReportProblem,
): NonEmpty<NonEmpty<string>> | undefined {
  const [argument, second] = node.arguments ?? [];
  const isAlone = argument?.name.value === name && !second;
  const groups = isAlone ? readList(argument.value, (group) => readList(group, readString)) : undefined;
  if (!groups) {
    report(
      'INVALID_DIRECTIVE_ARGUMENTS',
      `expected lists of lists of strings, none of them empty; got ${print(node)}`,
      `@${node.name.value}(${name}: [["…", "…"], ["…"]])`,
    );
  }
  return groups;
}

/** Undefined when the list is empty, or something in it is not what it should be. */
function readList<T>(value: ConstValueNode, read: (item: ConstValueNode) => T | undefined): NonEmpty<T> | undefined {
  if (value.kind !== Kind.LIST) return undefined;
  const items = value.values.map(read).filter((item) => item !== undefined);
  const [first, ...rest] = items;
  return first === undefined || items.length < value.values.length ? undefined : [first, ...rest];
}

function readString(value: ConstValueNode): string | undefined {
  return value.kind === Kind.STRING ? value.value : undefined;
}
