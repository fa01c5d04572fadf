import {
  execute,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  isEnumType,
  parse,
  printSchema,
} from 'graphql';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { compilePermissions, type PermissionMap, PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { describeAccess, toAccessMatrix } from '../../src/inspect/accessMatrix.ts';
import { explainOperation } from '../../src/inspect/explainOperation.ts';
import { reachableSchema } from '../../src/inspect/reachableSchema.ts';
import {
  allOf,
  denyMode,
  exposes,
  inherit,
  masked,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
} from '../../src/rules/index.ts';
import { deny, rule as shieldRule } from '../../src/rules/shield.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import {
  clerk,
  factsOf,
  manager,
  type SettledClaims,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import { planOf } from '../support/guardedExecution.ts';

const canRead = requireScope('people/read');
const canAudit = requireScope('people/audit');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const open = publicField('everybody may say so');

const typeDefs = /* GraphQL */ `
  enum PersonField { NAME RATING SCORE AUDITED }
  input Order { field: PersonField after: Order }
  input Filter { text: String rating: Int by: [[PersonField]] not: Filter anyOf: [Filter!] order: Order sure: Sure }
  input Sure { by: PersonField = RATING text: String }
  input Plain { text: String }
  type Query {
    people(filter: Filter, by: PersonField = NAME, orders: [Order], plain: Plain): [Person]
    ratedFirst(by: PersonField = RATING): Int
    open(by: PersonField): Int
    plain(plain: Plain): Int
  }
  type Mutation { rate(filters: [Filter!]!): Int note: Int }
  type Subscription { rated(by: PersonField): Int }
  type Person { name: String friends(filter: Filter, by: PersonField): [Person] }
`;

const permissions = {
  Query: { people: canRead, ratedFirst: canRead, open: publicField('it is open'), plain: canRead },
  Mutation: { rate: canRead, note: canRead },
  Subscription: { rated: canRead },
  Person: { '*': canRead },
  PersonField: { NAME: open, RATING: isManager, SCORE: isManager, AUDITED: canAudit },
  Filter: { '*': open, rating: isManager },
  Order: { field: open, after: open },
} satisfies PermissionMap;

const called: string[] = [];
const note =
  (name: string, value: unknown) =>
  (_parent: unknown, args: object): unknown => {
    called.push(`${name} ${JSON.stringify(args)}`);
    return value;
  };

const resolvers = {
  // Two names of one value: what resolvers get cannot be told apart.
  PersonField: { NAME: 'name', RATING: 'r', SCORE: 's', AUDITED: 'a' },
  Query: {
    people: note('people', [{ name: 'Ann' }, { name: 'Bob' }]),
    ratedFirst: note('ratedFirst', 1),
    open: note('open', 1),
    plain: note('plain', 1),
  },
  Mutation: { rate: note('rate', 1), note: note('note', 1) },
  Person: { friends: note('friends', [{ name: 'Cid' }]) },
};

const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
const guard = createGuard({ schema: createGuardedSchemaOf(), permissions, onClaimsUnavailable() {} });

/** The schema without guards, as a host brings it. */
function createGuardedSchemaOf() {
  return createGuardedSchema({
    typeDefs: [typeDefs],
    resolvers,
    permissions: { '*': open },
  }).schema;
}

beforeEach(() => {
  called.length = 0;
});

interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly principal?: Principal;
  readonly claims?: SettledClaims;
}

const reader = userWith('people/read');

/** What a client is answered by a host that does as `guard` says. */
async function ask({ query, variables = {}, principal = reader, claims = clerk }: Asked) {
  let loads = 0;
  const session = guard.session({
    principal,
    claims: async () => {
      loads += 1;
      if (claims.state === 'unavailable') throw claims.error;
      return claims.state === 'found' ? claims.claims : undefined;
    },
  });
  const document = parse(query);
  const start = await session.begin({ document, variableValues: variables });
  if (start.refused) {
    const { status, body } = start.response;
    const errors = body.errors.map(
      ({ path, extensions }) => `${path?.join('.')}: ${extensions?.code} ${extensions?.argument}`,
    );
    return { status, errors, loads };
  }
  const args = { schema: guard.schema, document, variableValues: variables, contextValue: session.context() };
  const { errors = [] } = session.finish(await execute(args));
  return {
    status: 200,
    errors: errors.map(({ path, extensions }) => `${path?.join('.')}: ${extensions?.code}`),
    loads,
  };
}

