import { type Mutant, mutantsOf } from '../mutant.ts';

const rule = mutantsOf('rules/rule.ts', ['operation/rules.test.ts', 'operation/shield.properties.test.ts']);
const answer = mutantsOf('rules/decideWithClaims.ts', ['operation/rules.test.ts', 'operation/moreRules.test.ts']);
const judged = mutantsOf('rules/judgeAnswer.ts', ['operation/rules.test.ts', 'operation/moreRules.test.ts']);
const scope = mutantsOf('rules/requireScope.ts', ['operation/rules.test.ts', 'operation/moreRules.test.ts']);
const recent = mutantsOf('rules/requireRecentSignIn.ts', ['operation/moreRules.test.ts']);
const row = mutantsOf('rules/requireRow.ts', [
  'operation/rules.test.ts',
  'operation/moreRules.test.ts',
  'operation/authorizeBeforeExecution.test.ts',
]);
const args = mutantsOf('rules/requireArguments.ts', [
  'operation/rules.test.ts',
  'operation/moreRules.test.ts',
  'operation/authorizeBeforeExecution.test.ts',
]);
const filter = mutantsOf('rules/needsClaims.ts', [
  'operation/rules.test.ts',
  'operation/authorizeBeforeExecution.test.ts',
  'operation/enforce.test.ts',
]);
const publicFields = mutantsOf('rules/publicField.ts', [
  'operation/moreRules.test.ts',
  'compile/findWarnings.test.ts',
  'operation/enforce.test.ts',
]);
const token = mutantsOf('rules/requireToken.ts', ['operation/moreRules.test.ts']);
const logic = mutantsOf('rules/allOf.ts', ['compile/compilePermissions.test.ts', 'logic/expression.test.ts']);
const claims = mutantsOf('rules/requireClaims.ts', [
  'operation/authorizeBeforeExecution.test.ts',
  'operation/authorization.test.ts',
  'compile/fieldCompiler.test.ts',
]);
const inherited = mutantsOf('rules/inherit.ts', [
  'compile/fieldCompiler.test.ts',
  'operation/shield.properties.test.ts',
]);
const modifiers = mutantsOf('rules/modifiers.ts', [
  'operation/denyModes.test.ts',
  'operation/exposes.test.ts',
  'operation/shield.properties.test.ts',
]);

