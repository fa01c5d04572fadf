import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainField } from '../../src/inspect/explain.ts';
import { explainOperation } from '../../src/inspect/explainOperation.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import { evaluateShieldRule } from '../../src/logic/evaluateShieldRule.ts';
import type { Expression } from '../../src/logic/expression.ts';
import type { FieldPlan } from '../../src/logic/fieldPlan.ts';
import { createDecisionRecorder } from '../../src/operation/decisionRecorder.ts';
import {
  allOf,
  anyOf,
  masked,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { rule as shieldRule } from '../../src/rules/shield.ts';
import { anonymous } from '../../src/token/principal.ts';
import { clerk, factsOf, manager, notLoaded, type StaffClaims, storeIsDown, userWith } from '../support/callers.ts';
import { guard, planOf, readOperation } from '../support/guardedExecution.ts';
import { propertySettings } from '../support/propertySettings.ts';
import { oracle, toExpression, trees } from '../support/ruleTrees.ts';

const canRead = requireScope('staff/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is theirs', (row: { region: string }, { region }: StaffClaims) => row.region === region);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 10);

const reader = userWith('staff/read');

function fieldPlanOf(permission: unknown): FieldPlan {
  const [plan] = guard('type Query { people(first: Int = 5): String }', {
    Query: { people: permission },
  }).plans.values();
  if (!plan) throw new TypeError('expected a plan');
  return plan;
}

function planOfExpression(permission: Expression): FieldPlan {
  return { coordinate: 'Query.people', permission, masks: [], denyMode: 'null', exposes: [] };
}

