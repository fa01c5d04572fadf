import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { fromShield } from '../../src/rules/fromShield.ts';
import { requireScope } from '../../src/rules/index.ts';
import * as first from '../../src/rules/shield.ts';
import { readShieldRule } from '../../src/rules/shieldTree.ts';
import { askGuarded } from '../operation/askGuarded.ts';
import { userWith } from '../support/callers.ts';
import { codesThrownBy } from '../support/codesOf.ts';
import { guard } from '../support/guardedExecution.ts';

type Shield = typeof import('graphql-shield');

const copies: readonly (readonly [string, Shield])[] = [
  ['of claimgraph/shield', { ...loadCopy(false), ...first }],
  ['of graphql-shield itself', loadCopy(false)],
  ['of another copy of graphql-shield', loadCopy(true)],
  // On Node 23 and later it does not load: see src/rules/shield.ts.
  ...(Number.parseInt(process.versions.node, 10) < 23
    ? [['of the ES build', await import('graphql-shield')] as const]
    : []),
];

const typeDefs = 'type Query { parcel: Parcel parcels(first: Int): [Parcel] } type Parcel { id: ID contents: String }';
const resolvers = {
  Query: {
    parcel: () => ({ id: 'p-1', contents: 'books' }),
    parcels: () => ['p-1', 'p-2'].map((id) => ({ id, contents: `what is in ${id}` })),
  },
};
const query = '{ parcel { id contents } parcels(first: 3) { id contents } }';

describe.each(copies)('a tree %s', (_name, shield) => {
  const { allow, and, chain, deny, inputRule, not, or, race, rule } = shield;
  const isFirst = rule('is the first')((parcel: { readonly id: string }) => parcel.id === 'p-1');
  const later = rule({ cache: 'contextual' })(async () => true);
  const tree = {
    Query: { parcel: or(deny, later), parcels: inputRule()((yup) => yup.object({ first: yup.number().max(3) })) },
    Parcel: { '*': chain(isFirst, race(deny, not(deny))), id: and(allow, later) },
  };
  const refused = ['parcels.1.contents'];

  test('decides as it would by graphql-shield', async () => {
    const { errors } = await askGuarded(guard(typeDefs, fromShield(tree), resolvers), { query });
    expect(errors.map(({ path }) => path)).toEqual(refused);
  });

  test('can be handed in as it is', async () => {
    const { errors } = await askGuarded(guard(typeDefs, tree, resolvers), { query });
    expect(errors.map(({ path }) => path)).toEqual(refused);
    const byType = guard(typeDefs, { Query: later, Parcel: not(isFirst, 'Not the first.') }, resolvers);
    expect((await askGuarded(byType, { query })).errors.map(({ message }) => message)).toEqual(
      Array.from({ length: 4 }, () => 'Not the first.'),
    );
  });

  test('takes rules of the vocabulary', async () => {
    const canRead = requireScope('parcels/read');
    const mixed = { Query: or(canRead, deny), Parcel: chain(later, not(canRead)) };
    const ask = async (principal = userWith()) =>
      (await askGuarded(guard(typeDefs, fromShield(mixed), resolvers), { query: '{ parcel { id } }', principal }))
        .errors;
    expect((await ask()).map(({ path, code }) => `${path} ${code}`)).toEqual(['parcel INSUFFICIENT_SCOPE']);
    expect((await ask(userWith('parcels/read'))).map(({ path }) => path)).toEqual(['parcel.id']);
  });

  test('is read kind by kind', () => {
    const kinds = [allow, deny, later, isFirst, and(allow), chain(allow), or(allow), race(allow), not(allow)];
    expect(kinds.map((one) => readShieldRule(one)?.kind)).toEqual([
      'allow',
      'deny',
      'leaf',
      'leaf',
      'all',
      'chain',
      'any',
      'any',
      'not',
    ]);
    expect(readShieldRule(inputRule('asks')((yup) => yup.object()))).toMatchObject({ isInput: true, name: 'asks' });
    expect(readShieldRule(isFirst)).toMatchObject({ isInput: false, name: 'is the first', fragment: undefined });
  });
});

