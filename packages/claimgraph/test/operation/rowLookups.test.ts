import { setTimeout as pause } from 'node:timers/promises';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFieldIndex } from '../../src/compile/fieldIndex.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import type { Session } from '../../src/guard/session.ts';
import { createCan } from '../../src/inspect/can.ts';
import { explainField } from '../../src/inspect/explain.ts';
import { createDecisionRecorder } from '../../src/operation/decisionRecorder.ts';
import {
  allOf,
  anyOf,
  denyMode,
  fresh,
  masked,
  publicField,
  requireClaims,
  requireRow,
  requireRowLookup,
  requireRowLookupByToken,
  requireScope,
} from '../../src/rules/index.ts';
import { not } from '../../src/rules/shield.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { type StaffClaims, userWith } from '../support/callers.ts';
import { guard as guardSdl } from '../support/guardedExecution.ts';

interface Deal {
  readonly id: string;
  readonly region: string;
}

/** What is asked, one entry for each call; and how it is answered. */
const calls: (readonly unknown[])[] = [];
let answer: (keys: readonly string[], signal: AbortSignal) => unknown;
beforeEach(() => {
  calls.length = 0;
  answer = (keys) => new Map(keys.map((key) => [key, key.endsWith('1')]));
});

const canRead = requireScope('deals/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  ({ region }: Deal, claims: StaffClaims) => region === claims.region,
);
const isOnTheTeam = requireRowLookup<Deal, StaffClaims, string>('is on the deal team', {
  key: ({ id }) => id,
  async load(keys, { role }, { subject }, signal) {
    calls.push([role, subject, ...keys]);
    return answer(keys, signal) as ReadonlyMap<string, boolean>;
  },
  timeoutMs: 50,
});
const isInvited = requireRowLookupByToken<Deal, string>('is invited', {
  key: ({ id }) => (id === 'd-0' ? null : id),
  async load(keys, { subject }) {
    calls.push(['invited', subject, ...keys]);
    return new Map(keys.map((key) => [key, key === 'd-2']));
  },
});

const typeDefs = /* GraphQL */ `
  interface Node { id: ID note: String }
  type Query { deals(first: Int = 3): [Deal] nodes: [Node] deal: Deal }
  type Deal implements Node {
    id: ID note: String both: String either: String regional: String secret: String
    dropped: String fatal: String invited: String newest: String role: String late: String
  }
`;
const rowsOf = (first: number): readonly Deal[] =>
  Array.from({ length: first }, (_, index) => ({ id: `d-${index}`, region: index === 0 ? 'north' : 'south' }));
const text = () => 'text';
const resolvers = {
  Query: {
    deals: (_root: unknown, { first }: { readonly first: number }) => rowsOf(first),
    nodes: () => rowsOf(3),
    deal: () => rowsOf(2)[1],
  },
  Node: { __resolveType: () => 'Deal' },
  Deal: Object.fromEntries(
    ['note', 'both', 'either', 'regional', 'secret', 'dropped', 'fatal', 'invited', 'newest', 'role', 'late'].map(
      (name) => [name, text],
    ),
  ),
};
const permissions = {
  Query: { '*': canRead },
  Node: { note: isOnTheTeam },
  Deal: {
    id: publicField('it is on the file'),
    note: canRead,
    both: allOf(isOnTheTeam, isOfTheirRegion),
    either: anyOf(isOnTheTeam, isManager),
    regional: anyOf(isOnTheTeam, isOfTheirRegion),
    secret: allOf(
      canRead,
      masked(isOnTheTeam, () => '***'),
    ),
    dropped: denyMode('dropItem', isOnTheTeam),
    fatal: denyMode('failOperation', isOnTheTeam),
    invited: isInvited,
    newest: fresh(isOnTheTeam),
    role: anyOf(isInvited, isOnTheTeam),
    late: anyOf(isOnTheTeam, isInvited),
  },
};
const guard = createGuard({
  schema: makeExecutableSchema({ typeDefs, resolvers }),
  permissions,
  onClaimsUnavailable: (error) => reported.push(error.message),
});
const reported: string[] = [];

interface Asked {
  readonly principal?: Principal;
  readonly claims?: StaffClaims | undefined;
}
const clerk: StaffClaims = { role: 'clerk', region: 'north' };

function sessionOf({ principal = userWith('deals/read'), ...given }: Asked = {}): Session {
  const claims = 'claims' in given ? given.claims : clerk;
  return guard.session({ principal, claims: async () => claims });
}

type Execute = (schema: GraphQLSchema, query: string, session: Session) => ReturnType<typeof execute>;

