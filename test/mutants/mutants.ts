/** A way to break the engine. */
export interface Mutant {
  /** In `src/permissions`. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly text: string;
  readonly replacement: string;
  readonly breaks: string;
  /** Why no test can tell it from the original; only then may it survive. */
  readonly equivalent?: string;
}

const of =
  (file: string) =>
  (text: string, replacement: string, breaks: string, equivalent?: string): Mutant => ({
    file,
    text,
    replacement,
    breaks,
    ...(equivalent !== undefined && { equivalent }),
  });

const kleene = of('kleene.ts');
const reduce = of('reduce.ts');
const evaluate = of('evaluate.ts');
const expression = of('expression.ts');
const authorization = of('authorization.ts');
const preflight = of('preflight.ts');
const enforce = of('enforce.ts');
const plan = of('operationPlan.ts');
const planner = of('operationPlanner.ts');
const conditions = of('conditionVariables.ts');
const compiler = of('fieldCompiler.ts');
const reader = of('toExpression.ts');
const apart = of('takeApart.ts');
const map = of('permissionMap.ts');
const modes = of('applyDenyModes.ts');
const exposure = of('exposure.ts');
const definition = of('vocabulary/ruleDefinition.ts');
const scope = of('vocabulary/requireScope.ts');
const recent = of('vocabulary/requireRecentSignIn.ts');
const row = of('vocabulary/requireRow.ts');
const args = of('vocabulary/requireArguments.ts');
const filter = of('vocabulary/filterByClaims.ts');
const foreign = of('evaluateForeign.ts');
const foreignRule = of('foreignRule.ts');
const warnings = of('findWarnings.ts');

