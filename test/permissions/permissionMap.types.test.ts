import { expect, test } from 'vitest';
import { compilePermissions } from '../../packages/claimgraph/src/compile/compilePermissions.ts';
import { readTypeDefs } from '../../packages/claimgraph/src/compile/guardedSchema.ts';
import { parseSdl } from '../../packages/claimgraph/src/compile/parseSdl.ts';
import {
  allOf,
  anyOf,
  type FieldRule,
  masked,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../packages/claimgraph/src/rules/index.ts';
import type { StaffClaims } from '../../packages/claimgraph/test/support/callers.ts';
import type { InvestmentsClaims } from '../../src/access/claims.ts';
import { permissions } from '../../src/access/permissions.ts';
import type { CompanyRow, TransactionRow } from '../../src/data/rows.ts';
import type { PermissionTree } from '../../src/generated/permissionTree.ts';

// What must not compile: `tsc` fails when one of the expected errors is missing. Run, this file only shows that the rules
// can be made.

interface ParcelRow {
  readonly region: string;
  readonly taxId: string;
}
interface PersonRow {
  readonly name: string;
}
interface PageArgs {
  readonly first: number;
  readonly after?: string | null;
}

/** As `src/codegen/permissionTree.ts` writes it. */
interface SmallTree {
  readonly Query: {
    readonly parcels: FieldRule<Record<PropertyKey, never>, PageArgs>;
    readonly health: FieldRule<Record<PropertyKey, never>, object>;
  };
  readonly Parcel: {
    readonly region: FieldRule<ParcelRow, object>;
    readonly taxId: FieldRule<ParcelRow, object>;
  };
  readonly Person: {
    readonly name: FieldRule<PersonRow, object>;
  };
  readonly Node?: {
    readonly id?: FieldRule<ParcelRow | PersonRow, object>;
  };
}

const canRead = requireScope('parcels/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow('is theirs', (row: ParcelRow, { region }: StaffClaims) => row.region === region);
const asksForFew = requireArguments('asks for few', ({ first }: PageArgs) => first <= 10);
const asksWell = requireArguments('asks for few', ({ size }: { readonly size: string }) => size === 'SMALL');

const complete: SmallTree = {
  Query: { parcels: allOf(canRead, asksForFew), health: publicField('says nothing') },
  Parcel: { region: anyOf(isManager, isOfTheirRegion), taxId: allOf(canRead, masked(isOfTheirRegion, hide)) },
  Person: { name: allOf(canRead, isManager) },
};

function hide(taxId: string): string {
  return `…${taxId.slice(-4)}`;
}

test('a map that fits compiles, with or without rules on interfaces', () => {
  const withInterface: SmallTree = { ...complete, Node: { id: canRead } };
  expect(Object.keys(withInterface)).toEqual(['Query', 'Parcel', 'Person', 'Node']);
});

test('a missing or misspelt field or type does not compile', () => {
  const maps: readonly SmallTree[] = [
    {
      ...complete,
      // @ts-expect-error a field without a rule
      Parcel: { region: canRead },
    },
    // @ts-expect-error a type without rules
    { Query: complete.Query, Parcel: complete.Parcel },
    {
      ...complete,
      // @ts-expect-error a misspelt field
      Parcel: { region: canRead, taxid: canRead },
    },
    {
      ...complete,
      // @ts-expect-error a field that does not exist, beside all that do
      Person: { name: canRead, age: canRead },
    },
    {
      ...complete,
      // @ts-expect-error a type that does not exist
      Parcle: { region: canRead },
    },
    {
      ...complete,
      // @ts-expect-error a rule that is undefined
      Person: { name: undefined },
    },
    {
      ...complete,
      // @ts-expect-error an interface field that does not exist
      Node: { ident: canRead },
    },
    {
      ...complete,
      // @ts-expect-error an optional rule is left out, not undefined
      Node: { id: undefined },
    },
    {
      ...complete,
      // @ts-expect-error a bare function
      Person: { name: () => true },
    },
  ];
  expect(maps).toHaveLength(9);
});

test('a rule for another parent does not compile, in whatever it stands', () => {
  const maps: readonly SmallTree['Person'][] = [
    // @ts-expect-error a rule on parcels, for a field of persons
    { name: isOfTheirRegion },
    // @ts-expect-error the same in allOf
    { name: allOf(canRead, isOfTheirRegion) },
    // @ts-expect-error the same in anyOf, deeper
    { name: allOf(canRead, anyOf(isManager, isOfTheirRegion)) },
    // @ts-expect-error the same in a mask
    { name: allOf(canRead, masked(isOfTheirRegion, hide)) },
  ];
  expect(maps).toHaveLength(4);
  // @ts-expect-error a root field has no row
  const query: SmallTree['Query'] = { ...complete.Query, health: isOfTheirRegion };
  // @ts-expect-error an interface's rule must fit every implementation
  const node: SmallTree['Node'] = { id: isOfTheirRegion };
  expect([query, node]).toHaveLength(2);
});

test('a rule for other arguments does not compile, in whatever it stands', () => {
  const maps: readonly SmallTree['Query'][] = [
    // @ts-expect-error the field has no argument `size`
    { ...complete.Query, parcels: asksWell },
    // @ts-expect-error the same in allOf
    { ...complete.Query, parcels: allOf(canRead, asksWell) },
    // @ts-expect-error the field has no arguments
    { ...complete.Query, health: asksForFew },
    // @ts-expect-error the same in anyOf
    { ...complete.Query, health: anyOf(canRead, asksForFew) },
  ];
  expect(maps).toHaveLength(4);
});

test('predicates answer with a boolean, at once; scopes are named', () => {
  // @ts-expect-error a promise is no decision
  const asynchronous = requireClaims('is a manager', async ({ role }: StaffClaims) => role === 'manager');
  // @ts-expect-error a truthy value is no decision
  const truthy = requireRow('has a tax id', (row: ParcelRow, _claims: StaffClaims) => row.taxId);
  // @ts-expect-error a promise is no decision
  const argumentsLater = requireArguments('asks for few', async ({ first }: PageArgs) => first <= 10);
  // @ts-expect-error a mask gives what it got
  const number = masked(isManager, (taxId: string) => taxId.length);
  expect([asynchronous, truthy, argumentsLater, number]).toHaveLength(4);
  // @ts-expect-error no scope is required
  expect(() => requireScope()).toThrow('got none');
});

const managesTheCompany = requireRow(
  'manages it',
  (company: CompanyRow, { managerId }: InvestmentsClaims) => company.managerId === managerId,
);
const isLarge = requireRow(
  'is large',
  ({ amountUsd }: TransactionRow, _claims: InvestmentsClaims) => amountUsd > 1_000,
);
const asksForOne = requireArguments('asks for com_1', ({ id }: { readonly id: string }) => id === 'com_1');

test('the generated tree takes the access matrix, and what fits it', () => {
  const company: PermissionTree['Company'] = { ...permissions.Company, boardNotes: managesTheCompany };
  const query: PermissionTree['Query'] = { ...permissions.Query, company: asksForOne };
  const withInterface: PermissionTree = { ...permissions, Node: { id: canRead } };
  const schema = parseSdl(readTypeDefs(new URL('../../schema/', import.meta.url)));
  expect([...compilePermissions(schema, { ...withInterface, Company: company, Query: query }).values()]).toContainEqual(
    expect.objectContaining({ coordinate: 'Company.boardNotes' }),
  );
});

test('the generated tree refuses what does not fit it', () => {
  const { boardNotes, ...withoutNotes } = permissions.Company;
  expect(boardNotes).toBeDefined();
  const maps: readonly PermissionTree[] = [
    {
      ...permissions,
      // @ts-expect-error a field without a rule
      Company: withoutNotes,
    },
    {
      ...permissions,
      // @ts-expect-error a misspelt field
      Company: { ...permissions.Company, boardNote: canRead },
    },
    {
      ...permissions,
      // @ts-expect-error a type that does not exist
      Compnay: permissions.Company,
    },
    {
      ...permissions,
      // @ts-expect-error a row rule for the wrong parent
      Company: { ...permissions.Company, boardNotes: isLarge },
    },
    {
      ...permissions,
      // @ts-expect-error a row rule for the wrong parent, deeper
      Transaction: { ...permissions.Transaction, amountUsd: allOf(canRead, anyOf(isManager, managesTheCompany)) },
    },
    {
      ...permissions,
      // @ts-expect-error a row rule where there is no row
      Query: { ...permissions.Query, company: managesTheCompany },
    },
    {
      ...permissions,
      // @ts-expect-error an argument rule for the wrong arguments
      Query: { ...permissions.Query, companies: asksForOne },
    },
    {
      ...permissions,
      // @ts-expect-error an argument rule where there are no arguments
      Query: { ...permissions.Query, viewer: asksForOne },
    },
    {
      ...permissions,
      // @ts-expect-error an interface's rule must fit every implementation
      Node: { id: managesTheCompany },
    },
  ];
  expect(maps).toHaveLength(9);
});
