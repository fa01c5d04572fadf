import { createRequire } from 'node:module';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse, subscribe } from 'graphql';
import { describe, expect, test } from 'vitest';
import { PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { fromShield } from '../../src/rules/fromShield.ts';
import { allow, and, chain, deny, inputRule, not, rule, type ShieldTree } from '../../src/rules/shield.ts';
import { userWith } from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import { authorize, guard } from '../support/guardedExecution.ts';
import { askGuarded } from './askGuarded.ts';

const require = createRequire(import.meta.url);
const { shield }: typeof import('graphql-shield') = require('graphql-shield');
const { applyMiddleware }: typeof import('graphql-middleware') = require('graphql-middleware');

const typeDefs = /* GraphQL */ `
  interface Node { id: ID }
  union Thing = Parcel
  scalar Weight
  enum Size { SMALL LARGE }
  input Filter { size: Size }
  type Query { parcel(id: ID, filter: Filter): Parcel thing: Thing weight: Weight constructor: String }
  type Parcel implements Node { id: ID contents: String }
  type Subscription { arrived: ID }
`;
const resolvers = {
  Query: {
    parcel: (_query: unknown, { id = 'p-1' }: { readonly id?: string }) => ({ id, contents: `contents of ${id}` }),
    constructor: () => 'from the resolver',
  },
};
const throws = rule('throws')(async () => Promise.reject(new Error('the database is down')));
const whole = { data: { parcel: { id: 'p-1', contents: 'contents of p-1' } }, messages: [] };
const refused = 'Something went wrong on our side. Quote the errorId when you report it.';

interface Row {
  readonly tree: unknown;
  readonly options?: object;
  readonly query?: string;
  readonly there: unknown;
  /** The first problem that stops the boot, or what the client gets. */
  readonly here: unknown;
}

// The second table of docs/from-graphql-shield.md. A row that turns red there means that graphql-shield has changed.
describe('what graphql-shield does, and fromShield does not', () => {
  const mine = '{ mine: parcel(id: "p-1") { contents } theirs: parcel(id: "p-2") { contents } }';
  const bothShown = { mine: { contents: 'contents of p-1' }, theirs: { contents: 'contents of p-2' } };
  const onlyMine = { data: { ...bothShown, theirs: { contents: null } }, messages: ['You may not do this.'] };
  const isMine = (cache: 'contextual' | (() => string)) => rule('is mine', { cache })((parcel) => parcel.id === 'p-1');
  const otherKind = 'RULE_ON_OTHER_TYPE';
  const isUndefined = 'NOT_A_RULE';
  const crashes = inputRule()((yup) =>
    yup.object({ id: yup.string().test('known', 'unknown', async () => Promise.reject(new Error('10.0.0.5'))) }),
  );
  const throwsData = rule()(() => {
    throw { id: 'p-9', contents: 'thrown' };
  });

  const rows: Readonly<Record<string, Row>> = {
    'opens what no rule covers': {
      tree: { Parcel: { id: allow } },
      there: whole,
      here: 'Query.parcel: NO_RULE',
    },
    'allows by not where the rule throws': {
      tree: { Parcel: { contents: not(throws) } },
      options: { fallbackRule: allow },
      there: whole,
      here: { data: { parcel: { id: 'p-1', contents: null } }, messages: [refused] },
    },
    'allows by not where a rule of a chain throws': {
      tree: { Parcel: { contents: not(chain(throws, allow)) } },
      options: { fallbackRule: allow },
      there: whole,
      here: { data: { parcel: { id: 'p-1', contents: null } }, messages: [refused] },
    },
    'drops the rules of a type for one that is undefined': {
      tree: { Parcel: { id: undefined, contents: deny } },
      options: { fallbackRule: allow },
      there: whole,
      here: `Parcel.id: ${isUndefined}`,
    },
    'takes the fallback for a type that is undefined': {
      tree: { Query: allow, Parcel: undefined },
      options: { fallbackRule: allow },
      there: whole,
      here: `Parcel.*: ${isUndefined}`,
    },
    'allows by and() without rules': {
      tree: { Parcel: { contents: and() } },
      options: { fallbackRule: allow },
      there: whole,
      here: 'Parcel.contents: EMPTY_RULE_LIST',
    },
    'never asks a rule on an interface': {
      tree: { Query: rule()(() => true), Parcel: rule()(() => true), Node: { id: deny } },
      options: { fallbackRule: deny },
      there: whole,
      here: { data: { parcel: { id: null, contents: 'contents of p-1' } }, messages: ['You may not do this.'] },
    },
    ...Object.fromEntries(
      [
        ['a union', { Thing: deny }],
        ['a scalar', { Weight: deny }],
      ].map(([kind, tree]) => [
        `never asks a rule on ${kind}`,
        { tree, options: { fallbackRule: allow }, there: whole, here: `${Object.keys(tree ?? {})[0]}: ${otherKind}` },
      ]),
    ),
    'never asks a rule on an enum': {
      tree: { Size: deny },
      options: { fallbackRule: allow },
      query: '{ parcel(id: "p-1", filter: { size: SMALL }) { id contents } }',
      there: whole,
      here: { data: { parcel: null }, messages: ['You may not do this.'] },
    },
    'never asks a rule on an input': {
      tree: { Filter: { size: deny } },
      options: { fallbackRule: allow },
      query: '{ parcel(id: "p-1", filter: { size: null }) { id contents } }',
      there: whole,
      here: { data: { parcel: null }, messages: ['You may not do this.'] },
    },
    'refuses a field called constructor whatever its rule is': {
      tree: { Query: {} },
      options: { fallbackRule: allow },
      query: '{ constructor }',
      there: { data: { constructor: null }, messages: ['Not Authorised!'] },
      here: { data: { constructor: 'from the resolver' }, messages: [] },
    },
    'takes a contextual verdict from one alias to another': {
      tree: { Parcel: { contents: isMine('contextual') } },
      options: { fallbackRule: allow },
      query: mine,
      there: { data: bothShown, messages: [] },
      here: onlyMine,
    },
    'takes a verdict from one alias to another by the key of a cache function': {
      tree: { Parcel: { contents: isMine(() => 'one') } },
      options: { fallbackRule: allow },
      query: mine,
      there: { data: bothShown, messages: [] },
      here: onlyMine,
    },
    'gives out the error of a not as data': {
      tree: { Query: { parcel: Reflect.apply(not, undefined, [allow, { id: 'p-9', contents: 'of the error' }]) } },
      options: { fallbackRule: allow },
      there: { data: { parcel: { id: 'p-9', contents: 'of the error' } }, messages: [] },
      here: 'Query.parcel: INVALID_ERROR_OF_NOT',
    },
    'shows why the validation of an input rule crashed': {
      tree: { Query: { parcel: crashes } },
      options: { fallbackRule: allow },
      there: { data: { parcel: null }, messages: ['10.0.0.5'] },
      here: { data: { parcel: null }, messages: [refused] },
    },
    'allows by not where the validation of an input rule crashed': {
      tree: { Query: { parcel: not(crashes) } },
      options: { fallbackRule: allow },
      there: whole,
      here: { data: { parcel: null }, messages: [refused] },
    },
    'masks the error of a rule that throws as a denial': {
      tree: { Query: { parcel: throws } },
      options: { fallbackRule: allow },
      there: { data: { parcel: null }, messages: ['Not Authorised!'] },
      here: { data: { parcel: null }, messages: [refused] },
    },
  };

  test.each(Object.entries(rows))(
    '%s',
    async (_name, { tree, options = {}, query = '{ parcel { id contents } }', there, here }) => {
      expect(await behindShield(tree as ShieldTree, options, query)).toEqual(there);
      expect(await behindFromShield(tree as ShieldTree, options, query)).toEqual(here);
    },
  );

  test('gives out what a resolver throws, with allowExternalErrors', async () => {
    const options = { fallbackRule: allow, allowExternalErrors: true };
    const failing = { Query: { parcel: throwsData } };
    const plain = makeExecutableSchema({
      typeDefs,
      resolvers: { Query: { parcel: () => Promise.reject({ id: 'p-9', contents: 'thrown' }) } },
    });
    const schema = applyMiddleware(plain, shield({ Query: { parcel: allow } }, options));
    expect(await answerOf(schema, '{ parcel { contents } }')).toEqual({
      data: { parcel: { contents: 'thrown' } },
      messages: [],
    });
    expect(() => fromShield(failing, options)).toThrow('allowExternalErrors');
  });

  test('opens the source of a subscription before its rule is asked', async () => {
    let opened = 0;
    const subscription = {
      arrived: {
        async *subscribe() {
          opened += 1;
          yield { arrived: 'p-1' };
        },
        resolve: ({ arrived }: { readonly arrived: string }) => arrived,
      },
    };
    const tree = { Subscription: { arrived: rule()(() => false) } };
    const document = parse('subscription { arrived }');
    const options = { fallbackRule: allow };

    const plain = makeExecutableSchema({ typeDefs, resolvers: { Subscription: subscription } });
    const there = await subscribe({
      schema: applyMiddleware(plain, shield(tree, options)),
      document,
      contextValue: {},
    });
    if (!('next' in there)) throw new TypeError('expected an open source');
    expect((await there.next()).value).toMatchObject({ data: { arrived: null } });
    expect(opened).toBe(1);

    const { schema } = guard(typeDefs, fromShield(tree, options), { Subscription: subscription });
    const { authorization } = authorize(userWith());
    const here = await subscribe({ schema, document, contextValue: { authorization } });
    expect(here).toMatchObject({ errors: [{ path: ['arrived'] }] });
    expect(opened).toBe(1);
  });
});

async function behindShield(tree: ShieldTree, options: object, query: string) {
  const schema = makeExecutableSchema({ typeDefs, resolvers });
  return answerOf(applyMiddleware(schema, shield(tree, options)), query);
}

async function answerOf(schema: Parameters<typeof execute>[0]['schema'], query: string) {
  const { data, errors = [] } = await execute({ schema, document: parse(query), contextValue: {} });
  return { data: JSON.parse(JSON.stringify(data)) as unknown, messages: errors.map(({ message }) => message) };
}

async function behindFromShield(tree: ShieldTree, options: object, query: string) {
  try {
    const guarded = guard(typeDefs, fromShield(tree, options), resolvers);
    const { data, errors } = await askGuarded(guarded, { query, principal: userWith() });
    return { data, messages: errors.map(({ message }) => message) };
  } catch (error) {
    if (error instanceof PermissionMapError) return codesOf(error.problems)[0];
    throw error;
  }
}
