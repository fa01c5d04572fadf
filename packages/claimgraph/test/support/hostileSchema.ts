import type { IExecutableSchemaDefinition } from '@graphql-tools/schema';
import { defaultFieldResolver, GraphQLScalarType, Kind, parse } from 'graphql';
import type { PermissionMap } from '../../src/compile/compilePermissions.ts';
import { createGuardedSchema, type GuardedSchema } from '../../src/guard/guardedSchema.ts';
import {
  allOf,
  anyOf,
  masked,
  needsClaims,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { deny } from '../../src/rules/shield.ts';
import type { StaffClaims } from './callers.ts';

/** A schema with everything in it that is easily got wrong, for the tests of the engine. A depot; it means nothing. */
export const hostileTypeDefs = /* GraphQL */ `
  scalar Money
  scalar Anything
  enum Order { LABEL PRICE }

  interface Entity { id: ID! }
  interface Labelled implements Entity { id: ID! label: String }
  interface Priced implements Labelled & Entity { id: ID! label: String price: Money }
  union Found = Crate | Letter | Keeper

  input Filter { order: Order = LABEL text: Text = { contains: "" } and: [Filter!] }
  input Text { contains: String! = "" }
  # Only as a literal: in a variable, graphql-js 16.15 takes what every object has for a given field.
  input Odd { constructor: String toString: Boolean }
  input StoreInput { id: ID! label: String = "new" tags: [[String!]!] filter: Filter }

  type Query {
    open: String
    entity(id: ID!): Entity
    entities: [Entity]
    labelled: [Labelled!]
    priced: [Priced!]
    found(filter: Filter): [Found]
    crate(id: ID!): Crate
    crates(first: Int! = 5, filter: Filter = { order: LABEL }): [Crate!]
    own: [Crate!]
    grid: [[Crate!]!]
    chain: Chain
    self: Query
    secret: String
    nobody: String
    echo(anything: Anything, filter: Filter, odd: Odd): String
    constructor: constructor
    toString: String
    hasOwnProperty: String
  }
  type Mutation {
    store(input: StoreInput!): StorePayload
    burn(id: ID!): StorePayload
  }
  type Subscription { stored: Crate }

  type StorePayload { crate: Crate found: Found receipt: Receipt query: Query }
  type Receipt { number: Int! signature: String }
  type Crate implements Priced & Labelled & Entity {
    id: ID!
    label: String
    price: Money
    region: String
    notes: String
    sealCode: String
    keeper: Keeper
    inside: [Crate!]
  }
  type Letter implements Labelled & Entity { id: ID! label: String body: String }
  type Keeper implements Entity { id: ID! salary: Money crates: [Crate!] }
  type Chain { next: Chain! crate: Crate! secret: String! link: String! }
  type constructor { toString: String valueOf: String constructor: constructor }
`;

const isOpen = publicField('says that the depot is there');
const canRead = requireScope('depot/read');
const canWrite = requireScope('depot/write');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const seesTheirOwn = needsClaims('sees the crates of their region');
const isOfTheirRegion = requireRow(
  'is of their region',
  (crate: CrateRow, { region }: StaffClaims) => crate.region === region,
);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first <= 10);
const doesNotOrderByPrice = requireArguments(
  'does not order by price',
  ({ filter }: { readonly filter?: { readonly order?: string | null } | null }) => filter?.order !== 'PRICE',
);
const staffOnly = allOf(canRead, isManager);

const hostilePermissions: PermissionMap = {
  // Binds Crate.price, whose own rule says less.
  Priced: { price: isManager },
  Query: {
    open: isOpen,
    entity: canRead,
    entities: canRead,
    labelled: canRead,
    priced: canRead,
    found: allOf(canRead, anyOf(doesNotOrderByPrice, isManager)),
    crate: canRead,
    crates: allOf(canRead, asksForFew),
    own: allOf(canRead, seesTheirOwn),
    grid: canRead,
    chain: canRead,
    self: canRead,
    secret: staffOnly,
    nobody: deny,
    echo: canRead,
    constructor: canRead,
    toString: canRead,
    hasOwnProperty: staffOnly,
  },
  Mutation: { store: canWrite, burn: allOf(canWrite, isManager) },
  Subscription: { stored: canRead },
  StorePayload: { crate: canWrite, found: canWrite, receipt: canWrite, query: canWrite },
  Receipt: { number: canWrite, signature: allOf(canWrite, isManager) },
  Crate: {
    id: canRead,
    label: canRead,
    price: canRead,
    region: canRead,
    notes: allOf(canRead, isOfTheirRegion),
    sealCode: allOf(
      canRead,
      masked(anyOf(isManager, isOfTheirRegion), (code: string) => `${code.slice(0, 1)}***`),
    ),
    keeper: canRead,
    inside: canRead,
  },
  Letter: { id: canRead, label: canRead, body: canRead },
  Keeper: { id: canRead, salary: staffOnly, crates: canRead },
  Chain: { next: canRead, crate: canRead, secret: staffOnly, link: canRead },
  constructor: { toString: canRead, valueOf: staffOnly, constructor: canRead },
};

interface CrateRow {
  readonly __typename: 'Crate';
  readonly id: string;
  readonly region: string;
  readonly label: string;
  readonly notes: string;
  readonly sealCode: string;
  readonly price: number;
}

