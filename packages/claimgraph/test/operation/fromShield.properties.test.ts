import { createRequire } from 'node:module';
import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { type ExecutionResult, execute, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { fromShield } from '../../src/rules/fromShield.ts';
import {
  allow,
  and,
  chain,
  deny,
  not,
  or,
  race,
  rule,
  type ShieldRule,
  type ShieldTree,
} from '../../src/rules/shield.ts';
import { anonymous } from '../../src/token/principal.ts';
import { userWith } from '../support/callers.ts';
import { guard } from '../support/guardedExecution.ts';
import { isThorough, propertySettings } from '../support/propertySettings.ts';
import { askGuarded } from './askGuarded.ts';

// src/permissions/shield.ts, imported above, has put `util.isUndefined` back: without it chain and race deny everything
// on Node 23 and later.
const require = createRequire(import.meta.url);
const { shield }: typeof import('graphql-shield') = require('graphql-shield');
const { applyMiddleware }: typeof import('graphql-middleware') = require('graphql-middleware');

type Answer = true | false | 'text' | 'error' | 'throws';

/** As plain data a tree can be printed, and built twice. */
type Tree =
  /** Answers by the parity of the row's number. */
  | { readonly even: Answer; readonly odd: Answer; readonly isAsync: boolean; readonly id: number }
  | { readonly constant: 'allow' | 'deny' }
  | { readonly logic: 'and' | 'or' | 'chain' | 'race'; readonly of: readonly Tree[] }
  | { readonly not: Tree; readonly says: string | undefined };

interface Leaves {
  readonly answers: readonly Answer[];
  readonly hasConstants: boolean;
}

function treesOf({ answers, hasConstants }: Leaves): fc.Arbitrary<Tree> {
  const answer = fc.constantFrom(...answers);
  const leaf = fc.record({ even: answer, odd: answer, isAsync: fc.boolean(), id: fc.nat(1_000_000) });
  const constant = fc.record({ constant: fc.constantFrom('allow' as const, 'deny' as const) });
  return fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      ...(hasConstants ? [constant] : []),
      fc.record({
        logic: fc.constantFrom('and' as const, 'or' as const, 'chain' as const, 'race' as const),
        of: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ not: tie('tree'), says: fc.option(fc.constant('said by not'), { nil: undefined }) }),
    ),
  })).tree;
}

const types = ['Query', 'A', 'B'] as const;
const fieldNames = ['f', 'g', 'h'] as const;
type TypeName = (typeof types)[number];
/** What a field gives: text, an object of a type, or a list of three. */
type FieldKind = { readonly gives: 'String' | 'A' | 'B'; readonly isList: boolean; readonly isNonNull: boolean };
type Schema = Readonly<Record<TypeName, Readonly<Record<(typeof fieldNames)[number], FieldKind>>>>;

function schemas(isNonNull: fc.Arbitrary<boolean>): fc.Arbitrary<Schema> {
  const field = fc.record({ gives: fc.constantFrom('String', 'A', 'B'), isList: fc.boolean(), isNonNull });
  const fields = fc.record({ f: field, g: field, h: field });
  return fc.record({ Query: fields, A: fields, B: fields }) as fc.Arbitrary<Schema>;
}

/** A tree as `shield()` takes it: everything by one rule, a type by one rule, or its fields and `'*'`. */
type TypeRules = Tree | Readonly<Record<string, Tree | undefined>>;
type Tried = Tree | Readonly<Record<string, TypeRules | undefined>>;

function shieldTrees(trees: fc.Arbitrary<Tree>): fc.Arbitrary<Tried> {
  const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const fields = fc.record({ f: perhaps(trees), g: perhaps(trees), h: perhaps(trees), '*': perhaps(trees) });
  const typeRules = perhaps(fc.oneof({ weight: 1, arbitrary: trees }, { weight: 4, arbitrary: fields }));
  const byType = fc.record({ Query: typeRules, A: typeRules, B: typeRules });
  return fc.oneof({ weight: 1, arbitrary: trees }, { weight: 9, arbitrary: byType });
}

/** Which fields are asked for, by numbers that are held against the schema. */
type Selection = readonly { readonly field: (typeof fieldNames)[number]; readonly below: Selection }[];

