import { describe, expect, test } from 'vitest';
import { createFieldIndex } from '../../src/compile/fieldIndex.ts';
import { type CanFailure, type CanQuestion, createCan } from '../../src/inspect/can.ts';
import {
  allOf,
  masked,
  needsClaims,
  publicField,
  requireArguments,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { rule as shieldRule } from '../../src/rules/shield.ts';
import type { Principal } from '../../src/token/principal.ts';
import { clerk, type SettledClaims, type StaffClaims, storeIsDown, userWith } from '../support/callers.ts';
import { authorize, guard } from '../support/guardedExecution.ts';

const typeDefs = /* GraphQL */ `
  scalar Anything
  interface Node { id: ID! }
  enum Order { NAME SALARY }
  input Filter { order: Order = NAME min: Int! and: [Filter!] constructor: String }
  type Query { health: String people(first: Int! = 5, filter: Filter, label: Anything): [Person] }
  type Person implements Node { id: ID! name: String salary: Int taxId: String notes(kind: String!): String legacy: String faulty: Int }
  type Town implements Node { id: ID! name: String }
  type Receipt { number: Int }
`;

const canRead = requireScope('staff/read');
const isTheirs = requireRow(
  'is theirs',
  (row: { readonly region: string }, { region }: StaffClaims) => row.region === region,
);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 10);
const asksForOwnKind = requireArguments(
  'asks for the own kind',
  ({ kind }: { readonly kind: string }) => kind === 'own',
);
const isMistaken = requireRow('is mistaken', ({ region }: { readonly region: string }, { role }: StaffClaims) => {
  throw new Error(`no rule for a ${role} of ${region}`);
});
let askedWith: unknown[] = [];
const notes = requireArguments('is heard', (args: object) => {
  askedWith.push(args);
  return true;
});

const guarded = guard(typeDefs, {
  Query: { health: publicField('says nothing'), people: allOf(canRead, asksForFew, notes) },
  Person: {
    id: canRead,
    name: canRead,
    salary: allOf(canRead, isTheirs),
    taxId: allOf(
      canRead,
      masked(isTheirs, () => '***'),
    ),
    notes: allOf(canRead, isTheirs, asksForOwnKind),
    legacy: allOf(
      canRead,
      shieldRule('asks elsewhere')(() => true),
    ),
    faulty: allOf(canRead, isMistaken),
  },
  Town: { id: canRead, name: needsClaims('sees towns') },
  Receipt: { number: allOf(canRead, isTheirs) },
});
const fields = createFieldIndex(guarded);

const rows = new Map(
  [
    { __typename: 'Person', id: 'p-1', region: 'north' },
    { __typename: 'Person', id: 'p-2', region: 'south' },
    { __typename: 'Town', id: 't-1', region: 'north' },
  ].map((row) => [row.id, row]),
);

async function ask(principal: Principal = userWith('staff/read'), claims: SettledClaims = clerk) {
  const { authorization } = authorize(principal, claims);
  const town = fields.get('Town.name');
  if (town) await authorization.loadClaims([town.plan]);
  const loaded: string[] = [];
  const failures: CanFailure[] = [];
  const can = createCan({
    fields,
    authorization,
    onRuleThrew: (failure) => failures.push(failure),
    async loadNode(id) {
      loaded.push(id);
      return rows.get(id) ?? null;
    },
  });
  return { can, loaded, failures };
}

const nothing = { code: null, requiredScopes: null, perRow: false, perArguments: false, masked: null };
const yes = { ...nothing, allowed: true, masked: false };
const no = (code: string) => ({ ...nothing, allowed: false, code });
const open = { ...nothing, allowed: false };

