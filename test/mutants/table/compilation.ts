import { type Mutant, mutantsOf } from '../mutant.ts';

const compiler = mutantsOf('compile/fieldCompiler.ts', [
  'compile/fieldCompiler.test.ts',
  'compile/compilePermissions.test.ts',
  'operation/exposes.test.ts',
  'operation/denyModes.test.ts',
]);
const reader = mutantsOf('compile/ruleParser.ts', [
  'operation/denyModes.test.ts',
  'compile/compilePermissions.test.ts',
  'compile/fieldCompiler.test.ts',
]);
const apart = mutantsOf('compile/splitModifiers.ts', [
  'operation/denyModes.test.ts',
  'compile/compilePermissions.test.ts',
  'compile/fieldCompiler.test.ts',
]);
const map = mutantsOf('compile/permissionMap.ts', [
  'compile/compilePermissions.test.ts',
  'compile/fieldCompiler.test.ts',
]);
const exposure = mutantsOf('compile/exposure.ts', ['operation/exposes.test.ts']);
const compile = mutantsOf('compile/compilePermissions.ts', [
  'compile/compilePermissions.test.ts',
  'compile/directives/directiveRules.test.ts',
]);

export const compilation: readonly Mutant[] = [
  // From map to plans.
  compiler('...(own ? [own] : []), ...ofInterfaces]', '...(own ? [own] : [])]', 'rules of interfaces do not bind'),
  compiler(
    'lookup.entryOf(type, field.name) ?? lookup.fallback',
    'lookup.entryOf(type, field.name)',
    "the map's '*' covers nothing",
  ),
  compiler('        ...exposures.rules,\n', '', 'arguments that tell about other fields are allowed'),
  compiler('masks: bindings.flatMap(({ rule }) => rule.masks)', 'masks: []', 'nothing is masked'),
  compiler(
    'masks: bindings.flatMap(({ rule }) => rule.masks)',
    'masks: bindings.slice(0, 1).flatMap(({ rule }) => rule.masks)',
    'masks on interfaces do not bind',
  ),
  compiler('if (modes.length > 1) {', 'if (false) {', 'deny modes may contradict each other'),
  compiler("mode === 'dropItem' && isNonNullType(field.type)", 'false', 'a non-null field may drop its item'),
  compiler("if (reads(found, 'arguments')) {", 'if (false) {', 'rules on arguments are inherited'),
  compiler(
    "if (reads(found, 'row') && ",
    "if (found.kind === 'decided' && ",
    'rules on rows of other types are inherited',
  ),
  compiler('if (inProgress.has(coordinate)) {', 'if (false) {', 'fields may inherit from each other in a circle'),
  compiler(
    'allOfExpressions([plan.permission, ...plan.masks.map((mask) => mask.permission)])',
    'plan.permission',
    'a masked field is inherited unmasked',
  ),
  compiler(
    'if (open.length === 0 || closed.length === 0) return false;',
    'return false;',
    'public and protected may contradict each other',
  ),
  compiler(
    'if (entries.length + ofDirectives.length === 0) {',
    'if (false) {',
    'a field without a rule does not stop the start',
  ),
  compiler(
    'if (bindings.length < entries.length) return undefined;',
    '',
    'a rule with a problem is left out of its field',
  ),
  reader('if (masks.length > 1) {', 'if (false) {', 'several masks of one entry are taken'),
  reader('if (rules.length === 0) {\n        field', 'if (false) {\n        field', 'a mask alone is a permission'),
  reader('modes.every((mode) => denyModes.includes(mode))', 'true', 'unknown deny modes are taken'),
  reader(
    'if (expression && !inherits(value)) known.set',
    'if (expression) known.set',
    'what one field inherits is taken for another',
  ),
  reader('return namesake === meant;', 'return true;', 'two rules have one name'),
  reader('if (namesake !== meant)', 'if (false)', 'two rules of one name start'),
  reader(
    "if (rules.length === 0) {\n      field.report('EMPTY_RULE_LIST'",
    "if (false) {\n      field.report('EMPTY_RULE_LIST'",
    'empty lists of rules are taken',
  ),
  reader(
    'return parts.length < rules.length ? undefined : parts;',
    'return parts;',
    'what is no rule is left out of a tree',
    'the problem has been reported, so no plan is ever used',
  ),
  apart(
    "if (modifier?.kind === 'mask') return { rules: [], modifiers: [modifier] };",
    '',
    'a mask is taken for a rule',
  ),
  apart(
    'return { rules, modifiers: [modifier, ...modifiers] };',
    'return { rules, modifiers: [modifier] };',
    'modifiers within modifiers are forgotten',
  ),
  map(
    'Object.hasOwn(schema.getTypeMap(), typeName) ? schema.getTypeMap()[typeName] : undefined',
    'schema.getTypeMap()[typeName]',
    'names of prototypes are taken for types',
    'graphql-js makes the type map without a prototype',
  ),
  map(
    'entryOf: ({ name }, fieldName) => entries',
    'entryOf: ({ name }, fieldName) => fieldName === wildcard ? undefined : entries.get([name, wildcard].join(".")) ?? entries',
    "a type's '*' comes before its fields' own rules",
  ),
  map(
    'else {\n          const what',
    'else {\n          continue;\n          const what',
    'misspelt fields are ignored',
  ),
  map('if (!type) {\n      report(', 'if (!type) {\n      continue;\n      report(', 'misspelt types are ignored'),
  exposure(
    'if (!isUsed(argument, args)) return allowed;',
    'return allowed;',
    'arguments that tell about other fields are allowed',
  ),
  exposure(
    'if (Array.isArray(args)) return args.some((item) => isUsed({ path, value }, item));',
    '',
    'exposing values in lists are not seen',
  ),
  exposure('Object.is(given, internal) ||', 'given !== null ||', 'every enum value counts as the exposing one'),
  exposure(
    ' || (Array.isArray(given) && given.some((item) => holds(item, internal)))',
    '',
    'an exposing enum value in a list of enum values is not seen',
  ),
  exposure('args !== undefined && args !== null', 'args !== undefined', 'an argument that is null counts as used'),
  compile('  compiler.validateUnusedEntries();\n', '', 'faulty rules that bind no field start'),
  compile('if (found.length > 0) throw', 'if (false) throw', 'a map with problems starts'),
  compile(
    'readDirectiveRules(schema, options,',
    'readDirectiveRules(schema, {},',
    'the rules of policies are forgotten',
  ),
  compile('.filter((type) => !isIntrospectionType(type))', '', 'introspection needs rules'),
];
