import {
  column,
  policyOf,
  relation,
  rowFilter,
  rowTable,
  seesRow,
  settingsOf,
  where,
  whereOf,
  wherePartsOf,
} from 'claimgraph';
import fc from 'fast-check';
import { CompiledQuery, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isThorough, propertySettings } from '../../packages/claimgraph/test/support/propertySettings.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

// Random conditions × what callers are limited by × rows: JavaScript, the WHERE clause and the policy of row-level security
// let the same rows through. On the embedded database, or on the server of DATABASE_URL.

const texts = [
  'a',
  'A',
  'ä',
  'a\u0308',
  'Ａ',
  '😀',
  '～',
  'ß',
  'ss',
  ' a',
  "o'x",
  'back\\slash',
  'a,b',
  '{a}',
  '"',
  '',
  'null',
  'İ',
  'i',
  '1',
];
const integers = [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];

const marks = rowTable('marks', { label: column.text('mark_label'), weight: column.integer('weight') });
const items = rowTable('items', {
  name: column.text('item_name'),
  other: column.text('other_name'),
  amount: column.integer('amount'),
  isOpen: column.boolean('is_open'),
});
const marksOfItem = relation('marks', { table: marks, from: 'id', to: 'item_id' });

/** What rows are limited by: whatever a business record may turn out to hold. */
interface Scope {
  readonly text?: unknown;
  readonly more?: unknown;
  readonly list?: unknown;
  readonly number?: unknown;
  readonly numbers?: unknown;
  readonly yes?: unknown;
}

type Condition = ReturnType<typeof where.and>;
type Ref = Parameters<typeof where.isNull>[0];

const { name, other, amount, isOpen } = items.columns;
const refs = {
  text: scope('text'),
  more: scope('more'),
  list: scope('list'),
  number: scope('number'),
  numbers: scope('numbers'),
  yes: scope('yes'),
};
function scope(of: string) {
  return { kind: 'scope', name: of } as const;
}

const compare = fc.constantFrom(where.eq, where.lt, where.lte, where.gt, where.gte);
const untyped = (make: unknown, ...operands: readonly unknown[]): Condition =>
  Reflect.apply(make as CallableFunction, undefined, operands);
const someText = fc.constantFrom(...texts.filter((text) => text !== ''));
const someInteger = fc.constantFrom(...integers);

function conditionsOn(textColumns: readonly Ref[], integerColumn: Ref, more: readonly fc.Arbitrary<Condition>[]) {
  const textSide = fc.oneof(fc.constantFrom(refs.text, refs.more, ...textColumns), someText);
  const integerSide = fc.oneof(fc.constantFrom(refs.number, integerColumn), someInteger);
  return [
    fc.tuple(compare, fc.constantFrom(...textColumns), textSide).map(([make, ...sides]) => untyped(make, ...sides)),
    fc.tuple(compare, fc.constant(integerColumn), integerSide).map(([make, ...sides]) => untyped(make, ...sides)),
    fc.constantFrom(...textColumns, integerColumn).map((one) => where.isNull(one)),
    fc
      .tuple(
        fc.constantFrom(refs.text, ...textColumns),
        fc.oneof(fc.constant(refs.list), fc.array(someText, { maxLength: 4 })),
      )
      .map((sides) => untyped(where.in, ...sides)),
    fc
      .tuple(fc.constant(integerColumn), fc.oneof(fc.constant(refs.numbers), fc.array(someInteger, { maxLength: 4 })))
      .map((sides) => untyped(where.in, ...sides)),
    fc
      .tuple(compare, fc.constant(refs.text), fc.oneof(someText, fc.constant(refs.more)))
      .map(([make, ...sides]) => untyped(make, ...sides)),
    ...more,
  ];
}

function treesOf(leaves: readonly fc.Arbitrary<Condition>[]): fc.Arbitrary<Condition> {
  return fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      ...leaves,
      fc.array(tie('tree'), { maxLength: 3 }).map((of) => where.and(...of)),
      fc.array(tie('tree'), { maxLength: 3 }).map((of) => where.or(...of)),
    ),
  })).tree;
}

