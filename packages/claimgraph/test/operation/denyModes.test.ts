import { execute } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { type PermissionMap, PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { applyDenyModes } from '../../src/operation/applyDenyModes.ts';
import {
  allOf,
  anyOf,
  denyMode,
  masked,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { rule as shieldRule } from '../../src/rules/shield.ts';
import { clerk, found, manager, type StaffClaims, storeIsDown, userWith, withoutRecord } from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import {
  authorize,
  executeGuarded,
  guard,
  type Operation,
  readOperation,
  toOutcome,
} from '../support/guardedExecution.ts';

interface Parcel {
  readonly id: string;
  readonly region: string;
}

const canRead = requireScope('parcels/read');
const canWrite = requireScope('parcels/write');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (parcel: Parcel, { region }: StaffClaims) => parcel.region === region,
);
const namesItShort = requireArguments('names it shortly', ({ as }: { readonly as?: string }) => (as ?? '').length < 3);

const typeDefs = /* GraphQL */ `
  type Query {
    parcels: [Parcel!]
    maybe: [Parcel]
    first: Parcel
    grid: [[Parcel!]!]
    connection: Connection
    audit: String
    clock: String
    named(as: String): String
  }
  type Mutation { send(id: ID!): Parcel }
  type Connection { edges: [Edge!]! nodes: [Parcel!]! totalCount: Int }
  type Edge { cursor: ID node: Parcel }
  type Parcel {
    id: ID
    label: String
    contents: String
    taxId: String
    price: Int
    sealCode: String
    inside: [Parcel!]
  }
`;

const permissions = {
  Query: {
    parcels: canRead,
    maybe: canRead,
    first: canRead,
    grid: canRead,
    connection: canRead,
    audit: denyMode('failOperation', allOf(canRead, isManager)),
    clock: canRead,
    named: denyMode('failOperation', allOf(canRead, namesItShort)),
  },
  Mutation: { send: canRead },
  Connection: { edges: canRead, nodes: canRead, totalCount: canRead },
  Edge: { cursor: canRead, node: canRead },
  Parcel: {
    id: canRead,
    label: canRead,
    contents: allOf(canRead, denyMode('dropItem', isOfTheirRegion)),
    taxId: allOf(
      canRead,
      denyMode('dropItem', isOfTheirRegion),
      masked(isManager, () => '***'),
    ),
    price: denyMode('null', isOfTheirRegion),
    sealCode: denyMode('failOperation', allOf(canRead, isOfTheirRegion)),
    inside: canRead,
  },
} satisfies PermissionMap;

/** Every resolver that was called, by its coordinate. */
let called: string[];
beforeEach(() => {
  called = [];
});

const parcels = ['north', 'south', 'north', 'south'].map((region, index) => ({
  id: `p-${index}`,
  region,
  label: `label ${index}`,
  contents: `contents ${index}`,
  taxId: `tax ${index}`,
  price: index,
  sealCode: `seal ${index}`,
}));

function record<Value>(coordinate: string, value: Value) {
  return () => {
    called.push(coordinate);
    return value;
  };
}

const guarded = guard(typeDefs, permissions, {
  Query: {
    parcels: record('Query.parcels', parcels),
    maybe: record('Query.maybe', [parcels[1], null, parcels[0]]),
    first: record('Query.first', parcels[1]),
    grid: record('Query.grid', [parcels.slice(0, 2), parcels.slice(1, 2), []]),
    connection: record('Query.connection', {
      edges: parcels.map((node) => ({ cursor: node.id, node })),
      nodes: parcels,
      totalCount: parcels.length,
    }),
    audit: record('Query.audit', 'audited'),
    clock: record('Query.clock', 'noon'),
    named: record('Query.named', 'named'),
  },
  Mutation: { send: record('Mutation.send', parcels[1]) },
  Parcel: { inside: ({ id }: Parcel) => (id === 'p-0' ? parcels.slice(0, 2) : parcels.slice(3)) },
});

const reader = userWith('parcels/read');
const ofClerk = { principal: reader, claims: clerk };

describe('dropItem', () => {
  test.each<readonly [string, string, unknown, readonly string[]]>([
    [
      'leaves out the denied items',
      '{ parcels { id contents } }',
      { parcels: [row(0, 'contents'), row(2, 'contents')] },
      [],
    ],
    [
      'is not met where the field is not selected',
      '{ parcels { id } }',
      { parcels: [0, 1, 2, 3].map((n) => row(n)) },
      [],
    ],
    [
      'leaves out items of one alias only',
      '{ a: parcels { x: contents } parcels { id } }',
      { a: [{ x: 'contents 0' }, { x: 'contents 2' }], parcels: [0, 1, 2, 3].map((n) => row(n)) },
      [],
    ],
    ['keeps null items', '{ maybe { id contents } }', { maybe: [null, row(0, 'contents')] }, []],
    ['leaves items out of a list of lists', '{ grid { id contents } }', { grid: [[row(0, 'contents')], [], []] }, []],
    [
      'leaves items out of a list in a list',
      '{ maybe { id inside { id contents } } }',
      { maybe: [{ id: 'p-1', inside: [] }, null, { id: 'p-0', inside: [row(0, 'contents')] }] },
      [],
    ],
    [
      'outside any list is null and an error',
      '{ first { id contents } }',
      { first: { id: 'p-1', contents: null } },
      ['first.contents FORBIDDEN'],
    ],
    [
      'leaves out the edge of a connection',
      '{ connection { totalCount edges { cursor node { contents } } } }',
      {
        connection: {
          totalCount: 4,
          edges: [0, 2].map((n) => ({ cursor: `p-${n}`, node: { contents: `contents ${n}` } })),
        },
      },
      [],
    ],
    [
      'takes the errors of the item with it and moves the others up',
      '{ a: parcels { price contents } b: maybe { price } }',
      {
        a: [
          { price: 0, contents: 'contents 0' },
          { price: 2, contents: 'contents 2' },
        ],
        b: [{ price: null }, null, { price: 0 }],
      },
      ['b.0.price FORBIDDEN'],
    ],
    [
      'beside a mask: the row is left out or its value masked',
      '{ parcels { id taxId } }',
      {
        parcels: [
          { id: 'p-0', taxId: '***' },
          { id: 'p-2', taxId: '***' },
        ],
      },
      [],
    ],
  ])('%s', async (_name, query, data, errors) => {
    expect(await respond({ query, ...ofClerk })).toEqual({ data, errors });
  });

  test('is not for whom the mask opens', async () => {
    const query = '{ parcels { id taxId } }';
    expect(await respond({ query, principal: reader, claims: manager })).toEqual({
      data: {
        parcels: [
          { id: 'p-0', taxId: 'tax 0' },
          { id: 'p-2', taxId: 'tax 2' },
        ],
      },
      errors: [],
    });
  });

  test('leaves out every item of a caller without a business record', async () => {
    const operation = { query: '{ parcels { id contents } }', principal: reader, claims: withoutRecord };
    expect(await respond(operation)).toEqual({ data: { parcels: [] }, errors: [] });
  });

  test.each([
    ['the rule', '{ maybe { id contents } }', 'contents'],
    ['the mask beside it', '{ maybe { id taxId } }', 'taxId'],
  ])('never hides an outage of what %s reads: null and an error instead', async (_name, query, field) => {
    expect(await respond({ query, principal: reader, claims: storeIsDown })).toEqual({
      data: { maybe: [{ id: 'p-1', [field]: null }, null, { id: 'p-0', [field]: null }] },
      errors: [`maybe.0.${field} CLAIMS_UNAVAILABLE`, `maybe.2.${field} CLAIMS_UNAVAILABLE`],
    });
  });

  test('never hides a rule that throws', async () => {
    const breaks = requireRow('is fragile', ({ id }: Parcel) => {
      if (id === 'p-1') throw new Error('broken');
      return id !== 'p-2';
    });
    const fragile = guard(
      'type Query { parcels: [Parcel!] } type Parcel { id: ID label: String }',
      { Query: { parcels: canRead }, Parcel: { id: canRead, label: denyMode('dropItem', breaks) } },
      { Query: { parcels: () => parcels } },
    );
    expect(await respond({ query: '{ parcels { id label } }', ...ofClerk }, fragile)).toEqual({
      data: { parcels: [row(0, 'label'), { id: 'p-1', label: null }, row(3, 'label')] },
      errors: ['parcels.1.label INTERNAL_SERVER_ERROR'],
    });
  });

  test('takes effect where a rule of graphql-shield denies, at once or later', async () => {
    const isNorthern = shieldRule('is northern')(async ({ region }: Parcel) => region === 'north');
    const foreign = guard(
      'type Query { parcels: [Parcel!] } type Parcel { id: ID label: String }',
      { Query: { parcels: canRead }, Parcel: { id: canRead, label: denyMode('dropItem', isNorthern) } },
      { Query: { parcels: () => parcels } },
    );
    expect(await respond({ query: '{ parcels { id label } }', ...ofClerk }, foreign)).toEqual({
      data: { parcels: [row(0, 'label'), row(2, 'label')] },
      errors: [],
    });
  });
});

test('the mode null, like no mode, is null and an error', async () => {
  expect(await respond({ query: '{ maybe { id price } }', ...ofClerk })).toEqual({
    data: { maybe: [{ id: 'p-1', price: null }, null, { id: 'p-0', price: 0 }] },
    errors: ['maybe.0.price FORBIDDEN'],
  });
});

describe('failOperation', () => {
  test('takes effect where a rule throws at a row, too', async () => {
    const breaks = requireRow('is fragile', ({ id }: Parcel) => {
      if (id === 'p-1') throw new Error('broken');
      return true;
    });
    const fragile = guard(
      'type Query { parcels: [Parcel!] } type Parcel { id: ID label: String }',
      { Query: { parcels: canRead }, Parcel: { id: canRead, label: denyMode('failOperation', breaks) } },
      { Query: { parcels: () => parcels } },
    );
    expect(await respond({ query: '{ parcels { id label } }', ...ofClerk }, fragile)).toEqual({
      data: undefined,
      errors: ['parcels.1.label INTERNAL_SERVER_ERROR'],
    });
  });

  test.each<readonly [string, Operation, readonly string[]]>([
    ['a root field is denied', { query: '{ clock parcels { id } audit }', ...ofClerk }, ['audit FORBIDDEN']],
    [
      'root fields are denied under several names',
      { query: '{ a: audit clock b: audit }', ...ofClerk },
      ['a FORBIDDEN', 'b FORBIDDEN'],
    ],
    [
      'a root field is denied by its arguments',
      { query: '{ clock named(as: "long") }', ...ofClerk },
      ['named FORBIDDEN'],
    ],
    [
      'a field deeper down is denied whatever the row',
      { query: '{ clock parcels { id seal: sealCode } }', principal: reader, claims: withoutRecord },
      ['parcels.seal FORBIDDEN'],
    ],
    [
      'a field that decides it cannot be decided',
      { query: '{ clock parcels { id sealCode } }', principal: reader, claims: storeIsDown },
      ['parcels.sealCode CLAIMS_UNAVAILABLE'],
    ],
    ['no token is sent', { query: '{ clock audit }' }, ['audit UNAUTHENTICATED']],
    [
      'only a fragment that may never be met has the field',
      {
        query: '{ connection { totalCount nodes { ...F } } } fragment F on Parcel { sealCode }',
        principal: userWith(),
      },
      ['connection.nodes.sealCode INSUFFICIENT_SCOPE'],
    ],
  ])('executes nothing when %s', async (_name, operation, failures) => {
    const outcome = await executeGuarded(guarded, operation);
    expect(outcome.data).toBeUndefined();
    expect(outcome.failures.map(({ path, code }) => `${path} ${code}`)).toEqual(failures);
    expect(called).toEqual([]);
  });

  test('executes what is allowed', async () => {
    const operation = { query: '{ clock audit named(as: "it") }', principal: reader, claims: manager };
    expect(await respond(operation)).toEqual({ data: { clock: 'noon', audit: 'audited', named: 'named' }, errors: [] });
    expect(called).toEqual(['Query.clock', 'Query.audit', 'Query.named']);
  });

  test('executes what a condition leaves of it', async () => {
    const query = 'query ($all: Boolean!) { clock audit @include(if: $all) }';
    expect(await respond({ query, variables: { all: false }, ...ofClerk })).toEqual({
      data: { clock: 'noon' },
      errors: [],
    });
  });

  test('at a row gives no data, and only the errors that were fatal', async () => {
    const query = '{ clock parcels { id price contents sealCode } }';
    expect(await respond({ query, ...ofClerk })).toEqual({
      data: undefined,
      errors: ['parcels.1.sealCode FORBIDDEN', 'parcels.3.sealCode FORBIDDEN'],
    });
  });

  test('gives data where every row allows', async () => {
    const southerner = { principal: reader, claims: found({ role: 'clerk', region: 'south' }) };
    expect(await respond({ query: '{ clock first { sealCode } }', ...southerner })).toEqual({
      data: { clock: 'noon', first: { sealCode: 'seal 1' } },
      errors: [],
    });
  });

  test('has an error when another field nulls their object first', async () => {
    const racing = guard(
      'type Query { parcel: Parcel! broken: String! } type Parcel { sealCode: String! }',
      {
        Query: { parcel: canRead, broken: canRead },
        Parcel: { sealCode: denyMode('failOperation', allOf(canRead, isOfTheirRegion)) },
      },
      {
        Query: {
          parcel: async () => parcels[1],
          broken: () => Promise.reject(new Error('out of order')),
        },
      },
    );
    expect(await respond({ query: '{ broken parcel { sealCode } }', ...ofClerk }, racing)).toEqual({
      data: undefined,
      errors: ['parcel.sealCode FORBIDDEN'],
    });
  });
});

describe('the boot stops at', () => {
  const label = (of: unknown, type = 'String', more: PermissionMap = {}) => {
    const sdl = `interface Labelled { label: ${type} } type Query { parcels: [Parcel] }
      type Parcel implements Labelled { label: ${type} }`;
    return problemsOf(sdl, { Query: { parcels: canRead }, Parcel: { label: of }, ...more });
  };
  const unknown = 'Parcel.label: UNKNOWN_DENY_MODE';
  const nonNull = 'Parcel.label: DROP_ITEM_NON_NULL';
  const nested = 'Parcel.label: NESTED_MODIFIER';

  test.each<readonly [string, () => readonly string[], readonly string[]]>([
    ['dropItem on a non-null field', () => label(denyMode('dropItem', canRead), 'String!'), [nonNull]],
    ['dropItem on a non-null list', () => label(denyMode('dropItem', canRead), '[String]!'), [nonNull]],
    ['no dropItem on a nullable list of non-null items', () => label(denyMode('dropItem', canRead), '[String!]'), []],
    ['no failOperation on a non-null field', () => label(denyMode('failOperation', canRead), 'String!'), []],
    ['no null on a non-null field', () => label(denyMode('null', canRead), 'String!'), []],
    [
      'two modes in one rule',
      () => label(allOf(denyMode('dropItem', canRead), denyMode('failOperation', isManager))),
      ['Parcel.label: SEVERAL_DENY_MODES'],
    ],
    [
      'one mode around another',
      () => label(denyMode('null', denyMode('dropItem', canRead))),
      ['Parcel.label: SEVERAL_DENY_MODES'],
    ],
    [
      'another mode by the interface',
      () =>
        label(denyMode('dropItem', canRead), 'String', { Labelled: { label: denyMode('failOperation', canWrite) } }),
      ['Parcel.label: SEVERAL_DENY_MODES'],
    ],
    [
      'no mode that is said twice',
      () => label(allOf(denyMode('dropItem', canRead), denyMode('dropItem', isManager))),
      [],
    ],
    ['a mode that does not exist', () => label(Reflect.apply(denyMode, undefined, ['hide', canRead])), [unknown]],
    ['a mode in another case', () => label(Reflect.apply(denyMode, undefined, ['dropitem', canRead])), [unknown]],
    ['a mode that is undefined', () => label(Reflect.apply(denyMode, undefined, [undefined, canRead])), [unknown]],
    ['a mode that is null', () => label(Reflect.apply(denyMode, undefined, [null, canRead])), [unknown]],
    ['a list of modes', () => label(Reflect.apply(denyMode, undefined, [['dropItem'], canRead])), [unknown]],
    [
      'a mode called like what every object has',
      () => label(Reflect.apply(denyMode, undefined, ['toString', canRead])),
      [unknown],
    ],
    ['a mode in anyOf', () => label(anyOf(canRead, denyMode('dropItem', isManager))), [nested]],
    ['a mode in a mask', () => label(allOf(canRead, masked(denyMode('dropItem', isManager), String))), [nested]],
    [
      'a mode around a mask alone',
      () => label(denyMode('dropItem', masked(isManager, String))),
      ['Parcel.label: MASK_WITHOUT_RULE'],
    ],
  ])('%s', (_name, problems, expected) => {
    expect(problems()).toEqual(expected);
  });
});

function row(index: number, ...fields: readonly string[]) {
  return Object.fromEntries([['id', `p-${index}`], ...fields.map((field) => [field, `${field} ${index}`])]);
}

/** What is executed of an operation that may start, with its deny modes applied: `path code` for each error. */
async function respond(of: Operation, { schema, plans } = guarded) {
  const { document, variables } = readOperation(schema, of);
  const { authorization } = authorize(of.principal, of.claims);
  await authorization.loadClaims(plans.values());
  const contextValue = { authorization };
  const result = await execute({ schema, document, variableValues: variables, contextValue });
  const { data, failures } = toOutcome(result);
  const errors = failures.map(({ path, code }) => ({
    code: code.startsWith('not an') ? 'INTERNAL_SERVER_ERROR' : code,
    path: path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
  }));
  const changed = applyDenyModes<{ code: string; path: readonly (string | number)[] }>(
    { data: data as Record<string, unknown> | null, errors },
    authorization.denialOutcomes(),
    ({ path, error: { code } }) => ({ code, path }),
  );
  return {
    data: changed.data,
    errors: (changed.errors ?? []).map(({ path, code }) => `${path.join('.')} ${code}`),
  };
}

function problemsOf(sdl: string, map: PermissionMap): readonly string[] {
  try {
    guard(sdl, map);
    return [];
  } catch (error) {
    if (error instanceof PermissionMapError) return codesOf(error.problems);
    throw error;
  }
}