const refused = (argument: string, path = 'people') => ({ status: 403, errors: [`${path}: FORBIDDEN ${argument}`] });

describe('what a caller may not use in arguments is refused before anything executes, with its place', () => {
  test.each<[string, Asked, object]>([
    ['an enum value', { query: '{ people(by: RATING) { name } }' }, refused('by')],
    [
      'an enum value from a variable',
      { query: 'query($b: PersonField) { people(by: $b) { name } }', variables: { b: 'RATING' } },
      refused('by'),
    ],
    [
      'an enum value from a default of a variable',
      { query: 'query($b: PersonField = RATING) { people(by: $b) { name } }' },
      refused('by'),
    ],
    ['an enum value that is the default of an argument', { query: '{ ratedFirst }' }, refused('by', 'ratedFirst')],
    [
      'an enum value that is the default of an input field',
      { query: '{ people(filter: { sure: {} }) { name } }' },
      refused('filter.sure.by'),
    ],
    [
      'an enum value in lists of lists',
      { query: '{ people(filter: { by: [[NAME], [NAME, SCORE]] }) { name } }' },
      refused('filter.by.1.1'),
    ],
    [
      'an enum value in place of a list',
      { query: '{ people(filter: { by: SCORE }) { name } }' },
      refused('filter.by.0.0'),
    ],
    ['an input field', { query: '{ people(filter: { rating: 3 }) { name } }' }, refused('filter.rating')],
    [
      'an input field that is null',
      { query: '{ people(filter: { rating: null }) { name } }' },
      refused('filter.rating'),
    ],
    [
      'an input field from a variable that is null',
      { query: 'query($r: Int) { people(filter: { rating: $r }) { name } }', variables: { r: null } },
      refused('filter.rating'),
    ],
    [
      'an input field in a variable',
      {
        query: 'query($f: Filter) { people(filter: $f) { name } }',
        variables: { f: { not: { anyOf: [{}, { rating: 1 }] } } },
      },
      refused('filter.not.anyOf.1.rating'),
    ],
    [
      'an input object in place of a list',
      { query: '{ people(filter: { anyOf: { rating: 1 } }) { name } }' },
      refused('filter.anyOf.0.rating'),
    ],
    [
      'a value in a recursive input',
      { query: '{ people(orders: [{ after: { after: { field: RATING } } }]) { name } }' },
      refused('orders.0.after.after.field'),
    ],
    ['below the root', { query: '{ people { friends(by: RATING) { name } } }' }, refused('by', 'people.friends')],
    [
      'in a fragment, under an alias',
      { query: '{ people { ...f } } fragment f on Person { a: friends(filter: { rating: 1 }) { name } }' },
      refused('filter.rating', 'people.a'),
    ],
    [
      'of a mutation',
      { query: 'mutation { note rate(filters: [{}, { rating: 1 }]) }' },
      refused('filters.1.rating', 'rate'),
    ],
    ['of a subscription', { query: 'subscription { rated(by: SCORE) }' }, refused('by', 'rated')],
    [
      'of a field that everybody may read',
      { query: '{ open(by: RATING) }', principal: anonymous },
      { status: 401, errors: ['open: UNAUTHENTICATED by'] },
    ],
    [
      'what asks for a scope',
      { query: '{ people(by: AUDITED) { name } }' },
      { status: 403, errors: ['people: INSUFFICIENT_SCOPE by'] },
    ],
    [
      'while the claims cannot be read',
      { query: '{ people(by: RATING) { name } }', claims: storeIsDown },
      { status: 503, errors: ['people: CLAIMS_UNAVAILABLE by'] },
    ],
    ['without a business record', { query: '{ people(by: RATING) { name } }', claims: withoutRecord }, refused('by')],
    [
      'each place once',
      {
        query:
          '{ a: people(by: RATING, filter: { rating: 1 }) { name } b: people { name } c: people(by: SCORE) { name } }',
      },
      { status: 403, errors: ['a: FORBIDDEN by', 'c: FORBIDDEN by'] },
    ],
  ])('%s', async (_name, asked, expected) => {
    expect(await ask(asked)).toMatchObject(expected);
    expect(called).toEqual([]);
  });

  test.each<[string, Asked]>([
    ['who may', { query: '{ people(by: RATING, filter: { rating: 1, sure: {} }) { name } }', claims: manager }],
    [
      'who uses nothing of it',
      { query: '{ people(by: NAME, filter: { text: "a", sure: { by: NAME } }, orders: [null]) { name } }' },
    ],
    ['whose variable is not given', { query: 'query($r: Int) { people(filter: { rating: $r }) { name } }' }],
    [
      'whose selection is skipped',
      { query: 'query($s: Boolean!) { open people(by: RATING) @skip(if: $s) { name } }', variables: { s: true } },
    ],
    ['whose enum is null', { query: '{ people(by: null) { name } }' }],
    ['who uses nothing of it while the claims cannot be read', { query: '{ people { name } }', claims: storeIsDown }],
  ])('and not %s', async (_name, asked) => {
    expect(await ask(asked)).toMatchObject({ status: 200, errors: [] });
    expect(called.length).toBeGreaterThan(0);
  });

  test('a caller who may not read the field at all is told that', async () => {
    const asked = { query: '{ people(by: RATING) { name } }', principal: userWith() };
    expect(await ask(asked)).toMatchObject({ status: 403, errors: ['people: INSUFFICIENT_SCOPE undefined'] });
  });

  test('claims are not loaded for fields that take none of it', async () => {
    expect(await ask({ query: '{ plain(plain: { text: "a" }) }' })).toMatchObject({ status: 200, loads: 0 });
    expect(await ask({ query: '{ people { name } }' })).toMatchObject({ status: 200, loads: 1 });
  });

  test('two names of one value are one value', async () => {
    const schema = createGuardedSchema({
      typeDefs: ['enum By { NAME ALSO_NAME } type Query { a(by: By): Int }'],
      resolvers: { By: { NAME: 'name', ALSO_NAME: 'name' }, Query: { a: note('a', 1) } },
      permissions: { '*': open },
    }).schema;
    const twice = createGuard({ schema, permissions: { Query: { a: open }, By: { NAME: canAudit, ALSO_NAME: open } } });
    const start = await twice.session({ principal: reader }).begin({ document: parse('{ a(by: ALSO_NAME) }') });
    expect(start).toMatchObject({ refused: true, response: { status: 403 } });
  });

  test.each([
    ['{ a(by: SECRET) }', true],
    ['{ a(all: [OPEN, SECRET]) }', true],
    // Resolvers cannot tell it from the value.
    ['{ a(by: null) }', true],
    ['{ a(all: null) }', false],
    ['{ a(by: OPEN) }', false],
    ['{ a }', false],
  ])('a value that resolvers get as null is one as well: %s', async (query, refused) => {
    const by = new GraphQLEnumType({ name: 'By', values: { OPEN: {}, SECRET: { value: null } } });
    const args = { by: { type: by }, all: { type: new GraphQLList(by) } };
    const root = new GraphQLObjectType({ name: 'Query', fields: { a: { type: GraphQLInt, args } } });
    const schema = new GraphQLSchema({ query: root });
    const ofNull = createGuard({ schema, permissions: { Query: { a: open }, By: { OPEN: open, SECRET: canAudit } } });
    const start = await ofNull.session({ principal: reader }).begin({ document: parse(query) });
    expect(start.refused).toBe(refused);
  });
});

