import { type Mutant, mutantsOf } from '../mutant.ts';

const tests = 'compile/directives';
const applied = mutantsOf('compile/directives/appliedDirectives.ts', [`${tests}/federationDirectives.test.ts`]);
const shape = mutantsOf('compile/directives/definitionShape.ts', [`${tests}/federationDefinitions.test.ts`]);
const rules = mutantsOf('compile/directives/directiveRules.ts', [`${tests}/directiveRules.test.ts`]);
const definitions = mutantsOf('compile/directives/federationDefinitions.ts', [
  `${tests}/federationDefinitions.test.ts`,
  `${tests}/linkImports.test.ts`,
]);
const directives = mutantsOf('compile/directives/federationDirectives.ts', [
  `${tests}/federationDirectives.test.ts`,
  `${tests}/federationDefinitions.test.ts`,
  `${tests}/linkImports.test.ts`,
]);
const spec = mutantsOf('compile/directives/federationSpec.ts', [
  `${tests}/federationDefinitions.test.ts`,
  `${tests}/linkImports.test.ts`,
  `${tests}/federationDirectives.test.ts`,
]);
const links = mutantsOf('compile/directives/linkImports.ts', [
  `${tests}/linkImports.test.ts`,
  `${tests}/federationDirectives.test.ts`,
  `${tests}/federationDefinitions.test.ts`,
]);