const onMarks = treesOf(conditionsOn([marks.columns.label], marks.columns.weight, []));
const conditions = treesOf(
  conditionsOn([name, other], amount, [
    fc
      .tuple(fc.constant(isOpen), fc.oneof(fc.constant(refs.yes), fc.boolean()))
      .map((sides) => untyped(where.eq, ...sides)),
    onMarks.map((condition) => where.some(marksOfItem, () => condition)),
  ]),
);

const anyText = fc.oneof(fc.constantFrom<unknown>(...texts, 'NUL\0', '\ud800', undefined, null), fc.constant(7));
const anyNumber = fc.oneof(
  fc.constantFrom<unknown>(
    ...integers,
    0,
    -0,
    1.5,
    Number.NaN,
    2 ** 53,
    2n ** 70n,
    '9007199254740993',
    undefined,
    null,
    'x',
  ),
);
const listOr = (item: fc.Arbitrary<unknown>) =>
  fc.oneof(fc.array(item, { maxLength: 4 }), fc.constantFrom(undefined, null, 'a', []));
const scopes: fc.Arbitrary<Scope> = fc.record(
  {
    text: anyText,
    more: anyText,
    list: listOr(anyText),
    number: anyNumber,
    numbers: listOr(anyNumber),
    yes: fc.constantFrom<unknown>(true, false, undefined, 'true', 1),
  },
  { requiredKeys: [] },
);

interface Item {
  readonly id: number;
  readonly marks: readonly object[];
}

let database: TestDatabase;
let db: Kysely<never>;
let rows: readonly Item[];

beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
  db = database.db as unknown as Kysely<never>;
  const run = (sql: string, parameters: readonly unknown[] = []) =>
    db.executeQuery(CompiledQuery.raw(sql, [...parameters]));
  await run(
    'create table items (id int primary key, item_name text, other_name text collate "C", amount int8, is_open boolean)',
  );
  await run('create table marks (item_id int, mark_label text, weight int8)');
  const pick = <T>(values: readonly T[], index: number) =>
    index % 7 === 6 ? null : (values[index % values.length] ?? null);
  const made = Array.from({ length: 60 }, (_, id) => ({
    id,
    name: pick(texts, id),
    other: pick(texts, id * 3 + 1),
    amount: pick(integers, id * 5),
    isOpen: pick([true, false], id),
    marks: Array.from({ length: id % 4 }, (_, at) => ({
      label: pick(texts, id + at * 11),
      weight: pick(integers, id * 2 + at),
    })),
  }));
  for (const item of made) {
    const values = [item.id, item.name, item.other, item.amount === null ? null : String(item.amount), item.isOpen];
    await run('insert into items values ($1::int, $2, $3, $4::int8, $5::boolean)', values);
    for (const { label, weight } of item.marks) {
      await run('insert into marks values ($1::int, $2, $3::int8)', [
        item.id,
        label,
        weight === null ? null : String(weight),
      ]);
    }
  }
  await run('create role row_filter_reader');
  await run('grant select on items, marks to row_filter_reader');
  await run('alter table items enable row level security');
  await run('create policy visible on items for select using (true)');
  rows = made;
}, 60_000);

afterAll(async () => {
  await db.executeQuery(CompiledQuery.raw('drop owned by row_filter_reader'));
  await db.executeQuery(CompiledQuery.raw('drop role row_filter_reader'));
  await database.close();
});

const perRun = 10;
const settings = propertySettings(6_000);

