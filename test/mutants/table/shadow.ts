import { type Mutant, mutantsOf } from '../mutant.ts';

const shadow = mutantsOf('inspect/shadow.ts', ['server/apollo/shadow.test.ts']);
const simulated = mutantsOf('logic/simulateExecution.ts', ['server/apollo/shadow.test.ts']);
const same = mutantsOf('logic/isSameExpression.ts', ['server/apollo/shadow.test.ts']);
const told = mutantsOf('operation/enforce.ts', ['server/apollo/shadow.test.ts']);
const compiled = mutantsOf('execute/compileRead.ts', ['server/apollo/shadow.test.ts']);
const leaf = mutantsOf('execute/compileField.ts', ['server/apollo/shadow.test.ts']);

export const shadows: readonly Mutant[] = [
  simulated('bindRow(expression, facts, parent)', 'expression', 'a candidate is not asked about the row'),
  simulated("facts, 'arguments', args)", "facts, 'facts', args)", 'nor about the arguments'),
  simulated(
    'some((part) => mayDenyOtherwise(part, answer.decision))',
    'some(() => false)',
    'an open rule changes no code',
  ),
  simulated("(kind === 'chain' && awaiting.length === 0)", 'false', 'a chain goes on after what could not be decided'),
  shadow('isRefusedBefore ? beforeExecution', 'false ? beforeExecution', 'a refused operation asks rules of shield'),
  shadow('!hasMetaFields &&', '', 'introspection is refused with the root fields'),
  shadow('      left -= 1;\n', '', 'comparisons of an operation have no bound'),
  shadow('        notCompared += 1;\n', '', 'what is not compared is not told'),
  shadow('if (now === candidate) return;', '', 'the same verdict is told as a difference'),
  shadow("? 'facts' : 'token'", "? 'facts' : 'facts'", 'a candidate is asked as if it needed claims'),
  shadow('if (refusalOf(permission)) return false;', '', 'a refused field needs claims'),
  shadow("decision.length > 0 ? 'masked' : 'allowed'", "'allowed'", 'what is masked counts as allowed'),
  shadow('args !== undefined && !compared.has(plan)', 'args !== undefined', 'root fields are compared twice'),
  shadow('count: 0, of: 0', 'count: 1, of: 1', 'what was not met counts'),
  same('one.rule.madeOf === other.rule.madeOf', 'one.rule === other.rule', "shield's own rules are never the same"),
  same("return other.kind === 'rule' && isSameRule(one.rule, other.rule);", 'return true;', 'all rules are the same'),
  told('observer?.observes(plan) ? observer.onDecision : undefined', 'undefined', 'no row is compared'),
  told(
    'const isUnguarded = isPublic(plan) && !onDecision;',
    'const isUnguarded = isPublic(plan);',
    'open fields are not compared',
  ),
  told(
    '        onDecision?.(authorization, plan, hidden, call);\n',
    '',
    "what shield's own rules allow is not compared",
  ),
  told(
    '      onDecision?.(authorization, plan, decision, call);\n',
    '',
    "what shield's own rules refuse is not compared",
  ),
  compiled('    if (isObserved) return callGuard;\n', '', 'settled fields of compiled queries are not compared'),
  leaf(' && !parts.guarded?.isObserved', '', 'properties of compiled queries are not compared'),
];
