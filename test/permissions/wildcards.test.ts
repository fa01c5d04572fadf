import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import {
  compilePermissions,
  type PermissionMap,
  PermissionMapError,
} from '../../src/permissions/compilePermissions.ts';
import { evaluate } from '../../src/permissions/expression.ts';
import { allow, deny } from '../../src/permissions/shield.ts';
import {
  allOf,
  anyOf,
  type FieldRule,
  filterByClaims,
  masked,
  publicField,
  requireAnyScope,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireRowByCaller,
  requireScope,
} from '../../src/permissions/vocabulary.ts';
import { factsOf, userWith } from '../support/callers.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const typeDefs = /* GraphQL */ `
  interface Node { id: ID! }
  interface Resource implements Node { id: ID! url: String }
  type Query { parcel: Parcel stamp: Stamp }
  type Parcel implements Node & Resource { id: ID! url: String weight: Int }
  type Stamp implements Node { id: ID! value: Int }
`;
const schema = buildSchema(typeDefs);
const everyField = [
  'Query.parcel',
  'Query.stamp',
  'Parcel.id',
  'Parcel.url',
  'Parcel.weight',
  'Stamp.id',
  'Stamp.value',
] as const;
type Coordinate = (typeof everyField)[number];

/** A rule is known by the scope that it asks for, so the rules that bind a field can be told. */
const [own, type, node, resource, top] = [
  requireScope('own'),
  requireScope('type'),
  requireScope('node'),
  requireScope('resource'),
  requireScope('top'),
];
const open = publicField('is printed on the parcel');

describe("what '*' covers", () => {
  const table: readonly (readonly [string, PermissionMap, Partial<Record<Coordinate, readonly string[]>>])[] = [
    ['everything, beside the types', { '*': top }, {}],
    [
      'of its type the fields that are not named',
      { '*': top, Parcel: { '*': type, url: own } },
      { 'Parcel.id': ['type'], 'Parcel.url': ['own'], 'Parcel.weight': ['type'] },
    ],
    ['no field at all when it stands in no type', { '*': top, Parcel: {} }, {}],
    ['nothing that is named, beside the types either', { '*': top, Stamp: { value: own } }, { 'Stamp.value': ['own'] }],
    [
      "of an interface: the interface's fields on every implementation, besides their own rules",
      { '*': top, Resource: { '*': resource }, Parcel: { url: own } },
      { 'Parcel.id': ['resource'], 'Parcel.url': ['own', 'resource'] },
    ],
    [
      'of an interface: no other fields of its implementations',
      { '*': top, Node: { '*': node } },
      { 'Parcel.id': ['node'], 'Stamp.id': ['node'] },
    ],
    [
      "an interface's fields that are not named there",
      { '*': top, Resource: { '*': resource, id: own } },
      { 'Parcel.id': ['own'], 'Parcel.url': ['resource'] },
    ],
    [
      'beside the wildcards of a type and of all of its interfaces',
      { '*': top, Node: { '*': node }, Resource: { '*': resource }, Parcel: { '*': type } },
      {
        'Parcel.id': ['type', 'node', 'resource'],
        'Parcel.url': ['type', 'resource'],
        'Parcel.weight': ['type'],
        'Stamp.id': ['node'],
      },
    ],
    [
      'beside the types: nothing that an interface binds',
      { '*': top, Node: { id: node } },
      { 'Parcel.id': ['node'], 'Stamp.id': ['node'] },
    ],
  ];

  test.each(table)('is %s', (_name, permissions, exceptions) => {
    const expected = Object.fromEntries(everyField.map((field) => [field, exceptions[field] ?? ['top']]));
    expect(scopesAskedFor(permissions)).toEqual(expected);
  });

  test('leaves nothing uncovered when it stands beside the types, and what it says otherwise', () => {
    expect(problemsOf({ '*': top })).toEqual([]);
    expect(problemsOf({ Query: { '*': type }, Node: { '*': node }, Resource: { '*': resource } })).toEqual([
      "Parcel.weight: has no rule; add `Parcel: { weight: … }` or publicField('why')",
      "Stamp.value: has no rule; add `Stamp: { value: … }` or publicField('why')",
    ]);
  });

  test('is enforced like any other rule', async () => {
    const guarded = guard(typeDefs, { '*': top, Parcel: { '*': type } }, { Query: { parcel: () => ({ weight: 3 }) } });
    const answer = await executeGuarded(guarded, { query: '{ parcel { weight } }', principal: userWith('top') });
    expect(answer).toMatchObject({
      data: { parcel: { weight: null } },
      failures: [{ path: 'parcel.weight', code: 'INSUFFICIENT_SCOPE' }],
    });
  });
});

describe("a '*' that is no rule", () => {
  const misspelt = Reflect.get({}, 'canRaed');
  const undefinedRule = 'has undefined (an import cycle or a misspelt name?) where a rule is expected';
  test.each([
    ['undefined beside the types', { '*': misspelt }, [`*: ${undefinedRule}`]],
    ['undefined in a type', { '*': top, Parcel: { '*': misspelt } }, [`Parcel.*: ${undefinedRule}`]],
    ['undefined in an interface', { '*': top, Node: { '*': misspelt } }, [`Node.*: ${undefinedRule}`]],
    ['a type beside the types', { '*': { id: top } }, ['*: has an object that is no rule where a rule is expected']],
    [
      'a mask alone',
      { '*': masked(top, String) },
      ['*: has a mask and no rule beside it; write allOf(who may read the field at all, masked(…))'],
    ],
  ] satisfies readonly (readonly [string, PermissionMap, readonly string[]])[])(
    'is a boot problem: %s',
    (_name, permissions, problems) => {
      expect(problemsOf(permissions)).toEqual(problems);
    },
  );

  test('is not made good by another below it', () => {
    const permissions = { '*': top, Parcel: { '*': type, weight: misspelt } };
    expect(problemsOf(permissions)).toEqual([`Parcel.weight: ${undefinedRule}`]);
  });
});

describe('a field that one rule opens and another protects', () => {
  const conflict = (field: string, opening: string, protecting: string) =>
    `${field}: is public by ${opening} and protected by ${protecting}; say one or the other`;
  const table: readonly (readonly [string, PermissionMap, readonly string[]])[] = [
    [
      'its own opens, the interface protects',
      { Node: { id: node }, Parcel: { id: open } },
      [conflict('Parcel.id', 'Parcel.id', 'Node.id')],
    ],
    [
      'its own protects, the interface opens',
      { Node: { id: open }, Parcel: { id: own } },
      [conflict('Parcel.id', 'Node.id', 'Parcel.id')],
    ],
    [
      'one interface opens, another protects',
      { Node: { id: open }, Resource: { id: resource } },
      [conflict('Parcel.id', 'Node.id', 'Resource.id')],
    ],
    [
      'one opens and several protect',
      { Node: { id: node }, Resource: { id: open }, Parcel: { id: own } },
      [conflict('Parcel.id', 'Resource.id', 'Parcel.id, Node.id')],
    ],
    [
      "its type's wildcard opens, the interface protects",
      { Node: { id: node }, Parcel: { '*': open } },
      [conflict('Parcel.id', 'Parcel.*', 'Node.id')],
    ],
    [
      "its own protects, the interface's wildcard opens",
      { Resource: { '*': open }, Parcel: { url: own } },
      [conflict('Parcel.url', 'Resource.*', 'Parcel.url')],
    ],
    [
      'graphql-shield opens',
      { Node: { id: node }, Parcel: { id: allow } },
      [conflict('Parcel.id', 'Parcel.id', 'Node.id')],
    ],
    [
      'graphql-shield closes',
      { Node: { id: deny }, Parcel: { id: open } },
      [conflict('Parcel.id', 'Parcel.id', 'Node.id')],
    ],
    [
      'what opens is one of several that would do',
      { Node: { id: anyOf(own, open) }, Parcel: { id: own } },
      [conflict('Parcel.id', 'Node.id', 'Parcel.id')],
    ],
    [
      'what opens only masks',
      { Node: { id: node }, Parcel: { id: allOf(open, masked(own, String)) } },
      [conflict('Parcel.id', 'Parcel.id', 'Node.id')],
    ],
  ];

  test.each(table)('stops the boot: %s', (_name, permissions, problems) => {
    expect(problemsOf({ '*': top, ...permissions })).toEqual(problems);
  });

  test.each([
    ['both open', { Node: { id: open }, Parcel: { id: publicField('is known') } }],
    ['both protect', { Node: { id: node }, Parcel: { id: own } }],
    ['one of the two is both', { Node: { id: node }, Parcel: { id: allOf(open, own) } }],
    ['the top wildcard opens what nothing protects', { '*': open, Node: { id: node } }],
    ['the top wildcard protects what nothing opens', { '*': top, Node: { id: open } }],
    ['the field is named beside the wildcard of its type', { Parcel: { '*': own, weight: open } }],
  ] satisfies readonly (readonly [string, PermissionMap])[])('is none where %s', (_name, permissions) => {
    expect(problemsOf({ '*': top, ...permissions })).toEqual([]);
  });
});

describe('a name of two authored rules', () => {
  const second = 'has a second rule called "is theirs"; make it once, or call it something else';
  const named: Record<string, () => FieldRule> = {
    requireClaims: () => requireClaims('is theirs', () => true),
    filterByClaims: () => filterByClaims('is theirs'),
    requireArguments: () => requireArguments<unknown>('is theirs', () => true),
    requireArgumentsByClaims: () => requireArgumentsByClaims<unknown, unknown>('is theirs', () => true),
    requireRow: () => requireRow<unknown, unknown>('is theirs', () => true),
    requireRowByCaller: () => requireRowByCaller<unknown>('is theirs', () => true),
  };

  test.each(Object.entries(named))('stops the boot for %s', (_name, make) => {
    expect(problemsOf({ '*': top, Parcel: { weight: make(), url: make() } })).toEqual([`Parcel.weight: ${second}`]);
  });

  test('stops the boot across kinds of rules, deep in trees and in masks, at each place', () => {
    const [claims, row] = [requireClaims('is theirs', () => true), requireRow('is theirs', () => true)];
    expect(
      problemsOf({
        '*': top,
        Query: { parcel: claims },
        Parcel: { url: anyOf(own, allOf(type, row)), weight: allOf(own, masked(row, String)) },
        Stamp: { value: row },
      }),
    ).toEqual([`Parcel.url: ${second}`, `Parcel.weight: ${second}`, `Stamp.value: ${second}`]);
  });

  test('is no problem for one rule in many places', () => {
    const rule = requireClaims('is theirs', () => true);
    expect(problemsOf({ '*': rule, Parcel: { weight: allOf(own, rule), url: maskedBesideOwn(rule) } })).toEqual([]);
  });

  test('is no problem for rules whose names say all that they ask', () => {
    const rules: readonly (() => FieldRule)[] = [
      () => requireScope('parcels/read'),
      () => requireAnyScope('parcels/read'),
      () => requireRecentSignIn(300),
      () => publicField('is printed on the parcel'),
    ];
    for (const make of rules) expect(problemsOf({ '*': top, Parcel: { weight: make(), url: make() } })).toEqual([]);
  });

  test('is no problem between two maps', () => {
    for (const rule of [requireClaims('is theirs', () => true), requireClaims('is theirs', () => false)]) {
      expect(problemsOf({ '*': rule })).toEqual([]);
    }
  });
});

function maskedBesideOwn(rule: FieldRule): FieldRule {
  return allOf(own, masked(rule, String));
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

/** For each field the scopes without which it is refused, in the order of the map's precedence. */
function scopesAskedFor(permissions: PermissionMap): Readonly<Record<string, readonly string[]>> {
  const scopes = ['own', 'type', 'node', 'resource', 'top'];
  const plans = [...compilePermissions(schema, permissions).values()];
  return Object.fromEntries(
    plans.map(({ coordinate, permission }) => [
      coordinate,
      scopes.filter((scope) => {
        const others = userWith(...scopes.filter((other) => other !== scope));
        return evaluate(permission, factsOf(others), undefined, {}).outcome === 'denied';
      }),
    ]),
  );
}
