import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { costIn, costOperation } from '../../src/operation/operationCost.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    name: String
    names: [String!]!
    grid: [[Company!]!]
    company: Company
    companies(first: Int! = 20, last: Int, after: String): Companies
    plain: [Company!]!
    some(limit: Int): [Company]
    nodes(ids: [ID!]!): [Node]
    node(id: ID!): Node
    found: Found
  }
  type Companies { nodes: [Company!] edges: [Edge] total: Int next: Companies }
  type Edge { node: Company cursor: String }
  type Company implements Node { id: ID! name: String tags: [String] parent: Company transactions(first: Int): Transactions children(first: Int! = 3): [Company] }
  type Transactions { nodes: [Transaction] }
  type Transaction implements Node { id: ID! company: Company }
  interface Node { id: ID! }
  union Found = Company | Transaction
`);

function costOf(query: string, variables: Readonly<Record<string, unknown>> = {}, listSize = 10): number {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected an operation');
  return costIn(costOperation({ schema, document, operation, variables, listSize }), variables);
}

describe('an operation costs as many values as its result can have', () => {
  test.each<readonly [string, string, number]>([
    ['a field', '{ name }', 1],
    ['an alias each', '{ name a: name __typename }', 3],
    ['equal fields once', '{ name name ... on Query { name } }', 1],
    ['an object and its fields', '{ company { id name } }', 3],
    ['a list of unknown length', '{ names }', 1 + 10],
    ['its items and their fields', '{ plain { id name } }', 1 + 10 * (1 + 2)],
    ['a list of lists', '{ grid { id } }', 1 + 10 * (1 + 10 * (1 + 1))],
    ['a page of a list', '{ some(limit: 4) { id } }', 1 + 4 * (1 + 1)],
    ['a page of a connection', '{ companies(first: 5) { nodes { id } total } }', 1 + (1 + 5 * (1 + 1)) + 1],
    ['by edges', '{ companies(first: 5) { edges { node { id } } } }', 1 + 1 + 5 * (1 + 1 + 1)],
    ['through a fragment', '{ companies(first: 5) { ...P } } fragment P on Companies { nodes { id } }', 1 + 1 + 5 * 2],
    ['the page that is the default', '{ companies { nodes { id } } }', 1 + 1 + 20 * 2],
    ['the larger of two pages', '{ companies(first: 5, last: 7) { nodes { id } } }', 1 + 1 + 7 * 2],
    ['no page further down', '{ companies(first: 5) { next { nodes { id } } } }', 1 + 1 + 1 + 10 * 2],
    ['a page that says nothing', '{ company { transactions { nodes { id } } } }', 1 + 1 + 1 + 10 * 2],
    ['a page of null', '{ some(limit: null) { id } }', 1 + 10 * 2],
    ['a negative page', '{ some(limit: -4) { id } }', 1 + 10 * 2],
    ['an empty page', '{ some(limit: 0) { id } }', 1],
    ['as many as there are ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', 1 + 3 * 2],
    ['a list within a page of its own', '{ plain { children { id } } }', 1 + 10 * (1 + 1 + 3 * 2)],
    ['the larger type', '{ found { ... on Company { id name } ... on Transaction { id } } }', 1 + 2],
    ['what an interface has', '{ node(id: 1) { id ... on Company { tags } } }', 1 + 1 + 1 + 10],
    ['introspection by its text', '{ __schema { types { name } } }', 1],
    ['nothing that is left out', '{ name plain @skip(if: true) { id } }', 1],
  ])('%s', (_name, query, cost) => {
    expect(costOf(query)).toBe(cost);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>, number]>([
    ['what they say', { first: 6, limit: 2, ids: ['a'] }, 1 + 1 + 6 * 2 + 1 + 2 * 2 + 1 + 1 * 2],
    ['the default of the argument', { limit: 2, ids: ['a'] }, 1 + 1 + 20 * 2 + 1 + 2 * 2 + 1 + 1 * 2],
    ['the usual length for null', { first: 6, limit: null, ids: [] }, 1 + 1 + 6 * 2 + 1 + 10 * 2 + 1],
  ])('and by variables %s', (_name, variables, cost) => {
    const query = `query ($first: Int = 20, $limit: Int, $ids: [ID!]!) {
      companies(first: $first) { nodes { id } } some(limit: $limit) { id } nodes(ids: $ids) { id } }`;
    expect(costOf(query, variables)).toBe(cost);
  });

  test('with another length for lists', () => {
    expect(costOf('{ plain { id } }', {}, 100)).toBe(1 + 100 * 2);
  });

  test('nested pages by their product', () => {
    const level = (inner: string) => `company { transactions(first:100) { nodes { ${inner} } } }`;
    const query = `{ ${[1, 2, 3, 4].reduce((inner) => level(inner), 'id')} }`;
    expect(query.length).toBeLessThan(260);
    expect(costOf(query)).toBeGreaterThan(10 ** 8);
  });

  test('in a moment, however its fragments fan out', () => {
    const levels = Array.from(
      { length: 60 },
      (_, n) => `fragment F${n} on Company { a: parent { ...F${n + 1} } b: parent { ...F${n + 1} } }`,
    );
    expect(costOf(`{ company { ...F0 } } ${levels.join(' ')} fragment F60 on Company { id }`)).toBeGreaterThan(2 ** 60);
  });
});
