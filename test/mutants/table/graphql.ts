import { type Mutant, mutantsOf } from '../mutant.ts';

const guarded = mutantsOf('guard/guardedSchema.ts', [
  'guard/guardedSchema.test.ts',
  'compile/directives/federationDirectives.test.ts',
  'compile/findWarnings.test.ts',
  'operation/enforce.test.ts',
]);
const executable = mutantsOf('compile/executableSchema.ts', [
  'guard/guardedSchema.test.ts',
  'compile/directives/federationDirectives.test.ts',
  'operation/enforce.test.ts',
]);
const sdl = mutantsOf('compile/parseSdl.ts', ['compile/directives/federationDefinitions.test.ts']);
const files = mutantsOf('compile/readTypeDefs.ts', ['compile/readTypeDefs.test.ts', 'guard/guardedSchema.test.ts']);
const candidate = mutantsOf('guard/guardedSchema.ts', ['server/apollo/shadow.test.ts']);
const hosts = ['server/apollo/guardPlugin.test.ts', 'adapters/apollo.test.ts', 'server/userPlugins.test.ts'] as const;
const plugin = mutantsOf('adapters/apollo/guardPlugin.ts', hosts);
const response = mutantsOf('adapters/apollo/toResponse.ts', hosts);
const compiled = mutantsOf('adapters/apollo/answerCompiled.ts', ['server/apollo/guardPlugin.test.ts']);
const begin = mutantsOf('guard/operationGuard.ts', ['guard/session.test.ts', ...hosts]);
const session = mutantsOf('guard/session.ts', ['guard/session.test.ts', 'adapters/envelop.test.ts']);
const variables = mutantsOf('operation/coerceVariables.ts', ['guard/session.test.ts', ...hosts]);
const request = mutantsOf('operation/requestError.ts', ['operation/requestError.test.ts']);
const head = mutantsOf('operation/httpError.ts', ['guard/session.test.ts', ...hosts]);

export const graphql: readonly Mutant[] = [
  // From SDL to a schema in which every field is guarded.
  sdl('= addFederationDefinitions(', '= (', 'SDL for a subgraph must bring all definitions'),
  executable(
    'resolvers: withOwnNamesOnly(resolvers),',
    'resolvers: resolvers ?? {},',
    'names that every object has are taken for resolvers',
  ),
  executable(
    "requireResolversToMatchSchema: 'error'",
    "requireResolversToMatchSchema: 'ignore'",
    'misspelt resolvers start',
  ),
  guarded(
    'compilePermissions(schema, permissions, options)',
    'compilePermissions(schema, permissions)',
    'policies and harmless directives are forgotten',
  ),
  guarded('  enforcePermissions(schema, plans, candidates && observeFor(candidates));\n', '', 'nothing is guarded'),
  guarded('findWarnings(schema, plans, permissions)', '[]', 'nothing is warned of'),
  executable('Array.isArray(resolvers) ? resolvers : ', '', 'a list of resolver maps is taken for one map'),
  executable('[resolvers ?? {}]', '[resolvers as object]', 'a schema without resolvers does not start'),
  executable(
    '[name, withoutPrototype(fields)]',
    '[name, fields]',
    'fields called like properties of objects are resolved by them',
  ),
  executable(
    'return withoutPrototype(Object.fromEntries(fieldsOfTypes));',
    'return Object.fromEntries(fieldsOfTypes);',
    'types called like properties of objects are resolved by them',
  ),
  executable(
    'Object.getPrototypeOf(value) === Object.prototype ?',
    'value ?',
    'resolvers that a map inherits are forgotten',
  ),
  files('.filter((file) => sdlFile.test(file))', '', 'other files of the folder are read as SDL'),
  files('one.name < other.name', 'one.name > other.name', 'the files are read in another order'),

  candidate(
    'if (!(error instanceof PermissionMapError)) throw error;',
    'throw error;',
    'problems of a candidate map are told as those of the map',
  ),
  candidate(', candidates && observeFor(candidates));', ');', 'a candidate map is not asked about rows'),
  candidate('compilePermissions(schema, candidate, options)', 'plans', 'a candidate map is never different'),
  candidate('...(candidates && { candidates })', '', 'a candidate map is forgotten'),

  // Between validation and execution.
  plugin('      made.operations.assertGuards(schema);\n', '', 'a schema with a field that is not guarded is served'),
  plugin('if (operation) refuseUnserved', 'if (false) refuseUnserved', 'subscriptions are executed as queries'),
  variables(
    'errors.some((error: Error) => error instanceof RangeError)',
    'true',
    'faulty variables are called too deep',
  ),
  variables(
    'errors.some((error: Error) => error instanceof RangeError)',
    'false',
    'variables that are too deep are an internal error',
  ),
  begin('authorization.loadClaims(plan.fields.keys())', 'undefined as undefined', 'claims are never loaded'),
  begin('      authorization.operation = state;\n', '', 'plans are not noted'),
  compiled(' || authorization.recorder()', '', 'what is compiled is not recorded'),
  compiled('if (!executed) return null;', 'return null;', 'nothing is compiled'),
  begin('if (denials.length === 0) return mayStart;', 'return mayStart;', 'what is refused as a whole is executed'),
  begin('authorization.refuse(field.coordinate, decision);', '{}', 'what is refused before execution is not logged'),
  plugin("mode === 'failOperation'", 'true', 'a dropped item sets the status'),
  session("mode === 'failOperation'", 'true', 'a dropped item sets the status in a session'),
  plugin('if (fatal.length > 0) setHttpHead', 'setHttpHead', 'a dropped item fails the operation'),
  response('  if (status) http.status = status;\n', '', 'what is refused is answered with 200'),
  response('http.headers.set(name, value);', '{}', 'what is refused is answered without its challenge'),
  plugin('{ path, originalError: error }', '{ path }', 'refusals are noted without their cause'),
  plugin('...(path && { path })', '', 'refusals do not tell their place'),
  plugin('  setHttpHead(http, toHttpHead(error));\n', '', 'what is refused as a whole is answered with 200'),
  head(
    "if (challenge !== undefined) headers.set('www-authenticate', challenge);",
    '',
    'what is refused as a whole has no challenge',
  ),
  plugin('.filter((one) => schema.getRootType(one))', '', 'a mutation is executed where there is none'),
  plugin('[OperationTypeNode.QUERY, OperationTypeNode.MUTATION]', '[OperationTypeNode.QUERY]', 'mutations are refused'),
  plugin('if (served.includes(type)) return;', 'return;', 'a subscription is executed as if it were a query'),
  request('scopes.length > 0 ? ', 'false ? ', 'the challenge names the scopes of one refusal'),
  request('[...new Set(scopes)]', 'scopes', 'the challenge names a scope twice'),
  request(
    'b.actionability - a.actionability',
    'a.actionability - b.actionability',
    'the least urgent refusal speaks for the request',
  ),
  request('Number(b.isFailure) - Number(a.isFailure) || ', '', 'an outage is the least urgent refusal'),
];
