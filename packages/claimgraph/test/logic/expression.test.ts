import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AppError,
  ClaimsUnavailableError,
  ForbiddenError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  InternalError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { allowed, type Decision, denied, indeterminate } from '../../src/logic/decision.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import { decided, type Expression, someRule } from '../../src/logic/expression.ts';
import { type EvaluationPhase, partialEvaluate } from '../../src/logic/partialEvaluate.ts';
import type { RuleDefinition } from '../../src/logic/ruleDefinition.ts';
import { definitionOf } from '../../src/rules/definitionOf.ts';
import { requireArgumentsByClaims, requireRow } from '../../src/rules/index.ts';
import { anonymous } from '../../src/token/principal.ts';
import {
  factsOf,
  manager,
  notLoaded,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../support/callers.ts';
import { propertySettings } from '../support/propertySettings.ts';
import { oracle, type Reads, toExpression, trees } from '../support/ruleTrees.ts';

const knownUser = factsOf(userWith(), manager);

const T = allowed;
const F = denied('no', new ForbiddenError('no'));
const otherwise = denied('not', new ForbiddenError('not'));
const U = indeterminate('cannot tell', new ClaimsUnavailableError('down'));

describe('strong Kleene logic', () => {
  const binary: readonly (readonly [Decision, Decision, { all: Decision; any: Decision }])[] = [
    [T, T, { all: T, any: T }],
    [T, F, { all: F, any: T }],
    [T, U, { all: U, any: T }],
    [F, T, { all: F, any: T }],
    [F, F, { all: F, any: F }],
    [F, U, { all: F, any: U }],
    [U, T, { all: U, any: T }],
    [U, F, { all: F, any: U }],
    [U, U, { all: U, any: U }],
  ];
  const cases = binary.flatMap(([left, right, of]) =>
    (['all', 'any'] as const).map(
      (kind) => [kind, left.outcome, right.outcome, of[kind].outcome, [left, right]] as const,
    ),
  );

  test.each(cases)('%s of %s and %s is %s, evaluated for a row', (kind, _left, _right, expected, decisions) => {
    const expression: Expression = { kind, of: decisions.map((decision) => ruleOf('row', decision)) };
    expect(evaluate(expression, knownUser, {}, {}).outcome).toBe(expected);
  });

  test.each(cases)('%s of %s and %s is %s, reduced from the token', (kind, _left, _right, expected, decisions) => {
    const expression: Expression = { kind, of: decisions.map((decision) => ruleOf('token', decision)) };
    expect(outcomeOf(partialEvaluate(expression, factsOf(userWith()), 'token'))).toBe(expected);
  });

  test.each(cases)('%s of %s, known, and %s, of the row, is %s', (kind, _left, _right, expected, [left, right]) => {
    const first: Expression = { kind, of: [ruleOf('token', left), ruleOf('row', right)] };
    const last: Expression = { kind, of: [ruleOf('row', right), ruleOf('token', left)] };
    for (const expression of [first, last]) {
      expect(evaluate(partialEvaluate(expression, knownUser, 'facts'), knownUser, {}, {}).outcome).toBe(expected);
    }
  });

  test.each([
    [T, 'denied'],
    [F, 'allowed'],
    [U, 'indeterminate'],
  ] as const)('not %o is %s, evaluated and reduced', (decision, expected) => {
    const not = (reads: Reads): Expression => ({ kind: 'not', of: ruleOf(reads, decision), name: 'not', otherwise });
    expect(evaluate(not('row'), knownUser, {}, {}).outcome).toBe(expected);
    expect(outcomeOf(partialEvaluate(not('token'), knownUser, 'token'))).toBe(expected);
  });

  test('a known denial decides an all-of, and a known allow an any-of, before the others are known', () => {
    const row = ruleOf('row', T);
    const facts = factsOf(userWith());
    expect(outcomeOf(partialEvaluate({ kind: 'all', of: [row, ruleOf('token', F)] }, facts, 'token'))).toBe('denied');
    expect(outcomeOf(partialEvaluate({ kind: 'any', of: [row, ruleOf('token', T)] }, facts, 'token'))).toBe('allowed');
    expect(outcomeOf(partialEvaluate({ kind: 'all', of: [row, ruleOf('token', U)] }, facts, 'token'))).toBe('open');
    expect(outcomeOf(partialEvaluate({ kind: 'any', of: [row, ruleOf('token', U)] }, facts, 'token'))).toBe('open');
  });

  test.each(['all', 'any'] as const)('%s of nothing allows nobody, in whatever tree it stands', (kind) => {
    const nothing: Expression = { kind, of: [] };
    const trees: readonly Expression[] = [
      nothing,
      { kind: 'all', of: [decided(T), nothing] },
      { kind: 'any', of: [decided(F), nothing] },
      { kind: 'not', of: nothing, name: 'not', otherwise },
    ];
    for (const tree of trees) {
      expect(evaluate(tree, knownUser, {}, {}).outcome).toBe('indeterminate');
      expect(evaluate(partialEvaluate(tree, knownUser, 'facts'), knownUser, {}, {}).outcome).toBe('indeterminate');
    }
  });
});

describe('negation', () => {
  test('of a missing token is no gain: an unknown caller stays denied', () => {
    const unauthenticated = denied('no token', new UnauthenticatedError('missing', 'none'));
    const not: Expression = { kind: 'not', of: ruleOf('token', unauthenticated), name: 'not', otherwise };
    expect(evaluate(not, factsOf(anonymous), {}, {})).toEqual(unauthenticated);
    expect(partialEvaluate(not, factsOf(anonymous), 'facts')).toEqual(decided(unauthenticated));
  });

  test('denies an unknown caller in whatever order the rules beneath are asked', () => {
    const unauthenticated = denied('scope', new UnauthenticatedError('missing', 'none'));
    const parts = [ruleOf('arguments', F), ruleOf('token', unauthenticated)];
    const facts = factsOf(anonymous);
    for (const of of [parts, parts.toReversed(), parts.slice(0, 1)]) {
      const not: Expression = { kind: 'not', of: { kind: 'all', of }, name: 'not', otherwise };
      expect(evaluate(not, facts, {}, {})).toMatchObject({ outcome: 'denied', error: { reason: 'missing' } });
      expect(evaluate(partialEvaluate(not, facts, 'facts'), facts, {}, {})).toMatchObject({
        outcome: 'denied',
        error: { reason: 'missing' },
      });
    }
  });

  test('of an allow is FORBIDDEN', () => {
    const not: Expression = { kind: 'not', of: decided(T), name: 'not', otherwise };
    expect(evaluate(not, knownUser, {}, {})).toEqual(denied('not', new ForbiddenError('not')));
  });
});

describe('the error of a denial', () => {
  const signIn = new UnauthenticatedError('missing', 'none');
  const signInAgain = new InsufficientUserAuthenticationError(300);
  const scope = new InsufficientScopeError(['read']);
  const no = new ForbiddenError('no');
  const inOrderOfUse: readonly AppError[] = [signIn, signInAgain, scope, no];
  const pairs = inOrderOfUse.flatMap((better, index) =>
    inOrderOfUse.slice(index + 1).map((worse) => [better.code, worse.code, better, worse] as const),
  );

  test.each(pairs)('in any-of is %s rather than %s, in both orders', (_better, _worse, better, worse) => {
    for (const errors of [
      [better, worse],
      [worse, better],
    ]) {
      const of = errors.map((error) => ruleOf('row', denied('rule', error)));
      expect(evaluate({ kind: 'any', of }, knownUser, {}, {})).toMatchObject({ error: better });
    }
  });

  test.each(pairs)('in any-of is %s rather than %s, whichever is known first', (_better, _worse, better, worse) => {
    for (const [early, late] of [
      [better, worse],
      [worse, better],
    ] as const) {
      const expression: Expression = {
        kind: 'any',
        of: [ruleOf('row', denied('late', late)), ruleOf('token', denied('early', early))],
      };
      const left = partialEvaluate(expression, knownUser, 'facts');
      expect(evaluate(left, knownUser, {}, {})).toMatchObject({ error: better });
    }
  });

  test('in any-of is the first of equals', () => {
    const of = ['first', 'second'].map((name) => ruleOf('row', denied(name, no)));
    expect(evaluate({ kind: 'any', of }, knownUser, {}, {})).toMatchObject({ rule: 'first' });
  });

  test('in all-of is that of the token before that of the claims, wherever it stands', () => {
    const claims = ruleOf('claims', denied('claims', no));
    const token = ruleOf('token', denied('token', scope));
    for (const of of [
      [claims, token],
      [token, claims],
    ]) {
      expect(partialEvaluate({ kind: 'all', of }, factsOf(userWith()), 'token')).toMatchObject({
        decision: { error: scope },
      });
    }
  });

  test('in all-of is that of the first rule that denies', () => {
    const of = [ruleOf('row', T), ruleOf('row', denied('first', no)), ruleOf('row', denied('second', scope))];
    expect(evaluate({ kind: 'all', of }, knownUser, {}, {})).toMatchObject({ rule: 'first' });
  });

  test('is none while a rule of an any-of failed: it might have allowed', () => {
    for (const of of [
      [ruleOf('row', denied('no token', signIn)), ruleOf('row', U)],
      [ruleOf('row', U), ruleOf('row', denied('no token', signIn))],
    ]) {
      expect(evaluate({ kind: 'any', of }, knownUser, {}, {})).toEqual(U);
    }
  });
});

test('a rule that throws has failed, reduced and evaluated, also under not', () => {
  const cause = new Error('boom');
  const rule: RuleDefinition = {
    name: 'is fragile',
    description: 'It is fragile.',
    reads: 'facts',
    readsClaims: false,
    decide() {
      throw cause;
    },
  };
  const failure = indeterminate('is fragile', new InternalError('the rule "is fragile" threw', { cause }));
  for (const expression of [
    { kind: 'rule', rule },
    { kind: 'not', of: { kind: 'rule', rule }, name: 'not', otherwise: F },
  ] satisfies Expression[]) {
    expect(evaluate(expression, knownUser, {}, {})).toEqual(failure);
    expect(partialEvaluate(expression, knownUser, 'token')).toEqual(decided(failure));
  }
});

test.each([
  ['token', false],
  ['arguments', false],
  ['claims', true],
  ['row', true],
] as const)('a rule on the %s reads claims: %s, at any depth', (reads, expected) => {
  const leaf = ruleOf(reads, T);
  const deep: Expression = {
    kind: 'any',
    of: [decided(F), { kind: 'not', of: { kind: 'all', of: [decided(T), leaf] }, name: 'not', otherwise: F }],
  };
  expect([leaf, deep].map((one) => someRule(one, (rule) => rule.readsClaims))).toEqual([expected, expected]);
});

describe('a rule on the row', () => {
  const row = definitionOf(requireRow('is theirs', (_row: object, _claims: StaffClaims) => true));
  if (!row) throw new TypeError('expected a rule of the vocabulary');
  const expression: Expression = { kind: 'rule', rule: row };

  test.each([
    ['anonymous', factsOf(anonymous), 'denied'],
    ['a caller without a business record', factsOf(userWith(), withoutRecord), 'denied'],
    ['a caller while the store is down', factsOf(userWith(), storeIsDown), 'indeterminate'],
    ['a caller with claims', factsOf(userWith(), manager), 'open'],
    ['a caller whose claims are not settled', factsOf(userWith(), notLoaded), 'open'],
  ] as const)('is decided before any row is met, or not, for %s', (_name, facts, outcome) => {
    expect(outcomeOf(partialEvaluate(expression, facts, 'facts'))).toBe(outcome);
    expect(outcomeOf(partialEvaluate(expression, facts, 'arguments', {}))).toBe(outcome);
    expect(outcomeOf(partialEvaluate(expression, facts, 'token'))).toBe('open');
  });

  const needs: readonly (readonly [RuleDefinition['needs'], readonly string[]])[] = [
    [undefined, ['open', 'open', 'open', 'open']],
    ['token', ['allowed', 'open', 'open', 'open']],
    ['claims', ['allowed', 'allowed', 'allowed', 'open']],
  ];
  test.each(needs)('that needs %s is decided before any row for those who lack it', (what, outcomes) => {
    const { needs: _needs, ...rest } = row;
    const own: Expression = { kind: 'rule', rule: { ...rest, ...(what && { needs: what }), decide: () => T } };
    const callers = [
      factsOf(anonymous),
      ...[storeIsDown, withoutRecord, manager].map((claims) => factsOf(userWith(), claims)),
    ];
    expect(callers.map((facts) => outcomeOf(partialEvaluate(own, facts, 'facts')))).toEqual(outcomes);
  });
});

describe('a rule on the arguments that needs claims', () => {
  const rule = definitionOf(requireArgumentsByClaims('asks for theirs', (_args: object, _claims: StaffClaims) => true));
  if (!rule) throw new TypeError('expected a rule of the vocabulary');
  test.each([
    ['anonymous', factsOf(anonymous), 'denied'],
    ['a caller without a business record', factsOf(userWith(), withoutRecord), 'denied'],
    ['a caller while the store is down', factsOf(userWith(), storeIsDown), 'indeterminate'],
    ['a caller with claims', factsOf(userWith(), manager), 'open'],
    ['a caller whose claims are not settled', factsOf(userWith(), notLoaded), 'open'],
  ] as const)('is decided before the arguments are known, or not, for %s', (_name, facts, outcome) => {
    expect(outcomeOf(partialEvaluate({ kind: 'rule', rule }, facts, 'facts'))).toBe(outcome);
  });
});

test('a claims rule is not known before the claims are settled, also when the arguments are', () => {
  const claims = ruleOf('claims', T);
  expect(outcomeOf(partialEvaluate(claims, factsOf(userWith(), notLoaded), 'arguments', {}))).toBe('open');
  expect(outcomeOf(partialEvaluate(claims, factsOf(userWith(), manager), 'arguments', {}))).toBe('allowed');
});

describe('a random rule tree', () => {
  const worlds = fc.record({ isAnonymous: fc.boolean(), storeIsDown: fc.boolean() });

  test('says the same decided in stages, decided at once, and decided by the oracle', () => {
    fc.assert(
      fc.property(trees, worlds, (tree, world) => {
        const principal = world.isAnonymous ? anonymous : userWith();
        const facts = factsOf(principal, world.storeIsDown ? storeIsDown : manager);
        const expression = toExpression(tree);
        const byToken = partialEvaluate(expression, factsOf(principal, notLoaded), 'token');
        const byFacts = partialEvaluate(byToken, facts, 'facts');
        const byArguments = partialEvaluate(byFacts, facts, 'arguments', {});

        expect(
          [expression, byToken, byFacts, byArguments].map((left) => evaluate(left, facts, {}, {}).outcome),
        ).toEqual(Array(4).fill(oracle(tree, world)));
      }),
      propertySettings(2_000),
    );
  });

  const askable: Record<EvaluationPhase, readonly Reads[]> = {
    token: ['token'],
    facts: ['token', 'claims'],
    arguments: ['token', 'claims', 'arguments'],
  };

  test.each(Object.entries(askable))(
    'reduced at "%s" asks only what is known then, and leaves none of it',
    (at, may) => {
      const knowledge = at === 'token' || at === 'facts' ? at : 'arguments';
      fc.assert(
        fc.property(trees, (tree) => {
          const asked = new Set<Reads>();
          const left = partialEvaluate(
            toExpression(tree, (reads) => asked.add(reads)),
            knownUser,
            knowledge,
            {},
          );
          expect(may).toEqual(expect.arrayContaining([...asked]));

          asked.clear();
          partialEvaluate(left, knownUser, knowledge, {});
          expect([...asked]).toEqual([]);
        }),
        propertySettings(500),
      );
    },
  );

  test('decided by the token does not change with the claims', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const left = partialEvaluate(toExpression(tree), factsOf(userWith()), 'token');
        fc.pre(!someRule(left, (rule) => rule.readsClaims));
        expect(oracle(tree, { isAnonymous: false, storeIsDown: true })).toBe(
          oracle(tree, { isAnonymous: false, storeIsDown: false }),
        );
      }),
      propertySettings(500),
    );
  });
});

function ruleOf(reads: Reads, decision: Decision): Expression {
  return {
    kind: 'rule',
    rule: {
      name: decision.outcome,
      description: `Always ${decision.outcome}.`,
      reads: reads === 'arguments' || reads === 'row' ? reads : 'facts',
      readsClaims: reads === 'claims' || reads === 'row',
      decide: () => decision,
    },
  };
}

function outcomeOf(expression: Expression): Decision['outcome'] | 'open' {
  return expression.kind === 'decided' ? expression.decision.outcome : 'open';
}
