import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { InternalError } from '../../src/errors.ts';
import { planOperation } from '../../src/operation/operationPlan.ts';
import { requireScope } from '../../src/rules/index.ts';
import { countWalks } from '../support/countWalks.ts';
import { guard, type Operation, planOf } from '../support/guardedExecution.ts';

const canRead = requireScope('parcels/read');

const guarded = guard(
  /* GraphQL */ `
    interface Node { id: ID }
    interface Labelled implements Node { id: ID label: String }
    union Found = Parcel | Person
    type Query { node: Node labelled: Labelled search: [Found!] parcel(id: ID): Parcel self: Query secret: String }
    type Mutation { send(id: ID): Parcel query: Query }
    type Subscription { arrived: Parcel }
    type Parcel implements Node & Labelled { id: ID label: String sender: Person next: Parcel }
    type Letter implements Node & Labelled { id: ID label: String }
    type Person implements Node { id: ID name: String parcels: [Parcel!] }
  `,
  {
    Query: { node: canRead, labelled: canRead, search: canRead, parcel: canRead, self: canRead, secret: canRead },
    Mutation: { send: canRead, query: canRead },
    Subscription: { arrived: canRead },
    Parcel: { id: canRead, label: canRead, sender: canRead, next: canRead },
    Letter: { id: canRead, label: canRead },
    Person: { id: canRead, name: canRead, parcels: canRead },
  },
);

describe('the fields of an operation', () => {
  test.each([
    ['are those selected', '{ parcel { id sender { name } } }', 'Query.parcel Parcel.id Parcel.sender Person.name'],
    ['are listed once', '{ a: parcel { id } b: parcel { id x: id } }', 'Query.parcel Parcel.id'],
    ['do not include __typename', '{ __typename parcel { __typename id } }', 'Query.parcel Parcel.id'],
    ['do not include introspection', '{ __schema { types { name } } __type(name: "Parcel") { name } }', ''],
    [
      'of an interface are those of every implementation',
      '{ node { id } }',
      'Query.node Parcel.id Letter.id Person.id',
    ],
    [
      'of a narrower interface are those of fewer',
      '{ labelled { id label } }',
      'Query.labelled Parcel.id Parcel.label Letter.id Letter.label',
    ],
    ['in an inline fragment are of its type', '{ node { ... on Letter { label } } }', 'Query.node Letter.label'],
    [
      'in a fragment on another interface are of the types that are both',
      '{ search { ... on Labelled { label } ... on Node { id } } }',
      'Query.search Parcel.label Parcel.id Person.id',
    ],
    [
      'in a fragment without a type are those of its place',
      '{ labelled { ... { label } } }',
      'Query.labelled Parcel.label Letter.label',
    ],
    [
      'in nested fragments are of the types that pass every condition',
      '{ node { ... on Labelled { ... on Node { ... on Parcel { sender { name } } ... on Person { name } } } } }',
      'Query.node Parcel.sender Person.name',
    ],
    [
      'in named fragments are found wherever these are spread',
      `{ parcel { ...A } }
      fragment A on Parcel { sender { ...B } } fragment B on Person { ...C } fragment C on Node { id }`,
      'Query.parcel Parcel.sender Person.id',
    ],
    [
      'in one fragment under several parents are those of each',
      '{ labelled { ...L } search { ...L } } fragment L on Labelled { ... on Parcel { label } ... on Letter { id } }',
      'Query.labelled Parcel.label Letter.id Query.search',
    ],
    [
      'of a list are those of its items',
      '{ search { ... on Person { parcels { id } } } }',
      'Query.search Person.parcels Parcel.id',
    ],
    ['under aliases are the fields themselves', '{ secret: parcel { name: id } }', 'Query.parcel Parcel.id'],
    ['of a mutation begin at its type', 'mutation { send { id } }', 'Mutation.send Parcel.id'],
    ['of a subscription begin at its type', 'subscription { arrived { id } }', 'Subscription.arrived Parcel.id'],
  ])('%s', (_name, query, fields) => {
    expect(fieldsOf({ query })).toEqual(fields.split(' ').filter(Boolean).sort());
  });

  test('have the response path of where they were met first', () => {
    const { fields } = planOf(guarded, {
      query: '{ a: parcel { sender { n: name } } b: node { ... on Person { name } } }',
    });
    expect([...fields].map(([{ coordinate }, path]) => `${path.join('.')} ${coordinate}`)).toEqual([
      'a Query.parcel',
      'a.sender Parcel.sender',
      'a.sender.n Person.name',
      'b Query.node',
    ]);
  });

  test('are those of the operation asked for, and not of the others in the document', () => {
    const query = 'query A { secret } query B { parcel { ...F } } query C { node { ...F } } fragment F on Node { id }';
    expect(fieldsOf({ query, operationName: 'A' })).toEqual(['Query.secret']);
    expect(fieldsOf({ query, operationName: 'B' })).toEqual(['Parcel.id', 'Query.parcel']);
    expect(fieldsOf({ query, operationName: 'C' })).toEqual(['Letter.id', 'Parcel.id', 'Person.id', 'Query.node']);
  });
});

