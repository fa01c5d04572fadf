import { type Mutant, mutantsOf } from '../mutant.ts';

const kleene = mutantsOf('logic/threeValuedLogic.ts', ['logic/expression.test.ts']);
const partialEvaluate = mutantsOf('logic/partialEvaluate.ts', [
  'operation/fromShieldRules.test.ts',
  'logic/expression.test.ts',
  'operation/authorization.test.ts',
  'operation/authorizeBeforeExecution.test.ts',
]);
const evaluate = mutantsOf('logic/evaluate.ts', ['logic/expression.test.ts']);
const expression = mutantsOf('logic/expression.ts', [
  'operation/enforce.test.ts',
  'logic/expression.test.ts',
  'compile/compilePermissions.test.ts',
]);

const actionability = mutantsOf('errors/authentication.ts', [
  'logic/expression.test.ts',
  'operation/authorizeBeforeExecution.test.ts',
  'server/apollo/guardPlugin.test.ts',
]);

export const decisions: readonly Mutant[] = [
  // Three-valued logic.
  kleene("    decisions.find((decision) => decision.outcome === 'denied') ??\n", '', 'all-of: a denial is not one'),
  kleene(
    "    decisions.find((decision) => decision.outcome === 'indeterminate') ??\n    allowed",
    '    allowed',
    'all-of: a failure allows',
  ),
  kleene(
    "    decisions.find((decision) => decision.outcome === 'indeterminate') ??\n    mostActionable",
    '    mostActionable',
    'any-of: an outage beside a denial is a denial',
  ),
  kleene(
    "    decisions.find((decision) => decision.outcome === 'allowed') ??\n",
    '',
    'any-of: one allow is not enough',
  ),
  kleene(
    "    case 'indeterminate':\n      return decision;",
    "    case 'indeterminate':\n      return allowed;",
    'not: a failure allows',
  ),
  kleene(
    "principal.kind !== 'anonymous' || holdsForAnonymous",
    'true',
    'not: an anonymous caller gains by sending no token',
  ),
  kleene('return otherwise;', 'return allowed;', 'not: an allow stays one'),
  kleene(
    'decision.error.actionability > best.error.actionability',
    'decision.error.actionability < best.error.actionability',
    'any-of tells the least useful denial',
  ),
  actionability('  override readonly actionability = 2;\n', '', 'a missing scope is told after a plain no'),
  actionability('actionability = 4;', 'actionability = 1;', 'a missing token is told after a missing scope'),
  actionability('actionability = 3;', 'actionability = 1;', 'a missing scope is told before a sign-in that is too old'),
  evaluate("if (decision.outcome === 'denied') return decision;", '', 'all-of on a row: a denial is not one'),
  evaluate('return failure ?? allowed;', 'return allowed;', 'all-of on a row: a failure allows'),
  evaluate(
    "if (decision.outcome === 'indeterminate') failure ??= decision;",
    "if (decision.outcome === 'indeterminate') return decision;",
    'all-of on a row: a failure comes before a later denial',
  ),
  evaluate(
    "if (decision.outcome === 'allowed') return decision;\n    decisions",
    'decisions',
    'any-of on a row asks on after an allow',
    'combineAny finds the allow among all decisions; only more is asked',
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
  partialEvaluate(
    "if (readsClaims && (knowledge === 'token' || !isSettled)) return false;",
    '',
    'claims rules are asked before the claims are loaded',
  ),
  partialEvaluate(
    "reads === 'arguments' ? knowledge === 'arguments' : reads !== 'row'",
    "reads !== 'row'",
    'rules on arguments are asked without arguments',
  ),
  partialEvaluate(
    "reads === 'arguments' ? knowledge === 'arguments' : reads !== 'row'",
    "reads !== 'arguments' || knowledge === 'arguments'",
    'rules on rows are asked without a row',
  ),
  partialEvaluate(
    'if (needs !== undefined && isAnonymous) return true;',
    '',
    'a row is read although there is no token',
  ),
  partialEvaluate(
    "if (needs === 'claims' && claimsFor(rule, facts).state !== 'found') return true;",
    '',
    'a row is read although nobody has claims to hold it against',
  ),
  partialEvaluate(
    "needs === 'claims' && claimsFor",
    'needs !== undefined && claimsFor',
    'rules on the row and the token are asked without a row when there are no claims',
  ),
  partialEvaluate(
    "(kind === 'all' ? 'denied' : 'allowed')",
    "(kind === 'all' ? 'indeterminate' : 'allowed')",
    'a failure beside an open rule is final',
  ),
  partialEvaluate(
    "if (settled.outcome === 'indeterminate' || (kind === 'any' && decisions.length > 0)) {",
    'if (false) {',
    'what was decided is forgotten',
  ),
  partialEvaluate(
    '{ kind, of: [decided(settled), ...open] }',
    '{ kind, of: open }',
    'a failure is forgotten beside open rules',
  ),
  partialEvaluate(
    'parts.filter((part) => !isAllowed(part))',
    'parts.filter(isAllowed)',
    'a chain keeps what has allowed and forgets the rest',
  ),
  expression('return isTrue(expression.rule);', 'return false;', 'rules that wait for claims are not found'),
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
];
