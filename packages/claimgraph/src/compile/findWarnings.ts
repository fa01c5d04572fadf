import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { allowsEverybody, type Expression } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { type FieldPlans, objectTypesOf, type PermissionMap } from './compilePermissions.ts';
import { requiredFields } from './directives/requiredFields.ts';
import { spellOutWildcards, wildcard } from './permissionMap.ts';
import type { Warning, WarningCode } from './problem.ts';

type Field = GraphQLField<unknown, unknown>;

/**
 * What a permission map allows and is probably not meant, each with its coordinate: a non-null field that can be refused
 * where its object is not, an argument that orders or filters by a field that its users may not all read, a field that a
 * router makes of such fields, a public field without a reason, a field that only its arguments guard, a rule that never
 * decides because it is asynchronous, and a `'*'` or an interface's rules that cover nothing.
 */
export function findWarnings(schema: GraphQLSchema, plans: FieldPlans, permissions: PermissionMap): readonly Warning[] {
  const types = objectTypesOf(schema);
  const reached = conjunctsOnTheWays(schema, plans);
  return [
    ...types.flatMap((type) => nonNullWarnings(plans, type, reached.get(type) ?? new Set())),
    ...types.flatMap((type) => fieldsOf(type).flatMap((field) => exposureWarnings(schema, plans, field))),
    ...[...plans.values()].filter(isPublicWithoutReason).map(({ coordinate }) => {
      const [typeName, fieldName] = coordinate.split('.');
      const fix = `${typeName}: { ${fieldName}: publicField('why') },`;
      return warning('PUBLIC_WITHOUT_REASON', coordinate, 'is public without a reason', fix);
    }),
    ...[...plans.values()]
      .filter(({ permission }) => readsArgumentsOnly(permission))
      .map(({ coordinate }) => {
        const message = 'is guarded by its arguments alone, so callers without a token may read it';
        return warning('GUARDED_BY_ARGUMENTS_ALONE', coordinate, message, "add who may, or publicField('…')");
      }),
    ...requiredFields(schema).flatMap(({ field, required, directive }) => {
      const [plan, needed] = [plans.get(field), plans.get(required)];
      if (!plan || !needed || asksForAll(plan, needed)) return [];
      const message = `is made of ${needed.coordinate} (${directive}), which fewer may read`;
      const fix = `let it ask for the same: allOf(…, inherit('${needed.coordinate}'))`;
      return [warning('MADE_OF_PROTECTED_FIELDS', plan.coordinate, message, fix)];
    }),
    ...[...plans.values()].flatMap((plan) =>
      [plan.permission, ...plan.masks.map(({ permission }) => permission)].flatMap(asynchronousRules).map((name) => {
        const message = `has the rule "${name}", whose function is asynchronous: every request is an internal error`;
        return warning('ASYNCHRONOUS_RULE', plan.coordinate, message, 'let it answer true or false at once');
      }),
    ),
    ...unusedEntries(schema, spellOutWildcards(permissions)),
    ...unusedInputs(schema, permissions),
  ];
}

/** A refused non-null field takes its object with it, so it should ask for no more than what leads to the object. */
function nonNullWarnings(
  plans: FieldPlans,
  type: GraphQLObjectType,
  reached: ReadonlySet<Expression>,
): readonly Warning[] {
  return fieldsOf(type).flatMap((field) => {
    const plan = plans.get(field);
    if (!plan || !isNonNullType(field.type)) return [];
    // What arguments may use is decided for the whole operation.
    const ofInputs = plan.inputs?.map(({ permission }) => permission) ?? [];
    const own = conjunctsOf(plan.permission).filter((conjunct) => !ofInputs.includes(conjunct));
    if (own.every((conjunct) => reached.has(conjunct) || isOpen(conjunct))) return [];
    const message = 'is non-null but can be refused on its own, which takes its object away';
    return [warning('REFUSABLE_NON_NULL', plan.coordinate, message, 'make it nullable')];
  });
}

/**
 * What everybody has been allowed who got hold of an object of a type, whichever way; a type that is no field's is left
 * out. By the types that fields name first, so that it takes as long as the schema is large.
 */
