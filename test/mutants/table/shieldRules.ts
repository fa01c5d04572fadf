import { type Mutant, mutantsOf } from '../mutant.ts';

const foreign = mutantsOf('logic/evaluateShieldRule.ts', ['operation/fromShieldRules.test.ts']);
const foreignRule = mutantsOf('logic/shieldRule.ts', ['operation/fromShieldRules.test.ts']);
const shield = mutantsOf('rules/shieldTree.ts', [
  'rules/shieldTree.test.ts',
  'operation/fromShieldRules.test.ts',
  'rules/fromShield.test.ts',
  'compile/compilePermissions.test.ts',
]);
const fromShield = mutantsOf('rules/fromShield.ts', ['rules/fromShield.test.ts']);

export const shieldRules: readonly Mutant[] = [
  foreign(
    "({ outcome }) => outcome !== 'allowed', combineAll",
    "({ outcome }) => outcome === 'denied', combineAll",
    'a chain goes on after a rule that could not decide',
  ),
  foreign(
    "({ outcome }) => outcome === 'allowed', combineAny",
    "({ outcome }) => outcome !== 'indeterminate', combineAny",
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
  foreign(
    "case 'foreign':\n      return true;",
    "case 'foreign':\n      return false;",
    'no rule is known as one of graphql-shield',
  ),
  foreign('return containsShieldRule(expression.of);', 'return false;', 'rules under not are taken for ours'),
  foreign(
    'expression.of.some(containsShieldRule)',
    'expression.of.every(containsShieldRule)',
    'rules beside ours are taken for ours',
  ),
  foreign('negate(decision, facts, expression)', 'decision', 'not is overlooked'),
  foreign(
    "outcome === 'denied', combineAll",
    "outcome !== 'allowed', combineAll",
    'all-of does not go on after a failure',
  ),
  foreign('if (note(decision)) return decision;', 'note(decision);', 'rules are asked on after the answer'),
  foreignRule("if (typeof answer === 'string') return", 'if (false) return', 'a text is not told'),
  foreignRule('if (!(answer instanceof Error)) return no;', '', 'answers of any kind are told as texts'),
  foreignRule('isInput && answer.name', 'answer.name', 'an Error that a rule returns is a failure'),
  foreignRule("isInput && answer.name !== 'ValidationError'", 'false', 'the text of a crash in an input rule is told'),
  foreignRule(
    'catch (cause) {\n        return fail(cause);',
    'catch (cause) {\n        throw cause;',
    'a rule that throws is an exception',
  ),
  foreignRule('if (!(error instanceof AppError)) return', 'if (true) return', 'our own errors are told as texts'),
  foreignRule(
    'error.isFailure ? indeterminate(name, error) : ',
    '',
    'an outage or an internal error that a rule returns is a denial',
  ),

  // Rules of graphql-shield, known by their structure.
  shield("  ['RuleTrue LogicRule', 'allow'],\n", '', 'allow is no rule'),
  shield("  ['RuleFalse LogicRule', 'deny'],\n", '', 'deny is no rule'),
  shield("typeof value !== 'object' || value === null", "typeof value !== 'object'", 'null ends the compilation'),
  shield("['Rule', 'InputRule Rule']", "['InputRule Rule']", 'rules are no rules'),
  shield("['Rule', 'InputRule Rule']", "['Rule']", 'input rules are no rules'),
  shield("['RuleChain LogicRule', 'chain']", "['RuleChain LogicRule', 'all']", 'chain is taken for and'),
  shield("['RuleRace LogicRule', 'any']", "['RuleRace LogicRule', 'all']", 'race is taken for and'),
  shield("['RuleOr LogicRule', 'any']", "['RuleOr LogicRule', 'all']", 'or is taken for and'),
  shield("['RuleNot LogicRule', 'not']", "['RuleNot LogicRule', 'all']", 'not is taken for and'),
  shield("error: Reflect.get(value, 'error')", 'error: undefined', 'the error of a not is forgotten'),
  shield(
    "typeof name === 'string' && !",
    "typeof name === 'string' || !",
    'a rule without a name is called a random number',
  ),
  shield("(typeof func === 'function' && func.name) || ", '', 'the name of a function is not told'),
  shield("readLeaf(value, classes !== 'Rule')", 'readLeaf(value, false)', 'input rules are taken for other rules'),
  shield('func, isInput, fragment };', 'func, isInput, fragment: undefined };', 'fragments are ignored'),

  // Trees as graphql-shield takes them.
  fromShield('if (unknown.length > 0) {', 'if (false) {', 'options that mean nothing here are ignored'),
  fromShield("if (!isMap(tree)) return { '*': tree };", '', 'one rule for the whole schema is taken for a tree'),
  fromShield("if (Object.hasOwn(tree, '*')) {", 'if (false) {', "a '*' in place of a type is taken for the fallback"),
  fromShield("isMap(rules) ? { ...rules } : { '*': rules }", 'rules', 'one rule for a type is no rule'),
  fromShield("'fallbackRule' in options ?", 'options.fallbackRule ?', 'a fallback that is undefined is ignored'),
  fromShield("'fallbackRule' in options ?", 'true ?', 'a tree without a fallback has a faulty one'),
  fromShield(' || value === null', '', 'null in place of a type ends the compilation'),
  fromShield("typeof value !== 'object' || ", '', 'undefined in place of a type ends the compilation'),
  fromShield('!looksLikeShieldRule(value)', 'true', 'a rule of a copy with other names is taken for a map'),
  fromShield(
    '!isRule(value) && ',
    '',
    'a rule is taken for a map',
    "every rule has a `resolve`, and so looks like one of graphql-shield's",
  ),
];