describe('the record of a decision', () => {
  test('tells of each rule what it read and said, and what the verdict waits for', () => {
    const plan = fieldPlanOf(allOf(canRead, anyOf(isManager, isTheirs)));
    const reads = { canRead: ['token'], isManager: ['token', 'claims'], isTheirs: ['token', 'claims', 'row'] };
    expect(explainField(plan, factsOf(reader, clerk))).toEqual({
      coordinate: 'Query.people',
      verdict: 'unknown',
      needs: 'the row',
      masks: [],
      denyMode: 'null',
      permission: {
        kind: 'all',
        verdict: 'unknown',
        needs: 'the row',
        of: [
          {
            kind: 'rule',
            name: 'has scope staff/read',
            description: 'The access token has the scope staff/read.',
            reads: reads.canRead,
            verdict: 'allowed',
          },
          {
            kind: 'any',
            verdict: 'unknown',
            needs: 'the row',
            of: [
              {
                kind: 'rule',
                name: 'is a manager',
                description: 'By their business record the caller is a manager.',
                reads: reads.isManager,
                claims: ['role'],
                verdict: 'denied',
                code: 'FORBIDDEN',
              },
              {
                kind: 'rule',
                name: 'is theirs',
                description: 'On this row the caller is theirs.',
                reads: reads.isTheirs,
                verdict: 'unknown',
                needs: 'the row',
              },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ['before claims are settled', isManager, factsOf(reader, notLoaded), {}, 'unknown', 'the claims'],
    ['without arguments', asksForFew, factsOf(reader, clerk), {}, 'unknown', 'the arguments'],
    ['with arguments', asksForFew, factsOf(reader, clerk), { args: { first: 5 } }, 'allowed', undefined],
    ['with its row', isTheirs, factsOf(reader, clerk), { row: { parent: { region: 'north' } } }, 'allowed', undefined],
    [
      'with a row of others',
      isTheirs,
      factsOf(reader, clerk),
      { row: { parent: { region: 'x' } } },
      'denied',
      undefined,
    ],
    [
      'with a row that denies, whatever the arguments are',
      allOf(isTheirs, asksForFew),
      factsOf(reader, clerk),
      { row: { parent: { region: 'x' } } },
      'denied',
      undefined,
    ],
    ["by a rule of shield's own", shieldRule()(() => true), factsOf(reader, clerk), {}, 'unknown', 'execution'],
    ['while the store is down', isManager, factsOf(reader, storeIsDown), {}, 'indeterminate', undefined],
    ['without a token', isTheirs, factsOf(anonymous), {}, 'denied', undefined],
    ['that everybody may read', publicField('says nothing'), factsOf(anonymous), {}, 'allowed', undefined],
  ])('of a field %s', (_name, permission, facts, known, verdict, needs) => {
    const explained = explainField(fieldPlanOf(permission), facts, known);
    expect([explained.verdict, explained.needs]).toEqual([verdict, needs]);
  });

  test('of a masked field tells who reads it whole, and fails with the mask', () => {
    const plan = fieldPlanOf(
      allOf(
        canRead,
        masked(isManager, () => '***'),
      ),
    );
    expect(explainField(plan, factsOf(reader, clerk))).toMatchObject({
      verdict: 'allowed',
      masks: [{ name: 'is a manager', verdict: 'denied' }],
    });
    expect(explainField(plan, factsOf(reader, storeIsDown))).toMatchObject({
      verdict: 'indeterminate',
      code: 'CLAIMS_UNAVAILABLE',
    });
  });

  test('names the claims that were read and holds no value of one, nor a name that a row brought along', () => {
    const byRow = requireRow('is named in the row', (row: Readonly<Record<string, string>>, claims: StaffClaims) =>
      Object.values(row).some((name) => Reflect.get(claims, name) === 'never' || (name === 'region' && name in claims)),
    );
    const row = { parent: { one: 'a secret of the row', other: 'toLocaleString', third: 'region' } };
    const explained = explainField(fieldPlanOf(allOf(isManager, byRow)), factsOf(reader, manager), { row });
    const rules = explained.permission.of ?? [];
    expect(rules.map(({ name, claims }) => [name, claims])).toEqual([
      ['is a manager', ['role']],
      ['is named in the row', ['region']],
    ]);
    expect(JSON.stringify(explained)).not.toMatch(/north|secret of the row|toLocaleString|"manager"/);
  });

  test('says what the engine decides, and never guesses', () => {
    fc.assert(
      fc.property(trees, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), (tree, ...flags) => {
        const [isAnonymous, storeIsDownNow, knowsArgs, knowsRow] = flags;
        const facts = factsOf(isAnonymous ? anonymous : reader, storeIsDownNow ? storeIsDown : manager);
        const known = { ...(knowsArgs && { args: {} }), ...(knowsRow && { row: { parent: {} } }) };
        const { verdict } = explainField(planOfExpression(toExpression(tree)), facts, known);
        const truth = oracle(tree, { isAnonymous, storeIsDown: storeIsDownNow });
        expect(knowsArgs && knowsRow ? [truth] : [truth, 'unknown']).toContain(verdict);
      }),
      propertySettings(2_000),
    );
  });
});

test('an operation is explained root by root, and each field below once', () => {
  const guarded = guard(
    'type Query { people(first: Int): [Person] health: String } type Person { name: String salary: String }',
    { Query: { people: asksForFew, health: publicField('says nothing') }, Person: { name: canRead, salary: isTheirs } },
  );
  const operation = {
    query: 'query ($n: Int) { few: people(first: 2) { name } many: people(first: $n) { name salary } health }',
    variables: { n: 50 },
  };
  const { variables } = readOperation(guarded.schema, operation);
  const explained = explainOperation(planOf(guarded, operation), factsOf(reader, clerk), variables);
  expect(explained).toMatchObject({
    caller: { kind: 'user', subject: 'user-1', clientId: 'spa', scopes: ['staff/read'] },
    claims: { state: 'found', asOf: '2026-01-31T09:00:00.000Z' },
  });
  expect(explained.fields.map(({ path, coordinate, verdict }) => [path, coordinate, verdict])).toEqual([
    ['few', 'Query.people', 'allowed'],
    ['many', 'Query.people', 'denied'],
    ['health', 'Query.health', 'allowed'],
    ['few.name', 'Person.name', 'allowed'],
    ['many.salary', 'Person.salary', 'unknown'],
  ]);
});

describe('what is recorded of executed rows', () => {
  test('is how often each rule was asked and what it said', () => {
    const { permission } = fieldPlanOf(allOf(canRead, anyOf(isManager, isTheirs)));
    const recorder = createDecisionRecorder();
    const facts = factsOf(reader, clerk);
    for (const region of ['north', 'south', 'south']) {
      const watched = recorder.watch('Query.people', permission);
      recorder.note('Query.people', evaluate(watched, facts, { region }, {}).outcome, 'field');
    }
    const always = (asked: number, outcome: string) => ({
      asked,
      verdicts: { allowed: 0, denied: 0, indeterminate: 0, [outcome]: asked },
    });
    expect(recorder.executed()).toEqual([
      {
        coordinate: 'Query.people',
        verdicts: { allowed: 1, denied: 2, indeterminate: 0 },
        masked: 0,
        rules: [
          { name: 'has scope staff/read', ...always(3, 'allowed') },
          { name: 'is a manager', ...always(3, 'denied') },
          { name: 'is theirs', asked: 3, verdicts: { allowed: 1, denied: 2, indeterminate: 0 } },
        ],
      },
    ]);
  });

  test('changes no decision, and tells of the rules that are asked only', () => {
    fc.assert(
      fc.property(trees, fc.boolean(), (tree, isAnonymous) => {
        const facts = factsOf(isAnonymous ? anonymous : reader, manager);
        let asked = 0;
        const expression = toExpression(tree, () => {
          asked += 1;
        });
        const plain = evaluate(expression, facts, {}, {});
        const askedPlain = asked;
        const recorder = createDecisionRecorder();
        const watched = evaluate(recorder.watch('Query.people', expression), facts, {}, {});
        expect(watched.outcome).toBe(plain.outcome);
        const counted = recorder.executed().flatMap(({ rules }) => rules.map((rule) => rule.asked));
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(askedPlain);
      }),
    );
  });

  test("waits for graphql-shield's own rules", async () => {
    const { permission } = fieldPlanOf(shieldRule('asks elsewhere')(async () => false));
    const recorder = createDecisionRecorder();
    const call = { parent: {}, args: {}, context: {}, info: {} as never };
    const decision = await evaluateShieldRule(recorder.watch('Query.people', permission), factsOf(), call);
    expect(decision.outcome).toBe('denied');
    expect(recorder.executed()[0]?.rules).toEqual([
      { name: 'asks elsewhere', asked: 1, verdicts: { allowed: 0, denied: 1, indeterminate: 0 } },
    ]);
  });
});
