import { buildSchema } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { compilePermissions, type PermissionMap, PermissionMapError } from '../../src/compile/compilePermissions.ts';
import type { GuardedSchema } from '../../src/guard/guardedSchema.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import {
  allOf,
  anyOf,
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
import { not, rule as shieldRule } from '../../src/rules/shield.ts';
import type { Principal } from '../../src/token/principal.ts';
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
import { executeGuarded, guard, type Operation, preflightOf } from '../support/guardedExecution.ts';

const canRead = requireScope('people/read');
const canAudit = requireScope('people/audit');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (row: { readonly region: string }, claims: StaffClaims) => row.region === claims.region,
);
const isThemselves = requireRowByToken(
  'is themselves',
  (row: { readonly id: string }, caller) => row.id === caller.subject,
);
const asksInEuro = requireArguments(
  'asks in euro',
  ({ currency }: { readonly currency: string }) => currency === 'EUR',
);

const typeDefs = /* GraphQL */ `
  interface Group { people(by: PersonField, first: Int): [Person] }
  enum PersonField { NAME SALARY RATING toString }
  input Order { field: PersonField fields: [PersonField] then: Order }
  input Filter { minSalary: Int salaryIn: [Int] text: String not: Filter anyOf: [Filter] isPaid: Boolean valueOf: Int }
  input RatedFirst { field: PersonField = RATING }
  type Query {
    people(
      by: PersonField
      thenBy: [PersonField]
      grid: [[PersonField]]
      orderBy: Order
      orders: [Order]
      filter: Filter
      filters: [Filter]
      minSalary: Int
      salaries: [Int]
      valueOf: Int
    ): [Person]
    paid(by: PersonField = SALARY): [Person]
    rated(orderBy: RatedFirst = {}): [Person]
    team: Team
    open: String
  }
  type Mutation { raise(by: PersonField): Team }
  type Team implements Group { people(by: PersonField, first: Int): [Person] }
  type Person { id: ID name: String salary(currency: String = "EUR"): Int rating: Int peers(by: PersonField): [Person] reports(by: PersonField): [Person] }
`;
const schema = buildSchema(typeDefs);

const person = { id: 'user-1', name: 'Ada', region: 'north', salary: 100, rating: 5 };

/** Every resolver that was called. */
const called: string[] = [];
beforeEach(() => called.splice(0));

function note<Value>(name: string, value: Value): Value {
  called.push(name);
  return value;
}

const resolvers = {
  Query: {
    people: () => note('people', [person]),
    paid: () => note('paid', [person]),
    rated: () => note('rated', [person]),
    team: () => note('team', {}),
    open: () => note('open', 'ok'),
  },
  Mutation: { raise: () => note('raise', {}) },
  Team: { people: () => note('team.people', [person]) },
};

type Fields = Readonly<Record<string, unknown>>;

const baseRules: Readonly<Record<string, Fields>> = {
  Query: { '*': canRead },
  Mutation: { raise: canRead },
  Team: { people: canRead },
  Person: { '*': canRead, salary: isManager, rating: canAudit },
};

/** The rules of the types in question, over ordinary ones. */
function mapOf(types: Readonly<Record<string, Fields>>): PermissionMap {
  const names = [...new Set([...Object.keys(baseRules), ...Object.keys(types)])];
  return Object.fromEntries(names.map((name) => [name, { ...baseRules[name], ...types[name] }]));
}

const reader = userWith('people/read');

/** The codes of what was not given out, by response path; none when everything was. */
async function failuresOf(guarded: GuardedSchema, of: Operation): Promise<readonly string[]> {
  const { failures } = await executeGuarded(guarded, of);
  return failures.map(({ path, code }) => `${path} ${code}`);
}