test.each([1_500, 2_000, 2_500, 3_000, 4_000])(
  'a value nested %i deep is bad input, if it is not looked into',
  async (depth) => {
    let filter: object = {};
    for (let level = 0; level < depth; level += 1) filter = { not: filter };
    const query = 'query ($filter: Filter) { people(filter: $filter) { name } }';
    const begun = await guard
      .session({ principal: reader, claims: async () => clerk })
      .begin({ document: parse(query), variableValues: { filter } });
    const codes = begun.refused ? begun.response.body.errors.map(({ extensions }) => extensions?.code) : [];
    expect(['', 'BAD_USER_INPUT']).toContain([...new Set(codes)].join(' '));
  },
);

test('what a variable gives is looked at once, and not for each row', async () => {
  const by = guard.schema.getType('PersonField');
  if (!isEnumType(by)) throw new TypeError('expected PersonField to be an enum');
  const looked = vi.spyOn(by, 'getValue');
  const query =
    'query ($by: [[PersonField]]) { people { friends(filter: { by: $by }) { friends(filter: { by: $by }) { name } } } }';
  const variables = { by: [Array.from({ length: 50 }, () => 'NAME')] };
  expect(await ask({ query, variables })).toMatchObject({ status: 200, errors: [] });
  // By each of the three rules that refuse this caller, and by graphql-js; once before execution and once in it.
  expect(looked.mock.calls.length).toBeLessThan(9 * 50);
  looked.mockRestore();
});

