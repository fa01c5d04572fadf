import { createHook } from 'node:async_hooks';
import { runInNewContext } from 'node:vm';
import {
  buildSchema,
  execute,
  extendSchema,
  GraphQLSchema,
  lexicographicSortSchema,
  parse,
  printSchema,
  subscribe,
} from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { compilePermissions, type PermissionMap } from '../../src/compile/compilePermissions.ts';
import { ConfigurationError, InternalError } from '../../src/errors.ts';
import { assertEnforced, enforcePermissions, getFieldGuard } from '../../src/operation/enforce.ts';
import { createFormatError } from '../../src/operation/formatError.ts';
import { causeOf } from '../../src/operation/guardError.ts';
import { allOf, anyOf, masked, publicField, requireClaims, requireRow, requireScope } from '../../src/rules/index.ts';
import { allow, deny, not } from '../../src/rules/shield.ts';
import {
  clerk,
  manager,
  type SettledClaims,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../support/callers.ts';
import { authorize, executeGuarded, executeSync, guard, preflightOf, toOutcome } from '../support/guardedExecution.ts';

interface Parcel {
  readonly region: string;
  readonly contents: string;
  readonly taxId: unknown;
}

const north: Parcel = { region: 'north', contents: 'a globe', taxId: '99-11-1234' };
const south: Parcel = { region: 'south', contents: 'a clock', taxId: '99-22-5678' };

const canRead = requireScope('parcels/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (row: Parcel, { region }: StaffClaims) => row.region === region,
);
const hideDigits = (taxId: string) => `**-**-${taxId.slice(-4)}`;

const typeDefs = /* GraphQL */ `
  type Query { parcel(region: String): Parcel parcels: [Parcel!] all: [Parcel!] }
  type Parcel { region: String contents: String taxId: String tags: [String!] }
`;

const permissions = {
  Query: { parcel: canRead, parcels: canRead, all: allOf(canRead, isManager) },
  Parcel: {
    region: canRead,
    contents: allOf(canRead, anyOf(isManager, isOfTheirRegion)),
    taxId: allOf(canRead, masked(isManager, hideDigits)),
    tags: allOf(
      canRead,
      masked(isManager, (tags: readonly string[]) => tags.map(() => '?')),
    ),
  },
} satisfies PermissionMap;

/** Every resolver that was called, by its coordinate. */
let called: string[];
let taxId: () => unknown;

const resolvers = {
  Query: {
    parcel: (_query: unknown, { region }: { readonly region?: string }) =>
      record('Query.parcel', region === 'south' ? south : north),
    parcels: () => record('Query.parcels', [north, south, north]),
    all: () => record('Query.all', [north, south]),
  },
  Parcel: {
    contents: ({ contents }: Parcel) => record('Parcel.contents', contents),
    taxId: () => record('Parcel.taxId', taxId()),
    tags: () => ['fragile', 'urgent'],
  },
};

function record<Value>(coordinate: string, value: Value): Value {
  called.push(coordinate);
  return value;
}

const guarded = guard(typeDefs, permissions, resolvers);
const reader = userWith('parcels/read');

beforeEach(() => {
  called = [];
  taxId = () => '99-11-1234';
});

describe('a field', () => {
  test('that is allowed is resolved', async () => {
    const operation = { query: '{ all { contents } }', principal: reader, claims: manager };
    expect(await executeGuarded(guarded, operation)).toMatchObject({
      data: { all: [{ contents: 'a globe' }, { contents: 'a clock' }] },
      failures: [],
    });
  });

  test('that is denied is null with its code and path, and not resolved', async () => {
    const operation = { query: '{ parcels { region } mine: all { region } }', principal: reader, claims: clerk };
    expect(await executeGuarded(guarded, operation)).toMatchObject({
      data: { parcels: [{ region: 'north' }, { region: 'south' }, { region: 'north' }], mine: null },
      failures: [{ path: 'mine', code: 'FORBIDDEN' }],
      refusals: [{ coordinate: 'Query.all', code: 'FORBIDDEN', rule: 'is a manager', count: 1 }],
    });
    expect(called).toEqual(['Query.parcels']);
  });

  test.each([
    ['anonymous', undefined, withoutRecord, 'UNAUTHENTICATED'],
    ['without the scope', userWith(), manager, 'INSUFFICIENT_SCOPE'],
    ['without a business record', reader, withoutRecord, 'FORBIDDEN'],
    ['while the store is down', reader, storeIsDown, 'CLAIMS_UNAVAILABLE'],
  ] as const)('is not resolved for a caller %s', async (_name, principal, claims, code) => {
    const { authorization } = authorize(principal, claims);
    await authorization.loadClaims(guarded.plans.values());
    const outcome = executeSync(guarded, { query: '{ all { contents } }' }, authorization);
    expect(outcome).toEqual({ data: { all: null }, failures: [{ path: 'all', code }] });
    expect(called).toEqual([]);
  });
});

describe('a row rule', () => {
  test('is decided for each row of a list', async () => {
    const operation = { query: '{ parcels { contents } }', principal: reader, claims: clerk };
    expect(await executeGuarded(guarded, operation)).toMatchObject({
      data: { parcels: [{ contents: 'a globe' }, { contents: null }, { contents: 'a globe' }] },
      failures: [{ path: 'parcels.1.contents', code: 'FORBIDDEN' }],
    });
    expect(called).toEqual(['Query.parcels', 'Parcel.contents', 'Parcel.contents']);
  });

  test.each([
    ['{ mine: parcel { contents } theirs: parcel(region: "south") { contents } }'],
    ['{ theirs: parcel(region: "south") { contents } mine: parcel { contents } }'],
  ])('is decided for each of two aliases: %s', async (query) => {
    expect(await executeGuarded(guarded, { query, principal: reader, claims: clerk })).toMatchObject({
      data: { mine: { contents: 'a globe' }, theirs: { contents: null } },
      failures: [{ path: 'theirs.contents', code: 'FORBIDDEN' }],
      refusals: [{ coordinate: 'Parcel.contents', code: 'FORBIDDEN', rule: 'is a manager', count: 1 }],
    });
  });

  test('is not asked once the claims have decided', async () => {
    const operation = { query: '{ parcels { contents } }', principal: reader, claims: manager };
    expect(await executeGuarded(guarded, operation)).toMatchObject({ failures: [] });
  });

  test('that refuses many rows is one line with a count in the log', async () => {
    const { refusals } = await executeGuarded(guarded, {
      query: '{ a: parcels { contents } b: parcels { contents } }',
      principal: reader,
      claims: clerk,
    });
    expect(refusals).toMatchObject([{ coordinate: 'Parcel.contents', count: 2 }]);
  });
});

test('a guard creates no promise: a thousand rows are answered at once', async () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? north : south));
  const large = guard(typeDefs, permissions, { Query: { parcels: () => rows } });
  const query = '{ parcels { region contents taxId tags } }';
  const { authorization } = await preflightOf(large, { query, principal: reader, claims: clerk });
  const promises = countPromises();

  const { failures } = executeSync(large, { query }, authorization);

  expect(promises.stop()).toBe(0);
  expect(failures).toHaveLength(500);
});

