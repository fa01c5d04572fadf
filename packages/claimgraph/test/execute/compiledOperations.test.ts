import { createHook } from 'node:async_hooks';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import {
  type CompilingOptions,
  createCompiledOperations,
  defaultCompiling,
} from '../../src/execute/compiledOperations.ts';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { createKeptDocuments } from '../../src/operation/keptDocuments.ts';
import { createOperationPlanner } from '../../src/operation/operationPlanner.ts';
import { allOf, masked, publicField, requireClaims, requireRow, requireScope } from '../../src/rules/index.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { clerk, manager, type StaffClaims, userWith } from '../support/callers.ts';
import { authorize, guard } from '../support/guardedExecution.ts';

const canRead = requireScope('depot/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isEven = requireRow('is even', ({ id }: { readonly id: number }) => id % 2 === 0);

const guarded = guard(
  /* GraphQL */ `
    type Query { crates: [Crate!] open: String }
    type Mutation { burn: String }
    type Crate { id: ID! price: Int secret: String seal: String label: String! weight(unit: String = "kg"): Float }
  `,
  {
    Query: { crates: canRead, open: publicField('is open') },
    Mutation: { burn: canRead },
    Crate: {
      id: canRead,
      price: allOf(canRead, isManager),
      secret: allOf(canRead, isEven),
      seal: allOf(
        canRead,
        masked(isManager, () => '*'),
      ),
      label: publicField('is on the outside'),
      weight: canRead,
    },
  },
  {
    Query: {
      crates: () =>
        Array.from({ length: 100 }, (_, id) => ({ id, price: id, secret: 's', seal: '12', label: 'l', weight: 1.5 })),
    },
  },
);
const { schema, plans } = guarded;

function compiling(
  options: Partial<CompilingOptions> = {},
  caller: Principal = userWith('depot/read'),
  maxBytes = 1_000_000_000,
) {
  const told: string[] = [];
  const documents = createKeptDocuments({ maxBytes, keepAfter: 0 });
  const operations = createCompiledOperations({
    ...defaultCompiling,
    onCompiled({ name, durationMs }) {
      expect(durationMs).toBeGreaterThan(0);
      told.push(name ?? '');
    },
    ...options,
  });
  const planOperation = createOperationPlanner(schema, plans, documents);
  const find = (document: DocumentNode, variables: Readonly<Record<string, unknown>> = {}) => {
    const operation = getOperationAST(document);
    if (!operation) throw new TypeError('expected an operation');
    const plan = planOperation(document, operation, variables, caller);
    return operations.find(plan, { schema, plans, document, operation, variables }, caller);
  };
  return { find, counts: operations.counts, told };
}

describe('a query is compiled', () => {
  test('when it was asked often enough, once, and its time is told', () => {
    const { find, counts, told } = compiling({ compileAfter: 2 });
    const document = parse('query Often { open }');
    const found = [1, 2, 3, 4].map(() => find(document));
    expect(found.map((one) => one !== undefined)).toEqual([false, false, true, true]);
    expect(found[2]).toBe(found[3]);
    expect(told).toEqual(['Often']);
    expect(counts()).toEqual({ compiled: 1, leftOut: 0 });
  });

  test('at first sight, where that is asked for', () => {
    expect(compiling({ compileAfter: 0 }).find(parse('{ open }'))).toBeDefined();
  });

  test('never, when each is asked once', () => {
    const { find, counts } = compiling();
    for (let number = 0; number < 500; number += 1) expect(find(parse(`{ a${number}: open }`))).toBeUndefined();
    expect(counts()).toEqual({ compiled: 0, leftOut: 0 });
  });

  test('for each branch that @skip and @include take', () => {
    const { find, counts } = compiling({ compileAfter: 1 });
    const document = parse('query ($if: Boolean!) { open o: open @include(if: $if) }');
    const ask = (value: boolean) => find(document, { if: value })?.root.fields.map(({ key }) => key);
    expect([ask(true), ask(false), ask(true), ask(false)]).toEqual([undefined, undefined, ['open', 'o'], ['open']]);
    expect(counts()).toMatchObject({ compiled: 2 });
  });

  test('and kept with its document; what was dropped must be asked often again', () => {
    // Each takes some 12,000 bytes by the estimate.
    const { find, counts } = compiling({ compileAfter: 1 }, userWith('depot/read'), 110_000);
    const [first, ...others] = Array.from({ length: 12 }, (_, index) => parse(`{ a${index}: open }`));
    if (!first) throw new TypeError('expected a document');
    for (const document of [first, ...others]) {
      find(document);
      expect(find(document)).toBeDefined();
    }
    expect(counts()).toEqual({ compiled: 12, leftOut: 0 });
    expect([find(first), find(first) !== undefined]).toEqual([undefined, true]);
    expect(counts()).toEqual({ compiled: 13, leftOut: 0 });
  });

  test('after thirty times as many sights where nobody has a token', () => {
    const { find, counts } = compiling({ compileAfter: 2 }, anonymous);
    const document = parse('{ open }');
    for (let sight = 0; sight < 60; sight += 1) expect(find(document)).toBeUndefined();
    expect(find(document)).toBeDefined();
    expect(counts()).toEqual({ compiled: 1, leftOut: 0 });
  });
});

describe('left to graphql-js, and not tried again, is', () => {
  test.each([
    ['a mutation', 'mutation { burn }'],
    ['introspection', '{ open __schema { types { name } } }'],
    ['introspection of a type', '{ __type(name: "Crate") { name } }'],
    ['the response key __proto__', '{ crates { __proto__: price } }'],
    ['a condition that is null', 'query ($if: Boolean = true) { open @skip(if: $if) }'],
    [
      'more fields than any sensible query has',
      `{ crates { ${Array.from({ length: 5_001 }, (_, n) => `a${n}: id`)} } }`,
    ],
  ])('%s', (_name, query) => {
    const { find, counts } = compiling({ compileAfter: 0 });
    const document = parse(query);
    expect([find(document, { if: null }), find(document, { if: null })]).toEqual([undefined, undefined]);
    expect(counts()).toEqual({ compiled: 0, leftOut: 1 });
  });
});

test('a fragment that is spread a million times is compiled in linear time', () => {
  const guardedChain = guard(
    'interface Link { next: Link text: String } type A implements Link { next: Link text: String } type B implements Link { next: Link text: String } type Query { link: Link }',
    { '*': publicField('is a test') },
  );
  const levels = Array.from(
    { length: 30 },
    (_, n) => `fragment F${n} on Link { a: next { ...F${n + 1} } next { ...F${n + 1} } }`,
  );
  const document = parse(`{ link { ...F0 } } ${levels.join(' ')} fragment F30 on Link { text }`);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected an operation');
  const compiled = compileOperation({ ...guardedChain, document, operation, variables: {} });
  expect(compiled?.plans).toHaveLength(5);
});

describe('the cost of a guard in a compiled query', () => {
  const query = '{ crates { id price secret seal label weight } }';

  test.each([
    ['a manager', manager, { price: 3, secret: null, seal: '12' }, 50],
    ['a clerk', clerk, { price: null, secret: null, seal: '*' }, 150],
  ] as const)('is no promise, for %s', async (_name, claims, crate, errors) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new TypeError('expected an operation');
    const compiled = compileOperation({ schema, plans, document, operation, variables: {} });
    if (!compiled) throw new TypeError('expected it to be compiled');
    const { authorization } = authorize(userWith('depot/read'), claims);
    await authorization.loadClaims(plans.values());
    let promises = 0;
    const hook = createHook({
      init(_id, type) {
        if (type === 'PROMISE') promises += 1;
      },
    });
    hook.enable();
    const result = executeCompiled(compiled, { variables: {}, context: { authorization } });
    hook.disable();
    expect(promises).toBe(0);
    if (result instanceof Promise) throw new TypeError('expected the result at once');
    expect(result.errors).toHaveLength(errors);
    expect(result.data).toMatchObject({ crates: { 3: { id: '3', label: 'l', weight: 1.5, ...crate } } });
  });
});
