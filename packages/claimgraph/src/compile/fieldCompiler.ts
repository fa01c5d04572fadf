import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { containsShieldRule } from '../logic/evaluateShieldRule.ts';
import { allowsEverybody, type Expression, reads } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import type { DirectiveRules } from './directives/federationDirectives.ts';
import { parseExposingArgument, toExposureRule } from './exposure.ts';
import { createFieldInputs } from './fieldInputs.ts';
import type { MapEntry, PermissionLookup } from './permissionMap.ts';
import type { ReportProblem, ReportProblemAt } from './problem.ts';
import { allOfExpressions, type CompiledRule, createRuleParser, inherits, type RuleLocation } from './ruleParser.ts';
import { splitModifiers } from './splitModifiers.ts';

type Field = GraphQLField<unknown, unknown>;

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
export function createFieldCompiler(
  schema: GraphQLSchema,
  { lookup, directives }: RuleSources,
  report: ReportProblemAt,
) {
  const finished = new Map<string, FieldPlan | undefined>();
  const inProgress = new Set<string>();
  const unread = new Set(lookup.entries);
  const reader = createRuleParser((coordinate, field) => {
    const found = dependencyOf(coordinate, 'inherits from', field);
    if (!found) return undefined;
    if (reads(found, 'arguments')) {
      field.report(
        'INHERITS_ARGUMENTS_RULE',
        `inherits from ${coordinate}, whose rule reads arguments, and a computed field has others`,
        'repeat the rules that fit',
      );
      return undefined;
    }
    if (reads(found, 'row') && !coordinate.startsWith(`${field.typeName}.`)) {
      field.report(
        'INHERITS_FOREIGN_ROW_RULE',
        `inherits from ${coordinate}, whose rule reads a row of another type`,
        "write a row rule for this type's rows",
      );
      return undefined;
    }
    return found;
  });

  const inputs = createFieldInputs(schema, readInputs(), report);

  return { planOf, validateUnusedEntries };

  /** What must hold for whoever uses an input; each is read once, so that it is one expression wherever it counts. */
  function readInputs(): ReadonlyMap<string, Expression> {
    const permissions = new Map<string, Expression>();
    for (const { coordinate, typeName, value } of lookup.inputs.values()) {
      const permission = readInput(value, { coordinate, typeName, report: reportAt(coordinate) });
      if (permission) permissions.set(coordinate, permission);
    }
    return permissions;
  }

  function readInput(value: unknown, input: RuleLocation): Expression | undefined {
    const isPlain = !inherits(value) && splitModifiers(value).modifiers.length === 0;
    const read = isPlain ? reader.read(value, input) : undefined;
    if (isPlain && (!read || !needsExecution(read.permission))) return read?.permission;
    input.report(
      'UNSUITABLE_INPUT_RULE',
      'has a rule that cannot be decided before anything is executed, by token and claims',
      'take a rule without rows, arguments, inherit, modifiers and functions of graphql-shield; of values, the field says it: requireArguments',
    );
    return undefined;
  }

  function reportAt(coordinate: string): ReportProblem {
    return (...problem) => report(coordinate, ...problem);
  }

  /** What covers no field guards nothing, but a mistake in it is one that its author does not know of. */
  function validateUnusedEntries(): void {
    for (const { coordinate, typeName, value } of unread) {
      reader.read(value, { coordinate, typeName, report: reportAt(coordinate) });
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
    if (
      contradict(
        bindings.filter(({ source }) => source !== lookup.fallback),
        reportAt(coordinate),
      )
    )
      return undefined;
    const denyMode = denyModeOf(bindings, field, coordinate);
    const exposures = exposuresOf(bindings, field, { coordinate, typeName: type.name });
    if (!denyMode || !exposures) return undefined;
    const used = inputs.of(field.args);
    return {
      coordinate,
      permission: allOfExpressions([
        ...bindings.map(({ rule }) => rule.permission),
        ...exposures.rules,
        ...used.map(({ permission }) => permission),
      ]),
      masks: bindings.flatMap(({ rule }) => rule.masks),
      denyMode,
      exposes: exposures.links,
      ...(used.length > 0 && { inputs: used }),
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
      report(coordinate, 'NO_RULE', 'has no rule', `${type.name}: { ${field.name}: requireScope('…') },`);
      return undefined;
    }
    const bindings = entries.flatMap((entry) => {
      unread.delete(entry);
      const rule = reader.read(entry.value, {
        coordinate,
        typeName: type.name,
        report: reportAt(entry.coordinate),
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
      report(
        coordinate,
        'SEVERAL_DENY_MODES',
        `has the deny modes ${modes.join(' and ')}`,
        "keep one, also among the interfaces' rules",
      );
      return undefined;
    }
    if (mode === 'dropItem' && isNonNullType(field.type)) {
      report(
        coordinate,
        'DROP_ITEM_NON_NULL',
        'drops its item when denied, but is non-null, which takes the whole list away',
        'make the field nullable, or take another deny mode',
      );
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
    const of: RuleLocation = { coordinate, typeName, report: reportAt(coordinate) };
    const rules = links.map(([text, exposed]): Expression | undefined => {
      const argument = parseExposingArgument(field, text);
      if (typeof argument === 'string') {
        of.report(
          'UNKNOWN_EXPOSING_ARGUMENT',
          `exposes ${exposed} by ${text}, but ${argument}`,
          'correct the path, or the enum value behind "="',
        );
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
      of.report(
        'UNKNOWN_DEPENDENCY',
        `${how} ${coordinate}, which is no field of an object type in the schema`,
        'write Type.field; of an interface, name an implementation',
      );
      return undefined;
    }
    if (inProgress.has(coordinate)) {
      of.report(
        'CIRCULAR_DEPENDENCY',
        `${how} ${coordinate}, which depends on it in turn`,
        'give one of the fields a rule of its own',
      );
      return undefined;
    }
    const plan = planOf(type, field);
    return plan && allOfExpressions([plan.permission, ...plan.masks.map((mask) => mask.permission)]);
  }
}

/** Whether token and claims are not enough to decide it. */
function needsExecution(permission: Expression): boolean {
  return reads(permission, 'arguments') || reads(permission, 'row') || containsShieldRule(permission);
}

/** A rule that says "public" beside one that protects would make the map lie to whoever audits it. */
function contradict(bindings: readonly Binding[], report: ReportProblem): boolean {
  const open = bindings.filter(isPublic);
  const closed = bindings.filter((binding) => !isPublic(binding));
  if (open.length === 0 || closed.length === 0) return false;
  if (closed.some(({ source }) => source === 'directive')) {
    report('CONTRADICTORY_RULES', 'is public in the map and protected by a directive', 'keep one of the two');
  } else {
    const said = `is public by ${namesOf(open)} and protected by ${namesOf(closed)}`;
    report('CONTRADICTORY_RULES', said, 'say one or the other');
  }
  return true;
}

function namesOf(bindings: readonly Binding[]): string {
  return bindings.map(({ source }) => (source === 'directive' ? source : source.coordinate)).join(', ');
}

function isPublic({ rule }: Binding): boolean {
  return allowsEverybody(rule.permission);
}
