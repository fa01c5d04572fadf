import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import {
  compilePermissions,
  type PermissionMap,
  PermissionMapError,
} from '../../src/permissions/compilePermissions.ts';
import { evaluate } from '../../src/permissions/expression.ts';
import type { Facts } from '../../src/permissions/facts.ts';
import { not } from '../../src/permissions/shield.ts';
import {
  allOf,
  anyOf,
  denyMode,
  exposes,
  inherit,
  masked,
  publicField,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireRowByCaller,
  requireScope,
} from '../../src/permissions/vocabulary.ts';
import { clerk, factsOf, manager, type StaffClaims, storeIsDown, userWith, withoutRecord } from '../support/callers.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const typeDefs = /* GraphQL */ `
  interface Weighed { weight: Int density: Int }
  type Query { crate: Crate crates(first: Int): [Crate] }
  type Crate implements Weighed { weight: Int volume(unit: String): Int price: Int region: String density: Int worth: Int total: Int }
  type Letter implements Weighed { weight: Int price: Int density: Int }
`;
const schema = buildSchema(typeDefs);

interface Row {
  readonly region?: string;
}

const basic = requireScope('basic');
const canWeigh = requireScope('weigh');
const canPrice = requireScope('price');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow('is of their region', (row: Row, { region }: StaffClaims) => row.region === region);
const isNorth = requireRowByCaller('is of the north', (row: Row) => row.region === 'north');
const asksInLitres = requireArguments('asks in litres', ({ unit }: { readonly unit?: string }) => unit === 'l');
const half = (value: number) => value / 2;

/** The map under test: whatever is not named takes the basic scope. */
const rulesOf = (types: PermissionMap): PermissionMap => ({ '*': basic, ...types });

const basics = ['basic'] as const;

describe('a field that inherits', () => {
  const weighed = factsOf(userWith(...basics, 'weigh'));
  const priced = factsOf(userWith(...basics, 'price'));
  const both = factsOf(userWith(...basics, 'weigh', 'price'));

  test('asks for all that the fields ask for which it is computed from', () => {
    const permissions = rulesOf({
      Crate: { weight: canWeigh, price: canPrice, worth: inherit('Crate.weight', 'Crate.price') },
    });
    expect(outcomesOf(permissions, 'Crate.worth', [factsOf(userWith(...basics)), weighed, priced, both])).toEqual([
      'denied INSUFFICIENT_SCOPE',
      'denied INSUFFICIENT_SCOPE',
      'denied INSUFFICIENT_SCOPE',
      'allowed',
    ]);
  });

  test('asks besides for what the rules beside it ask for', () => {
    const permissions = rulesOf({ Crate: { weight: canWeigh, worth: allOf(canPrice, inherit('Crate.weight')) } });
    expect(outcomesOf(permissions, 'Crate.worth', [weighed, priced, both])).toEqual([
      'denied INSUFFICIENT_SCOPE',
      'denied INSUFFICIENT_SCOPE',
      'allowed',
    ]);
  });

  test('in anyOf asks for it of those whom nothing else allows', () => {
    const permissions = rulesOf({ Crate: { weight: canWeigh, worth: anyOf(canPrice, inherit('Crate.weight')) } });
    expect(outcomesOf(permissions, 'Crate.worth', [factsOf(userWith(...basics)), weighed, priced, both])).toEqual([
      'denied INSUFFICIENT_SCOPE',
      'allowed',
      'allowed',
      'allowed',
    ]);
  });

  test('from a field of another type asks for what that field asks for', () => {
    const permissions = rulesOf({
      Letter: { price: allOf(canPrice, isManager) },
      Crate: { worth: inherit('Letter.price') },
    });
    const as = (claims: typeof manager) => factsOf(userWith('price'), claims);
    expect(
      outcomesOf(permissions, 'Crate.worth', [as(manager), as(clerk), as(withoutRecord), as(storeIsDown)]),
    ).toEqual(['allowed', 'denied FORBIDDEN', 'denied FORBIDDEN', 'failed CLAIMS_UNAVAILABLE']);
  });

  test('from a wildcard asks for what the wildcard asks for', () => {
    const permissions = rulesOf({
      Letter: { '*': canPrice },
      Crate: { worth: inherit('Letter.price', 'Crate.total') },
    });
    expect(
      outcomesOf(permissions, 'Crate.worth', [factsOf(userWith('price')), factsOf(userWith(...basics)), priced]),
    ).toEqual(['denied INSUFFICIENT_SCOPE', 'denied INSUFFICIENT_SCOPE', 'allowed']);
  });

  test('from a masked field asks for the whole value: whoever reads it masked is refused', async () => {
    const guarded = guard(
      typeDefs,
      rulesOf({ Crate: { price: allOf(basic, masked(canPrice, half)), worth: inherit('Crate.price') } }),
      { Query: { crate: () => ({ price: 10, worth: 1_000 }) } },
    );
    const query = '{ crate { price worth } }';
    const seenBy = async (...scopes: readonly string[]) =>
      (await executeGuarded(guarded, { query, principal: userWith(...scopes) })).data;
    expect(await seenBy('basic')).toEqual({ crate: { price: 5, worth: null } });
    expect(await seenBy('basic', 'price')).toEqual({ crate: { price: 10, worth: 1_000 } });
  });

  test('from fields that everybody may read may be read by everybody', () => {
    const permissions = rulesOf({ Crate: { weight: publicField('is written on it'), worth: inherit('Crate.weight') } });
    expect(outcomesOf(permissions, 'Crate.worth', [factsOf()])).toEqual(['allowed']);
  });

  test('from a field that inherits in turn asks for all of the chain, whichever is written first', () => {
    for (const order of [
      ['density', 'worth', 'total'],
      ['total', 'worth', 'density'],
    ]) {
      const rules: Readonly<Record<string, unknown>> = {
        density: inherit('Crate.worth'),
        worth: allOf(canPrice, inherit('Crate.total')),
        total: canWeigh,
      };
      const permissions = rulesOf({ Crate: Object.fromEntries(order.map((name) => [name, rules[name]])) });
      expect(outcomesOf(permissions, 'Crate.density', [weighed, priced, both])).toEqual([
        'denied INSUFFICIENT_SCOPE',
        'denied INSUFFICIENT_SCOPE',
        'allowed',
      ]);
    }
  });

  test('asks for what the interfaces of those fields ask for', () => {
    const permissions = rulesOf({ Weighed: { weight: canWeigh }, Crate: { worth: inherit('Crate.weight') } });
    expect(outcomesOf(permissions, 'Crate.worth', [factsOf(userWith(...basics)), weighed])).toEqual([
      'denied INSUFFICIENT_SCOPE',
      'allowed',
    ]);
  });

  test('by its interface inherits on every implementation', () => {
    const permissions = rulesOf({ Weighed: { density: inherit('Letter.price') }, Letter: { price: canPrice } });
    for (const field of ['Crate.density', 'Letter.density']) {
      expect(outcomesOf(permissions, field, [factsOf(userWith(...basics)), priced])).toEqual([
        'denied INSUFFICIENT_SCOPE',
        'allowed',
      ]);
    }
  });

  test.each([
    ['claims', isOfTheirRegion],
    ['the caller', isNorth],
  ])('from a field of its own type whose row is held against %s is decided on the same row', async (_name, rule) => {
    const guarded = guard(typeDefs, rulesOf({ Crate: { weight: rule, worth: inherit('Crate.weight') } }), {
      Query: { crates: () => ['north', 'south'].map((region) => ({ region, worth: 7 })) },
    });
    const principal = userWith(...basics);
    const answer = await executeGuarded(guarded, { query: '{ crates { region worth } }', principal, claims: clerk });
    expect(answer).toMatchObject({
      data: {
        crates: [
          { region: 'north', worth: 7 },
          { region: 'south', worth: null },
        ],
      },
      failures: [{ path: 'crates.1.worth', code: 'FORBIDDEN' }],
    });
  });

  test('under not and in masks is what it inherits', () => {
    const permissions = rulesOf({
      Crate: { weight: canWeigh, worth: allOf(basic, not(inherit('Crate.weight'))) },
    });
    expect(outcomesOf(permissions, 'Crate.worth', [factsOf(), factsOf(userWith(...basics)), weighed])).toEqual([
      'denied UNAUTHENTICATED',
      'allowed',
      'denied FORBIDDEN',
    ]);
    const plans = compilePermissions(
      schema,
      rulesOf({ Crate: { price: canPrice, worth: maskedBy(inherit('Crate.price')) } }),
    );
    const mask = [...plans.values()].find(({ coordinate }) => coordinate === 'Crate.worth')?.masks[0];
    expect(mask && evaluate(mask.permission, weighed, {}, {}).outcome).toBe('denied');
    expect(mask && evaluate(mask.permission, priced, {}, {}).outcome).toBe('allowed');
  });

  test('from two fields that inherit the same is no cycle', () => {
    const permissions = rulesOf({
      Crate: {
        density: inherit('Crate.worth', 'Crate.total'),
        worth: inherit('Crate.weight'),
        total: inherit('Crate.weight'),
        weight: canWeigh,
      },
    });
    expect(problemsOf(permissions)).toEqual([]);
  });

  test('has its claims loaded when what it inherits reads claims', async () => {
    const guarded = guard(typeDefs, rulesOf({ Crate: { price: isManager, worth: inherit('Crate.price') } }), {
      Query: { crate: () => ({ worth: 7 }) },
    });
    const principal = userWith(...basics);
    const answer = await executeGuarded(guarded, { query: '{ crate { worth } }', principal, claims: manager });
    expect(answer).toMatchObject({ data: { crate: { worth: 7 } }, failures: [], loads: 1 });
  });
});

describe('a boot problem', () => {
  const noField = 'which is no field of an object type in the schema';
  const sameAnyOf = anyOf(canPrice, inherit('Crate.weight'));
  const table: readonly (readonly [string, PermissionMap, readonly string[]])[] = [
    [
      'is a type that does not exist',
      { Crate: { worth: inherit('Crat.weight') } },
      [`Crate.worth: inherits from Crat.weight, ${noField}`],
    ],
    [
      'is a field that does not exist, and one more',
      { Crate: { worth: inherit('Crate.wait', 'Crate.toString') } },
      [`Crate.worth: inherits from Crate.wait, ${noField}`, `Crate.worth: inherits from Crate.toString, ${noField}`],
    ],
    [
      'is a type that every object has',
      { Crate: { worth: inherit('constructor.name') } },
      [`Crate.worth: inherits from constructor.name, ${noField}`],
    ],
    [
      'is a field of an interface, which has no row',
      { Crate: { worth: inherit('Weighed.weight') } },
      [`Crate.worth: inherits from Weighed.weight, ${noField}`],
    ],
    ['is a type alone', { Crate: { worth: inherit('Crate') } }, [`Crate.worth: inherits from Crate, ${noField}`]],
    [
      'is a coordinate with more to it',
      { Crate: { worth: inherit('Crate.volume.unit') } },
      [`Crate.worth: inherits from Crate.volume.unit, ${noField}`],
    ],
    [
      'is a field that inherits from itself',
      { Crate: { worth: inherit('Crate.worth') } },
      ['Crate.worth: inherits from Crate.worth, which depends on it in turn'],
    ],
    [
      'is a field that inherits from itself by a longer name',
      { Crate: { worth: inherit('Crate.worth.x') } },
      [`Crate.worth: inherits from Crate.worth.x, ${noField}`],
    ],
    [
      'is a cycle of two types',
      { Crate: { worth: inherit('Letter.price') }, Letter: { price: inherit('Crate.worth') } },
      ['Letter.price: inherits from Crate.worth, which depends on it in turn'],
    ],
    [
      'is a cycle of three fields, and of one that leads into it',
      {
        Query: { crate: inherit('Crate.density') },
        Crate: { density: inherit('Crate.worth'), worth: inherit('Crate.total'), total: inherit('Crate.density') },
      },
      ['Crate.total: inherits from Crate.density, which depends on it in turn'],
    ],
    [
      'is a cycle through an interface',
      { Weighed: { density: inherit('Crate.worth') }, Crate: { worth: inherit('Crate.density') } },
      ['Crate.worth: inherits from Crate.density, which depends on it in turn'],
    ],
    [
      'is a cycle in anyOf and in a mask',
      { Crate: { worth: anyOf(basic, inherit('Crate.total')), total: maskedBy(inherit('Crate.worth')) } },
      ['Crate.total: inherits from Crate.worth, which depends on it in turn'],
    ],
    [
      'is a cycle through what is exposed',
      {
        Query: { crates: exposes(basic, { first: 'Crate.worth' }) },
        Crate: { worth: inherit('Query.crates') },
      },
      ['Crate.worth: inherits from Query.crates, which depends on it in turn'],
    ],
    [
      'is a row of another type',
      { Letter: { price: isOfTheirRegion }, Crate: { worth: inherit('Letter.price') } },
      ['Crate.worth: inherits from Letter.price, whose rule reads a row of another type'],
    ],
    [
      'is a row of another type held against the caller',
      { Letter: { price: isNorth }, Crate: { worth: inherit('Letter.price') } },
      ['Crate.worth: inherits from Letter.price, whose rule reads a row of another type'],
    ],
    [
      'is a row of another type in a mask, deep in a tree',
      { Letter: { price: maskedBy(anyOf(canPrice, not(isOfTheirRegion))) }, Crate: { worth: inherit('Letter.price') } },
      ['Crate.worth: inherits from Letter.price, whose rule reads a row of another type'],
    ],
    [
      'is a row of another type at the end of a chain',
      {
        Letter: { price: inherit('Letter.weight'), weight: isOfTheirRegion },
        Crate: { worth: inherit('Letter.price') },
      },
      ['Crate.worth: inherits from Letter.price, whose rule reads a row of another type'],
    ],
    [
      'is a row of another type on one of the implementations',
      { Weighed: { density: inherit('Crate.weight') }, Crate: { weight: isOfTheirRegion } },
      ['Weighed.density: inherits from Crate.weight, whose rule reads a row of another type'],
    ],
    [
      'is a row of another type where one rule object is used in both',
      { Crate: { weight: isOfTheirRegion, worth: sameAnyOf }, Letter: { price: sameAnyOf } },
      ['Letter.price: inherits from Crate.weight, whose rule reads a row of another type'],
    ],
    [
      'is a rule that reads arguments',
      { Crate: { volume: asksInLitres, worth: inherit('Crate.volume') } },
      ['Crate.worth: inherits from Crate.volume, whose rule reads arguments; a computed field has others'],
    ],
    [
      'is a rule that reads arguments and claims',
      {
        Crate: { volume: requireArgumentsByClaims('asks in theirs', () => true), worth: inherit('Crate.volume') },
      },
      ['Crate.worth: inherits from Crate.volume, whose rule reads arguments; a computed field has others'],
    ],
    [
      'is a field whose arguments expose others',
      { Query: { crates: exposes(basic, { first: 'Crate.weight' }), crate: inherit('Query.crates') } },
      ['Query.crate: inherits from Query.crates, whose rule reads arguments; a computed field has others'],
    ],
    [
      'of the field that is inherited from is told once, there',
      { Crate: { weight: undefined, worth: inherit('Crate.weight'), total: inherit('Crate.weight') } },
      ['Crate.weight: has undefined (an import cycle or a misspelt name?) where a rule is expected'],
    ],
  ];

  test.each(table)('%s', (_name, permissions, problems) => {
    expect(problemsOf(rulesOf(permissions))).toEqual(problems);
  });

  test('is to inherit from nothing', () => {
    expect(() => Reflect.apply(inherit, undefined, [])).toThrow(
      new ConfigurationError('inherit: expected the coordinates of one or more fields; got none'),
    );
  });
});

test('the deny mode of a field is not inherited', () => {
  const permissions = rulesOf({
    Crate: { weight: denyMode('failOperation', canWeigh), worth: inherit('Crate.weight') },
  });
  const plans = [...compilePermissions(schema, permissions).values()];
  expect(plans.find(({ coordinate }) => coordinate === 'Crate.worth')?.denyMode).toBe('null');
});

function maskedBy(rule: ReturnType<typeof inherit>) {
  return allOf(basic, masked(rule, half));
}

function problemsOf(permissions: PermissionMap): readonly string[] {
  try {
    compilePermissions(schema, permissions);
    return [];
  } catch (error) {
    if (error instanceof PermissionMapError) return error.problems;
    throw error;
  }
}

function outcomesOf(permissions: PermissionMap, coordinate: string, callers: readonly Facts[]): readonly string[] {
  const plan = [...compilePermissions(schema, permissions).values()].find((each) => each.coordinate === coordinate);
  if (!plan) throw new TypeError(`expected a plan for ${coordinate}`);
  return callers.map((facts) => {
    const decision = evaluate(plan.permission, facts, { region: 'north' }, {});
    return decision.outcome === 'allowed' ? 'allowed' : `${decision.outcome} ${decision.error.code}`;
  });
}