describe('an argument is used', () => {
  type Case = readonly [name: string, link: string, args: string, isUsed: boolean];

  test.each<Case>([
    ['by its enum value', 'by=SALARY', 'by: SALARY', true],
    ['not by another enum value', 'by=SALARY', 'by: NAME', false],
    ['not by a null in place of the value', 'by=SALARY', 'by: null', false],
    ['not by another argument with the value', 'by=SALARY', 'orderBy: { field: SALARY }', false],
    ['not when it is absent', 'by=SALARY', '', false],
    ['by an enum value called as what every object has', 'by=toString', 'by: toString', true],
    ['not by a name that every object has', 'by=toString', 'by: SALARY', false],
    ['by a value in an input', 'orderBy.field=SALARY', 'orderBy: { field: SALARY }', true],
    ['not by another value in an input', 'orderBy.field=SALARY', 'orderBy: { field: NAME }', false],
    ['not by another field of the input', 'orderBy.field=SALARY', 'orderBy: { then: { field: SALARY } }', false],
    ['not by an empty input', 'orderBy.field=SALARY', 'orderBy: {}', false],
    ['not by a null in place of the input', 'orderBy.field=SALARY', 'orderBy: null', false],
    ['by a value in an input in an input', 'orderBy.then.field=SALARY', 'orderBy: { then: { field: SALARY } }', true],
    [
      'not by a value deeper than the path',
      'orderBy.then.field=SALARY',
      'orderBy: { then: { then: { field: SALARY } } }',
      false,
    ],
    ['by a value in a list', 'thenBy=SALARY', 'thenBy: [NAME, SALARY]', true],
    ['by a value in place of a list', 'thenBy=SALARY', 'thenBy: SALARY', true],
    ['not by a list without the value', 'thenBy=SALARY', 'thenBy: [NAME, null]', false],
    ['not by an empty list without the value', 'thenBy=SALARY', 'thenBy: []', false],
    ['by a value in a list of lists', 'grid=SALARY', 'grid: [[NAME], null, [NAME, SALARY]]', true],
    ['by a value in a list in an input', 'orderBy.fields=SALARY', 'orderBy: { fields: [NAME, SALARY] }', true],
    ['by a value in a list of inputs', 'orders.field=SALARY', 'orders: [{ field: NAME }, { field: SALARY }]', true],
    ['by a value in an input in place of a list', 'orders.field=SALARY', 'orders: { field: SALARY }', true],
    ['not by a list of inputs without the value', 'orders.field=SALARY', 'orders: [{ field: NAME }, null, {}]', false],
    [
      'by a value in lists of inputs in lists of inputs',
      'filters.anyOf.minSalary',
      'filters: [{ text: "a" }, { anyOf: [{}, { minSalary: 1 }] }]',
      true,
    ],
    ['by any value at a path without one', 'minSalary', 'minSalary: 100', true],
    ['by a zero at a path without a value', 'minSalary', 'minSalary: 0', true],
    ['by an empty string at a path without a value', 'filter.text', 'filter: { text: "" }', true],
    ['by false at a path without a value', 'filter.isPaid', 'filter: { isPaid: false }', true],
    ['by any enum value at a path without one', 'by', 'by: NAME', true],
    ['not by null at a path without a value', 'minSalary', 'minSalary: null', false],
    ['not when it is absent at a path without a value', 'minSalary', 'by: SALARY', false],
    ['by any value of an input', 'filter.minSalary', 'filter: { minSalary: 100 }', true],
    ['not by a null in an input', 'filter.minSalary', 'filter: { minSalary: null }', false],
    ['not by an input that leaves it out', 'filter.minSalary', 'filter: { text: "a" }', false],
    ['by any input at a path that ends at one', 'filter', 'filter: {}', true],
    ['not by a null at a path that ends at an input', 'filter', 'filter: null', false],
    ['by an argument called as what every object has', 'valueOf', 'valueOf: 1', true],
    ['not by what every object has', 'valueOf', '', false],
    ['not by what every input has', 'filter.valueOf', 'filter: {}', false],
    ['by any list at a path that ends at one', 'salaries', 'salaries: [100]', true],
    ['by a list of nulls, which asks for those without', 'salaries', 'salaries: [null]', true],
    ['by an empty list, which is a value', 'filter.salaryIn', 'filter: { salaryIn: [] }', true],
    ['not by a null in place of a list', 'filter.salaryIn', 'filter: { salaryIn: null }', false],
  ])('%s', async (_name, link, args, isUsed) => {
    const links = { [link]: 'Person.salary' };
    const guarded = guard(typeDefs, mapOf({ Query: { people: exposes(canRead, links) } }), resolvers);
    const operation = { query: `{ people${args && `(${args})`} { name } }`, principal: reader };
    expect(await failuresOf(guarded, { ...operation, claims: clerk })).toEqual(isUsed ? ['people FORBIDDEN'] : []);
    expect(called).toEqual(isUsed ? [] : ['people']);
    expect(await failuresOf(guarded, { ...operation, claims: manager })).toEqual([]);
  });

  describe('by a variable', () => {
    const guarded = guard(
      typeDefs,
      mapOf({
        Query: {
          people: exposes(canRead, {
            'by=SALARY': 'Person.salary',
            'orders.field=SALARY': 'Person.salary',
            minSalary: 'Person.salary',
          }),
        },
      }),
      resolvers,
    );
    const by = 'query ($by: PersonField) { people(by: $by) { name } }';
    const byDefault = 'query ($by: PersonField = SALARY) { people(by: $by) { name } }';
    const orders = 'query ($orders: [Order]) { people(orders: $orders) { name } }';
    const field = 'query ($field: PersonField) { people(orders: [{ field: $field }]) { name } }';
    const least = 'query ($least: Int) { people(minSalary: $least) { name } }';

    test.each<readonly [string, string, Readonly<Record<string, unknown>>, boolean]>([
      ['that is the value', by, { by: 'SALARY' }, true],
      ['but not one of another value', by, { by: 'NAME' }, false],
      ['but not one that is null', by, { by: null }, false],
      ['but not one that is absent', by, {}, false],
      ['by the default of it', byDefault, {}, true],
      ['but not when its default gives way', byDefault, { by: 'NAME' }, false],
      ['but not when its default gives way to null', byDefault, { by: null }, false],
      ['that has the value deep inside', orders, { orders: [{ field: 'NAME' }, { field: 'SALARY' }] }, true],
      ['but not one that has another deep inside', orders, { orders: [{ field: 'NAME' }] }, false],
      ['inside a literal', field, { field: 'SALARY' }, true],
      ['but not one inside a literal that is absent', field, {}, false],
      ['of any value', least, { least: 0 }, true],
      ['but not one of any value that is null', least, { least: null }, false],
      ['but not one of any value that is absent', least, {}, false],
    ])('%s', async (_name, query, variables, isUsed) => {
      const operation = { query, variables, principal: reader };
      expect(await failuresOf(guarded, { ...operation, claims: clerk })).toEqual(isUsed ? ['people FORBIDDEN'] : []);
      expect(await failuresOf(guarded, { ...operation, claims: manager })).toEqual([]);
    });
  });

  describe('by a default of the schema', () => {
    const guarded = guard(
      typeDefs,
      mapOf({
        Query: {
          paid: exposes(canRead, { 'by=SALARY': 'Person.salary' }),
          rated: exposes(canRead, { 'orderBy.field=RATING': 'Person.salary' }),
        },
      }),
      resolvers,
    );
    test.each<readonly [string, string, readonly string[]]>([
      ["that is the argument's", '{ paid { name } }', ['paid FORBIDDEN']],
      ['but not when it gives way', '{ paid(by: NAME) { name } }', []],
      ['but not when it gives way to null', '{ paid(by: null) { name } }', []],
      [
        'also when a variable for it is absent',
        'query ($by: PersonField) { paid(by: $by) { name } }',
        ['paid FORBIDDEN'],
      ],
      ["that is an input field's", '{ rated(orderBy: {}) { name } }', ['rated FORBIDDEN']],
      ["that is an input field's in the argument's", '{ rated { name } }', ['rated FORBIDDEN']],
      ["but not when an input field's gives way", '{ rated(orderBy: { field: NAME }) { name } }', []],
    ])('%s', async (_name, query, failures) => {
      expect(await failuresOf(guarded, { query, principal: reader, claims: clerk })).toEqual(failures);
    });
  });

  describe('by the enum value that resolvers get', () => {
    test.each<readonly [string, unknown]>([
      ['a string', 'salary_cents'],
      ['the name of another value', 'NAME'],
      ['a number', 0],
      ['no number', Number.NaN],
      ['false', false],
      ['an object', { column: 'salary' }],
      ['a list', ['salary', 'id']],
      ['an empty list', []],
      ['null', null],
    ])('that is %s', async (_name, internal) => {
      const values = { NAME: 'name', SALARY: internal, RATING: 'salary' };
      const guarded = guard(
        typeDefs,
        mapOf({
          Query: {
            people: exposes(canRead, { 'by=SALARY': 'Person.salary', 'thenBy=SALARY': 'Person.salary' }),
            paid: exposes(canRead, { 'by=SALARY': 'Person.salary' }),
          },
        }),
        { ...resolvers, PersonField: values },
      );
      const failuresFor = (query: string) => failuresOf(guarded, { query, principal: reader, claims: clerk });
      expect(await failuresFor('{ people(by: SALARY) { name } }')).toEqual(['people FORBIDDEN']);
      expect(await failuresFor('{ people(thenBy: [NAME, SALARY]) { name } }')).toEqual(['people FORBIDDEN']);
      expect(await failuresFor('{ paid { name } }')).toEqual(['paid FORBIDDEN']);
      expect(await failuresFor('{ people(by: NAME) { name } }')).toEqual([]);
      expect(await failuresFor('{ people(thenBy: [NAME, RATING]) { name } }')).toEqual([]);
      expect(await failuresFor('{ paid(by: RATING) { name } people { name } }')).toEqual([]);
    });
  });
});

