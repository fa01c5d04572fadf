import {
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import { ClaimsUnavailableError, NotFoundError } from '../../src/errors.ts';
import { createGuard, type Guard, type GuardOptions } from '../../src/guard/createGuard.ts';
import {
  allOf,
  denyMode,
  needsClaims,
  publicField,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import type { StaffClaims } from '../support/callers.ts';

interface Row {
  readonly id: string;
  readonly region: string;
}

const rows: readonly Row[] = ['north', 'south', 'north'].map((region, index) => ({ id: `p-${index}`, region }));

/** Resolvers that ran, by coordinate. */
export const called: string[] = [];

function record<Value>(coordinate: string, value: Value): Value {
  called.push(coordinate);
  return value;
}

const canRead = requireScope('parcels/read');
const isManager = requireClaims('is a manager of the depot', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is of their region', (row: Row, { region }: StaffClaims) => row.region === region);

export const permissions = {
  Query: {
    motto: publicField('is painted on the wall'),
    parcels: canRead,
    first: canRead,
    found: canRead,
    audit: isManager,
    lost: canRead,
    broken: canRead,
    mine: needsClaims('has their claims shown'),
  },
  Mutation: { send: canRead, burn: allOf(canRead, isManager) },
  Subscription: { arrived: allOf(canRead, isManager) },
  Parcel: {
    id: canRead,
    region: canRead,
    contents: allOf(canRead, isTheirs),
    price: denyMode('dropItem', allOf(canRead, isTheirs)),
    seal: denyMode('failOperation', allOf(canRead, isTheirs)),
    next: canRead,
  },
  Letter: { id: canRead },
};

/** Code first, as Pothos, Nexus and NestJS make their schemas: types that know each other, and no SDL. */
export function createParcelsSchema(): GraphQLSchema {
  const Sent: GraphQLInterfaceType = new GraphQLInterfaceType({
    name: 'Sent',
    fields: { id: { type: new GraphQLNonNull(GraphQLID) } },
    resolveType: () => 'Parcel',
  });
  const Parcel: GraphQLObjectType = new GraphQLObjectType({
    name: 'Parcel',
    interfaces: [Sent],
    extensions: { madeBy: 'hand' },
    fields: () => ({
      id: { type: new GraphQLNonNull(GraphQLID) },
      region: { type: GraphQLString },
      contents: { type: GraphQLString, resolve: ({ id }: Row) => record('Parcel.contents', `globe ${id}`) },
      price: { type: GraphQLInt, resolve: () => record('Parcel.price', 9) },
      seal: { type: GraphQLString, resolve: () => record('Parcel.seal', 'wax') },
      next: { type: Parcel, resolve: () => rows[0] },
    }),
  });
  const Letter = new GraphQLObjectType({ name: 'Letter', fields: { id: { type: GraphQLID } } });
  const Found = new GraphQLUnionType({ name: 'Found', types: [Parcel, Letter], resolveType: () => 'Parcel' });
  const Query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      motto: { type: GraphQLString, resolve: () => record('Query.motto', 'we carry') },
      parcels: {
        type: new GraphQLList(Parcel),
        args: { first: { type: GraphQLInt, defaultValue: 3 } },
        resolve: (_root, { first }: { readonly first: number }) => record('Query.parcels', rows.slice(0, first)),
      },
      first: { type: Sent, resolve: () => record('Query.first', rows[0]) },
      found: { type: new GraphQLList(Found), resolve: () => record('Query.found', rows) },
      audit: { type: GraphQLString, resolve: () => record('Query.audit', 'all is well') },
      lost: {
        type: GraphQLString,
        resolve: () => Promise.reject(new NotFoundError('no row p-9 in the table of region south')),
      },
      broken: {
        type: GraphQLString,
        resolve: () => {
          throw new ClaimsUnavailableError('the store at 10.0.0.7 is down');
        },
      },
      mine: { type: GraphQLString, resolve: () => record('Query.mine', 'mine') },
    },
  });
  const Mutation = new GraphQLObjectType({
    name: 'Mutation',
    fields: {
      send: { type: GraphQLString, resolve: () => record('Mutation.send', 'sent') },
      burn: { type: GraphQLString, resolve: () => record('Mutation.burn', 'burnt') },
    },
  });
  const Subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      arrived: {
        type: Parcel,
        async *subscribe() {
          record('Subscription.arrived', undefined);
          for (const arrived of rows) yield { arrived };
        },
      },
    },
  });
  return new GraphQLSchema({ query: Query, mutation: Mutation, subscription: Subscription, types: [Letter] });
}

/** Says nothing of claims that a test has made unavailable. */
export function guardParcels(options: Partial<GuardOptions> = {}): Guard {
  return createGuard({ schema: createParcelsSchema(), permissions, onClaimsUnavailable() {}, ...options });
}