function conjunctsOnTheWays(
  schema: GraphQLSchema,
  plans: FieldPlans,
): ReadonlyMap<GraphQLNamedType, ReadonlySet<Expression>> {
  const named = new Map<GraphQLNamedType, Set<Expression>>();
  for (const [field, plan] of plans) keepCommon(named, getNamedType(field.type), new Set(conjunctsOf(plan.permission)));
  const reached = new Map<GraphQLNamedType, Set<Expression>>();
  for (const [type, conjuncts] of named) {
    for (const possible of possibleTypes(schema, type)) keepCommon(reached, possible, conjuncts);
  }
  return reached;
}

function keepCommon<Key>(sets: Map<Key, Set<Expression>>, key: Key, others: ReadonlySet<Expression>): void {
  const known = sets.get(key);
  sets.set(key, new Set(known ? [...known].filter((one) => others.has(one)) : others));
}

/** An enum value or input field called like a field of what is listed, where reading that field takes more. */
function exposureWarnings(schema: GraphQLSchema, plans: FieldPlans, field: Field): readonly Warning[] {
  const plan = plans.get(field);
  if (!plan || field.args.length === 0) return [];
  const listed = listedTypes(schema, getNamedType(field.type)).flatMap((type) => fieldsOf(type));
  const inputs = field.args.flatMap((argument) => inputNames(argument.name, argument.type, 0));
  return listed.flatMap((target) => {
    const targetPlan = plans.get(target);
    if (!targetPlan) return [];
    const declared = plan.exposes.filter(({ coordinate }) => coordinate === targetPlan.coordinate);
    if (asksForAll(plan, targetPlan)) return [];
    const exposing = inputs.filter(({ name, text }) => {
      return isAbout(name, target.name) && !declared.some(({ argument }) => covers(argument, text));
    });
    return exposing.map(({ text }) => {
      const [typeName, fieldName] = plan.coordinate.split('.');
      const message = `${text} seems to tell about ${targetPlan.coordinate}, which fewer may read`;
      const fix = `${typeName}: { ${fieldName}: exposes(…, { '${text}': '${targetPlan.coordinate}' }) },`;
      return warning('UNDECLARED_EXPOSURE', plan.coordinate, message, fix);
    });
  });
}

/** Whether whoever may read the one field may read the other one as well, whole. */
function asksForAll(plan: FieldPlan, { permission, masks }: FieldPlan): boolean {
  const allowedAlready = new Set(conjunctsOf(plan.permission));
  const parts = [permission, ...masks.map((mask) => mask.permission)].flatMap(conjunctsOf);
  return parts.every((conjunct) => allowedAlready.has(conjunct) || isOpen(conjunct));
}

/** The names of the rules whose functions cannot answer at once. */
function asynchronousRules(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'rule': {
      const predicate: unknown = Reflect.get(Object(expression.rule.madeOf), 'predicate');
      const isAsynchronous = /^\[object Async/.test(Object.prototype.toString.call(predicate));
      return isAsynchronous ? [expression.rule.name] : [];
    }
    case 'decided':
    case 'foreign':
      return [];
    case 'not':
      return asynchronousRules(expression.of);
    default:
      return expression.of.flatMap(asynchronousRules);
  }
}

interface InputName {
  readonly name: string;
  readonly text: string;
}

/** Deep enough for filters of filters; input types can be recursive. */
const maxInputDepth = 4;

function inputNames(path: string, type: GraphQLInputType, depth: number): readonly InputName[] {
  const named = getNamedType(type);
  if (isEnumType(named)) {
    return named.getValues().map(({ name }) => ({ name, text: `${path}=${name}` }));
  }
  if (!isInputObjectType(named)) return [{ name: path.split('.').at(-1) ?? path, text: path }];
  if (depth >= maxInputDepth) return [];
  return Object.values(named.getFields()).flatMap((input) =>
    inputNames(`${path}.${input.name}`, input.type, depth + 1),
  );
}

/** Whoever declares `filter` has declared `filter.salary` and `filter.order=SALARY` with it. */
function covers(declared: string, text: string): boolean {
  return text === declared || text.startsWith(`${declared}.`) || text.startsWith(`${declared}=`);
}

/** `INTERNAL_RATING`, `internalRating`, `minInternalRating` and `internal_rating_gt` are about `internalRating`. */
function isAbout(inputName: string, fieldName: string): boolean {
  const [input, field] = [inputName, fieldName].map((name) => name.replaceAll('_', '').toLowerCase());
  return input !== undefined && field !== undefined && field !== 'id' && input.includes(field);
}