describe('whoever uses the argument must be allowed to read the field on every row', () => {
  const anonymousCaller = { principal: undefined };
  const user = (claims: SettledClaims, ...scopes: readonly string[]) => ({ principal: userWith(...scopes), claims });
  const eitherWay = anyOf(isManager, isOfTheirRegion);

  test.each<
    readonly [string, unknown, { readonly principal: Principal | undefined; readonly claims?: SettledClaims }, string]
  >([
    ['by claims that allow it', isManager, user(manager), 'allowed'],
    ['by claims that deny it', isManager, user(clerk), 'FORBIDDEN'],
    ['without a record', isManager, user(withoutRecord), 'FORBIDDEN'],
    ['by claims that cannot be read, which denies nothing', isManager, user(storeIsDown), 'CLAIMS_UNAVAILABLE'],
    ['by scopes that allow it', canAudit, user(clerk, 'people/audit'), 'allowed'],
    ['by scopes that are missing', canAudit, user(clerk), 'INSUFFICIENT_SCOPE'],
    ['without a token', isManager, anonymousCaller, 'UNAUTHENTICATED'],
    ['that is public', publicField('it is printed'), anonymousCaller, 'allowed'],
    ['by a row, which may be another on the next row', isOfTheirRegion, user(manager), 'FORBIDDEN'],
    ['by a row without a record', isOfTheirRegion, user(withoutRecord), 'FORBIDDEN'],
    ['by a row, while claims cannot be read', isOfTheirRegion, user(storeIsDown), 'CLAIMS_UNAVAILABLE'],
    ['by a row of the token alone', isThemselves, user(manager), 'FORBIDDEN'],
    [
      'by a row of the token without one, which signing in may change',
      isThemselves,
      anonymousCaller,
      'UNAUTHENTICATED',
    ],
    ['by claims or a row, when the claims allow', eitherWay, user(manager), 'allowed'],
    ['by claims or a row, when it is left to the row', eitherWay, user(clerk), 'FORBIDDEN'],
    [
      'by claims and a row of the token, while claims cannot be read: they could not allow every row',
      allOf(isManager, isThemselves),
      user(storeIsDown),
      'FORBIDDEN',
    ],
    [
      'by claims or a row of the token, while claims cannot be read: they might allow every row',
      anyOf(isManager, isThemselves),
      user(storeIsDown),
      'CLAIMS_UNAVAILABLE',
    ],
    ['by no row of the token, which is left to the row as well', not(isThemselves), user(manager), 'FORBIDDEN'],
    [
      'by a scope or claims that cannot be read',
      anyOf(canAudit, isManager),
      user(storeIsDown, 'people/audit'),
      'allowed',
    ],
    ['by a row and a scope that is missing', allOf(isOfTheirRegion, canAudit), user(clerk), 'INSUFFICIENT_SCOPE'],
    ['by its own arguments, which are not known', asksInEuro, user(manager), 'FORBIDDEN'],
    [
      "by a rule of graphql-shield's own, which may read the row",
      shieldRule('any')(() => true),
      user(manager),
      'FORBIDDEN',
    ],
    [
      'whole, when the mask hides it',
      allOf(
        publicField('masked'),
        masked(isManager, () => 0),
      ),
      user(clerk),
      'FORBIDDEN',
    ],
    [
      'whole, when the mask shows it',
      allOf(
        publicField('masked'),
        masked(isManager, () => 0),
      ),
      user(manager),
      'allowed',
    ],
    [
      'whole, when the mask hides it on some rows',
      allOf(
        publicField('masked'),
        masked(isOfTheirRegion, () => 0),
      ),
      user(clerk),
      'FORBIDDEN',
    ],
    [
      'whole, while its mask cannot be decided',
      allOf(
        publicField('masked'),
        masked(isManager, () => 0),
      ),
      user(storeIsDown),
      'CLAIMS_UNAVAILABLE',
    ],
    ['and what it inherits from', inherit('Person.rating'), user(manager), 'INSUFFICIENT_SCOPE'],
    ['and what it inherits from, which allows', inherit('Person.rating'), user(clerk, 'people/audit'), 'allowed'],
  ])('%s', async (_name, salary, { principal, claims }, outcome) => {
    const people = exposes(publicField('a list'), { 'by=SALARY': 'Person.salary' });
    const name = publicField('a name');
    const guarded = guard(typeDefs, mapOf({ Query: { people }, Person: { salary, name } }), resolvers);
    const askedBy = { ...(principal && { principal }), ...(claims && { claims }) };
    expect(await failuresOf(guarded, { query: '{ people(by: SALARY) { name } }', ...askedBy })).toEqual(
      outcome === 'allowed' ? [] : [`people ${outcome}`],
    );
    expect(called).toEqual(outcome === 'allowed' ? ['people'] : []);
    expect(await failuresOf(guarded, { query: '{ people(by: NAME) { name } }', ...askedBy })).toEqual([]);
  });

  test('so that an outage is a failure by the name of the rule, and what is left to rows a denial by another', () => {
    const decide = (salary: unknown, claims: SettledClaims) => {
      const people = exposes(canRead, { 'by=SALARY': 'Person.salary' });
      const plans = compilePermissions(schema, mapOf({ Query: { people }, Person: { salary } }));
      const plan = [...plans.values()].find(({ coordinate }) => coordinate === 'Query.people');
      return plan && evaluate(plan.permission, factsOf(reader, claims), {}, { by: 'SALARY' });
    };
    expect(decide(isManager, storeIsDown)).toMatchObject({ outcome: 'indeterminate', rule: 'is a manager' });
    expect(decide(isManager, clerk)).toMatchObject({ outcome: 'denied', rule: 'is a manager' });
    expect(decide(isOfTheirRegion, clerk)).toMatchObject({
      outcome: 'denied',
      rule: 'may read Person.salary on every row',
    });
  });

  test('and to read the field with the argument, whether the argument is used or not', async () => {
    const people = exposes(canAudit, { 'by=SALARY': 'Person.salary' });
    const guarded = guard(typeDefs, mapOf({ Query: { people } }), resolvers);
    const failuresFor = (query: string) => failuresOf(guarded, { query, principal: reader, claims: manager });
    expect(await failuresFor('{ people(by: SALARY) { name } }')).toEqual(['people INSUFFICIENT_SCOPE']);
    expect(await failuresFor('{ people { name } }')).toEqual(['people INSUFFICIENT_SCOPE']);
  });

  test('for which claims are loaded once where the rule reads them, and not where a scope is enough', async () => {
    const loadsFor = async (target: string) => {
      const people = exposes(canRead, { 'by=SALARY': target });
      const guarded = guard(typeDefs, mapOf({ Query: { people } }), resolvers);
      const query = '{ a: people(by: SALARY) { name } b: people(by: SALARY) { name } }';
      return (await executeGuarded(guarded, { query, principal: reader, claims: manager })).loads;
    };
    expect(await loadsFor('Person.salary')).toBe(1);
    expect(await loadsFor('Person.rating')).toBe(0);
  });
});