describe('what a caller can do', () => {
  test.each([
    ['for sure', { fields: ['Person.name'] }, yes],
    ['on some rows', { fields: ['Person.salary'] }, { ...open, perRow: true }],
    ['on this row', { fields: ['Person.salary'], id: 'p-1' }, yes],
    ['not on this row', { fields: ['Person.salary'], id: 'p-2' }, no('FORBIDDEN')],
    ['on a row that is not there', { fields: ['Person.salary'], id: 'p-3' }, no('NOT_FOUND')],
    ['on a row of another type', { fields: ['Person.salary'], id: 't-1' }, no('NOT_FOUND')],
    ['anywhere on a row that is not there', { fields: ['Person.name'], id: 'p-3' }, no('NOT_FOUND')],
    ['with some arguments', { fields: ['Query.people'] }, { ...open, perArguments: true }],
    ['with these arguments', { fields: ['Query.people'], arguments: { first: 9 } }, yes],
    ['with the default arguments', { fields: ['Query.people'], arguments: {} }, yes],
    ['not with these arguments', { fields: ['Query.people'], arguments: { first: 10 } }, no('FORBIDDEN')],
    ['where an id says nothing', { fields: ['Query.people'], id: 'p-3', arguments: {} }, yes],
    ['where rows have no id', { fields: ['Receipt.number'], id: 'p-1' }, { ...open, perRow: true }],
    ['on this row with some arguments', { fields: ['Person.notes'], id: 'p-1' }, { ...open, perArguments: true }],
    ['not on this row, whatever the arguments', { fields: ['Person.notes'], id: 'p-2' }, no('FORBIDDEN')],
    ['on this row with these arguments', { fields: ['Person.notes'], id: 'p-1', arguments: { kind: 'own' } }, yes],
    ['masked on some rows', { fields: ['Person.taxId'] }, { ...nothing, allowed: true, perRow: true }],
    ['masked', { fields: ['Person.taxId'], id: 'p-2' }, { ...yes, masked: true }],
    ['unmasked', { fields: ['Person.taxId'], id: 'p-1' }, yes],
    ["by a rule of shield's own", { fields: ['Person.legacy'], id: 'p-1' }, { ...open, perRow: true }],
  ])('%s', async (_name, question, answer) => {
    const { can } = await ask();
    expect(await can(question)).toEqual([{ field: question.fields[0], ...answer }]);
  });

  test('not without the scope, which is named, and then no row is looked up', async () => {
    const { can, loaded } = await ask(userWith());
    expect(await can({ fields: ['Person.salary', 'Query.health'], id: 'p-1' })).toEqual([
      { field: 'Person.salary', ...no('INSUFFICIENT_SCOPE'), requiredScopes: ['staff/read'] },
      { field: 'Query.health', ...yes },
    ]);
    expect(loaded).toEqual([]);
  });

  test('not while the claims cannot be read', async () => {
    const { can } = await ask(userWith('staff/read'), storeIsDown);
    expect(await can({ fields: ['Town.name'] })).toEqual([{ field: 'Town.name', ...no('CLAIMS_UNAVAILABLE') }]);
  });

  test('not by a rule that throws, which is told for the log by its name and never by what it threw', async () => {
    const { can, failures } = await ask();
    expect(await can({ fields: ['Person.faulty'] })).toEqual([{ field: 'Person.faulty', ...open, perRow: true }]);
    expect(failures).toEqual([]);
    const refused = { field: 'Person.faulty', ...no('INTERNAL_SERVER_ERROR') };
    expect(await can({ fields: ['Person.faulty', 'Person.salary'], id: 'p-2' })).toEqual([
      refused,
      { field: 'Person.salary', ...no('FORBIDDEN') },
    ]);
    expect(failures).toEqual([{ coordinate: 'Person.faulty', rule: 'is mistaken' }]);
  });

  test('is answered in the order asked, with the row looked up once', async () => {
    const { can, loaded } = await ask();
    const answers = await can({ fields: ['Person.salary', 'Query.health', 'Person.salary'], id: 'p-1' });
    expect(answers.map(({ field, allowed }) => [field, allowed])).toEqual([
      ['Person.salary', true],
      ['Query.health', true],
      ['Person.salary', true],
    ]);
    expect(loaded).toEqual(['p-1']);
  });
});