/** The object types that a list or a Relay connection lists. */
function listedTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  const nodes = isObjectType(type) ? (type.getFields().nodes ?? nodeOfEdges(type)) : undefined;
  return possibleTypes(schema, nodes ? getNamedType(nodes.type) : type);
}

function nodeOfEdges(type: GraphQLObjectType): Field | undefined {
  const edge = type.getFields().edges && getNamedType(type.getFields().edges?.type);
  return isObjectType(edge) ? edge.getFields().node : undefined;
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}

function unusedEntries(schema: GraphQLSchema, permissions: PermissionMap): readonly Warning[] {
  const covers = (typeName: string, fieldName: string) => Object.hasOwn(rulesOf(permissions, typeName), fieldName);
  const hasAllNamed = (type: GraphQLObjectType | GraphQLInterfaceType) =>
    Object.keys(type.getFields()).every((name) => covers(type.name, name));
  const warnings = Object.keys(permissions).flatMap((name) => {
    const type = schema.getType(name);
    if (isInterfaceType(type) && schema.getPossibleTypes(type).length === 0) {
      return [
        warning('UNUSED_RULE', name, 'its rules cover no field, for no object type implements it', 'remove them'),
      ];
    }
    const hasUnused = (isObjectType(type) || isInterfaceType(type)) && covers(name, wildcard) && hasAllNamed(type);
    return hasUnused ? [unusedWildcard(`${name}.${wildcard}`)] : [];
  });
  const isNeeded = objectTypesOf(schema).some((type) => !covers(type.name, wildcard) && !hasAllNamed(type));
  return Object.hasOwn(permissions, wildcard) && !isNeeded ? [...warnings, unusedWildcard(wildcard)] : warnings;
}

/** Input types and enums that no argument takes. */
function unusedInputs(schema: GraphQLSchema, permissions: PermissionMap): readonly Warning[] {
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .flatMap(fieldsOf);
  const taken = new Set<GraphQLNamedType>(fields.flatMap(({ args }) => args.map(({ type }) => getNamedType(type))));
  for (const type of taken) {
    if (!isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) taken.add(getNamedType(field.type));
  }
  return Object.keys(permissions).flatMap((name) => {
    const type = schema.getType(name);
    if (!type || !(isInputObjectType(type) || isEnumType(type)) || taken.has(type)) return [];
    return [warning('UNUSED_RULE', name, 'its rules cover nothing, for no argument takes it', 'remove them')];
  });
}

function rulesOf(permissions: PermissionMap, typeName: string): object {
  return (Object.hasOwn(permissions, typeName) && Object(permissions[typeName])) || {};
}

function unusedWildcard(coordinate: string): Warning {
  return warning('UNUSED_RULE', coordinate, 'covers no field, for each has a rule of its own', 'remove it');
}

function warning(code: WarningCode, coordinate: string, message: string, fix: string): Warning {
  return { code, coordinate, message, fix };
}

function isPublicWithoutReason({ permission }: FieldPlan): boolean {
  const conjuncts = conjunctsOf(permission);
  const open = conjuncts.filter(allowsEverybody);
  // What is said about arguments narrows what may be asked for, not who may ask.
  const isPublic = open.length > 0 && conjuncts.every((part) => open.includes(part) || readsArgumentsOnly(part));
  return isPublic && !open.some(hasReason);
}

function hasReason(expression: Expression): boolean {
  if (expression.kind === 'any' || expression.kind === 'all') return expression.of.some(hasReason);
  return isOpen(expression) && expression.kind === 'rule' && !/^public:\s*$/.test(expression.rule.name);
}

/** Whether callers without a token get by with the right arguments, and nothing says that this is meant. */
function readsArgumentsOnly(expression: Expression): boolean {
  switch (expression.kind) {
    case 'rule':
      return expression.rule.reads === 'arguments' && !expression.rule.readsClaims;
    case 'all':
    case 'chain':
      return expression.of.every(readsArgumentsOnly);
    case 'any':
      return expression.of.some(readsArgumentsOnly);
    default:
      return false;
  }
}

function isOpen(expression: Expression): boolean {
  return expression.kind === 'rule' && expression.rule.reads === 'nothing';
}

function conjunctsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'all' || expression.kind === 'chain' ? expression.of.flatMap(conjunctsOf) : [expression];
}

function fieldsOf(type: GraphQLObjectType): readonly Field[] {
  return Object.values(type.getFields());
}
