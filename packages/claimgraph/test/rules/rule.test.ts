import { describe, expect, test, vi } from 'vitest';
import { allOf, anyOf, denyMode, inherit, masked, requireClaims, requireScope } from '../../src/rules/index.ts';
import { readRule } from '../../src/rules/rule.ts';
import { and, not } from '../../src/rules/shield.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { clerk, manager, type SettledClaims, type StaffClaims, storeIsDown, userWith } from '../support/callers.ts';
import { codesThrownBy } from '../support/codesOf.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const canRead = requireScope('parcels/read');
const reader = userWith('parcels/read');
const typeDefs = 'type Query { parcel: Parcel } type Parcel { id: ID contents: String taxId: String }';
const resolvers = { Query: { parcel: () => ({ id: 'p-1', contents: 'books', taxId: '99-1234' }) } };

describe('rules of another copy of the vocabulary', async () => {
  vi.resetModules();
  const other = await import('../../src/rules/index.ts');
  const { InsufficientScopeError } = await import('../../src/errors.ts');
  const isManager = other.requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
  const hideDigits = (taxId: string) => `**-${taxId.slice(-4)}`;
  const permissions = {
    Query: { parcel: other.allOf(canRead, other.requireToken()) },
    Parcel: {
      id: and(canRead, other.requireScope('parcels/id')),
      contents: other.denyMode(
        'failOperation',
        anyOf(
          other.fresh(isManager),
          other.requireClaims('is nobody', () => false),
        ),
      ),
      taxId: other.allOf(canRead, other.masked(not(other.requireScope('parcels/blind')), hideDigits)),
    },
  };

  test('are of another copy indeed', async () => {
    expect(other.requireScope).not.toBe(requireScope);
    expect(new InsufficientScopeError(['a'])).not.toBeInstanceOf((await import('../../src/errors.ts')).ForbiddenError);
  });

  test.each<readonly [string, Principal, SettledClaims, object]>([
    [
      'deny with codes that the engine knows',
      reader,
      manager,
      {
        data: { parcel: { id: null, contents: 'books', taxId: '99-1234' } },
        failures: ['parcel.id INSUFFICIENT_SCOPE'],
      },
    ],
    ['say who has no token', anonymous, manager, { failures: ['parcel.contents UNAUTHENTICATED'] }],
    [
      'mask',
      userWith('parcels/read', 'parcels/id', 'parcels/blind'),
      manager,
      { data: { parcel: { id: 'p-1', contents: 'books', taxId: '**-1234' } }, failures: [] },
    ],
    ['have the operation fail', reader, clerk, { failures: ['parcel.contents FORBIDDEN'] }],
    ['are not decided in an outage', reader, storeIsDown, { failures: ['parcel.contents CLAIMS_UNAVAILABLE'] }],
  ])('%s', async (_what, principal, claims, expected) => {
    const query = '{ parcel { id contents taxId } }';
    const guarded = guard(typeDefs, permissions, resolvers);
    const { data, failures } = await executeGuarded(guarded, { query, principal, claims });
    expect({ data, failures: failures.map(({ path, code }) => `${path} ${code}`) }).toMatchObject(expected);
  });

  test('are the same for fresh and inGroup of this copy, and are inherited', () => {
    const inherited = { ...permissions, Parcel: { ...permissions.Parcel, id: other.inherit('Parcel.taxId') } };
    expect(() => guard(typeDefs, inherited, resolvers)).not.toThrow();
  });
});

describe('rules of another version of the vocabulary stop the boot', () => {
  const ofVersion = (version: unknown, rule: object = requireScope('parcels/read')) => {
    const brand = Symbol.for('claimgraph.rule');
    return Object.create(Object.getPrototypeOf(rule), {
      ...Object.getOwnPropertyDescriptors(rule),
      [brand]: { value: version === undefined ? true : { version, data: readRule(rule) } },
    });
  };

  test('of the same version they are read', () => {
    expect(problemsOf(ofVersion(1))).toEqual([]);
  });

  test.each([
    ['of one to come', ofVersion(2)],
    ['of one whose version is a text', ofVersion('1')],
    ['of one before there were versions', ofVersion(undefined)],
    ['in graphql-shield', and(canRead, ofVersion(2))],
    ['under not', not(ofVersion(2))],
    ['in allOf', allOf(canRead, ofVersion(2))],
    ['in anyOf', anyOf(canRead, ofVersion(2))],
    ['that inherit', ofVersion(2, inherit('Query.b'))],
    // Around a rule of this version, its deny mode would go unnoticed.
    ['with a deny mode', ofVersion(2, denyMode('failOperation', canRead))],
    ['with a mask', allOf(canRead, ofVersion(2, masked(canRead, String)))],
    ['as a mask', allOf(canRead, masked(ofVersion(2), String))],
  ])('%s', (_name, rule) => {
    expect(problemsOf(rule)).toEqual(['Query.a: RULE_OF_OTHER_VERSION']);
  });
});

test('a rule cannot be changed after it was made', () => {
  const rule = requireClaims('is a manager', () => false);
  expect(() => Object.assign(rule, { name: 'another' })).toThrow(TypeError);
  expect(readRule(rule)).toMatchObject({ kind: 'claims', sentence: 'is a manager' });
  expect(() => Object.assign(readRule(rule) ?? {}, { predicate: () => true })).toThrow(TypeError);
});

function problemsOf(rule: unknown): readonly string[] {
  return codesThrownBy(() => guard('type Query { a: String b: String }', { Query: { a: rule, b: canRead } }));
}