export const mutants: readonly Mutant[] = [
  // Three-valued logic.
  kleene("    decisions.find((decision) => decision.outcome === 'denied') ??\n", '', 'all-of: a denial is not one'),
  kleene(
    "    decisions.find((decision) => decision.outcome === 'failed') ??\n    allowed",
    '    allowed',
    'all-of: a failure allows',
  ),
  kleene(
    "    decisions.find((decision) => decision.outcome === 'failed') ??\n    mostActionable",
    '    mostActionable',
    'any-of: an outage beside a denial is a denial',
  ),
  kleene(
    "    decisions.find((decision) => decision.outcome === 'allowed') ??\n",
    '',
    'any-of: one allow is not enough',
  ),
  kleene(
    "    case 'failed':\n      return decision;",
    "    case 'failed':\n      return allowed;",
    'not: a failure allows',
  ),
  kleene(
    "principal.kind !== 'anonymous' || holdsForAnonymous",
    'true',
    'not: an anonymous caller gains by sending no token',
  ),
  kleene('return otherwise ?? denied(name, new ForbiddenError(name));', 'return allowed;', 'not: an allow stays one'),
  kleene('rank(decision) > rank(best)', 'rank(decision) < rank(best)', 'any-of tells the least useful denial'),
  kleene('  INSUFFICIENT_SCOPE: 2,\n', '', 'a missing scope is told after a plain no'),
  kleene('UNAUTHENTICATED: 4', 'UNAUTHENTICATED: 1', 'a missing token is told after a missing scope'),
  evaluate("if (decision.outcome === 'denied') return decision;", '', 'all-of on a row: a denial is not one'),
  evaluate('return failure ?? allowed;', 'return allowed;', 'all-of on a row: a failure allows'),
  evaluate(
    "if (decision.outcome === 'failed') failure ??= decision;",
    "if (decision.outcome === 'failed') return decision;",
    'all-of on a row: a failure comes before a later denial',
  ),
  evaluate(
    "if (decision.outcome === 'allowed') return decision;\n    decisions",
    'decisions',
    'any-of on a row asks on after an allow',
    'settleAny finds the allow among all decisions; only more is asked',
  ),
  evaluate(
    '    // A rule that throws has not decided: neither an allow nor a denial, and under `not` neither.\n',
    '    throw cause;\n',
    'a throwing rule is no failure but an exception',
  ),
  evaluate(
    "'all of nothing', new InternalError('an all-of without rules was decided'))",
    "'all of nothing', new InternalError('an all-of without rules was decided')) && allowed",
    'all-of nothing allows',
  ),

  // What is decided before rows are read.
  reduce(
    "if (readsClaims && (knowledge === 'token' || !isSettled)) return false;",
    '',
    'claims rules are asked before the claims are loaded',
  ),
  reduce(
    "reads === 'arguments' ? knowledge === 'arguments' : reads !== 'row'",
    "reads !== 'row'",
    'rules on arguments are asked without arguments',
  ),
  reduce(
    "reads === 'arguments' ? knowledge === 'arguments' : reads !== 'row'",
    "reads !== 'arguments' || knowledge === 'arguments'",
    'rules on rows are asked without a row',
  ),
  reduce('if (needs !== undefined && isAnonymous) return true;', '', 'a row is read although there is no token'),
  reduce(
    "if (needs === 'claims' && facts.claims.state !== 'found') return true;",
    '',
    'a row is read although nobody has claims to hold it against',
  ),
  reduce(
    "needs === 'claims' && facts.claims",
    'needs !== undefined && facts.claims',
    'rules on the row and the token are asked without a row when there are no claims',
  ),
  reduce(
    "(kind === 'all' ? 'denied' : 'allowed')",
    "(kind === 'all' ? 'failed' : 'allowed')",
    'a failure beside an open rule is final',
  ),
  reduce(
    "if (settled.outcome === 'failed' || (kind === 'any' && decisions.length > 0)) {",
    'if (false) {',
    'what was decided is forgotten',
  ),
  reduce('{ kind, of: [decided(settled), ...open] }', '{ kind, of: open }', 'a failure is forgotten beside open rules'),
  reduce(
    'parts.filter((part) => !isAllowed(part))',
    'parts.filter(isAllowed)',
    'a chain keeps what has allowed and forgets the rest',
  ),
  expression('return expression.rule.readsClaims;', 'return false;', 'claims are never loaded'),
  expression(
    "return expression.rule.reads === 'nothing';",
    "return expression.rule.reads === 'facts';",
    'fields with a scope rule are public',
  ),
  expression(
    'expression.of.every(allowsEverybody)',
    'expression.of.some(allowsEverybody)',
    'all-of with one public rule is public',
  ),
  expression(
    "    case 'any':\n      return expression.of.some(allowsEverybody);",
    "    case 'any':\n      return expression.of.every(allowsEverybody);",
    'any-of with a public rule does not count as public',
  ),

  // One operation.
  authorization(
    "principal.kind === 'anonymous' ? 'facts' : 'token'",
    "'token'",
    'claims are loaded for anonymous callers',
  ),
  authorization('        reduced.clear();\n', '', 'what was left without claims is kept after they are loaded'),
  authorization(
    "if (left.kind === 'decided' && left.decision.outcome !== 'allowed') return false;",
    '',
    'the claims of a mask are loaded though the field is denied',
  ),
  authorization(
    ' || masks.some((mask) => readsClaims(whatIsLeft(mask.permission)))',
    '',
    'claims that only a mask reads are not loaded',
  ),
  authorization("if (knowledge === 'facts') return;", '', 'claims are loaded again when settled again'),
  authorization('Math.floor(now() / 1000)', 'now()', 'the age of the sign-in is counted in milliseconds'),
  authorization(
    "left.kind === 'decided' || args === undefined ? left",
    'true ? left',
    'arguments of root fields are not looked at before execution',
  ),
  authorization('(refused.get(key)?.count ?? 0) + 1', '1', 'refusals are not counted'),
  authorization(
    "const decision = left.kind === 'decided' ? left.decision : evaluate(left, facts, parent, args);",
    "const decision: Decision = left.kind === 'decided' ? left.decision : { outcome: 'allowed' };",
    'what depends on the row is allowed',
  ),
  preflight("if (operation === 'mutation') {", 'if (false) {', 'a mutation starts though something of it is refused'),
  preflight(
    'return distinct([...refusedRoots, ...refusedBelow]);',
    'return distinct(refusedRoots);',
    'a mutation starts though something below its root is refused',
  ),
  preflight(
    'return distinct([...refusedRoots, ...refusedBelow]);',
    'return [...refusedRoots, ...refusedBelow];',
    'two refusals are told of one place',
  ),
  preflight(
    'rootPlans.has(field) ? [] : ',
    '',
    'a root field is refused twice',
    'both refusals have one path, which distinct makes one',
  ),
  preflight(
    "field.denyMode === 'failOperation' ? refuse(field, path, undefined) : []",
    '[]',
    'fields that are to fail the operation are executed first',
  ),
  preflight(
    "refused.plan.denyMode === 'failOperation'",
    'false',
    'root fields that are to fail the operation by their arguments are executed first',
  ),
  preflight('!plan.hasMetaFields && ', '', 'a query with __typename is refused as a whole'),
  preflight(
    'refusedRoots.length === roots.length',
    'refusedRoots.length > 0',
    'one refused root field refuses the query',
  ),
  preflight("if (whole?.outcome === 'failed') return whole;", '', 'a mask that cannot be decided refuses nothing'),
  preflight(
    "if (decision && decision.outcome !== 'allowed') return decision;",
    "if (decision?.outcome === 'denied') return decision;",
    'a failure does not refuse before execution',
  ),

  // Which fields does an operation execute?
  plan('if (!isIncluded(selection)) continue;', '', 'selections that are skipped count'),
  plan('return skip?.if !== true && include?.if !== false;', 'return skip?.if !== true;', '@include is not looked at'),
  plan('return skip?.if !== true && include?.if !== false;', 'return include?.if !== false;', '@skip is not looked at'),
  plan(
    'const walked = isRoot ? walkedAtRoot : walkedBelow;',
    'const walked = walkedAtRoot;',
    'a fragment that was met below the root is not walked at the root',
  ),
  plan(
    'isAbstractType(result) ? schema.getPossibleTypes(result) : ',
    'isAbstractType(result) ? schema.getPossibleTypes(result).slice(0, 1) : ',
    'of an abstract position only one type is planned',
  ),
  plan(
    'if (typeCondition === undefined || typeCondition === type.name) return true;',
    'return true;',
    'fragments on other types count',
  ),
  plan(
    'return isAbstractType(condition) && schema.isSubType(condition, type);',
    'return false;',
    'fragments on interfaces do not count',
  ),
  plan(
    'hasMetaFields ||= isRoot;',
    'hasMetaFields ||= true;',
    '__typename below the root keeps an operation from being refused',
  ),
  plan('if (types.has(type)) return;', '', 'fragments are walked wherever they are spread'),
  planner("return value === false ? 'f' : '-';", "return '-';", 'plans of other branches are taken'),
  planner("operation.name?.value ?? ''", "''", 'the plan of another operation of the document is taken'),
  conditions(
    'else if (selection.selectionSet) readSelections(selection.selectionSet);',
    '',
    'conditions below the root do not tell plans apart',
  ),
  conditions(
    'if (selection.kind === Kind.FRAGMENT_SPREAD) readFragment(selection.name.value);',
    'if (selection.kind === Kind.FRAGMENT_SPREAD) continue;',
    'conditions in fragments do not tell plans apart',
  ),

  // Guards.
  enforce(
    "if (decision.outcome !== 'allowed') return decision;",
    "if (decision.outcome === 'denied') return decision;",
    'what could not be decided is given out',
  ),
  enforce("if (whole.outcome === 'failed') return whole;", '', 'a mask that cannot be decided shows the whole value'),
  enforce(
    "if (whole.outcome === 'denied') hidden.push(mask);",
    "if (whole.outcome === 'allowed') hidden.push(mask);",
    'masks hide from those who may read',
  ),
  enforce(
    'if (isThenable(value)) return Promise.resolve(value).then((whole) => hide(whole, hidden));',
    '',
    'promises are masked instead of their values',
  ),
  enforce('if (value instanceof Error) return value;', '', 'an error that a resolver returns is masked'),
  enforce('(shown == null ? null : mask(shown))', 'mask(shown)', 'null is masked'),
  enforce("(denyMode === 'dropItem' && outcome === 'denied')", "denyMode === 'dropItem'", 'an outage leaves items out'),
  enforce(
    "denyMode === 'failOperation' ||",
    "(denyMode === 'failOperation' && outcome === 'denied') ||",
    'an outage does not fail the operation',
  ),
  enforce('  authorization.refuse(coordinate, decision);\n', '', 'refusals are not logged'),
  enforce(
    'return masks.length === 0 && allowsEverybody(permission);',
    'return allowsEverybody(permission);',
    'a public field is not masked',
  ),
  enforce(
    'if (isNonNullType(field.type)) field.resolve = loseListsLater(plan, entry);',
    'if (isNonNullType(field.type)) field.resolve = entry;',
    'a denial leaves rejections unhandled',
  ),
  enforce(
    'if (subscriptions.has(field)) field.subscribe =',
    'if (false) field.subscribe =',
    'the source of a subscription is opened for everybody',
  ),
  enforce('  assertEnforced(schema, plans);\n}', '}', 'it is not checked that every field is guarded'),

  // Responses.
  modes('if (fatal.length > 0) return', 'if (false) return', 'failOperation gives data'),
  modes(
    'path && untold.delete(JSON.stringify(path))',
    'true',
    'other errors are told beside those that failed the operation',
  ),
  modes('return { errors: errorsOf(', 'return { data: null, errors: errorsOf(', 'failOperation gives data: null'),
  modes(
    'if (place === undefined) return [];',
    'if (place === undefined) return [error];',
    'a dropped item leaves its errors behind',
  ),
  modes('? undefined : place++', '? undefined : ++place', 'errors of later items point to the wrong item'),
  modes(
    "path.findLastIndex((key) => typeof key === 'number')",
    "path.findIndex((key) => typeof key === 'number')",
    'the outermost item is dropped instead of the innermost',
  ),
  modes('if (!Array.isArray(list)) continue;', '', 'a list that is gone is looked for'),

  // From map to plans.
  compiler('...(own ? [own] : []), ...ofInterfaces]', '...(own ? [own] : [])]', 'rules of interfaces do not bind'),
  compiler(
    'lookup.entryOf(type, field.name) ?? lookup.fallback',
    'lookup.entryOf(type, field.name)',
    "the map's '*' covers nothing",
  ),
  compiler('...exposures.rules]', ']', 'arguments that tell about other fields are allowed'),
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
  compiler('if (underWay.has(coordinate)) {', 'if (false) {', 'fields may inherit from each other in a circle'),
  compiler(
    'allOfExpressions([plan.permission, ...plan.masks.map((mask) => mask.permission)])',
    'plan.permission',
    'a masked field is inherited unmasked',
  ),
  compiler(
    'if (open.length === 0 || closed.length === 0) return undefined;',
    'return undefined;',
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
  reader('return namesake === rule;', 'return true;', 'two rules have one name'),
  reader('if (namesake !== rule)', 'if (false)', 'two rules of one name start'),
  reader(
    "    if (rules.length === 0) {\n      field.report('has an empty",
    "    if (false) {\n      field.report('has an empty",
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
  map("else report(coordinate, 'there is no such field in the schema');", '', 'misspelt fields are ignored'),
  map("report(typeName, 'there is no such type in the schema');", '', 'misspelt types are ignored'),
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

  // The vocabulary.
  definition(
    "    case 'absent':\n      return no;",
    "    case 'absent':\n      return { outcome: 'allowed' };",
    'callers without a business record are allowed',
  ),
  definition('return failed(no.rule, claims.error);', 'return no;', 'an outage is a denial'),
  definition(
    "if (principal.kind === 'anonymous') return missingToken(no.rule);",
    '',
    'claims rules ask for the claims of nobody',
  ),
  definition(
    'predicate(claims.claims as C, principal) === true',
    'predicate(claims.claims as C, principal)',
    'truthy answers of claims predicates allow',
  ),
  scope(
    'scopes.every((scope) => principal.scopes.has(scope))',
    'scopes.some((scope) => principal.scopes.has(scope))',
    'one of several scopes is enough',
  ),
  scope(
    'scopes.some((scope) => principal.scopes.has(scope))',
    'scopes.every((scope) => principal.scopes.has(scope))',
    'any-of scopes asks for all',
  ),
  scope('scopes.length < 1 ||', '', 'no scope at all is a rule'),
  recent('age <= maxAgeSeconds', 'age < maxAgeSeconds', 'a sign-in exactly as old as allowed is refused'),
  recent(
    "if (principal.kind === 'machine') return denied(name, new ForbiddenError(name));",
    "if (principal.kind === 'machine') return allowed;",
    'machines have always just signed in',
  ),
  row(
    "reads: 'row',\n    readsClaims: true",
    "reads: 'facts',\n    readsClaims: true",
    'rules on rows are asked once for all rows',
  ),
  row(
    'predicate(row as Row, principal) === true',
    '!!predicate(row as Row, principal)',
    'truthy answers of row predicates allow',
  ),
  row(
    "if (principal.kind === 'anonymous') return missingToken(sentence);",
    "if (principal.kind === 'anonymous') return allowed;",
    'anonymous callers pass rules on rows and the token',
  ),
  args('predicate(args as Args) === true', 'predicate(args as Args)', 'truthy answers of argument predicates allow'),
  args(
    "reads: 'arguments',\n    readsClaims: true",
    "reads: 'facts',\n    readsClaims: true",
    'rules on arguments and claims are asked without arguments',
  ),
  filter('return failed(sentence, claims.error);', 'return allowed;', 'rows are given out unfiltered in an outage'),
  filter(
    "if (principal.kind === 'anonymous') return missingToken(sentence);",
    "if (principal.kind === 'anonymous') return allowed;",
    'anonymous callers see the rows that nobody filters',
  ),

  // Rules of graphql-shield itself, and warnings.
  foreign(
    "({ outcome }) => outcome !== 'allowed', settleAll",
    "({ outcome }) => outcome === 'denied', settleAll",
    'a chain goes on after a rule that could not decide',
  ),
  foreign(
    "({ outcome }) => outcome === 'allowed', settleAny",
    "({ outcome }) => outcome !== 'failed', settleAny",
    'race stops at a denial',
  ),
  foreign(
    'decision.then((late) => (note(late) ? late : askFrom(index + offset + 1)))',
    'decision',
    'nothing is asked after a promise',
  ),
  foreignRule('if (answer === true) return allowed;', 'if (answer) return allowed;', 'a text or an Error allows'),
  foreignRule(
    'Promise.resolve(answer).then(judge).catch(fail)',
    'Promise.resolve(answer).then(judge)',
    'a rule that rejects is an exception',
  ),
  warnings(
    'if (!plan || !isNonNullType(field.type)) return [];',
    'if (!plan) return [];',
    'nullable fields are warned of',
  ),
  warnings('covers(argument, text)', 'false', 'declared arguments are warned of'),
];