describe('several links', () => {
  const links = { 'by=SALARY': 'Person.salary', 'by=RATING': 'Person.rating', minSalary: 'Person.salary' };
  const nested = exposes(exposes(canRead, { 'by=RATING': 'Person.rating' }), {
    'by=SALARY': 'Person.salary',
    minSalary: 'Person.salary',
  });
  const beside = allOf(
    exposes(canRead, { 'by=RATING': 'Person.rating' }),
    exposes(canRead, { 'by=SALARY': 'Person.salary', minSalary: 'Person.salary' }),
  );

  test.each<readonly [string, unknown]>([
    ['in one exposes', exposes(canRead, links)],
    ['in an exposes of an exposes', nested],
    ['in exposes beside each other', beside],
    [
      'beside a mask',
      allOf(
        exposes(canRead, links),
        masked(canRead, () => []),
      ),
    ],
  ])('%s are each asked about its own field', async (_name, people) => {
    const guarded = guard(typeDefs, mapOf({ Query: { people } }), resolvers);
    const codeFor = (args: string, claims: SettledClaims, ...scopes: readonly string[]) =>
      failuresOf(guarded, {
        query: `{ people(${args}) { name } }`,
        principal: userWith('people/read', ...scopes),
        claims,
      });
    expect(await codeFor('by: NAME', clerk)).toEqual([]);
    expect(await codeFor('by: SALARY', clerk, 'people/audit')).toEqual(['people FORBIDDEN']);
    expect(await codeFor('by: SALARY', manager)).toEqual([]);
    expect(await codeFor('by: RATING', manager)).toEqual(['people INSUFFICIENT_SCOPE']);
    expect(await codeFor('by: RATING', clerk, 'people/audit')).toEqual([]);
    expect(await codeFor('by: RATING, minSalary: 1', manager)).toEqual(['people INSUFFICIENT_SCOPE']);
    expect(await codeFor('by: RATING, minSalary: 1', clerk, 'people/audit')).toEqual(['people FORBIDDEN']);
    expect(await codeFor('by: RATING, minSalary: 1', manager, 'people/audit')).toEqual([]);
  });

  test('are told in the plan, with the argument by which they tell', () => {
    const plans = compilePermissions(schema, mapOf({ Query: { people: exposes(canRead, links) } }));
    const plan = [...plans.values()].find(({ coordinate }) => coordinate === 'Query.people');
    expect(plan?.exposes).toEqual(Object.entries(links).map(([argument, coordinate]) => ({ argument, coordinate })));
  });

  test('of an interface and of the type are joined', async () => {
    const permissions = mapOf({
      Group: { people: exposes(canRead, { 'by=RATING': 'Person.rating' }) },
      Team: { people: exposes(canRead, { 'by=SALARY': 'Person.salary' }) },
    });
    const guarded = guard(typeDefs, permissions, resolvers);
    const query = '{ team { a: people(by: SALARY) { name } b: people(by: RATING) { name } c: people { name } } }';
    expect(await failuresOf(guarded, { query, principal: reader, claims: clerk })).toEqual([
      'team.a FORBIDDEN',
      'team.b INSUFFICIENT_SCOPE',
    ]);
  });
});