const selections = fc.letrec<{ selection: Selection }>((tie) => ({
  selection: fc.array(
    fc.record({
      field: fc.constantFrom(...fieldNames),
      below: fc.oneof({ maxDepth: 3 }, fc.constant([]), tie('selection')) as fc.Arbitrary<Selection>,
    }),
    { minLength: 1, maxLength: 3 },
  ) as fc.Arbitrary<Selection>,
})).selection;

const cases = (leaves: Leaves, isNonNull: fc.Arbitrary<boolean> = fc.constant(false)) =>
  fc.record({
    schema: schemas(isNonNull),
    tree: shieldTrees(treesOf(leaves)),
    selection: selections,
    fallback: fc.constantFrom('allow' as const, 'deny' as const),
    isAnonymous: fc.boolean(),
  });

type Case = typeof cases extends (...args: never) => fc.Arbitrary<infer C> ? C : never;

describe(`on Node ${process.versions.node}, a schema behind graphql-shield and the same schema behind fromShield`, () => {
  let compared = 0;
  let denials = 0;

  test('give the same data and the same paths of errors', async () => {
    const leaves = { answers: [true, true, false, 'text', 'error'], hasConstants: true } as const;
    await fc.assert(
      fc.asyncProperty(cases(leaves), async (one) => {
        const [ours, shields] = [await askOurs(one), await askShield(one)];
        expect({ data: ours.data, paths: pathsOf(ours) }).toEqual({ data: shields.data, paths: pathsOf(shields) });
        compared += 1;
        denials += ours.errors.length;
      }),
      propertySettings(700),
    );
    if (isThorough) expect(denials).toBeGreaterThan(compared / 2);
  });

  // Documented: of several texts the first is shown. There `race` shows the last, and `and` looks for one behind the first
  // denial. What needs no asking, as `deny`, speaks before the others.
  test('show the same messages, given and as chain and race as or, and nothing decided beforehand', async () => {
    const leaves = { answers: [true, true, false, 'text', 'error'], hasConstants: false } as const;
    await fc.assert(
      fc.asyncProperty(cases(leaves), async (one) => {
        const [ours, shields] = [await askOurs(one), await askShield(one, { and: chain, race: or })];
        expect(ours).toEqual(shields);
      }),
      propertySettings(700),
    );
  });

  // Documented: a non-null field that is refused nulls its parent, and then it depends on timing which errors are kept.
  test('give the same data also where fields are not nullable', async () => {
    const leaves = { answers: [true, true, true, false, 'text', 'error'], hasConstants: true } as const;
    await fc.assert(
      fc.asyncProperty(cases(leaves, fc.boolean()), async (one) => {
        expect((await askOurs(one)).data).toEqual((await askShield(one)).data);
      }),
      propertySettings(300),
    );
  });

  // Documented: graphql-shield takes a rule that throws for a denial, and not(denial) for an allow.
  test('differ where rules throw only in that fewer fields are given out', async () => {
    const leaves = { answers: [true, true, false, 'text', 'throws'], hasConstants: true } as const;
    let fewer = 0;
    await fc.assert(
      fc.asyncProperty(cases(leaves), async (one) => {
        const [ours, shields] = [await askOurs(one), await askShield(one)];
        const refusedHere = new Set(pathsOf(ours));
        const isRefusedHere = (path: string) =>
          path.split('.').some((_, index, parts) => refusedHere.has(parts.slice(0, index + 1).join('.')));
        expect(pathsOf(shields).filter((path) => !isRefusedHere(path))).toEqual([]);
        if (JSON.stringify(ours.data) !== JSON.stringify(shields.data)) fewer += 1;
      }),
      propertySettings(500),
    );
    // What never happened was not compared.
    if (isThorough) expect(fewer).toBeGreaterThan(0);
  });
});

async function askOurs(one: Case) {
  const guarded = guard(
    toTypeDefs(one.schema),
    fromShield(toShieldTree(one.tree), toOptions(one)),
    resolversOf(one.schema),
  );
  const principal = one.isAnonymous ? anonymous : userWith();
  const { data, errors } = await askGuarded(guarded, { query: toQuery(one.schema, one.selection), principal });
  const byPath = errors.map(({ path, message }) => ({ path, message }));
  return { data, errors: sorted(byPath) };
}