describe('what a bundler makes of graphql-shield', () => {
  const { rule, and, allow } = first;

  test.each(['Rule2', 'Rule$1', 'Rule12'])('is read where it has numbered the classes: %s', (name) => {
    expect(
      readShieldRule(
        renamed(
          rule()(() => true),
          name,
        ),
      ),
    ).toMatchObject({ kind: 'leaf' });
  });

  test.each([
    [
      'a rule',
      renamed(
        rule()(() => true),
        'a',
      ),
    ],
    ['an and', renamed(and(allow), 't')],
    ['allow', renamed(allow, 'n')],
    [
      'a rule of a class without a name',
      renamed(
        rule()(() => true),
        '',
      ),
    ],
  ])('stops the boot where it has renamed them: %s', (_name, value) => {
    expect(problemsOf(value)).toEqual(['Query.a: NOT_A_RULE']);
  });
});

describe('what only resembles a rule of graphql-shield stops the boot', () => {
  const { rule, and, allow, deny, or } = first;
  const own = rule('says yes')(() => true);
  const Rule = Object.getPrototypeOf(own).constructor;
  const RuleAnd = Object.getPrototypeOf(and(allow)).constructor;
  const subclass = { Rule: class extends Rule {}, RuleAnd: class RuleAnd2 extends RuleAnd {} };
  const named = (name: string) => Object.defineProperty(class extends Rule {}, 'name', { value: name });

  test.each<readonly [string, unknown]>([
    ['an instance of a class that extends Rule', Reflect.construct(subclass.Rule, ['x', () => true, {}])],
    ['of one that has its name', Reflect.construct(named('Rule'), ['x', () => true, {}])],
    ['of one that extends RuleAnd and has its name', Reflect.construct(subclass.RuleAnd, [[allow]])],
    [
      'a rule whose resolve was replaced',
      Object.assign(
        rule()(() => false),
        { resolve: async () => true },
      ),
    ],
    ['an and whose evaluate was replaced', Object.assign(and(deny), { evaluate: async () => [true] })],
    [
      'a rule that lost its function',
      without(
        rule()(() => true),
        'func',
      ),
    ],
    [
      'a rule that lost its fragment',
      without(
        rule()(() => true),
        'fragment',
      ),
    ],
    ['an or that lost its rules', without(or(allow), 'rules')],
    ['an or whose rules are no list', Object.assign(or(allow), { rules: allow })],
    ['an allow with rules', Object.assign(Object.create(Object.getPrototypeOf(allow)), { rules: [deny] })],
    ['an object with the properties of a rule', { ...own }],
    ['what JSON keeps of it', JSON.parse(JSON.stringify(own))],
    ['a class in place of a rule', Rule],
  ])('%s', (_name, value) => {
    expect(readShieldRule(value)).toBeUndefined();
    expect(problemsOf(value)).toEqual(['Query.a: NOT_A_RULE']);
  });
});

function problemsOf(value: unknown): readonly string[] {
  return codesThrownBy(() => guard('type Query { a: String }', { Query: { a: value } }));
}

/** The object as if its class had another name. */
function renamed(rule: object, name: string): object {
  const prototype = Object.getPrototypeOf(rule);
  const made = Object.defineProperty(() => {}, 'name', { value: name });
  const copy = Object.create(Object.getPrototypeOf(prototype), Object.getOwnPropertyDescriptors({ ...prototype }));
  Object.defineProperty(copy, 'constructor', { value: made });
  for (const method of ['resolve', 'equals', 'getRules']) {
    if (method in prototype) Object.defineProperty(copy, method, { value: prototype[method] });
  }
  return Object.create(copy, Object.getOwnPropertyDescriptors(rule));
}

function without(rule: object, property: string): object {
  Reflect.deleteProperty(rule, property);
  return rule;
}

/** graphql-shield as it is required here, or as another copy in another node_modules would be. */
function loadCopy(isOther: boolean): Shield {
  const require = createRequire(import.meta.url);
  const kept = Object.entries(require.cache).filter(([path]) => isOther && path.includes('/graphql-shield/'));
  for (const [path] of kept) Reflect.deleteProperty(require.cache, path);
  const loaded = require('graphql-shield');
  for (const [path, module] of kept) require.cache[path] = module;
  if (isOther === (loaded.allow === first.allow))
    throw new TypeError(`expected ${isOther ? 'another' : 'the same'} copy`);
  return loaded;
}