describe('a refusal', () => {
  const links = { 'by=SALARY': 'Person.salary' };
  const guarded = guard(
    typeDefs,
    mapOf({
      Query: { people: exposes(canRead, links) },
      Team: { people: exposes(canRead, links) },
      Mutation: { raise: exposes(canRead, links) },
    }),
    resolvers,
  );
  const asClerk = { principal: reader, claims: clerk };

  test.each<readonly [string, string, readonly string[], readonly string[], readonly string[]]>([
    [
      'of the only root field comes before anything executes',
      '{ people(by: SALARY) { name } }',
      ['people FORBIDDEN'],
      ['people FORBIDDEN'],
      [],
    ],
    [
      'of all root fields comes before anything executes',
      '{ a: people(by: SALARY) { name } b: people(by: SALARY) { id } }',
      ['a FORBIDDEN', 'b FORBIDDEN'],
      ['a FORBIDDEN', 'b FORBIDDEN'],
      [],
    ],
    [
      'of one root field leaves the others',
      '{ people(by: SALARY) { name } other: people(by: NAME) { name } open }',
      [],
      ['people FORBIDDEN'],
      ['people', 'open'],
    ],
    [
      'below the root is of the field alone',
      '{ team { people(by: SALARY) { name } all: people { name } } open }',
      [],
      ['team.people FORBIDDEN'],
      ['team', 'team.people', 'open'],
    ],
    [
      "of a mutation's root field comes before anything executes",
      'mutation { a: raise { people { name } } b: raise(by: SALARY) { people { name } } }',
      ['b FORBIDDEN'],
      ['b FORBIDDEN'],
      [],
    ],
    [
      'below the root of a mutation must wait for its arguments',
      'mutation { raise { people(by: SALARY) { name } } }',
      [],
      ['raise.people FORBIDDEN'],
      ['raise'],
    ],
  ])('%s', async (_name, query, before, failures, resolved) => {
    const { refused } = await preflightOf(guarded, { query, ...asClerk });
    expect(refused.map(({ path, code }) => `${path} ${code}`)).toEqual(before);
    expect(called).toEqual([]);
    expect(await failuresOf(guarded, { query, ...asClerk })).toEqual(failures);
    expect(called).toEqual(resolved);
  });

  test('is logged with the field that has the argument and the rule that denied', async () => {
    const query = '{ open team { a: people(by: SALARY) { name } b: people(by: SALARY) { name } } }';
    const { data, refusals } = await executeGuarded(guarded, { query, ...asClerk });
    expect(data).toEqual({ open: 'ok', team: { a: null, b: null } });
    expect(refusals).toEqual([{ coordinate: 'Team.people', code: 'FORBIDDEN', rule: 'is a manager', count: 2 }]);
  });
});