const executors: readonly (readonly [string, Execute])[] = [
  [
    'graphql-js',
    (schema, query, session) => execute({ schema, document: parse(query), contextValue: session.context() }),
  ],
  [
    'the compiling executor',
    (schema, query, session) => {
      const document = parse(query);
      const operation = getOperationAST(document);
      const compiled =
        operation && compileOperation({ schema, plans: guard.plans, document, operation, variables: {} });
      if (!compiled) throw new TypeError('expected an operation that can be compiled');
      return executeCompiled(compiled, { variables: {}, context: session.context() });
    },
  ],
];

describe.each(executors)('by %s', (_name, run) => {
  async function ask(query: string, asked: Asked = {}) {
    const session = sessionOf(asked);
    const start = await session.begin({ document: parse(query) });
    if (start.refused) return { codes: start.response.body.errors.map(({ extensions }) => `${extensions?.code}`) };
    const { data, errors = [] } = session.finish(await run(guard.schema, query, session));
    return {
      data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
      codes: errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).toSorted(),
    };
  }

  test('all rows are one call, and each key is asked for once', async () => {
    const { data, codes } = await ask('{ deals { note again: note secret newest either } nodes { note } }');
    expect(calls).toEqual([['clerk', 'user-1', 'd-0', 'd-1', 'd-2']]);
    expect(data).toMatchObject({
      deals: [
        { note: null, secret: '***' },
        { note: 'text', again: 'text', secret: 'text', newest: 'text', either: 'text' },
        { note: null },
      ],
      nodes: [{ note: null }, { note: 'text' }, { note: null }],
    });
    expect(codes).toContain('deals.0.note FORBIDDEN');
    expect(new Set(codes.map((code) => code.split(' ')[1]))).toEqual(new Set(['FORBIDDEN']));
  });

  test('2,000 rows are one call', async () => {
    await ask('{ deals(first: 2000) { note } }');
    expect(calls.map(({ length }) => length)).toEqual([2_002]);
  });

  test.each<[string, string, Asked]>([
    ['without a token', '{ deal { note } }', { principal: anonymous }],
    ['without the scope of another rule', '{ deals { note } }', { principal: userWith() }],
    ['without a business record', '{ deals { both } }', { claims: undefined }],
    ['when claims allow', '{ deals { either } }', { claims: { role: 'manager', region: 'north' } }],
    ['when another row rule allows or denies', '{ deals(first: 1) { regional } }', {}],
    ['when another row rule denies', '{ deal { both } }', {}],
    ['for a row without a key', '{ deals(first: 1) { invited } }', {}],
  ])('nothing is looked up %s', async (_what, query, asked) => {
    await ask(query, asked);
    expect(calls).toEqual([]);
  });

  test('what depends on the token alone needs no business record', async () => {
    expect(await ask('{ deals { invited } }', { claims: undefined })).toEqual({
      data: { deals: [{ invited: null }, { invited: null }, { invited: 'text' }] },
      codes: ['deals.0.invited FORBIDDEN', 'deals.1.invited FORBIDDEN'],
    });
    expect(calls).toEqual([['invited', 'user-1', 'd-1', 'd-2']]);
  });

  test('any-of asks the second look-up only for the rows that the first did not allow', async () => {
    const { data } = await ask('{ deals { role } }');
    // The row without a key goes on at once.
    expect(calls).toEqual([
      ['clerk', 'user-1', 'd-0'],
      ['invited', 'user-1', 'd-1', 'd-2'],
      ['clerk', 'user-1', 'd-1'],
    ]);
    expect(data).toEqual({ deals: [{ role: null }, { role: 'text' }, { role: 'text' }] });
  });

  test('deny modes take the item, or the whole response', async () => {
    expect(await ask('{ deals { id dropped } }')).toEqual({
      data: { deals: [{ id: 'd-1', dropped: 'text' }] },
      codes: [],
    });
    expect(await ask('{ deals { id fatal } }')).toMatchObject({ data: null });
  });

  test.each<[string, typeof answer]>([
    ['rejects', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    ['is silent', (_keys, signal) => pause(60_000, new Map(), { signal, ref: false })],
    ['never answers, whatever it is told', () => new Promise(() => undefined)],
    ['gives no map', () => ({ 'd-1': true })],
    ['says of each key that it cannot tell', (keys) => new Map(keys.map((key) => [key, new Error('unknown')]))],
    ['promises the answers', (keys) => new Map(keys.map((key) => [key, Promise.reject(new Error('late'))]))],
  ])('a look-up that %s is an outage, and neither an allow nor a denial', async (_what, fails) => {
    answer = fails;
    const unavailable = (field: string) => [0, 1, 2].map((index) => `deals.${index}.${field} CLAIMS_UNAVAILABLE`);
    expect(await ask('{ deals { id note } }')).toMatchObject({ codes: unavailable('note') });
    expect(await ask('{ deals { id dropped } }')).toMatchObject({ codes: unavailable('dropped') });
    expect(await ask('{ deals { id secret } }')).toMatchObject({ codes: unavailable('secret') });
    // Another look-up may allow all the same.
    expect(await ask('{ deals { late } }')).toMatchObject({ data: { deals: [{ late: null }, {}, { late: 'text' }] } });
    expect(await ask('{ deals { late } }')).toMatchObject({ codes: unavailable('late').slice(0, 2) });
    // Who is allowed or refused without it does not notice.
    expect(await ask('{ deals { regional both } }')).toEqual({
      data: {
        deals: [
          { regional: 'text', both: null },
          { regional: null, both: null },
          { regional: null, both: null },
        ],
      },
      codes: [
        'deals.0.both CLAIMS_UNAVAILABLE',
        'deals.1.regional CLAIMS_UNAVAILABLE',
        'deals.1.both FORBIDDEN',
        'deals.2.regional CLAIMS_UNAVAILABLE',
        'deals.2.both FORBIDDEN',
      ].toSorted(),
    });
  });

  test('of what a key has no true for, it is a no', async () => {
    answer = () =>
      new Map<unknown, unknown>([
        ['d-0', 'true'],
        ['d-2', 1],
      ]);
    expect(await ask('{ deals { note } }')).toMatchObject({
      codes: [0, 1, 2].map((index) => `deals.${index}.note FORBIDDEN`),
    });
  });

  test('a synchronous rule waits for nothing, and a look-up that need not be asked neither', async () => {
    const session = sessionOf({ claims: { role: 'manager', region: 'north' } });
    await session.begin({ document: parse('{ deals { id either } }') });
    expect(run(guard.schema, '{ deals { id either } }', session)).not.toBeInstanceOf(Promise);
  });
});

