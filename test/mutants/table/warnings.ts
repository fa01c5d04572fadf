import { type Mutant, mutantsOf } from '../mutant.ts';

const warnings = mutantsOf('compile/findWarnings.ts', ['compile/findWarnings.test.ts']);

export const warningsOfMaps: readonly Mutant[] = [
  warnings(
    'if (!plan || !isNonNullType(field.type)) return [];',
    'if (!plan) return [];',
    'nullable fields are warned of',
  ),
  warnings('covers(argument, text)', 'false', 'declared arguments are warned of'),
  warnings('reached.has(conjunct) || isOpen(conjunct)', 'isOpen(conjunct)', 'what led to the object is forgotten'),
  warnings(
    'reached.has(conjunct) || isOpen(conjunct)',
    'reached.has(conjunct)',
    'public non-null fields are warned of',
  ),
  warnings('others.every((other) => other.has(conjunct))', 'true', 'one way to an object counts for all'),
  warnings(
    'possibleTypes(schema, getNamedType(field.type)).includes(type)',
    'getNamedType(field.type) === type',
    'ways through abstract types are not seen',
  ),
  warnings(
    'allowedAlready.has(conjunct) || isOpen(conjunct)',
    'isOpen(conjunct)',
    'what the list asks for is forgotten',
  ),
  warnings(
    'allowedAlready.has(conjunct) || isOpen(conjunct)',
    'allowedAlready.has(conjunct)',
    'arguments about public fields are warned of',
  ),
  warnings(', ...masks.map((mask) => mask.permission)]', ']', 'arguments about masked fields are not seen'),
  warnings('coordinate === targetPlan.coordinate)', 'true)', 'an argument declared for one field counts for all'),
  warnings('depth >= maxInputDepth', 'depth >= 1', 'inputs of inputs are not looked into'),
  warnings('  if (isEnumType(named)) {\n', '  if (false) {\n', 'enum values are not looked at'),
  warnings("path.split('.').at(-1) ?? path", 'path', 'an input is called like the path to it'),
  warnings('text === declared || ', '', 'a declared argument is not covered by itself'),
  warnings("name.replaceAll('_', '').toLowerCase()", 'name.toLowerCase()', 'names with underscores are not recognized'),
  warnings(
    "name.replaceAll('_', '').toLowerCase()",
    "name.replaceAll('_', '')",
    'names in another case are not recognized',
  ),
  warnings("field !== 'id' && ", '', 'whatever has an id in its name is about ids'),
  warnings('input.includes(field)', 'input === field', 'minSalary is not about the salary'),
  warnings('type.getFields().nodes ?? ', '', 'the nodes of a connection are not looked into'),
  warnings(' ?? nodeOfEdges(type)', '', 'the edges of a connection are not looked into'),
  warnings('if (isAbstractType(type)) return schema.getPossibleTypes(type);', '', 'abstract lists are not looked into'),
  warnings(' && covers(name, wildcard)', '', "types without a '*' are warned of"),
  warnings(' && hasAllNamed(type)', '', "every '*' is warned of"),
  warnings(
    '(isObjectType(type) || isInterfaceType(type)) &&',
    'isObjectType(type) &&',
    "a '*' of an interface is not looked at",
  ),
  warnings(
    'schema.getPossibleTypes(type).length === 0',
    'false',
    'interfaces that nobody implements are not looked at',
  ),
  warnings(
    '!covers(type.name, wildcard) && !hasAllNamed(type)',
    '!hasAllNamed(type)',
    "a '*' beside the types is needed by types with a '*'",
  ),
  warnings(' && !isNeeded ?', ' && false ?', "a '*' beside the types is not looked at"),
  warnings(
    '(Object.hasOwn(permissions, typeName) && Object(permissions[typeName]))',
    'permissions[typeName]',
    'names of prototypes are taken for types with rules',
  ),
  warnings('open.length > 0 && ', '', 'fields that only their arguments guard are warned of twice'),
  warnings(
    'open.includes(part) || readsArgumentsOnly(part)',
    'open.includes(part)',
    'a public field with a rule on its arguments needs no reason',
  ),
  warnings('isPublic && !open.some(hasReason)', 'isPublic', 'every public field is warned of'),
  warnings(
    "if (expression.kind === 'any' || expression.kind === 'all') return expression.of.some(hasReason);",
    '',
    'reasons in trees are not seen',
  ),
  warnings(' && !/^public:\\s*$/.test(expression.rule.name)', '', 'an empty reason is one'),
  warnings(' && !expression.rule.readsClaims', '', 'arguments held against claims count as arguments alone'),
  warnings(
    'expression.of.every(readsArgumentsOnly)',
    'expression.of.some(readsArgumentsOnly)',
    'arguments beside a scope count as arguments alone',
  ),
  warnings(
    'expression.of.some(readsArgumentsOnly)',
    'expression.of.every(readsArgumentsOnly)',
    'arguments that are enough are not warned of',
  ),
];