test('promises are counted: an asynchronous resolver creates some', async () => {
  const { schema } = guard(typeDefs, permissions, { Query: { parcels: async () => [north] } });
  const { authorization } = authorize(reader);
  const promises = countPromises();
  const result = execute({ schema, document: parse('{ parcels { region } }'), contextValue: { authorization } });
  expect(promises.stop()).toBeGreaterThan(0);
  expect(toOutcome(await result).failures).toEqual([]);
});

describe('a masked value', () => {
  const seenBy = async (claims: SettledClaims, query = '{ parcel { taxId } }') => {
    const { data, failures } = await executeGuarded(guarded, { query, principal: reader, claims });
    return { data, failures };
  };
  const masks = { data: { parcel: { taxId: '**-**-1234' } }, failures: [] };

  test.each([
    ['at once', () => '99-11-1234'],
    ['as a promise', async () => '99-11-1234'],
  ])('that comes %s is whole for those whom the rule allows, and masked for others', async (_name, value) => {
    taxId = value;
    expect(await seenBy(manager)).toEqual({ data: { parcel: { taxId: '99-11-1234' } }, failures: [] });
    expect(await seenBy(clerk)).toEqual(masks);
    expect(await seenBy(withoutRecord)).toEqual(masks);
  });

  test.each([
    ['null', () => null],
    ['undefined', () => undefined],
    ['a promise of null', async () => null],
    ['a promise of undefined', async () => undefined],
  ])('that is %s stays null', async (_name, value) => {
    taxId = value;
    expect(await seenBy(clerk)).toEqual({ data: { parcel: { taxId: null } }, failures: [] });
    expect(await seenBy(manager)).toEqual({ data: { parcel: { taxId: null } }, failures: [] });
  });

  test('that is a list is masked as a list', async () => {
    expect(await seenBy(clerk, '{ parcel { tags } }')).toEqual({
      data: { parcel: { tags: ['?', '?'] } },
      failures: [],
    });
  });

  test('is an error, neither whole nor masked, while the claims cannot be read; it is not resolved', async () => {
    expect(await seenBy(storeIsDown)).toEqual({
      data: { parcel: { taxId: null } },
      failures: [{ path: 'parcel.taxId', code: 'CLAIMS_UNAVAILABLE' }],
    });
    expect(called).toEqual(['Query.parcel']);
  });

  test('is denied to those who may not read the field at all', async () => {
    const { authorization } = authorize(userWith(), clerk);
    await authorization.loadClaims(guarded.plans.values());
    const outcome = authorization.preview(planOf('Parcel.taxId').permission);
    expect(outcome).toMatchObject({ outcome: 'denied', error: { code: 'INSUFFICIENT_SCOPE' } });
  });

  test.each([
    ['at once', () => 991_112_345],
    ['as a promise', async () => 991_112_345],
  ])('that its mask cannot take (given %s) is null, and the client reads nothing of it', async (_name, value) => {
    taxId = value;
    const query = '{ parcel { taxId } }';
    const { authorization } = await preflightOf(guarded, { query, principal: reader, claims: clerk });

    const { data, errors = [] } = await execute({
      schema: guarded.schema,
      document: parse(query),
      contextValue: { authorization },
    });
    const format = createFormatError(() => {});
    const shown = errors.map((error) =>
      format({ ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR' } }, error),
    );

    expect(JSON.parse(JSON.stringify(data))).toEqual({ parcel: { taxId: null } });
    expect(shown).toMatchObject([{ path: ['parcel', 'taxId'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(shown)).not.toMatch(/9911|slice|taxId\./);
  });

  test.each([
    ['a thenable that is no Promise', () => thenable('99-11-1234')],
    ['a function with a then', () => Object.assign(() => {}, thenable('99-11-1234'))],
    ['a promise of a thenable', async () => thenable('99-11-1234')],
    ['a promise of another realm', () => runInNewContext("Promise.resolve('99-11-1234')")],
  ])('that comes as %s is masked when it is there', async (_name, value) => {
    // Lets pass what has no length, as a mask that was written for strings may do.
    const shorten = (whole: string) => (whole.length > 4 ? `…${whole.slice(-4)}` : whole);
    const lenient = guard(
      'type Query { taxId: String }',
      { Query: { taxId: allOf(canRead, masked(isManager, shorten)) } },
      { Query: { taxId: value } },
    );
    const seen = (claims: SettledClaims) => executeGuarded(lenient, { query: '{ taxId }', principal: reader, claims });
    expect(await seen(clerk)).toMatchObject({ data: { taxId: '…1234' }, failures: [] });
    expect(await seen(manager)).toMatchObject({ data: { taxId: '99-11-1234' }, failures: [] });
  });

  test.each([
    ['at once', () => new InternalError('database password')],
    ['as a promise', async () => new InternalError('database password')],
  ])('that is an Error returned %s is an error, not masked data', async (_name, value) => {
    taxId = value;
    expect(await seenBy(clerk)).toEqual({
      data: { parcel: { taxId: null } },
      failures: [{ path: 'parcel.taxId', code: 'INTERNAL_SERVER_ERROR' }],
    });
  });

  test('that its resolver fails to give is an error as without a mask', async () => {
    taxId = () => {
      throw new InternalError('database');
    };
    const failures = [{ path: 'parcel.taxId', code: 'INTERNAL_SERVER_ERROR' }];
    expect(await seenBy(clerk)).toEqual({ data: { parcel: { taxId: null } }, failures });
    taxId = async () => {
      throw new InternalError('database');
    };
    expect(await seenBy(clerk)).toEqual({ data: { parcel: { taxId: null } }, failures });
  });
});

describe('a context without authorization', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'authorization'],
    ['empty', {}],
    ['with authorization undefined', { authorization: undefined }],
    ['with authorization null', { authorization: null }],
    ['with authorization true', { authorization: true }],
    ['with an authorization that decides nothing', { authorization: {} }],
  ])('that is %s resolves nothing', async (_name, contextValue) => {
    const result = await execute({ schema: guarded.schema, document: parse('{ parcels { region } }'), contextValue });
    expect(result.data?.parcels).toBeNull();
    expect(result.errors).toHaveLength(1);
    expect(called).toEqual([]);
  });

  test('is named in the log', async () => {
    const result = await execute({ schema: guarded.schema, document: parse('{ parcels { region } }') });
    expect(causeOf(result.errors?.[0])).toBeInstanceOf(InternalError);
  });
});

test('claims that were never settled fail a field whose rule reads them, and leave the others', () => {
  const { authorization } = authorize(reader, manager);
  expect(executeSync(guarded, { query: '{ all { region } parcel { region } }' }, authorization)).toEqual({
    data: { all: null, parcel: { region: 'north' } },
    failures: [{ path: 'all', code: 'INTERNAL_SERVER_ERROR' }],
  });
});

describe('the schema about to be executed', () => {
  /** The message names these fields and no other. */
  const unguarded = (fields: string) =>
    expect.toSatisfy((error: unknown) => {
      const named = String(error).match(/\b(?:Query|Parcel|Subscription)\.\w+/g);
      return error instanceof ConfigurationError && named?.join(', ') === fields;
    });
  const everyField =
    'Query.parcel, Query.parcels, Query.all, Parcel.region, Parcel.contents, Parcel.taxId, Parcel.tags';

  test('may be the one that was compiled, or another of the same types', () => {
    const { schema, plans } = guard(typeDefs, permissions);
    expect(() => assertEnforced(schema, plans)).not.toThrow();
    expect(() => assertEnforced(new GraphQLSchema(schema.toConfig()), plans)).not.toThrow();
  });

  test.each([
    [
      'extended',
      (schema: GraphQLSchema) => extendSchema(schema, parse('extend type Query { leak: String }')),
      `${everyField.replace('Query.all', 'Query.all, Query.leak')}`,
    ],
    [
      'sorted',
      lexicographicSortSchema,
      'Parcel.contents, Parcel.region, Parcel.tags, Parcel.taxId, Query.all, Query.parcel, Query.parcels',
    ],
  ])('must not have been %s after compilation', (_name, transform, fields) => {
    const { schema, plans } = guard(typeDefs, permissions);
    expect(() => assertEnforced(transform(schema), plans)).toThrow(unguarded(fields));
  });

  test('must not have had a resolver replaced after compilation', () => {
    const { schema, plans } = guard(typeDefs, permissions);
    const field = fieldOf(schema, 'all');
    field.resolve = () => [north];
    expect(() => assertEnforced(schema, plans)).toThrow(unguarded('Query.all'));
    delete field.resolve;
    expect(() => assertEnforced(schema, plans)).toThrow(unguarded('Query.all'));
  });

  test('must not have had a source of events replaced after compilation', () => {
    const { schema, plans } = guard(
      'type Query { ok: String } type Subscription { arrived: String }',
      { Query: { ok: allow }, Subscription: { arrived: canRead } },
      { Subscription: { arrived: { subscribe: () => undefined } } },
    );
    const field = fieldOf(schema, 'arrived', 'Subscription');
    field.subscribe = async function* () {
      yield { arrived: 'a globe' };
    };
    expect(() => assertEnforced(schema, plans)).toThrow(unguarded('Subscription.arrived'));
    delete field.subscribe;
    expect(() => assertEnforced(schema, plans)).toThrow(unguarded('Subscription.arrived'));
  });

  test('must not have got the guard of another field', () => {
    const { schema, plans } = guard(typeDefs, permissions);
    Object.assign(fieldOf(schema, 'all'), { resolve: fieldOf(schema, 'parcels').resolve });
    expect(() => assertEnforced(schema, plans)).toThrow(unguarded('Query.all'));
  });

  test('must be the one that the plans are of', () => {
    const { schema } = guard(typeDefs, permissions);
    const { plans } = guard(typeDefs, permissions);
    expect(() => enforcePermissions(schema, plans)).toThrow(unguarded(everyField));
  });

  test('prints as before: guards change no type', () => {
    const { schema, plans } = guard(typeDefs, permissions);
    const before = printSchema(schema);
    enforcePermissions(schema, plans);
    expect(printSchema(schema)).toBe(before);
  });
});

describe('a field that everybody may read', () => {
  const open = publicField('is printed on the label');
  const resolve = () => 'a globe';
  /** The schema by its own means, so that the very functions handed in are found again. */
  const guardUnder = (rule: unknown) => {
    const schema = buildSchema('interface Labelled { label: String } type Query implements Labelled { label: String }');
    const field = fieldOf(schema, 'label');
    field.resolve = resolve;
    enforcePermissions(schema, compilePermissions(schema, { Query: { label: rule } }));
    return getFieldGuard(field.resolve);
  };

  test.each([
    ['publicField', open],
    ["graphql-shield's allow", allow],
    ['all of what is public', allOf(open, allow)],
    ['any of what is public and what is not', anyOf(canRead, open)],
  ])('by %s has no guard', (_name, rule) => {
    expect(guardUnder(rule)).toMatchObject({ resolve, guard: undefined });
  });

  test.each([
    ['one of its rules is not public', allOf(open, canRead)],
    ['it is masked', allOf(open, masked(canRead, String))],
    ['what is public is negated', not(open)],
    ['nobody may read it', deny],
  ])('is another when %s', (_name, rule) => {
    expect(guardUnder(rule)).toMatchObject({ resolve, guard: expect.any(Function) });
  });

  test('is guarded when a rule on its interface binds it', () => {
    const { schema } = guard(
      'interface Labelled { label: String } type Query implements Labelled { label: String }',
      { Labelled: { label: canRead }, Query: {} },
      { Query: { label: resolve } },
    );
    const { authorization } = authorize();
    const result = execute({ schema, document: parse('{ label }'), contextValue: { authorization } });
    if ('then' in result) throw new TypeError('expected the result at once');
    expect(toOutcome(result).failures).toEqual([{ path: 'label', code: 'UNAUTHENTICATED' }]);
  });

  test('is resolved without any authorization', async () => {
    const { schema } = guard('type Query { label: String }', { Query: { label: open } }, { Query: { label: resolve } });
    const { data, failures } = toOutcome(await execute({ schema, document: parse('{ label }') }));
    expect({ data, failures }).toEqual({ data: { label: 'a globe' }, failures: [] });
  });
});

describe('a subscription', () => {
  let opened = 0;
  const { schema, plans } = guard(
    'type Query { ok: String } type Subscription { arrived: String }',
    { Query: { ok: allow }, Subscription: { arrived: allOf(canRead, isManager) } },
    {
      Subscription: {
        arrived: {
          async *subscribe() {
            opened += 1;
            yield { arrived: 'a globe' };
            yield { arrived: 'a clock' };
          },
        },
      },
    },
  );
  const start = async (principal: typeof reader | undefined, claims: SettledClaims) => {
    opened = 0;
    const { authorization } = authorize(principal, claims);
    await authorization.loadClaims(plans.values());
    return subscribe({ schema, document: parse('subscription { arrived }'), contextValue: { authorization } });
  };

  test('is opened for those whom its rule allows', async () => {
    const events = await start(reader, manager);
    if (!(Symbol.asyncIterator in events)) throw new TypeError('expected a stream of events');
    const seen: unknown[] = [];
    for await (const event of events) seen.push(toOutcome(event));
    expect(seen).toEqual([
      { data: { arrived: 'a globe' }, failures: [] },
      { data: { arrived: 'a clock' }, failures: [] },
    ]);
    expect(opened).toBe(1);
  });

  test.each([
    ['an anonymous caller', undefined, manager, 'UNAUTHENTICATED'],
    ['a caller without the scope', userWith(), manager, 'INSUFFICIENT_SCOPE'],
    ['a caller whom the claims deny', reader, clerk, 'FORBIDDEN'],
    ['anybody while the store is down', reader, storeIsDown, 'CLAIMS_UNAVAILABLE'],
  ] as const)('is not opened for %s', async (_name, principal, claims, code) => {
    const answer = await start(principal, claims);
    if (Symbol.asyncIterator in answer) throw new TypeError('expected a refusal');
    expect(toOutcome(answer).failures).toEqual([{ path: 'arrived', code }]);
    expect(opened).toBe(0);
  });

  test('is not opened by a function on the root value either', async () => {
    const { schema } = guard('type Query { ok: String } type Subscription { arrived: String }', {
      Query: { ok: allow },
      Subscription: { arrived: canRead },
    });
    opened = 0;
    const rootValue = {
      async *arrived() {
        opened += 1;
        yield { arrived: 'a globe' };
      },
    };
    const open = async (principal: typeof reader) => {
      const contextValue = authorize(principal);
      return subscribe({ schema, document: parse('subscription { arrived }'), rootValue, contextValue });
    };
    const refused = await open(userWith());
    expect(Symbol.asyncIterator in refused ? 'a stream of events' : toOutcome(refused).failures).toEqual([
      { path: 'arrived', code: 'INSUFFICIENT_SCOPE' },
    ]);
    expect(opened).toBe(0);
    const events = await open(reader);
    if (!(Symbol.asyncIterator in events)) throw new TypeError('expected a stream of events');
    const seen: unknown[] = [];
    for await (const event of events) seen.push(toOutcome(event));
    expect(seen).toEqual([{ data: { arrived: 'a globe' }, failures: [] }]);
  });
});

function planOf(coordinate: string) {
  const plan = [...guarded.plans.values()].find((each) => each.coordinate === coordinate);
  if (!plan) throw new TypeError(`expected a plan for ${coordinate}`);
  return plan;
}

function fieldOf(schema: GraphQLSchema, name: string, type = 'Query') {
  const field = [schema.getQueryType(), schema.getSubscriptionType()].find((root) => root?.name === type)?.getFields()[
    name
  ];
  if (!field) throw new TypeError(`expected a field ${type}.${name}`);
  return field;
}

/** As query builders and older promise libraries give them. */
function thenable(value: string) {
  return {
    // biome-ignore lint/suspicious/noThenProperty: what is tested is an object with a then.
    then: (resolve: (value: string) => void) => resolve(value),
  };
}

function countPromises() {
  let count = 0;
  const hook = createHook({
    init(_asyncId, type) {
      if (type === 'PROMISE') count += 1;
    },
  }).enable();
  return {
    stop() {
      hook.disable();
      return count;
    },
  };
}