test('a look-up that failed is reported once for each call', async () => {
  reported.length = 0;
  answer = () => Promise.reject(new Error('down'));
  const session = sessionOf();
  await session.begin({ document: parse('{ deals { note } }') });
  const result = await execute({
    schema: guard.schema,
    document: parse('{ deals { note } }'),
    contextValue: session.context(),
  });
  const { errors } = result;
  expect(session.refusals()).toMatchObject([{ coordinate: 'Deal.note', code: 'CLAIMS_UNAVAILABLE', count: 3 }]);
  expect(JSON.stringify(errors)).not.toContain('deal team');
  expect(reported).toEqual(['the look-up of the rule "is on the deal team" failed']);
});

test('more keys than a call may have are several calls', async () => {
  const sizes: number[] = [];
  const small = requireRowLookupByToken<Deal, string>('is one of few', {
    key: ({ id }) => id,
    maxKeys: 40,
    async load(keys) {
      sizes.push(keys.length);
      return new Map(keys.map((key) => [key, true]));
    },
  });
  const { schema } = guardSdl(
    'type Query { deals(first: Int!): [Deal] } type Deal { id: ID }',
    { Query: { deals: canRead }, Deal: { id: small } },
    resolversOfIds,
  );
  const { authorization } = sessionOf();
  const document = parse('{ deals(first: 100) { id } }');
  const { errors } = await execute({ schema, document, contextValue: { authorization } });
  expect([errors, sizes]).toEqual([undefined, [40, 40, 20]]);
});

test.each([
  ['promises its key', async () => Promise.reject(new Error('late'))],
  ['has an object as its key', () => ({ id: 'd-1' })],
])('a look-up that %s is not decided, so that its negation does not allow', async (_what, key) => {
  const isBarred = requireRowLookupByToken<Deal, string>('is barred', {
    key: key as () => never,
    async load(keys) {
      calls.push(keys);
      return new Map();
    },
  });
  const { schema } = guardSdl(
    'type Query { deals(first: Int!): [Deal] } type Deal { id: ID }',
    { Query: { deals: canRead }, Deal: { id: not(isBarred) } },
    resolversOfIds,
  );
  const document = parse('{ deals(first: 1) { id } }');
  const { data, errors } = await execute({
    schema,
    document,
    contextValue: { authorization: sessionOf().authorization },
  });
  expect([data, errors?.map(({ path }) => path), calls]).toEqual([{ deals: [{ id: null }] }, [['deals', 0, 'id']], []]);
});

const resolversOfIds = { Query: { deals: (_root: unknown, { first }: { readonly first: number }) => rowsOf(first) } };