async function askShield(one: Case, logics: Partial<typeof ownLogics> = {}) {
  const plain = makeExecutableSchema({ typeDefs: toTypeDefs(one.schema), resolvers: resolversOf(one.schema) });
  const middleware = shield(toShieldTree(one.tree, { ...ownLogics, ...logics }), {
    ...toOptions(one),
    allowExternalErrors: false,
    fallbackError: 'You may not do this.',
  });
  const schema: GraphQLSchema = applyMiddleware(plain, middleware);
  const document = parse(toQuery(one.schema, one.selection));
  expect(validate(schema, document)).toEqual([]);
  const { data, errors = [] }: ExecutionResult = await execute({ schema, document, contextValue: {} });
  const byPath = errors.map(({ path, message }: GraphQLError) => ({ path: path?.join('.') ?? '', message }));
  return { data: JSON.parse(JSON.stringify(data ?? null)) as unknown, errors: sorted(byPath) };
}

type Outcome = { readonly errors: readonly { readonly path: string; readonly message: string }[] };

function pathsOf({ errors }: Outcome): readonly string[] {
  return errors.map(({ path }) => path);
}

function sorted(errors: Outcome['errors']): Outcome['errors'] {
  return errors.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const ownLogics = { and, or, chain, race };

function toOptions({ fallback }: Case): { readonly fallbackRule: ShieldRule } {
  return { fallbackRule: fallback === 'allow' ? allow : deny };
}

function toShieldTree(tried: Tried, logics = ownLogics): ShieldTree {
  return mapTrees(tried, (tree) => toRule(tree, logics)) as ShieldTree;
}

/** Leaves out what is undefined: graphql-shield would drop all rules of the type. */
function mapTrees(value: unknown, toShield: (tree: Tree) => ShieldRule): unknown {
  if (isTree(value)) return toShield(value);
  const entries = Object.entries(value as object).filter(([, below]) => below !== undefined);
  return Object.fromEntries(entries.map(([name, below]) => [name, mapTrees(below, toShield)]));
}

function isTree(value: unknown): value is Tree {
  return ['even', 'constant', 'logic', 'not'].some((key) => Object.hasOwn(value as object, key));
}

function toRule(tree: Tree, logics: typeof ownLogics): ShieldRule {
  if ('constant' in tree) return tree.constant === 'allow' ? allow : deny;
  if ('logic' in tree) return logics[tree.logic](...tree.of.map((part) => toRule(part, logics)));
  if ('not' in tree) return not(toRule(tree.not, logics), tree.says);
  const { even, odd, isAsync, id } = tree;
  const answer = (row: { readonly number: number } | undefined) => {
    const says = (row?.number ?? 0) % 2 === 0 ? even : odd;
    if (says === 'throws') throw new Error(`thrown by ${id}`);
    if (says === 'error') return new Error(`error of ${id}`);
    return says === 'text' ? `text of ${id}` : says;
  };
  return rule(`${JSON.stringify(tree)} ${Math.random()}`)(isAsync ? async (row) => answer(row) : answer);
}

function toTypeDefs(schema: Schema): string {
  return types
    .map((type) => {
      const fields = Object.entries(schema[type]).map(([name, { gives, isList, isNonNull }]) => {
        return `${name}: ${isList ? `[${gives}]` : gives}${isNonNull ? '!' : ''}`;
      });
      return `type ${type} { ${fields.join(' ')} }`;
    })
    .join('\n');
}

/** Objects are numbered, so that the rows of a list and their parents can be told apart. */
function resolversOf(schema: Schema) {
  const resolver =
    ({ gives, isList }: FieldKind) =>
    (row: { readonly number: number } | undefined) => {
      const number = (row?.number ?? 0) + 1;
      const give = (step: number) => (gives === 'String' ? `text ${number + step}` : { number: number + step });
      return isList ? [give(0), give(1), give(2)] : give(0);
    };
  const fields = types.map((type) => [
    type,
    Object.fromEntries(Object.entries(schema[type]).map(([name, kind]) => [name, resolver(kind)])),
  ]);
  return Object.fromEntries(fields);
}

function toQuery(schema: Schema, selection: Selection, type: TypeName = 'Query'): string {
  const fields = selection.map(({ field, below }, index) => {
    const { gives } = schema[type][field];
    return `a${index}: ${field}${gives === 'String' ? '' : ` ${toQuery(schema, below, gives)}`}`;
  });
  return `{ ${fields.join(' ') || '__typename'} }`;
}