export const federation: readonly Mutant[] = [
  // Where directives stand.
  applied(
    "    ...on('schema', 'SCHEMA', { name: 'schema', astNode, extensionASTNodes }),\n",
    '',
    'directives on the schema are not seen',
  ),
  applied('    ...definitions,\n', '', 'directives on the arguments of directives are not seen'),
  applied(
    'isObjectType(type) || isInterfaceType(type)',
    'isObjectType(type)',
    'directives on the fields of interfaces are not seen',
  ),
  applied(
    "return [...on(name, isObjectType(type) ? 'OBJECT' : 'INTERFACE', type), ...fields];",
    'return fields;',
    'directives on object types and interfaces are not seen',
  ),
  applied('field.args', '[]', 'directives on the arguments of fields are not seen'),
  applied("...on(name, 'INPUT_OBJECT', type), ", '', 'directives on inputs are not seen'),
  applied(
    ", ...onMembers(name, 'INPUT_FIELD_DEFINITION', fields)",
    '',
    'directives on the fields of inputs are not seen',
  ),
  applied("...on(name, 'ENUM', type), ", '', 'directives on enums are not seen'),
  applied(", ...onMembers(name, 'ENUM_VALUE', type.getValues())", '', 'directives on enum values are not seen'),
  applied("isScalarType(type) ? 'SCALAR' : 'UNION'", "'UNION'", 'directives on scalars are refused'),
  applied("isScalarType(type) ? 'SCALAR' : 'UNION'", "'SCALAR'", 'directives on unions bind nothing, unnoticed'),
  applied('[astNode, ...extensionASTNodes]', '[astNode]', 'directives on extensions are not seen'),
  applied(
    '.filter((type) => !isIntrospectionType(type))',
    '',
    'directives are looked for on introspection',
    'no SDL can define or extend its types',
  ),

  // Definitions that the SDL brings itself.
  shape('got === expected[meaning] && ', '', 'a definition with other arguments is taken'),
  shape(' && others.length === 0', '', 'a definition for places where nothing can be enforced is taken'),
  shape('!hasDefault ?', 'true ?', 'the default of an argument is overlooked'),
  shape(".replace(/\\w+/, '_')", '', "Apollo's own definitions are refused"),
  shape("args.length === 0 ? '' : ", '', 'a definition without arguments is refused'),

  // From directives to rules.
  rules(
    'createRuleParser((_coordinate, field) => {\n',
    'createRuleParser((_coordinate, field) => {\n    return undefined;\n',
    'a policy that inherits is left out without a word',
  ),
  rules('compiled.masks.length + ', '', 'a policy may have a mask'),
  rules(
    'compiled.denyModes.length + compiled.exposes.length',
    'compiled.exposes.length',
    'the deny mode of a policy is forgotten',
  ),
  rules(
    'compiled.denyModes.length + compiled.exposes.length',
    'compiled.denyModes.length',
    'what a policy exposes is forgotten',
  ),
  rules('if (rule && !known.has(key))', 'if (rule)', 'directives that say the same are decided anew'),
  rules('{meaning} ', '{0} ', 'policies are taken for scopes of the same names'),
  rules('node.arguments?.[0]?.value ?? node.name', 'node.name', 'all lists of scopes say the same'),
  rules('if (node.arguments?.length) {', 'if (false) {', '@authenticated may have arguments'),
  rules('Object.hasOwn(policies, name)', 'name in policies', 'names of prototypes are taken for policies'),
  rules('undefined : allOf(...rules)', 'undefined : anyOf(...rules)', 'one policy of an all-of is enough'),
  rules('return requireScope(...scopes);', 'return requireScope(scopes[0]);', 'one scope of an all-of is enough'),
  rules(
    "report('INVALID_DIRECTIVE_ARGUMENTS', error.message",
    "[].push('INVALID_DIRECTIVE_ARGUMENTS', error.message",
    'what is no scope is left out without a word',
  ),
  rules(
    'if (!(error instanceof ConfigurationError)) throw error;',
    'throw error;',
    'the first faulty scope hides all other problems',
  ),
  rules(
    '    if (!(error instanceof ConfigurationError)) throw error;\n',
    '',
    'a defect is reported as a faulty scope',
    'requireScope throws nothing else',
  ),
  rules(
    'if (!first || usable.length < rules.length)',
    'if (!first)',
    'a faulty alternative is left out',
    'the problem has been reported, so no plan is ever used',
  ),
  rules('first : anyOf(...usable)', 'first : allOf(...usable)', 'every alternative must hold'),
  rules('argument?.name.value === name && !second', '!second', 'the argument may have any name'),
  rules('argument?.name.value === name && !second', 'argument?.name.value === name', 'a second argument is ignored'),
  rules('if (!groups) {', 'if (false) {', 'lists that cannot be read are left out without a word'),
  rules('first === undefined || items.length', 'items.length', 'empty lists are taken'),
  rules(
    'first === undefined || items.length < value.values.length',
    'first === undefined',
    'what is no string is left out of a list',
  ),
  rules('value.kind === Kind.STRING ?', "'value' in value ?", 'numbers and enum values are taken for strings'),

  // Definitions that SDL may leave out.
  definitions(
    '[...usedDirectives(document)].filter((name) => !defined.has(name))',
    '[...usedDirectives(document)]',
    'directives that the SDL defines are defined again',
  ),
  definitions(
    'node.kind === Kind.DIRECTIVE_DEFINITION ? node.name.value : []',
    "'name' in node && node.name ? node.name.value : []",
    'a type counts as the definition of a directive of its name',
  ),
  definitions("if (name === 'link') return linkDefinition;", '', '@link is not known'),
  definitions(' ?? unimported(name)', '', 'a directive without its import is only unknown to graphql'),
  definitions('?.(namespace)', "?.('federation')", 'scopes are typed in the usual namespace'),
  definitions('node.kind === Kind.SCHEMA_DEFINITION || ', '', '@link on the definition of the schema is not seen'),
  definitions(' || node.kind === Kind.SCHEMA_EXTENSION', '', '@link on an extension of the schema is not seen'),
  definitions(
    "(node.directives ?? []).filter(({ name }) => name.value === 'link')",
    '(node.directives ?? [])',
    'other directives on the schema are taken for links',
  ),
  definitions(
    'return [...used].filter((name) => !defined.has(name));',
    'return [...used];',
    'types that the SDL defines are defined again',
  ),
  spec('  authenticated: 5,', '  authenticated: 6,', '@authenticated is taken for newer than it is'),
  spec('  policy: 6,', '  policy: 5,', '@policy is taken for older than it is'),
  spec("'SCALAR', 'ENUM'] as const", "'SCALAR'] as const", 'enums cannot be protected'),
  spec('__Scope!]!]!) repeatable on', '__Scope!]!]!) on', 'scopes cannot be repeated'),
  spec(
    "  if (name === 'link__Purpose') return 'enum link__Purpose { SECURITY EXECUTION }';\n",
    '',
    'what a link is for has no type',
  ),
  spec("name === 'link__Import' || ", '', 'the imports of a link have no type'),
  spec('scalars.includes(name)', 'true', 'misspelt types become scalars'),
  spec("name.replace(/^.*__/, '')", 'name', 'long names are not known for what they resemble'),

  // What directives bind.
  directives("place === 'SCHEMA' && ", '', '@link on a field is taken for a link of the schema'),
  directives(" && node.name.value === 'link'", '', 'other directives on the schema are taken for links'),
  directives(
    '  reportDefinitions(schema, names, harmlessDirectives, report);\n',
    '',
    'definitions of any shape are taken',
  ),
  directives(
    '.filter((name) => !isSecurityDirective(name))',
    '',
    'directives that protect are harmless when they are not imported',
  ),
  directives("['link', 'cacheControl']", "['link']", '@cacheControl is unknown'),
  directives(
    'if (!isHarmless(node.name.value, names, harmlessDirectives))',
    'if (false)',
    'unknown directives are ignored',
  ),
  directives(
    '!protectablePlaces.some((protectable) => protectable === place)',
    'false',
    'directives that protect are taken where they bind nothing',
  ),
  directives(
    'rules.set(coordinate,',
    'if (rule) rules.set(coordinate,',
    'fields of faulty directives are reported again, as having no rule',
  ),
  directives('|| !(isObjectType(type) || isInterfaceType(type))', '|| !isObjectType(type)', 'interfaces bind nothing'),
  directives('[type.name, coordinate, ...', '[coordinate, ...', 'directives on types bind nothing'),
  directives('[type.name, coordinate, ...', '[type.name, ...', 'directives on fields bind nothing'),
  directives('...(isLeafType(result) ? [result.name] : [])', '', 'directives on scalars and enums bind nothing'),
  directives(
    'isLeafType(result) ? [result.name] : []',
    '[result.name]',
    'directives on an object type bind the fields that lead to it',
  ),
  directives(
    'if (isIntrospectionType(type) || ',
    'if (',
    'directives bind introspection',
    'the fields of introspection get no plan',
  ),
  directives('directive.astNode && ', '', 'definitions outside the SDL are refused, which nothing can refer to'),
  directives(
    'if (isSecurityDirective(directives.get(name))) {',
    'if (false) {',
    'what protects may be called harmless',
  ),
  directives('harmlessDirectives.includes(name) || ', '', 'no directive can be declared harmless'),
  directives(' || names.directives.has(name)', '', 'imported directives are unknown'),
  directives(
    ' && !names.foreign.has(name)',
    '',
    'names that another specification takes are harmless when they look known',
  ),
  directives('unimported(name)\n', 'false\n', 'it is not told that an import is missing'),

  // What names mean.
  links('/specs\\.apollo\\.dev\\/federation/i.test(url)', 'federationUrl.test(url)', 'unknown versions are ignored'),
  links('apollo\\.dev\\/federation/i', 'apollo\\.dev\\/federation/', 'federation in another case is ignored'),
  links('link !== federation && ', '', "federation's own imports are foreign"),
  links('if (second) report', 'if (false) report', 'a second link to federation is ignored'),
  links('if (federation && directives.has(name)) report', 'if (false) report', 'two links may import one name'),
  links(
    '    if (!federation) directives.delete(name);\n',
    '',
    'names that another specification takes mean what they mean to Apollo',
  ),
  links("namespace: federation?.as ?? 'federation'", "namespace: 'federation'", 'the namespace has one name'),
  links('if (version === undefined) {', 'if (false) {', 'unknown versions of federation are taken'),
  links('version ?? Number.POSITIVE_INFINITY', 'version ?? 0', 'unknown versions of federation count as the oldest'),
  links(
    "imports.filter(({ name }) => name.startsWith('@'))",
    'imports',
    'imported types are taken for directives without their first letter',
  ),
  links(
    'if (isTooNew(name, minor)) report',
    'if (false) report',
    'directives are imported from before they were there',
  ),
  links('names.has(local) || (', '(', 'two directives may have one name'),
  links(' || (local !== name && federationDirectives.has(local))', '', 'a directive may take the name of another'),
  links('if (federationDirectives.has(name)) names', 'names', 'whatever is imported is harmless'),
  links('imported.has(name) || ', '', 'what is imported goes by its long name too'),
  links(' || isTooNew(name, minor)) continue', ') continue', 'long names stand for what the version does not have'),
  links('if (names.has(local))\n', 'if (false)\n', 'an import may take a long name'),
  links('minor < sinceMinorVersion', 'minor <= sinceMinorVersion', 'directives are missing from their first version'),
  links(
    'if (/specs\\.apollo\\.dev\\/(authenticated|requiresScopes|policy)\\b/i.test(url)) {',
    'if (false) {',
    "links to the directives' own specifications are ignored",
  ),
  links("purpose === 'SECURITY'", 'false', 'links for security that are not understood are ignored'),
  links('!(isApollo && local === name)', 'true', "Apollo's other specifications make names foreign"),
  links(
    '!(isApollo && local === name)',
    '!isApollo',
    "what Apollo's other specifications rename keeps its description",
  ),
  links("local.startsWith('@') && ", '', 'types of other specifications take the names of directives'),
  links('const root = as ?? ', 'const root = ', 'the namespace of another specification takes no name'),
  links('(isApollo ? undefined : /', '(false ? undefined : /', "Apollo's other specifications take their names away"),
  links('root === undefined ? [] : [root]', '[]', 'other specifications do not take their own names'),
  links("url.startsWith('https://specs.apollo.dev/')", 'true', "every specification counts as Apollo's"),
  links('list.values.map(parseImport) : [undefined]', 'list.values.map(parseImport) : []', 'imports may be no list'),
  links('url?.kind === Kind.STRING && (', '(', 'a link may lack its address'),
  links('(isAbsent(as) || as.kind === Kind.STRING)', 'true', 'a namespace may be no string'),
  links('parsed.length < imports.length', 'false', 'imports that cannot be read are left out'),
  links('name?.kind !== Kind.STRING || ', '', 'an import may lack its name'),
  links(' || as?.kind !== Kind.STRING', '', 'an import may be renamed to no string'),
  links('return isSameKind ? ', 'return true ? ', 'a directive may be renamed to a type'),
  links('value === undefined || value.kind === Kind.NULL', 'value === undefined', 'null is no absent value'),
];