test('every operation of a request looks up anew, as every event of a subscription does', async () => {
  const session = sessionOf();
  await session.begin({ document: parse('{ deals { note } }') });
  const [field] = [...guard.plans.values()].filter(({ coordinate }) => coordinate === 'Deal.note');
  if (!field) throw new TypeError('expected Deal.note to have a plan');
  const other = session.authorization.fork();
  await other.loadClaims([field]);
  for (const authorization of [session.authorization, session.authorization, other]) {
    await authorization.lookUp(field.permission, { id: 'd-1' });
  }
  expect(calls.length).toBe(2);
});

describe('who asks beforehand or afterwards', () => {
  test('can is told of the row', async () => {
    const { authorization } = sessionOf();
    const can = createCan({
      fields: createFieldIndex(guard),
      authorization,
      loadNode: async (id) => ({ __typename: 'Deal', id, region: 'south' }),
      onRuleThrew() {},
    });
    const fields = ['Deal.note', 'Deal.both', 'Deal.secret', 'Deal.either'];
    const [on, off] = await Promise.all(['d-1', 'd-2'].map((id) => can({ fields, id })));
    expect(on?.map(({ allowed, code, masked: hidden }) => [allowed, code, hidden])).toEqual([
      [true, null, false],
      [false, 'FORBIDDEN', null],
      [true, null, false],
      [true, null, false],
    ]);
    expect(off?.map(({ allowed, masked: hidden }) => [allowed, hidden])).toEqual([
      [false, null],
      [false, null],
      [true, true],
      [false, null],
    ]);
    const [open] = await can({ fields: ['Deal.note'] });
    expect(open).toMatchObject({ allowed: false, perRow: true });
  });

  test('explain knows what was looked up, and leaves open what was not', async () => {
    const session = sessionOf();
    await session.begin({ document: parse('{ deals { note } }') });
    await execute({ schema: guard.schema, document: parse('{ deals { note } }'), contextValue: session.context() });
    const plan = [...guard.plans.values()].find(({ coordinate }) => coordinate === 'Deal.note');
    if (!plan) throw new TypeError('expected Deal.note to have a plan');
    const facts = session.authorization.facts();
    const explain = (id: string) => explainField(plan, facts, { args: {}, row: { parent: { id } } });
    expect([explain('d-1'), explain('d-2'), explain('d-9')].map(({ verdict, needs }) => needs ?? verdict)).toEqual([
      'allowed',
      'denied',
      'the row',
    ]);
    expect(session.authorization.firstRefused(plan.permission)).toMatchObject({ parent: { id: 'd-0' } });
  });

  test('what is recorded of an execution counts how often a look-up decided', async () => {
    const session = sessionOf();
    const recorder = createDecisionRecorder();
    await session.begin({ document: parse('{ deals { note } }') });
    session.authorization.record(recorder);
    await execute({ schema: guard.schema, document: parse('{ deals { note } }'), contextValue: session.context() });
    const executed = recorder.executed().find(({ coordinate }) => coordinate === 'Deal.note');
    expect(executed).toMatchObject({
      verdicts: { allowed: 1, denied: 2 },
      rules: [{ name: 'has scope deals/read' }, { name: 'is on the deal team', asked: 3 }],
    });
  });

  test('a candidate map is compared by what was looked up, and asks nobody', async () => {
    const candidate = { ...permissions, Deal: { ...permissions.Deal, newest: anyOf(isOnTheTeam, isOfTheirRegion) } };
    const shadowed = createGuard({
      schema: makeExecutableSchema({ typeDefs, resolvers }),
      permissions,
      candidate,
    });
    const session = shadowed.session({ principal: userWith('deals/read'), claims: async () => clerk });
    const document = parse('{ deals { newest } }');
    await session.begin({ document });
    await execute({ schema: shadowed.schema, document, contextValue: session.context() });
    const report = session.authorization.operation?.shadow?.report();
    expect(report?.differences).toMatchObject([
      { coordinate: 'Deal.newest', now: 'FORBIDDEN', candidate: 'allowed', count: 1, of: 3 },
    ]);
    expect(calls.length).toBe(1);
  });
});

test.each<[string, object]>([
  ['key', { key: 'id', load: async () => new Map() }],
  ['load', { key: () => 'id' }],
  ['maxKeys', { key: () => 'id', load: async () => new Map(), maxKeys: 0 }],
  ['timeoutMs', { key: () => 'id', load: async () => new Map(), timeoutMs: Number.NaN }],
])('an unusable %s is refused where the rule is made', (_name, options) => {
  for (const make of [requireRowLookup, requireRowLookupByToken]) {
    expect(() => Reflect.apply(make, undefined, ['is of no use', options])).toThrow(ConfigurationError);
  }
});