test('JavaScript, SQL and row-level security let the same rows through', { timeout: 3_600_000 }, async () => {
  const tally = { all: 0, some: 0, none: 0 };
  const cases = fc.array(fc.tuple(conditions, scopes), { minLength: perRun, maxLength: perRun });
  await fc.assert(
    fc.asyncProperty(cases, async (pairs) => {
      const filters = pairs.map(([condition, of]) => ({
        of,
        filter: rowFilter<typeof items.columns, Scope>('some items', { table: items, where: () => condition }),
      }));
      const expected = filters.map(({ filter, of }) =>
        rows.filter((row) => seesRow(filter, row, of)).map(({ id }) => id),
      );

      // All of them in one statement: by WHERE, and by what policies are made of.
      const values: unknown[] = [];
      const columns = filters.map(({ filter, of }, index) => {
        const byWhere = wherePartsOf(filter, of).map((part) =>
          typeof part === 'string' ? part : `$${values.push(part.parameter)}`,
        );
        const { using } = policyOf(filter, { prefix: `case${index}`, schema: 'public' });
        return `coalesce((${byWhere.join('')}), false) as w${index}, coalesce((${using}), false) as p${index}`;
      });
      const found = await db.transaction().execute(async (transaction) => {
        const all = filters.flatMap(({ filter, of }, index) =>
          Object.entries(settingsOf([filter], of)).map(([key, value]) => [`case${index}.${key}`, value] as const),
        );
        await applySettings(transaction, all);
        return transaction.executeQuery<Record<string, unknown>>(
          CompiledQuery.raw(`select id, ${columns.join(', ')} from items order by id`, values),
        );
      });
      const idsBy = (key: string) => found.rows.flatMap((row) => (row[key] === true ? [row.id] : []));
      expect(filters.map((_, index) => idsBy(`w${index}`))).toEqual(expected);
      expect(filters.map((_, index) => idsBy(`p${index}`))).toEqual(expected);

      // And one of them by a policy that stands, for somebody who has no other rows.
      const [first] = filters;
      if (!first) return;
      expect(await readBehindPolicy(first.filter, first.of)).toEqual(expected[0]);
      for (const ids of expected) tally[ids.length === 0 ? 'none' : ids.length === rows.length ? 'all' : 'some'] += 1;
    }),
    { ...settings, numRuns: Math.ceil(settings.numRuns / perRun) },
  );
  if (isThorough) expect(Math.min(...Object.values(tally))).toBeGreaterThan(200);
});

type Filter = ReturnType<typeof rowFilter<typeof items.columns, Scope>>;

async function readBehindPolicy(filter: Filter, of: Scope): Promise<readonly unknown[]> {
  const { using } = policyOf(filter, { prefix: 'reader', schema: 'public' });
  return db.transaction().execute(async (transaction) => {
    const run = (sql: string) => transaction.executeQuery<{ id: number }>(CompiledQuery.raw(sql));
    await run(`alter policy visible on items using (${using})`);
    await applySettings(
      transaction,
      Object.entries(settingsOf([filter], of)).map(([key, value]) => [`reader.${key}`, value]),
    );
    await run('set local role row_filter_reader');
    const { rows: visible } = await run('select id from items order by id');
    return visible.map(({ id }) => id);
  });
}

async function applySettings(on: Kysely<never>, all: readonly (readonly [string, string])[]): Promise<void> {
  if (all.length === 0) return;
  const calls = all.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
  await on.executeQuery(CompiledQuery.raw(`select ${calls.join(', ')}`, all.flat()));
}

test('a filter is a statement with numbered parameters, and no value stands in its text', () => {
  const filter = rowFilter<typeof items.columns, { readonly names: readonly string[]; readonly limit: number }>(
    'few items',
    {
      table: items,
      where: (item, { names, limit }) =>
        where.and(
          where.in(item.name, names),
          where.lte(item.amount, limit),
          where.some(marksOfItem, ({ label }) => where.eq(label, 'red')),
        ),
    },
  );
  expect(whereOf(filter, { names: ["o'x"], limit: 5 }, { tenant: 'acme' })).toEqual({
    sql: '"items"."tenant" = $1::text and ("items"."item_name" collate "C" = any($2::text[]) and "items"."amount" <= $3::int8 and "items"."id" in (select "marks"."item_id" from "marks" where "marks"."tenant" = $4::text and "marks"."mark_label" collate "C" = $5::text collate "C"))',
    parameters: ['acme', ["o'x"], '5', 'acme', 'red'],
  });
  expect(whereOf(filter, { names: [], limit: 5 }, { tenant: 'acme' })).toEqual({ sql: 'false', parameters: [] });
});
