import fc from 'fast-check';
import { buildSchema, printSchema, validateSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { reachableSchema } from '../../src/inspect/reachableSchema.ts';
import { propertySettings } from '../support/propertySettings.ts';

const schema = buildSchema(/* GraphQL */ `
  directive @note(how: How) on FIELD
  enum How { LOUD }
  interface Node { id: ID! }
  interface Named implements Node { id: ID! name: String }
  "Somebody."
  type Person implements Node & Named { id: ID! name: String salary: Int boss: Person pay(in: Currency = EUR): Pay }
  type Robot implements Node & Named { id: ID! name: String }
  type Pay { amount: Int of: Person }
  union Actor = Person | Robot
  enum Currency { EUR USD }
  enum constructor { A }
  input Filter { by: Order not: Filter }
  input Order { field: PersonField }
  enum PersonField { NAME SALARY }
  scalar Money
  type Ghost { toString(valueOf: constructor): Money }
  type Query { people(filter: Filter): [Person] node: Node actor: Actor ghost: Ghost ok: Boolean }
  type Mutation { raise: Pay }
  schema { query: Query mutation: Mutation }
`);

const without = (...denied: readonly string[]) => reachableSchema(schema, (coordinate) => !denied.includes(coordinate));
const printed = (...denied: readonly string[]) => {
  const left = without(...denied);
  return left ? printSchema(left) : undefined;
};

describe('the part of a schema that a caller can reach', () => {
  test('is all of it when nothing is denied', () => {
    expect(printed()).toBe(printSchema(schema));
  });

  test('lacks a denied field, and keeps what is said of the others', () => {
    const left = printed('Person.salary', 'Query.ghost', 'Query.node', 'Query.actor', 'Mutation.raise');
    expect(left).toBe(`directive @note(how: How) on FIELD

enum How {
  LOUD
}

interface Node {
  id: ID!
}

interface Named implements Node {
  id: ID!
  name: String
}

"""Somebody."""
type Person implements Node & Named {
  id: ID!
  name: String
  boss: Person
  pay(in: Currency = EUR): Pay
}

type Robot implements Node & Named {
  id: ID!
  name: String
}

type Pay {
  amount: Int
  of: Person
}

enum Currency {
  EUR
  USD
}

input Filter {
  by: Order
  not: Filter
}

input Order {
  field: PersonField
}

enum PersonField {
  NAME
  SALARY
}

type Query {
  people(filter: Filter): [Person]
  ok: Boolean
}`);
  });

  test('lacks what is used by denied fields only: arguments, inputs, scalars, types', () => {
    const left = without('Query.people', 'Query.ghost', 'Query.node', 'Query.actor', 'Mutation.raise');
    expect(Object.keys(left?.getTypeMap() ?? {}).filter((name) => !name.startsWith('__'))).toEqual(
      expect.not.arrayContaining(['Filter', 'Order', 'PersonField', 'Person', 'Currency', 'Money', 'constructor']),
    );
    expect(left?.getMutationType()).toBeUndefined();
  });

  test('lacks the fields that lead to a type of which nothing is left, however far that goes', () => {
    const left = without('Pay.amount', 'Person.id', 'Person.name', 'Person.salary', 'Robot.id', 'Robot.name');
    // Pay and Person lead to each other and to nothing else; that is still something to ask for.
    expect(left?.getType('Pay')).toBeDefined();
    const cut = without('Pay.amount', 'Pay.of', 'Robot.id', 'Robot.name');
    expect(cut?.getType('Pay')).toBeUndefined();
    expect(cut?.getType('Robot')).toBeUndefined();
    expect(cut?.getMutationType()).toBeUndefined();
    expect(cut && printSchema(cut)).toContain('union Actor = Person\n');
  });

  test('lacks a field of an interface as soon as one type behind it lacks it', () => {
    const left = printed('Robot.name');
    expect(left).toContain('interface Named implements Node {\n  id: ID!\n}');
    expect(left).toContain('type Person implements Node & Named {\n  id: ID!\n  name: String\n');
  });

  test('is undefined when nothing can be queried', () => {
    expect(reachableSchema(schema, (coordinate) => !coordinate.startsWith('Query.'))).toBeUndefined();
  });

  test('is valid, and holds no denied field, whatever is denied', () => {
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    const coordinates = types.flatMap((type) =>
      'getFields' in type && 'getInterfaces' in type
        ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
        : [],
    );
    fc.assert(
      fc.property(fc.subarray(coordinates), (denied) => {
        const left = without(...denied);
        if (!left) return;
        expect(validateSchema(left)).toEqual([]);
        for (const coordinate of denied) {
          const [type = '', field = ''] = coordinate.split('.');
          const kept = left.getType(type);
          const isObject = kept !== undefined && kept.constructor.name === 'GraphQLObjectType';
          if (isObject && 'getFields' in kept) expect(Object.keys(kept.getFields())).not.toContain(field);
        }
      }),
      propertySettings(500),
    );
  });
});