describe('a question that cannot be answered', () => {
  const badInput = (field: string, expected: unknown, got: unknown) => ({
    code: 'BAD_USER_INPUT',
    details: { field, expected, got },
  });
  const many = (count: number) => Array.from({ length: count }, () => 'Query.health');
  const argumentsOfPeople = (value: unknown) => ({ fields: ['Query.people'], arguments: value });
  test.each<readonly [string, CanQuestion, object]>([
    ...[
      'Person.nam',
      'Person',
      'person.name',
      'Person.name ',
      'Node.id',
      'Query.__typename',
      'Query.__schema',
      '__Type.name',
      'constructor.toString',
      'toString',
      '',
    ].map(
      (coordinate) =>
        [
          `of ${coordinate || 'nothing'}`,
          { fields: [coordinate] },
          badInput('fields', 'coordinates of fields, such as Query.node', `'${coordinate}'`),
        ] as const,
    ),
    ['of too many fields', { fields: many(101) }, badInput('fields', 'at most 100 in one question', '101')],
    [
      'with arguments that are no object',
      argumentsOfPeople([]),
      badInput('arguments', 'an object with the arguments by name', '[]'),
    ],
    [
      'with an unknown argument',
      argumentsOfPeople({ firts: 1 }),
      badInput('arguments', 'names of arguments that each of the fields has', "'firts'"),
    ],
    [
      'with the name of something else',
      argumentsOfPeople({ constructor: 1 }),
      badInput('arguments', expect.anything(), "'constructor'"),
    ],
    [
      'with a value of another type',
      argumentsOfPeople({ first: 'few' }),
      badInput('arguments.first', 'what fits the argument first of the type Int!', "'few'"),
    ],
    ['with a null', argumentsOfPeople({ first: null }), badInput('arguments.first', expect.anything(), 'null')],
    [
      'with a wrong enum value',
      argumentsOfPeople({ filter: { min: 1, order: 'SALARI' } }),
      badInput('arguments.filter.order', 'what fits the argument filter of the type Filter', "'SALARI'"),
    ],
    [
      'with an incomplete input',
      argumentsOfPeople({ filter: {} }),
      badInput('arguments.filter', expect.anything(), expect.anything()),
    ],
    [
      'with a deep one',
      argumentsOfPeople(JSON.parse(`${'{"filter":'.repeat(4_000)}1${'}'.repeat(4_000)}`)),
      badInput('arguments', 'values nested no more than 50 deep', "'deeper ones'"),
    ],
    [
      'without a required argument',
      { fields: ['Person.notes'], arguments: {} },
      badInput('arguments.kind', 'what fits the argument kind of the type String!', 'nothing'),
    ],
  ])('%s', async (_name, question, error) => {
    const { can } = await ask();
    await expect(can(question)).rejects.toMatchObject(error);
  });

  test('does not say what was nearly right', async () => {
    const { can } = await ask();
    const message = await can(argumentsOfPeople({ filter: { min: 1, order: 'SALARI' } })).catch(String);
    expect(message).not.toMatch(/SALARY|did you mean/i);
  });

  test('of too many fields in one operation', async () => {
    const { can } = await ask();
    for (let question = 0; question < 10; question += 1) await can({ fields: many(100) });
    await expect(can({ fields: ['Query.health'] })).rejects.toMatchObject({
      ...badInput('fields', 'at most 1000 in all questions of an operation', '1001'),
    });
  });
});

test('a rule on arguments gets what a resolver would get', async () => {
  askedWith = [];
  const { can } = await ask();
  await can({
    fields: ['Query.people'],
    arguments: JSON.parse('{ "filter": { "min": 1 }, "label": { "__proto__": "text" } }'),
  });
  expect(JSON.parse(JSON.stringify(askedWith))).toEqual([
    JSON.parse('{ "first": 5, "filter": { "order": "NAME", "min": 1 }, "label": { "__proto__": "text" } }'),
  ]);
});