/** Ids that a careless cache key would take for each other. Those of the north are the clerk's and the manager's. */
export const crateIds = {
  north: ['c-1', 'c', '1'],
  south: ['c-2', 'c:1', 'c-1-', 'c\u0000', 'c-1\u0000', '{"id":"c-1"}', '["c-1"]', '-1', 'constructor', '__proto__'],
} as const;

export interface HostileSchema {
  readonly guarded: GuardedSchema;
  /** The coordinates of the resolvers (of `subscribe` functions: with a `!`) that were called since the last call. */
  takeCalled(): readonly string[];
  /** The ids of all crates, which mutations change. */
  crateIds(): readonly string[];
}

/**
 * The schema with data of its own. Every field has a resolver that records its call, and gives what `alter` makes of its
 * value.
 */
export function createHostileSchema(alter: (value: unknown) => unknown = (value) => value): HostileSchema {
  const crates = new Map<string, CrateRow>();
  for (const id of crateIds.north) crates.set(id, crateOf(id, 'north'));
  for (const id of crateIds.south) crates.set(id, crateOf(id, 'south'));
  let called: string[] = [];
  const guarded = createGuardedSchema({
    typeDefs: [hostileTypeDefs],
    resolvers: withRecords(createResolvers(crates), (coordinate) => called.push(coordinate), alter),
    permissions: hostilePermissions,
  });
  return {
    guarded,
    takeCalled() {
      const taken = called;
      called = [];
      return taken;
    },
    crateIds: () => [...crates.keys()],
  };
}

function crateOf(id: string, region: string, label = `label of ${id}`): CrateRow {
  return { __typename: 'Crate', id, region, label, notes: `notes of ${id}`, sealCode: `seal of ${id}`, price: 100 };
}

type FieldResolvers = Readonly<Record<string, (parent: unknown, args: never) => unknown>>;

function createResolvers(crates: Map<string, CrateRow>): Readonly<Record<string, FieldResolvers>> {
  const letter = { __typename: 'Letter', id: 'l-1', label: 'a letter', body: 'dear' };
  const keeper = { __typename: 'Keeper', id: 'k-1', salary: 4_000 };
  const first = (count: number) => [...crates.values()].slice(0, count);
  const chain = { link: 'chain', secret: 'secret of the chain' };
  return {
    Query: {
      open: () => 'open',
      entity: (_query, { id }: { id: string }) => crates.get(id) ?? [letter, keeper].find((row) => row.id === id),
      entities: () => [...first(2), letter, keeper, null],
      labelled: () => [...first(2), letter],
      priced: () => first(2),
      found: () => [...first(2), null, letter, keeper],
      crate: (_query, { id }: { id: string }) => crates.get(id),
      crates: (_query, { first: count }: { first: number }) => first(count),
      own: () => first(3),
      grid: () => [first(2), [], first(1)],
      chain: () => chain,
      self: () => ({}),
      secret: () => 'secret of the depot',
      nobody: () => 'for nobody',
      echo: (_query, args: object) => JSON.stringify(args),
      constructor: () => ({ toString: 'a constructor', valueOf: 'a value' }),
      toString: () => 'a string',
      hasOwnProperty: () => 'a property',
    },
    Mutation: {
      store: (_mutation, { input: { id, label } }: { input: { id: string; label: string } }) => {
        const crate = crateOf(id, 'north', label);
        crates.set(id, crate);
        return { crate, found: crate };
      },
      burn: (_mutation, { id }: { id: string }) => {
        const crate = crates.get(id);
        crates.delete(id);
        return { crate, found: crate };
      },
    },
    StorePayload: { receipt: () => ({ number: 7, signature: 'signed' }), query: () => ({}) },
    Crate: { keeper: () => keeper, inside: () => first(1) },
    Keeper: { crates: () => first(1) },
    Chain: { next: () => chain, crate: () => crateOf('chained', 'south') },
    constructor: { constructor: () => ({ toString: 'another constructor', valueOf: 'another value' }) },
  };
}

/** A resolver for each field of the SDL, and what makes the schema complete. */
function withRecords(
  resolvers: Readonly<Record<string, FieldResolvers>>,
  record: (coordinate: string) => void,
  alter: (value: unknown) => unknown,
): IExecutableSchemaDefinition['resolvers'] {
  const all: Record<string, Record<string, unknown>> = {};
  for (const type of parse(hostileTypeDefs).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION || type.name.value === 'Subscription') continue;
    const own = Object.hasOwn(resolvers, type.name.value) ? resolvers[type.name.value] : undefined;
    const fields: Record<string, unknown> = {};
    for (const { name } of type.fields ?? []) {
      const resolve = own && Object.hasOwn(own, name.value) ? own[name.value] : undefined;
      fields[name.value] = (...[parent, args, context, info]: Parameters<typeof defaultFieldResolver>) => {
        record(`${type.name.value}.${name.value}`);
        return alter(resolve ? resolve(parent, args as never) : defaultFieldResolver(parent, args, context, info));
      };
    }
    all[type.name.value] = fields;
  }
  return {
    ...all,
    Subscription: {
      stored: {
        async *subscribe() {
          record('Subscription.stored!');
          yield { stored: crateOf('c-1', 'north') };
          yield { stored: crateOf('c-2', 'south') };
        },
        resolve(event: { readonly stored: CrateRow }) {
          record('Subscription.stored');
          return event.stored;
        },
      },
    },
    Money: new GraphQLScalarType({ name: 'Money', serialize: (amount) => `${amount}.00 EUR` }),
  } as IExecutableSchemaDefinition['resolvers'];
}
