import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import {
  allOf,
  denyMode,
  exposes,
  type FieldRule,
  inherit,
  masked,
  needsClaims,
  requireClaims,
  requireScope,
  requireToken,
} from '../../../src/rules/index.ts';
import { anonymous } from '../../../src/token/principal.ts';
import { clerk, machineWith, manager, type StaffClaims, storeIsDown, userWith } from '../../support/callers.ts';
import { executeGuarded } from '../../support/guardedExecution.ts';
import { propertySettings } from '../../support/propertySettings.ts';
import { decide, federate, problemsOf, problemsOfBuilt } from './federated.ts';

const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isNorthern = requireClaims('is in the north', ({ region }: StaffClaims) => region === 'north');

describe('@requiresScopes', () => {
  const guarded = federate('type Query { name: String @requiresScopes(scopes: [["a", "b"], ["c"]]) }');
  const denied = 'INSUFFICIENT_SCOPE';

  test.each([
    ['nobody', anonymous, 'UNAUTHENTICATED'],
    ['no scope', userWith(), denied],
    ['one of an all-of', userWith('a'), denied],
    ['the other of an all-of', userWith('b', 'd'), denied],
    ['an all-of', userWith('b', 'a'), 'allowed'],
    ['the other alternative', userWith('c'), 'allowed'],
    ['everything', userWith('a', 'b', 'c'), 'allowed'],
    ['a machine with it', machineWith('c'), 'allowed'],
    ['a machine without', machineWith('a'), denied],
    ['the two in one string', userWith('a b'), denied],
    ['a longer name', userWith('cc'), denied],
  ])('any-of all-ofs, for %s', (_caller, principal, expected) => {
    expect(decide(guarded, 'Query.name', principal)).toBe(expected);
  });

  test('says for every token what the lists say', () => {
    const scope = fc.constantFrom<string>('a', 'b', 'c', 'd');
    const lists = fc.array(fc.array(scope, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(lists, lists, fc.uniqueArray(scope), (onType, onField, scopes) => {
        const apply = (groups: readonly (readonly string[])[]) => `@requiresScopes(scopes: ${JSON.stringify(groups)})`;
        const schema = federate(`type Query ${apply(onType)} { name: String ${apply(onField)} }`);
        const holds = (groups: readonly (readonly string[])[]) =>
          groups.some((group) => group.every((one) => scopes.includes(one)));
        const expected = holds(onType) && holds(onField) ? 'allowed' : 'INSUFFICIENT_SCOPE';
        expect(decide(schema, 'Query.name', userWith(...scopes))).toBe(expected);
      }),
      propertySettings(200),
    );
  });
});

describe('@policy', () => {
  const policies = {
    manager: isManager,
    northern: isNorthern,
    auditing: requireScope('audit'),
    constructor: requireToken(),
  };
  const guarded = federate(
    `type Query {
      both: String @policy(policies: [["manager", "northern"]])
      either: String @policy(policies: [["manager"], ["auditing"]])
      odd: String @policy(policies: [["constructor"]])
    }`,
    { policies },
  );

  test.each([
    ['both', anonymous, manager, 'UNAUTHENTICATED'],
    ['both', userWith(), manager, 'allowed'],
    ['both', userWith(), clerk, 'FORBIDDEN'],
    ['both', userWith(), storeIsDown, 'CLAIMS_UNAVAILABLE'],
    ['either', anonymous, manager, 'UNAUTHENTICATED'],
    ['either', userWith(), manager, 'allowed'],
    ['either', userWith(), clerk, 'INSUFFICIENT_SCOPE'],
    ['either', userWith('audit'), clerk, 'allowed'],
    ['either', userWith('audit'), storeIsDown, 'allowed'],
    ['either', userWith(), storeIsDown, 'CLAIMS_UNAVAILABLE'],
    ['odd', anonymous, manager, 'UNAUTHENTICATED'],
    ['odd', userWith(), clerk, 'allowed'],
  ] as const)('%s, for %o with %o: %s', (field, principal, claims, expected) => {
    expect(decide(guarded, `Query.${field}`, principal, claims)).toBe(expected);
  });

  test('a policy without a rule stops the boot, named with its place', () => {
    const sdl = `type Query {
      a: ID @policy(policies: [["manager"], ["northen", "toString"]])
      b: ID @policy(policies: [["manager"]])
    }`;
    expect(problemsOf(sdl, { policies })).toEqual(['Query.a: UNKNOWN_POLICY', 'Query.a: UNKNOWN_POLICY']);
    expect(problemsOf('type Query @policy(policies: [["manager"]]) { a: ID }')).toEqual(['Query: UNKNOWN_POLICY']);
  });

  test.each([
    ['undefined', undefined, 'NOT_A_RULE'],
    ['a function', () => true, 'NOT_A_RULE'],
    ['a mask', masked(isManager, () => ''), 'MASK_WITHOUT_RULE'],
    [
      'a rule with a mask',
      allOf(
        isManager,
        masked(isManager, () => ''),
      ),
      'INVALID_POLICY',
    ],
    ['a rule with a deny mode', denyMode('dropItem', isManager), 'INVALID_POLICY'],
    ['a rule that exposes', exposes(isManager, { first: 'Query.b' }), 'INVALID_POLICY'],
    ['a rule that inherits', allOf(isManager, inherit('Query.b')), 'INVALID_POLICY'],
  ])('%s as a policy stops the boot', (_what, rule, code) => {
    // What a schema author without types could write.
    const faulty = { p: rule } as unknown as Readonly<Record<string, FieldRule>>;
    const sdl = 'type Query { a: ID @policy(policies: [["p"]]) b: ID @policy(policies: [["p"]]) }';
    expect(problemsOf(sdl, { policies: faulty })).toEqual([`policies.p: ${code}`]);
  });
});

test('a scope and a policy of one name are two rules', () => {
  const sdl = 'type Query { a: ID @requiresScopes(scopes: [["manager"]]) b: ID @policy(policies: [["manager"]]) }';
  const guarded = federate(sdl, { policies: { manager: isManager } });
  const say = (field: string) => [
    decide(guarded, field, userWith('manager'), clerk),
    decide(guarded, field, userWith(), manager),
  ];
  expect(say('Query.a')).toEqual(['allowed', 'INSUFFICIENT_SCOPE']);
  expect(say('Query.b')).toEqual(['FORBIDDEN', 'allowed']);
});

describe('lists that say nothing, or nothing clear', () => {
  test.each([
    ['no alternatives', '[]'],
    ['an empty alternative', '[[]]'],
    ['an empty alternative beside another', '[["read"], []]'],
    ['one string', '"read"'],
    ['a flat list', '["read", "write"]'],
    ['a string beside a list', '[["read"], "write"]'],
    ['a deeper list', '[[["read"]]]'],
    ['null', 'null'],
    ['null in a list', '[["read"], null]'],
    ['null for a string', '[["read", null]]'],
    ['a number', '[[1]]'],
    ['an enum value', '[[READ]]'],
  ])('%s stops the boot', (_what, list) => {
    const boot = () =>
      problemsOf(`
        type Query { a: ID @requiresScopes(scopes: ${list}) b: ID @policy(policies: ${list}) }
      `);
    expect(boot()).toEqual(['Query.a: INVALID_DIRECTIVE_ARGUMENTS', 'Query.b: INVALID_DIRECTIVE_ARGUMENTS']);
  });

  test.each(['""', '"read write"', '"read "', '"é"'])('%s is no scope and stops the boot', (scope) => {
    expect(problemsOf(`type Query { a: ID @requiresScopes(scopes: [["read"], [${scope}]]) }`)).toEqual([
      'Query.a: INVALID_DIRECTIVE_ARGUMENTS',
    ]);
  });
});

test.each([
  '@authenticated(role: "x")',
  '@requiresScopes(any: [["read"]])',
  '@requiresScopes(scopes: [["read"]], strict: true)',
  '@policy',
])('%s stops the boot also where graphql did not check the arguments', (directive) => {
  expect(problemsOfBuilt(`type Query { name: String ${directive} }`)).toEqual([
    'Query.name: INVALID_DIRECTIVE_ARGUMENTS',
  ]);
});

test('directives that say the same are one expression, so they are decided once', () => {
  const { plans } = federate(`type Query {
    a: ID @requiresScopes(scopes: [["x"], ["y"]])
    b: ID @requiresScopes(scopes: [["x"], ["y"]])
    c: ID @requiresScopes(scopes: [["x", "y"]])
    d: ID @authenticated
    e: ID @authenticated
  }`);
  const [a, b, c, d, e] = [...plans.values()].map(({ permission }) => permission);
  expect(a).toBe(b);
  expect(a).not.toBe(c);
  expect(d).toBe(e);
});

describe('executed', () => {
  const calls: string[] = [];
  const seen = (name: string, value: unknown) => () => {
    calls.push(name);
    return value;
  };
  const guarded = createGuardedSchema({
    typeDefs: [
      /* GraphQL */ `
        extend schema
          @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", { name: "@requiresScopes", as: "@scopes" }])
        type Query { me: Person @authenticated secret: String @scopes(scopes: [["admin"]]) }
        type Person @key(fields: "id") @authenticated {
          id: ID!
          salary: Int @scopes(scopes: [["pay"], ["admin"]])
          notes: String @federation__policy(policies: [["manager"]])
        }
        type Mutation { raise: Person @scopes(scopes: [["pay"]]) }
      `,
    ],
    resolvers: {
      Query: { me: seen('me', { id: 'p-1' }), secret: seen('secret', 'open sesame') },
      Person: { salary: seen('salary', 100), notes: seen('notes', 'kind') },
      Mutation: { raise: seen('raise', { id: 'p-1' }) },
    },
    permissions: { Query: { me: needsClaims('sees themselves') } },
    policies: { manager: isManager },
  });
  const run = async (query: string, of: Omit<Parameters<typeof executeGuarded>[1], 'query'>) => {
    calls.length = 0;
    const { data, failures } = await executeGuarded(guarded, { query, ...of });
    return { data, failures: failures.map(({ path, code }) => `${path} ${code}`), calls: [...calls] };
  };
  const query = '{ me { id salary notes } secret }';

  test('without a token nothing runs', async () => {
    expect(await run(query, {})).toEqual({
      data: undefined,
      failures: ['me UNAUTHENTICATED', 'secret UNAUTHENTICATED'],
      calls: [],
    });
  });

  test('with a token, what it may read is answered and no refused resolver is called', async () => {
    expect(await run(query, { principal: userWith(), claims: clerk })).toEqual({
      data: { me: { id: 'p-1', salary: null, notes: null }, secret: null },
      failures: ['me.salary INSUFFICIENT_SCOPE', 'me.notes FORBIDDEN', 'secret INSUFFICIENT_SCOPE'],
      calls: ['me'],
    });
  });

  test('with scope and role everything is answered', async () => {
    expect(await run(query, { principal: userWith('admin'), claims: manager })).toEqual({
      data: { me: { id: 'p-1', salary: 100, notes: 'kind' }, secret: 'open sesame' },
      failures: [],
      calls: ['me', 'salary', 'notes', 'secret'],
    });
  });

  test('a mutation with a selection that a directive refuses does not start', async () => {
    expect(await run('mutation { raise { notes } }', { principal: userWith('pay'), claims: clerk })).toEqual({
      data: undefined,
      failures: ['raise.notes FORBIDDEN'],
      calls: [],
    });
  });

  test('claims are not loaded for what the token decides', async () => {
    const { loads } = await executeGuarded(guarded, { query: '{ secret }', principal: userWith('admin') });
    expect(loads).toBe(0);
  });
});
