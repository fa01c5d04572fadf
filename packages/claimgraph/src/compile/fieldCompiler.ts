import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { allowsEverybody, type Expression, reads } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import type { DirectiveRules } from './directives/federationDirectives.ts';
import { parseExposingArgument, toExposureRule } from './exposure.ts';
import type { MapEntry, PermissionLookup } from './permissionMap.ts';
import { allOfExpressions, type CompiledRule, createRuleParser, type RuleLocation } from './ruleParser.ts';

type Field = GraphQLField<unknown, unknown>;
type Report = (coordinate: string, problem: string) => void;

/** What binds a field: a map entry or a directive, and what was read from it for this field. */
interface Binding {
  readonly source: MapEntry | 'directive';
  readonly rule: CompiledRule;
}

/** Where rules are written: the permission map, and the directives of the SDL. */
export interface RuleSources {
  readonly lookup: PermissionLookup;
  readonly directives: DirectiveRules;
}

/**
 * Makes the plan of one field at a time; those that inherit make the plans that they inherit from first. A plan is
 * undefined when a problem was reported for it, or for one that it depends on. `validateUnusedEntries` reports what is wrong with map
 * entries that no plan was made of.
 */
export function createFieldCompiler(schema: GraphQLSchema, { lookup, directives }: RuleSources, report: Report) {
  const finished = new Map<string, FieldPlan | undefined>();
  const inProgress = new Set<string>();
  const unread = new Set(lookup.entries);
  const reader = createRuleParser((coordinate, field) => {
    const found = dependencyOf(coordinate, 'inherits from', field);
    if (!found) return undefined;
    if (reads(found, 'arguments')) {
      field.report(`inherits from ${coordinate}, whose rule reads arguments; a computed field has others`);
      return undefined;
    }
    if (reads(found, 'row') && !coordinate.startsWith(`${field.typeName}.`)) {
      field.report(`inherits from ${coordinate}, whose rule reads a row of another type`);
      return undefined;
    }
    return found;
  });

  return { planOf, validateUnusedEntries };

  /** What covers no field guards nothing, but a mistake in it is one that its author does not know of. */
  function validateUnusedEntries(): void {
    for (const { coordinate, typeName, value } of unread) {
      reader.read(value, { coordinate, typeName, report: (problem) => report(coordinate, problem) });
    }
  }

  function planOf(type: GraphQLObjectType, field: Field): FieldPlan | undefined {
    const coordinate = `${type.name}.${field.name}`;
    if (!finished.has(coordinate)) {
      inProgress.add(coordinate);
      finished.set(coordinate, compile(type, field, coordinate));
      inProgress.delete(coordinate);
    }
    return finished.get(coordinate);
  }

  function compile(type: GraphQLObjectType, field: Field, coordinate: string): FieldPlan | undefined {
    const bindings = bindingsOf(type, field, coordinate);
    if (!bindings) return undefined;
    const contradiction = contradictionOf(bindings.filter(({ source }) => source !== lookup.fallback));
    if (contradiction !== undefined) {
      report(coordinate, contradiction);
      return undefined;
    }
    const denyMode = denyModeOf(bindings, field, coordinate);
    const exposures = exposuresOf(bindings, field, { coordinate, typeName: type.name });
    if (!denyMode || !exposures) return undefined;
    return {
      coordinate,
      permission: allOfExpressions([...bindings.map(({ rule }) => rule.permission), ...exposures.rules]),
      masks: bindings.flatMap(({ rule }) => rule.masks),
      denyMode,
      exposes: exposures.links,
    };
  }

  function bindingsOf(type: GraphQLObjectType, field: Field, coordinate: string): readonly Binding[] | undefined {
    // The fallback stands in for the rules of object types; what an interface leaves open is theirs to say.
    const own = lookup.entryOf(type, field.name) ?? lookup.fallback;
    const ofInterfaces = type.getInterfaces().flatMap((owner) => {
      // An interface's `'*'` is for the interface's own fields, not for all of its implementations'.
      return Object.hasOwn(owner.getFields(), field.name) ? (lookup.entryOf(owner, field.name) ?? []) : [];
    });
    const entries = [...(own ? [own] : []), ...ofInterfaces];
    const ofDirectives = [type, ...type.getInterfaces()].flatMap(({ name }) => {
      return directives.get(`${name}.${field.name}`) ?? [];
    });
    if (entries.length + ofDirectives.length === 0) {
      report(coordinate, `has no rule; add \`${type.name}: { ${field.name}: … }\` or publicField('why')`);
      return undefined;
    }
    const bindings = entries.flatMap((entry) => {
      unread.delete(entry);
      const rule = reader.read(entry.value, {
        coordinate,
        typeName: type.name,
        report: (problem) => report(entry.coordinate, problem),
      });
      return rule ? [{ source: entry, rule }] : [];
    });
    if (bindings.length < entries.length) return undefined;
    return [...bindings, ...ofDirectives.map((rule): Binding => ({ source: 'directive', rule }))];
  }

  function denyModeOf(
    bindings: readonly Binding[],
    field: Field,
    coordinate: string,
  ): FieldPlan['denyMode'] | undefined {
    const modes = [...new Set(bindings.flatMap(({ rule }) => rule.denyModes))];
    const [mode = 'null'] = modes;
    if (modes.length > 1) {
      report(coordinate, `has the deny modes ${modes.join(' and ')}; say one`);
      return undefined;
    }
    if (mode === 'dropItem' && isNonNullType(field.type)) {
      report(coordinate, 'drops its item when denied, so it must be nullable: a non-null field takes the list with it');
      return undefined;
    }
    return mode;
  }

  function exposuresOf(
    bindings: readonly Binding[],
    field: Field,
    { coordinate, typeName }: Omit<RuleLocation, 'report'>,
  ) {
    const links = bindings.flatMap(({ rule }) => rule.exposes.flatMap((declared) => Object.entries(declared)));
    const of: RuleLocation = { coordinate, typeName, report: (problem) => report(coordinate, problem) };
    const rules = links.map(([text, exposed]): Expression | undefined => {
      const argument = parseExposingArgument(field, text);
      if (typeof argument === 'string') {
        of.report(`exposes ${exposed} by ${text}, but ${argument}`);
        return undefined;
      }
      const permission = dependencyOf(exposed, 'exposes', of);
      return permission && toExposureRule(argument, exposed, permission);
    });
    const complete = rules.filter((rule) => rule !== undefined);
    return complete.length < rules.length
      ? undefined
      : { rules: complete, links: links.map(([argument, exposed]) => ({ argument, coordinate: exposed })) };
  }

  /** What must hold for whoever reads the named field unmasked. */
  function dependencyOf(coordinate: string, how: string, of: RuleLocation): Expression | undefined {
    const [typeName = '', fieldName = '', ...more] = coordinate.split('.');
    const type = Object.hasOwn(schema.getTypeMap(), typeName) ? schema.getTypeMap()[typeName] : undefined;
    const field =
      isObjectType(type) && Object.hasOwn(type.getFields(), fieldName) ? type.getFields()[fieldName] : undefined;
    if (!isObjectType(type) || isIntrospectionType(type) || !field || more.length > 0) {
      of.report(`${how} ${coordinate}, which is no field of an object type in the schema`);
      return undefined;
    }
    if (inProgress.has(coordinate)) {
      of.report(`${how} ${coordinate}, which depends on it in turn`);
      return undefined;
    }
    const plan = planOf(type, field);
    return plan && allOfExpressions([plan.permission, ...plan.masks.map((mask) => mask.permission)]);
  }
}

/** A rule that says "public" beside one that protects would make the map lie to whoever audits it. */
function contradictionOf(bindings: readonly Binding[]): string | undefined {
  const open = bindings.filter(isPublic);
  const closed = bindings.filter((binding) => !isPublic(binding));
  if (open.length === 0 || closed.length === 0) return undefined;
  if (closed.some(({ source }) => source === 'directive')) {
    return 'is public in the map and protected by a directive; keep one of the two';
  }
  return `is public by ${namesOf(open)} and protected by ${namesOf(closed)}; say one or the other`;
}

function namesOf(bindings: readonly Binding[]): string {
  return bindings.map(({ source }) => (source === 'directive' ? source : source.coordinate)).join(', ');
}

function isPublic({ rule }: Binding): boolean {
  return allowsEverybody(rule.permission);
}