describe('@skip and @include', () => {
  const shown = ['Query.secret'];
  const hidden: readonly string[] = [];
  test.each([
    ['@include(if: true)', shown],
    ['@include(if: false)', hidden],
    ['@skip(if: true)', hidden],
    ['@skip(if: false)', shown],
    ['@skip(if: true) @include(if: true)', hidden],
    ['@skip(if: false) @include(if: false)', hidden],
    ['@skip(if: false) @include(if: true)', shown],
  ])('written out as %s', (directives, fields) => {
    expect(fieldsOf({ query: `{ secret ${directives} }` })).toEqual(fields);
    expect(fieldsOf({ query: `{ ... ${directives} { secret } }` })).toEqual(fields);
    expect(fieldsOf({ query: `{ ...F ${directives} } fragment F on Query { secret }` })).toEqual(fields);
    expect(fieldsOf({ query: `{ ...F } fragment F on Query { secret ${directives} }` })).toEqual(fields);
  });

  test.each([
    ['$v: Boolean!', { v: true }, shown],
    ['$v: Boolean!', { v: false }, hidden],
    ['$v: Boolean! = true', {}, shown],
    ['$v: Boolean! = false', {}, hidden],
    ['$v: Boolean! = true', { v: false }, hidden],
    ['$v: Boolean = false', { v: true }, shown],
  ])('by a variable: %s given %o', (declaration, variables, fields) => {
    const query = `query (${declaration}) { secret @include(if: $v) }`;
    expect(fieldsOf({ query, variables })).toEqual(fields);
    const opposite = `query (${declaration}) { secret @skip(if: $v) }`;
    expect(fieldsOf({ query: opposite, variables })).toEqual(fields === shown ? hidden : shown);
  });

  test('with a variable that is null leave the field in: execution refuses the operation', () => {
    const variables = { v: null };
    expect(fieldsOf({ query: 'query ($v: Boolean = false) { secret @include(if: $v) }', variables })).toEqual(shown);
    expect(fieldsOf({ query: 'query ($v: Boolean = true) { ... @skip(if: $v) { secret } }', variables })).toEqual(
      shown,
    );
  });

  test('leave out what is beneath', () => {
    const query = 'query ($deep: Boolean!) { parcel { id sender @include(if: $deep) { name } } }';
    expect(fieldsOf({ query, variables: { deep: false } })).toEqual(['Parcel.id', 'Query.parcel']);
  });

  test('on one of two spreads of a fragment do not hide the other', () => {
    const query = '{ ...F @skip(if: true) self { ...F } ...F } fragment F on Query { secret }';
    expect(rootsOf({ query })).toEqual(['self', 'secret']);
  });
});