describe('the boot stops on', () => {
  const link = (path: string, coordinate = 'Person.salary') =>
    mapOf({ Query: { people: exposes(canRead, { [path]: coordinate }) } });
  const noArgument = 'Query.people: UNKNOWN_EXPOSING_ARGUMENT';
  const noField = 'Query.people: UNKNOWN_DEPENDENCY';

  test.each<readonly [string, PermissionMap, readonly string[]]>([
    ['an unknown argument', link('orderby'), [noArgument]],
    ['an argument without a name', link(''), [noArgument]],
    ['an argument that every object has', link('toString'), [noArgument]],
    ['an unknown argument with a value', link('order=SALARY'), [noArgument]],
    ['an unknown field of an input', link('orderBy.feild'), [noArgument]],
    ['an unknown field of an input, with a value', link('orderBy.feild=SALARY'), [noArgument]],
    ['a field of an input that every object has', link('orderBy.constructor'), [noArgument]],
    ['a path that goes on after an enum', link('by.SALARY'), [noArgument]],
    ['a path from one argument to another', link('by.minSalary'), [noArgument]],
    ['a path that goes on after a scalar', link('minSalary.cents'), [noArgument]],
    ['a path with an end that is empty', link('orderBy.'), [noArgument]],
    ['a path by the type of the input', link('Order.field=SALARY'), [noArgument]],
    ['an unknown enum value', link('by=SALRY'), [noArgument]],
    ['an enum value that is empty', link('by='), [noArgument]],
    ['an enum value of another case', link('by=salary'), [noArgument]],
    ['an enum value that every object has', link('by=constructor'), [noArgument]],
    ['two enum values', link('by=SALARY=RATING'), [noArgument]],
    ['an unknown enum value in a list', link('orders.field=SALRY'), [noArgument]],
    ['a value of a scalar', link('minSalary=100'), [noArgument]],
    ['a value of a Boolean', link('filter.isPaid=true'), [noArgument]],
    ['a value of an input', link('filter=text'), [noArgument]],
    ['an unknown type', link('by', 'Persn.salary'), [noField]],
    ['an unknown field', link('by', 'Person.salry'), [noField]],
    ['a type alone', link('by', 'Person'), [noField]],
    ['a field of an interface', link('by', 'Group.people'), [noField]],
    ['a value of an enum in place of a field', link('by', 'PersonField.SALARY'), [noField]],
    ['an argument in place of a field', link('by', 'Person.salary.currency'), [noField]],
    [
      'several at once',
      mapOf({
        Query: {
          people: exposes(canRead, { first: 'Person.salary', 'by=SALRY': 'Person.salary', by: 'Person.salry' }),
        },
      }),
      [noArgument, noArgument, noField],
    ],
    [
      'a link of an interface, at each implementation',
      mapOf({ Group: { people: exposes(canRead, { 'by=SALRY': 'Person.salary' }) } }),
      ['Team.people: UNKNOWN_EXPOSING_ARGUMENT'],
    ],
    [
      'a field with a problem of its own, which is told once',
      mapOf({
        Query: { people: exposes(canRead, { by: 'Person.salary', minSalary: 'Person.salary' }) },
        Person: { salary: undefined },
      }),
      ['Person.salary: NOT_A_RULE'],
    ],
    [
      'an exposes inside another rule',
      mapOf({ Query: { people: anyOf(canAudit, exposes(canRead, { by: 'Person.salary' })) } }),
      ['Query.people: NESTED_MODIFIER'],
    ],
    [
      'a field that exposes itself',
      mapOf({ Person: { peers: exposes(canRead, { 'by=NAME': 'Person.peers' }) } }),
      ['Person.peers: CIRCULAR_DEPENDENCY'],
    ],
    [
      'fields that expose each other',
      mapOf({
        Person: {
          peers: exposes(canRead, { 'by=NAME': 'Person.reports' }),
          reports: exposes(canRead, { 'by=NAME': 'Person.peers' }),
        },
      }),
      ['Person.reports: CIRCULAR_DEPENDENCY'],
    ],
    [
      'a field that exposes one that inherits from it',
      mapOf({ Person: { peers: exposes(canRead, { 'by=NAME': 'Person.name' }), name: inherit('Person.peers') } }),
      ['Person.peers: CIRCULAR_DEPENDENCY'],
    ],
  ])('%s', (_name, permissions, problems) => {
    expect(problemsOf(permissions)).toEqual(problems);
  });
});

function problemsOf(permissions: PermissionMap): readonly string[] {
  try {
    compilePermissions(schema, permissions);
  } catch (error) {
    if (error instanceof PermissionMapError) return codesOf(error.problems);
    throw error;
  }
  throw new TypeError('expected the permission map to be refused');
}