test('without a beginning, or without a session, the field refuses what it would not have begun with', async () => {
  const document = parse('{ open(by: RATING) }');
  const { errors } = await execute({ schema: guard.schema, document });
  expect(errors).toMatchObject([{ path: ['open'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  const session = guard.session({ principal: reader, claims: async () => clerk });
  const unbegun = await execute({ schema: guard.schema, document, contextValue: session.context() });
  expect(unbegun.data).toEqual({ open: null });
  expect(called).toEqual([]);
});

describe('a map', () => {
  const problemsOf = (more: PermissionMap, sdl = typeDefs) => {
    try {
      createGuardedSchema({ typeDefs: [sdl], resolvers: {}, permissions: { ...permissions, ...more } });
    } catch (error) {
      if (error instanceof PermissionMapError) return codesOf(error.problems);
      throw error;
    }
    return [];
  };
  const hasRow = requireRow('has the row', () => true);

  test.each<[string, PermissionMap, readonly string[]]>([
    ['names an input and leaves a field out', { Plain: {} }, ['Plain.text: NO_RULE']],
    [
      'names an enum and leaves values out',
      { PersonField: { NAME: open } },
      ['RATING', 'SCORE', 'AUDITED'].map((name) => `PersonField.${name}: NO_RULE`),
    ],
    ['names what is no value', { PersonField: { '*': open, AGE: open } }, ['PersonField.AGE: UNKNOWN_VALUE']],
    ['names what is no field', { Plain: { text: open, more: open } }, ['Plain.more: UNKNOWN_FIELD']],
    ['has no rule', { Plain: { text: undefined } }, ['Plain.text: NOT_A_RULE']],
    ['has no rule in a wildcard', { Plain: { '*': () => true } }, ['Plain.text: NOT_A_RULE']],
    ...[
      hasRow,
      requireRowByToken('has it by token', () => true),
      requireArguments('has arguments', () => true),
      inherit('Person.name'),
      allOf(canRead, masked(canRead, String)),
      denyMode('null', canRead),
      exposes(canRead, {}),
      allOf(
        canRead,
        shieldRule('asks')(() => true),
      ),
    ].map((unsuitable): [string, PermissionMap, readonly string[]] => [
      `has an unsuitable rule: ${unsuitable.constructor.name} ${JSON.stringify(unsuitable)}`,
      { Plain: { text: unsuitable } },
      ['Plain.text: UNSUITABLE_INPUT_RULE'],
    ]),
  ])('that %s stops the start', (_name, more, expected) => {
    expect(problemsOf(more)).toEqual(expected);
  });

  test('stops the start where a directive of documents takes what has a rule', () => {
    const directives = 'directive @by(field: PersonField) on FIELD directive @inSdl(field: PersonField) on SCALAR';
    expect(problemsOf({}, `${typeDefs} ${directives}`)).toEqual(
      ['RATING', 'SCORE', 'AUDITED'].map(() => '@by(field:): UNENFORCEABLE_INPUT_RULE'),
    );
  });

  test.each([
    ['one rule for a whole input', { Plain: canAudit }],
    ["'*'", { Plain: { '*': canAudit } }],
    ['deny of graphql-shield', { Plain: { text: deny } }],
  ])('may say it by %s', (_name, more) => {
    const plans = compilePermissions(createGuardedSchemaOf(), { ...permissions, ...more });
    const [plan] = [...plans.values()].filter(({ coordinate }) => coordinate === 'Query.plain');
    expect(plan?.inputs?.map((input) => input.plan.coordinate)).toEqual(['Plain.text']);
  });

  test('warns of an input that no argument takes', () => {
    const { warnings } = createGuardedSchema({
      typeDefs: ['enum By { NAME } input Unused { a: Int } type Query { a: By }'],
      resolvers: {},
      permissions: { Query: { a: canRead }, By: { NAME: open }, Unused: { a: canRead } },
    });
    expect(codesOf(warnings)).toEqual(['By: UNUSED_RULE', 'Unused: UNUSED_RULE']);
  });

  test('does not warn of a non-null field whose arguments can be refused: they are refused before', () => {
    const { warnings } = createGuardedSchema({
      typeDefs: ['input In { a: Int } type Query { a: A } type A { b(in: In): Int! }'],
      resolvers: {},
      permissions: { Query: { a: canRead }, A: { b: canRead }, In: { a: canAudit } },
    });
    expect(warnings).toEqual([]);
  });
});

describe('who asks beforehand is told', () => {
  test('by the matrix, of each input and of the fields that take it', () => {
    const { fields } = toAccessMatrix(guarded.plans, {
      manager: { kind: 'user', scopes: ['people/read'], claims: { role: 'manager' } },
      clerk: { kind: 'user', scopes: ['people/read'], claims: { role: 'clerk' } },
    });
    const rowOf = (of: string) => {
      const found = fields.find(({ coordinate }) => coordinate === of);
      return found && [found.rule, ...Object.values(found.access).map(describeAccess)];
    };
    expect(rowOf('Filter.rating')).toEqual(['is a manager', 'allowed', 'denied']);
    expect(rowOf('PersonField.AUDITED')).toEqual(['has scope people/audit', 'denied', 'denied']);
    expect(rowOf('Query.ratedFirst')?.[0]).toContain('(is a manager or does not use PersonField.RATING)');
    expect(fields.some(({ coordinate }) => coordinate === 'Filter.text')).toBe(false);
  });

  test('by explain, with the arguments', () => {
    const explain = (query: string) => {
      const plan = planOf(guarded, { query });
      return explainOperation(plan, factsOf(reader, clerk), {}).fields.map(({ path, verdict, code }) => [
        path,
        verdict,
        code,
      ]);
    };
    expect(explain('{ people(by: RATING) { name } b: people { name } }')).toEqual([
      ['people', 'denied', 'FORBIDDEN'],
      ['b', 'allowed', undefined],
      ['people.name', 'allowed', undefined],
    ]);
  });
});

describe('introspection leaves out', () => {
  const sdl = /* GraphQL */ `
    enum By { NAME RATING }
    enum Only { RATING }
    enum Given { GOOD BAD }
    input Filter { by: By only: Only secret: Int not: Filter }
    input Needs { secret: Int! text: String }
    input Defaults { secret: Int = 1 text: String }
    input Below { needs: Needs text: String }
    type Query {
      a(filter: Filter, only: Only, given: Given, below: Below): Given
      needs(in: Needs!): Int
      defaults(in: Defaults!): Int
      both(in: Needs, by: By): Int
    }
  `;
  const hidden = ['By.RATING', 'Only.RATING', 'Filter.secret', 'Needs.secret', 'Defaults.secret', 'Given.BAD'];

  test('what can never be used, and what cannot do without it', () => {
    const whole = createGuardedSchema({ typeDefs: [sdl], resolvers: {}, permissions: { '*': open } }).schema;
    const part = reachableSchema(whole, (coordinate) => !hidden.includes(coordinate));
    expect(part && printSchema(part).replaceAll(/\s+/g, ' ')).toBe(
      [
        'enum By { NAME }',
        'enum Given { GOOD BAD }',
        'input Filter { by: By not: Filter }',
        'input Below { text: String }',
        'type Query { a(filter: Filter, given: Given, below: Below): Given both(by: By): Int }',
      ].join(' '),
    );
  });

  test('by the caller', async () => {
    const byCaller = createGuard({ schema: createGuardedSchemaOf(), permissions, introspection: 'by-caller' });
    const document = parse('{ __type(name: "PersonField") { enumValues { name } } }');
    const shown = async (claims: StaffClaims) => {
      const session = byCaller.session({ principal: reader, claims: async () => claims });
      await session.begin({ document });
      const { data } = await execute({ schema: byCaller.schema, document, contextValue: session.context() });
      return JSON.stringify(data);
    };
    expect(await shown({ role: 'clerk', region: 'north' })).toBe('{"__type":{"enumValues":[{"name":"NAME"}]}}');
    expect(await shown({ role: 'manager', region: 'north' })).toContain('RATING');
  });
});