export const vocabulary: readonly Mutant[] = [
  answer(
    "    case 'absent':\n      return no;",
    "    case 'absent':\n      return { outcome: 'allowed' };",
    'callers without a business record are allowed',
  ),
  answer('return indeterminate(no.rule, claims.error);', 'return no;', 'an outage is a denial'),
  answer(
    "if (principal.kind === 'anonymous') return missingToken(no.rule);",
    '',
    'claims rules ask for the claims of nobody',
  ),
  judged('if (answer === true) return allowed;', 'if (answer) return allowed;', 'truthy answers of predicates allow'),
  scope('scopes.every(has)', 'scopes.some(has)', 'one of several scopes is enough'),
  scope('scopes.some(has)', 'scopes.every(has)', 'any-of scopes asks for all'),
  scope('scopes.length < 1 ||', '', 'no scope at all is a rule'),
  recent('age <= maxAgeSeconds', 'age < maxAgeSeconds', 'a sign-in exactly as old as allowed is refused'),
  recent(
    "if (principal.kind !== 'user') return new ForbiddenError(toName(maxAgeSeconds));",
    "if (principal.kind !== 'user') return undefined;",
    'machines have always just signed in',
  ),
  row(
    "reads: 'row',\n    readsClaims: true",
    "reads: 'facts',\n    readsClaims: true",
    'rules on rows are asked once for all rows',
  ),
  row(
    "if (principal.kind === 'anonymous') return missingToken(sentence);",
    "if (principal.kind === 'anonymous') return allowed;",
    'anonymous callers pass rules on rows and the token',
  ),
  args(
    "reads: 'arguments',\n    readsClaims: true",
    "reads: 'facts',\n    readsClaims: true",
    'rules on arguments and claims are asked without arguments',
  ),
  filter(
    'return indeterminate(sentence, claims.error);',
    'return allowed;',
    'rows are given out unfiltered in an outage',
  ),
  filter(
    "if (principal.kind === 'anonymous') return missingToken(sentence);",
    "if (principal.kind === 'anonymous') return allowed;",
    'anonymous callers see the rows that nobody filters',
  ),

  // The rest of it.
  answer('return claimsNotLoaded(no.rule);', 'return no;', 'claims that nobody asked for are a denial'),
  rule(
    'resolve: () =>\n      Promise',
    'resolve: () => Promise.resolve(true),\n    never: () =>\n      Promise',
    "graphql-shield's own runtime allows everything",
  ),
  rule(
    '    [brand]: { version, data: Object.freeze(data) },\n',
    '',
    'rules of the vocabulary are taken for other rules',
  ),
  publicFields("reads: 'nothing'", "reads: 'facts'", 'public fields are guarded'),
  publicFields('`public: ', '`open: ', 'an empty reason counts as one'),
  token(
    "principal.kind === 'anonymous' ? missingToken(name) : allowed",
    'allowed',
    'anonymous callers have sent a token',
  ),
  token("principal.kind === 'anonymous'", "principal.kind !== 'user'", 'machines have sent no token'),
  logic("kind: 'all', rules", "kind: 'any', rules", 'one rule of an all-of is enough'),
  logic("kind: 'any', rules", "kind: 'all', rules", 'every rule of an any-of must allow'),
  claims('readsClaims: true', 'readsClaims: false', 'claims are not loaded for the rules that read them'),
  claims("reads: 'facts'", "reads: 'row'", 'claims rules are asked row by row'),
  claims('    authored: true,\n', '', 'two claims rules may have one name'),
  scope('scopes.slice(0, 1)', 'scopes', 'any-of scopes asks the client for all'),
  scope("typeof scope === 'string' && ", '', 'a list of scopes is taken for a scope'),
  scope(' && scopeToken.test(scope)', '', 'scopes with spaces are taken'),
  scope('[\\x21\\x23-', '[\\x20-', 'a space is taken for a letter of a scope'),
  scope("length === 1 ? 'the scope' : 'all of the scopes'", "'the scope'", 'several scopes are described as one'),
  scope(
    "if (principal.kind === 'anonymous') return missingToken(name);",
    "if (principal.kind === 'anonymous') return lacksScope;",
    'anonymous callers are asked for a scope',
  ),
  recent('!Number.isSafeInteger(maxAgeSeconds) || ', '', 'any number is an age'),
  recent(' || maxAgeSeconds < 1', '', 'no age at all is an age'),
  recent(
    "if (principal.kind === 'anonymous') return missingToken(name);",
    "if (principal.kind === 'anonymous') return denied(name, new ForbiddenError(name));",
    'anonymous callers are not asked to sign in',
  ),
  row("needs: 'claims'", "needs: 'token'", 'a row is read although there are no claims to hold it against'),
  row("    needs: 'token',\n", '', 'a row is read although there is no token to hold it against'),
  args(
    "needs: 'claims'",
    "needs: 'token'",
    'arguments are waited for although there are no claims to hold them against',
  ),
  filter('return claimsNotLoaded(sentence);', 'return allowed;', 'rows are given out before their filter is known'),
  filter('readsClaims: true', 'readsClaims: false', 'the claims that a filter is made of are not loaded'),
  inherited('if (coordinates.length < 1) {', 'if (false) {', 'a field may inherit from none'),
  modifiers('return createRule(`deny mode', 'return rule;\n  createRule(`deny mode', 'deny modes are forgotten'),
  modifiers("createRule('exposes', { kind: 'exposes', rule, links })", 'rule', 'what arguments expose is forgotten'),
];
