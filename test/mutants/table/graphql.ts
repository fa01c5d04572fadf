import { type Mutant, mutantsOf } from '../mutant.ts';

const guarded = mutantsOf('compile/guardedSchema.ts', [
  'compile/guardedSchema.test.ts',
  'permissions/findWarnings.test.ts',
  'compile/directives/federationDirectives.test.ts',
  'operation/enforce.test.ts',
]);
const candidate = mutantsOf('compile/guardedSchema.ts', ['server/apollo/shadow.test.ts']);
const authorize = mutantsOf('server/apollo/authorizeOperation.ts', [
  'server/apollo/authorizeOperation.test.ts',
  'api/denyModes.test.ts',
  'api/hostileShapes.test.ts',
]);
const noted = mutantsOf('server/apollo/authorizeOperation.ts', [
  'server/apollo/shadow.test.ts',
  'execute/compiledOperations.test.ts',
  'api/decisions.test.ts',
]);

export const graphql: readonly Mutant[] = [
  // From SDL to a schema in which every field is guarded.
  guarded('typeDefs: buildASTSchema(document),', 'typeDefs: document,', 'a directive and its repetition become one'),
  guarded('= addFederationDefinitions(', '= (', 'SDL for a subgraph must bring all definitions'),
  guarded(
    'resolvers: withOwnNamesOnly(parts.resolvers),',
    'resolvers: parts.resolvers ?? {},',
    'names that every object has are taken for resolvers',
  ),
  guarded(
    "requireResolversToMatchSchema: 'error'",
    "requireResolversToMatchSchema: 'ignore'",
    'misspelt resolvers start',
  ),
  guarded(', parts.permissions, parts);', ', parts.permissions);', 'policies and harmless directives are forgotten'),
  guarded('  enforcePermissions(schema, plans, candidates);\n', '', 'nothing is guarded'),
  guarded('findWarnings(schema, plans, parts.permissions)', '[]', 'nothing is warned of'),
  guarded('Array.isArray(resolvers) ? resolvers : ', '', 'a list of resolver maps is taken for one map'),
  guarded('[resolvers ?? {}]', '[resolvers as object]', 'a schema without resolvers does not start'),
  guarded(
    '[name, withoutPrototype(fields)]',
    '[name, fields]',
    'fields called like properties of objects are resolved by them',
  ),
  guarded(
    'return withoutPrototype(Object.fromEntries(fieldsOfTypes));',
    'return Object.fromEntries(fieldsOfTypes);',
    'types called like properties of objects are resolved by them',
  ),
  guarded(
    'Object.getPrototypeOf(value) === Object.prototype ?',
    'value ?',
    'resolvers that a map inherits are forgotten',
  ),
  guarded(".filter((name) => name.endsWith('.graphql'))", '', 'other files of the folder are read as SDL'),
  guarded('.sort()', '.sort().reverse()', 'the files are read in another order'),

  candidate(
    'if (!(error instanceof PermissionMapError)) throw error;',
    'throw error;',
    'problems of a candidate map are told as those of the map',
  ),
  candidate(', plans, candidates);', ', plans);', 'a candidate map is not asked about rows'),
  candidate('compilePermissions(schema, candidate, options)', 'plans', 'a candidate map is never different'),
  candidate('...(candidates && { candidates })', '', 'a candidate map is forgotten'),

  // Between validation and execution.
  authorize('      assertEnforced(schema, plans);\n', '', 'a schema with a field that is not guarded is served'),
  authorize('if (operation) refuseUnserved', 'if (false) refuseUnserved', 'subscriptions are executed as queries'),
  authorize('!variables.errors.some(', 'variables.errors.some(', 'faulty variables are called too deep'),
  authorize(
    'instanceof RangeError)) return null;',
    'instanceof RangeError) || true) return null;',
    'variables that are too deep are an internal error',
  ),
  authorize('          await authorization.settle(plan.fields.keys());\n', '', 'claims are never loaded'),
  noted('          notePlanned(contextValue, planned);\n', '', 'plans are not noted'),
  noted('if (authorization.recorder()) return null;', '', 'what is compiled is not recorded'),
  noted('return executor?.answer(plan, parts, contextValue) ?? null;', 'return null;', 'nothing is compiled'),
  authorize('if (refused.length === 0) {', 'if (true) {', 'what is refused as a whole is executed'),
  authorize(
    'authorization.refuse(field.coordinate, decision);',
    '{}',
    'what is refused before execution is not logged',
  ),
  authorize("mode === 'failOperation'", 'true', 'a dropped item sets the status'),
  authorize('          if (fatal.length === 0) return;\n', '', 'a dropped item fails the operation'),
  authorize(
    '          response.http.status = status;\n',
    '',
    'an operation that indeterminate at a row is answered with 200',
  ),
  authorize(
    'response.http.headers.set(name, value);',
    '{}',
    'an operation that indeterminate at a row is answered without its challenge',
  ),
  authorize('{ path, originalError: error }', '{ path }', 'refusals are masked as internal errors'),
  authorize('...(path && { path })', '', 'refusals do not tell their place'),
  authorize(
    '    http: toHttpHead(error),\n',
    '    http: { status: 200, headers: toHttpHead(error).headers },\n',
    'what is refused as a whole is answered with 200',
  ),
  authorize(
    '    http: toHttpHead(error),\n',
    '    http: { ...toHttpHead(error), headers: toHttpHead(tooDeep).headers },\n',
    'what is refused as a whole has no challenge',
  ),
  authorize('.filter((one) => schema.getRootType(one))', '', 'a mutation is executed where there is none'),
  authorize(
    '[OperationTypeNode.QUERY, OperationTypeNode.MUTATION]',
    '[OperationTypeNode.QUERY]',
    'mutations are refused',
  ),
  authorize('if (served.includes(type)) return;', 'return;', 'a subscription is executed as if it were a query'),
  authorize('scopes.length > 0 ? ', 'false ? ', 'the challenge names the scopes of one refusal'),
  authorize('[...new Set(scopes)]', 'scopes', 'the challenge names a scope twice'),
  authorize('urgency(b) - urgency(a)', 'urgency(a) - urgency(b)', 'the least urgent refusal speaks for the request'),
  authorize('index === -1 ? order.length : index', 'index', 'an outage is the least urgent refusal'),
  authorize(
    "'INSUFFICIENT_SCOPE', 'INSUFFICIENT_USER_AUTHENTICATION'",
    "'INSUFFICIENT_USER_AUTHENTICATION', 'INSUFFICIENT_SCOPE'",
    'a missing scope is told before a sign-in that is too old',
  ),
];
