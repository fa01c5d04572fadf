import {
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
  specifiedDirectives,
} from 'graphql';
import { ForbiddenError } from '../../errors.ts';
import { denied } from '../../logic/decision.ts';
import { decided } from '../../logic/expression.ts';
import type { ReportProblemAt } from '../problem.ts';
import type { CompiledRule } from '../ruleParser.ts';
import { type AppliedDirective, appliedDirectives } from './appliedDirectives.ts';
import { faultOfDefinition } from './definitionShape.ts';
import { createDirectiveReader, type Policies } from './directiveRules.ts';
import { federationDirectives, isSecurityDirective, protectablePlaces, unimported } from './federationSpec.ts';
import { type LinkedNames, readLinks } from './linkImports.ts';

export interface DirectiveOptions {
  /** The rule behind each name that `@policy` uses. */
  readonly policies?: Policies | undefined;
  /** Directives of the SDL that protect nothing, without `@`. Any that is neither known nor listed stops the boot. */
  readonly harmlessDirectives?: readonly string[] | undefined;
}

/** The rules that directives put on a field, by `Type.field` of object types and interfaces. */
export type DirectiveRules = ReadonlyMap<string, readonly CompiledRule[]>;

/** Stands for a directive that was reported, so that its field is not reported again as having no rule. */
const unusable: CompiledRule = {
  permission: decided(denied('nobody', new ForbiddenError('nobody'))),
  masks: [],
  denyModes: [],
  exposes: [],
};

const harmlessNames: readonly string[] = [
  ...specifiedDirectives.map(({ name }) => name),
  ...[...federationDirectives.keys()].filter((name) => !isSecurityDirective(name)),
  ...['link', 'cacheControl'],
];

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` from a schema made of SDL. On an object type or an interface
 * they bind all of its fields, on a scalar or an enum every field of that type; several bind together, by conjunction.
 * Reports what cannot be enforced, and every directive of unknown meaning: it might have been meant to protect.
 */
export function readDirectiveRules(
  schema: GraphQLSchema,
  { policies = {}, harmlessDirectives = [] }: DirectiveOptions,
  report: ReportProblemAt,
): DirectiveRules {
  const applied = appliedDirectives(schema);
  const links = applied.filter(({ place, node }) => place === 'SCHEMA' && node.name.value === 'link');
  const names = readLinks(
    links.map(({ node }) => node),
    report,
  );
  reportDefinitions(schema, names, harmlessDirectives, report);
  const readDirective = createDirectiveReader(policies, report);
  const rules = new Map<string, Set<CompiledRule>>();
  for (const { coordinate, place, node } of applied) {
    const meaning = names.directives.get(node.name.value);
    if (!isSecurityDirective(meaning)) {
      if (!isHarmless(node.name.value, names, harmlessDirectives)) {
        const { name, advice } = unknownDirective(node);
        report(coordinate, 'UNKNOWN_DIRECTIVE', `the directive @${name} is not known here`, advice);
      }
    } else if (!protectablePlaces.some((protectable) => protectable === place)) {
      report(
        coordinate,
        'UNENFORCEABLE_DIRECTIVE',
        `@${node.name.value} cannot be enforced here`,
        'put it on fields, or on the type of fields',
      );
    } else {
      const rule = readDirective(node, meaning, {
        coordinate,
        typeName: coordinate,
        report: (...problem) => report(coordinate, ...problem),
      });
      rules.set(coordinate, (rules.get(coordinate) ?? new Set()).add(rule ?? unusable));
    }
  }
  return rulesOfFields(schema, rules);
}

function rulesOfFields(schema: GraphQLSchema, rules: ReadonlyMap<string, Iterable<CompiledRule>>): DirectiveRules {
  const ofFields = new Map<string, readonly CompiledRule[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      const result = getNamedType(field.type);
      const coordinate = `${type.name}.${field.name}`;
      const sources = [type.name, coordinate, ...(isLeafType(result) ? [result.name] : [])];
      const binding = new Set(sources.flatMap((source) => [...(rules.get(source) ?? [])]));
      if (binding.size > 0) ofFields.set(coordinate, [...binding]);
    }
  }
  return ofFields;
}

function reportDefinitions(
  schema: GraphQLSchema,
  { directives }: LinkedNames,
  harmlessDirectives: readonly string[],
  report: ReportProblemAt,
): void {
  for (const directive of schema.getDirectives()) {
    const meaning = directives.get(directive.name);
    const fault = isSecurityDirective(meaning) && directive.astNode && faultOfDefinition(directive, meaning);
    if (fault) report(`@${directive.name}`, 'INVALID_DIRECTIVE_DEFINITION', fault.message, fault.fix);
  }
  for (const name of harmlessDirectives) {
    if (isSecurityDirective(directives.get(name))) {
      report(
        'harmlessDirectives',
        'PROTECTING_DIRECTIVE_IGNORED',
        `@${name} protects fields`,
        'take it off the list, or import it under another name',
      );
    }
  }
}

function isHarmless(name: string, names: LinkedNames, harmlessDirectives: readonly string[]): boolean {
  if (harmlessDirectives.includes(name) || names.directives.has(name)) return true;
  return harmlessNames.includes(name) && !names.foreign.has(name);
}

function unknownDirective(node: AppliedDirective['node']): { readonly name: string; readonly advice: string } {
  const name = node.name.value;
  const advice = unimported(name)
    ? 'import it by @link from a federation version that has it'
    : `if it protects nothing, add "${name}" to harmlessDirectives; if it does, use the permission map`;
  return { name, advice };
}
