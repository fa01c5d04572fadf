import { type DocumentNode, getOperationAST, getVariableValues, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createKeptDocuments } from '../../src/operation/keptDocuments.ts';
import type { OperationPlan } from '../../src/operation/operationPlan.ts';
import { createOperationPlanner } from '../../src/operation/operationPlanner.ts';
import { collectSkipIncludeVariables } from '../../src/operation/skipIncludeVariables.ts';
import { anonymous } from '../../src/token/principal.ts';
import { countWalks } from '../support/countWalks.ts';
import { fanOut, prototypeNames } from '../support/hostileDocuments.ts';
import { createHostileSchema } from '../support/hostileSchema.ts';

const { schema, plans } = createHostileSchema().guarded;

describe('the plan of an operation', () => {
  test('is made once for a thousand requests', () => {
    const { plan, walksOf } = planning('query ($id: ID!) { crate(id: $id) { id ...N } } fragment N on Crate { notes }');
    const first = walksOf(() => plan({ id: 'c-0' }));
    expect(first).toBeGreaterThan(0);
    const again = walksOf(() => {
      for (let index = 1; index < 1_000; index += 1) plan({ id: `c-${index}` });
    });
    expect(again).toBe(0);
  });

  test('is one for each branch that its conditions take', () => {
    const { plan } = planning('query ($a: Boolean!, $b: Boolean!) { open @skip(if: $a) secret @include(if: $b) }');
    const branches = [
      { a: true, b: true },
      { a: true, b: false },
      { a: false, b: true },
      { a: false, b: false },
    ];
    const made = branches.map(plan);
    expect(made.map(rootsOf)).toEqual(['secret', '', 'open secret', 'open']);
    expect(branches.map(plan)).toEqual(made);
    expect(new Set([...made, ...branches.map(plan)]).size).toBe(4);
  });

  test('is the same for variables that stand in no condition, Booleans too', () => {
    const { plan } = planning(
      `query ($id: ID!, $deep: Boolean, $text: Text) {
        crate(id: $id) { id } echo(anything: $deep, filter: { text: $text }) @skip(if: false)
      }`,
    );
    const made = [{ id: '1' }, { id: '2', deep: true }, { id: '3', deep: false }, { id: '4', text: { contains: 'x' } }];
    expect(new Set(made.map(plan)).size).toBe(1);
  });

  test("does not take another operation's conditions, name or plan for its own", () => {
    const document = parse(`
      query A($v: Boolean!) { open @include(if: $v) }
      query B($v: Boolean!) { secret @include(if: $v) toString }
      query C($v: Boolean) { echo(anything: $v) }`);
    const planner = createOperationPlanner(schema, plans, createKeptDocuments({ maxBytes: 10_000_000, keepAfter: 0 }));
    const roots = (name: string, v: boolean) => rootsOf(planNamed(planner, document, name, { v }));
    expect([roots('A', true), roots('B', true), roots('C', true)]).toEqual(['open', 'secret toString', 'echo']);
    expect([roots('A', false), roots('B', false), roots('C', false)]).toEqual(['', 'toString', 'echo']);
    expect(planNamed(planner, document, 'C', { v: true })).toBe(planNamed(planner, document, 'C', { v: false }));
  });

  test('tells false, null and true apart by default values too', () => {
    const { plan } = planning('query ($v: Boolean = false) { open secret @include(if: $v) }');
    expect([plan({}), plan({ v: false }), plan({ v: true }), plan({ v: null })].map(rootsOf)).toEqual([
      'open',
      'open',
      'open secret',
      // Execution refuses the null; until then the field counts.
      'open secret',
    ]);
    expect(plan({})).toBe(plan({ v: false }));
    const skipping = planning('query ($v: Boolean = false) { open secret @skip(if: $v) }').plan;
    expect([skipping({ v: true }), skipping({ v: null })].map(rootsOf)).toEqual(['open', 'open secret']);
  });

  test('is not shared by two documents of the same text, nor by two schemas', () => {
    const query = '{ open }';
    expect(planning(query).plan({})).not.toBe(planning(query).plan({}));
    const other = createHostileSchema().guarded;
    const planner = createOperationPlanner(
      other.schema,
      other.plans,
      createKeptDocuments({ maxBytes: 10_000_000, keepAfter: 0 }),
    );
    const document = parse(query);
    const fields = [...planNamed(planner, document, undefined, {}).fields.keys()];
    const own = other.schema.getQueryType()?.getFields().open;
    expect(fields).toEqual([own && other.plans.get(own)]);
  });

  test('is remembered for sixteen branches at most, whatever is asked', () => {
    const names = Array.from({ length: 10 }, (_, index) => `v${index}`);
    const { plan, walksOf, bytes } = planning(
      `query (${names.map((name) => `$${name}: Boolean!`)}) { ${names.map((name) => `${name}: open @skip(if: $${name})`).join(' ')} }`,
    );
    const variablesOf = (branch: number) =>
      Object.fromEntries(names.map((name, index) => [name, (branch & (2 ** index)) > 0]));
    for (let branch = 0; branch < 1_024; branch += 1)
      expect(plan(variablesOf(branch)).rootFields.size).toBe(10 - ones(branch));
    const walksPerPlan = walksOf(() => plan(variablesOf(0)));
    expect(walksPerPlan).toBeGreaterThan(0);
    const latest = Array.from({ length: 15 }, (_, index) => variablesOf(1_023 - index));
    expect(walksOf(() => latest.map(plan))).toBe(0);
    const forgotten = Array.from({ length: 100 }, (_, index) => variablesOf(index + 1));
    expect(walksOf(() => forgotten.map(plan))).toBe(100 * walksPerPlan);
    // What plans took is given back with them.
    expect(bytes()).toBeLessThan(20 * 150 * 200);
  });

  test('holds nothing of a request but the branches it took', () => {
    const { plan } = planning('query ($id: ID!, $v: Boolean!) { crate(id: $id) { id @skip(if: $v) } }');
    const secret = 'only this request knows';
    const made = plan({ id: secret, v: false });
    const seen = new Set<unknown>();
    const pending: unknown[] = [made];
    while (pending.length > 0) {
      const value = pending.pop();
      expect(value).not.toBe(secret);
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      pending.push(...Reflect.ownKeys(value).map((key) => Reflect.get(value, key)));
      if (value instanceof Map) pending.push(...value.keys(), ...value.values());
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  test.each(prototypeNames)('can hang on a variable called %s', (name) => {
    const { plan } = planning(`query ($${name}: Boolean = false) { open secret @include(if: $${name}) }`);
    expect(rootsOf(plan({}))).toBe('open');
    expect(rootsOf(plan(JSON.parse(`{"${name}":true}`)))).toBe('open secret');
  });

  test('of fragments that fan out is made by walking each once, and read for conditions once', () => {
    const document = parse(fanOut(30, 10));
    const { count } = countWalks(document);
    planNamed(
      createOperationPlanner(schema, plans, createKeptDocuments({ maxBytes: 10_000_000, keepAfter: 0 })),
      document,
      'FanOut',
      {},
    );
    // Two selection sets of the operation, eleven of each of thirty fragments, and one of the last; read for conditions,
    // and walked for the one type there is.
    expect(count()).toBe(2 * (2 + 30 * 11 + 1));
  });
});

test.each<readonly [string, string]>([
  ['query ($a: Boolean!) { open @skip(if: $a) }', 'a'],
  ['query ($a: Boolean!) { open @skip(if: $a) @include(if: $b) x: open @skip(if: $a) }', 'a b'],
  [
    '{ crate(id: $a) { ... @include(if: $b) { id } ...F @skip(if: $c) } } fragment F on Crate { id @skip(if: $d) }',
    'b c d',
  ],
  ['{ ...F ...F } fragment F on Query { ...G } fragment G on Query { ...F open @skip(if: $a) }', 'a'],
  ['{ open @other(if: $a) @include(if: true) ...Nothing } fragment F on Query { open @skip(if: $b) }', ''],
  ['{ open @skip(if: $toString) secret @include(if: $__proto__) }', 'toString __proto__'],
])('the conditions of %s hang on: %s', (query, names) => {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected an operation');
  expect(collectSkipIncludeVariables(document, operation).join(' ')).toBe(names);
});

/** One document and one planner; `variables` are as a client sends them. */
function planning(query: string) {
  const document = parse(query);
  const { count } = countWalks(document);
  const documents = createKeptDocuments({ maxBytes: 10_000_000, keepAfter: 0 });
  const planner = createOperationPlanner(schema, plans, documents);
  return {
    bytes: () => documents.counts().bytes,
    plan: (variables: Readonly<Record<string, unknown>>) => planNamed(planner, document, undefined, variables),
    walksOf(act: () => void) {
      const before = count();
      act();
      return count() - before;
    },
  };
}

function planNamed(
  planner: ReturnType<typeof createOperationPlanner>,
  document: DocumentNode,
  name: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): OperationPlan {
  const operation = getOperationAST(document, name);
  if (!operation) throw new TypeError('expected an operation');
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!coerced) throw new AggregateError(errors, 'expected usable variables');
  return planner(document, operation, coerced, anonymous);
}

function rootsOf({ rootFields }: OperationPlan): string {
  return [...rootFields.keys()].join(' ');
}

function ones(branch: number): number {
  return branch.toString(2).replaceAll('0', '').length;
}