describe('the root fields', () => {
  test.each([
    [
      'have the names and aliases of the answer',
      '{ parcel { id } theirs: parcel(id: 2) { id } }',
      ['parcel', 'theirs'],
    ],
    [
      'are found in fragments',
      '{ ...F ... on Query { parcel { id } } } fragment F on Query { secret }',
      ['secret', 'parcel'],
    ],
    ['are not those met again below', '{ self { secret parcel { id } } }', ['self']],
    ['are not those of a root fragment met below', '{ self { ...F } } fragment F on Query { secret }', ['self']],
    [
      'are those of a root fragment that was met below before',
      '{ self { ...F } ...F } fragment F on Query { secret }',
      ['self', 'secret'],
    ],
    [
      'are those of a root fragment that is met below afterwards',
      '{ ...F self { ...F } } fragment F on Query { secret }',
      ['secret', 'self'],
    ],
    ['are one where a name stands twice', '{ parcel { id } parcel { label } }', ['parcel']],
    ['do not include meta fields', '{ __typename secret __schema { description } }', ['secret']],
  ])('%s', (_name, query, roots) => {
    expect(rootsOf({ query })).toEqual(roots);
  });

  test('of a mutation do not include those of a query beneath it', () => {
    expect(rootsOf({ query: 'mutation { query { secret } }' })).toEqual(['query']);
  });

  test.each([
    ['{ secret }', false],
    ['{ parcel { __typename } }', false],
    ['{ self { __typename __schema { description } } }', false],
    ['{ __typename }', true],
    ['{ constructor: __typename }', true],
    ['{ ...F } fragment F on Query { __typename }', true],
    ['{ __schema { description } }', true],
    ['{ __type(name: "Parcel") { name } }', true],
    ['{ secret __typename @skip(if: true) }', false],
  ])('of %s: meta fields %s', (query, hasMetaFields) => {
    expect(planOf(guarded, { query }).hasMetaFields).toBe(hasMetaFields);
  });
});

test('fragments that fan out thirty levels deep are walked once for each type', () => {
  const levels = Array.from({ length: 30 }, (_, level) => {
    const next = `...F${level + 1}`;
    return `fragment F${level} on Parcel { a${level}: next { ${next} } b${level}: next { ${next} } }`;
  });
  const document = parse(
    `{ node { ...F0 ... on Parcel { ...F0 } } } ${levels.join(' ')} fragment F30 on Parcel { id }`,
  );
  const walks = countWalks(document);

  expect(coordinates(planDocument(document))).toEqual(['Parcel.id', 'Parcel.next', 'Query.node']);
  // Each of 31 fragments once at most for a place in the document, of which there are two a level, and some for the root.
  expect(walks.count()).toBeLessThan(100);
});

test('two thousand aliases are one field and two thousand root fields', () => {
  const aliases = Array.from({ length: 2_000 }, (_, index) => `a${index}: secret`).join(' ');
  const { fields, rootFields } = planDocument(parse(`{ ${aliases} }`));
  expect([fields.size, rootFields.size]).toEqual([1, 2_000]);
});

test('a field without a plan stops the operation', () => {
  const { schema } = guarded;
  const document = parse('{ parcel { id } }');
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected an operation');
  const plan = () => planOperation(schema, new Map(), document, operation, {});
  expect(plan).toThrow(InternalError);
  expect(plan).toThrow('Query.parcel');
});

function fieldsOf(operation: Operation): readonly string[] {
  return coordinates(planOf(guarded, operation));
}

function rootsOf(operation: Operation): readonly string[] {
  return [...planOf(guarded, operation).rootFields.keys()];
}

/** Without validation, whose work on such documents is not ours. */
function planDocument(document: DocumentNode) {
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected an operation');
  return planOperation(guarded.schema, guarded.plans, document, operation, {});
}

function coordinates({ fields }: ReturnType<typeof planOperation>): readonly string[] {
  return [...fields.keys()].map(({ coordinate }) => coordinate).sort();
}
