import { assertType, test } from 'vitest';
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
} from '../../src/rules/index.ts';
import type { StaffClaims } from '../support/callers.ts';

// What must not compile: checked by the compiler and never run.

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
  assertType<SmallTree>({ ...complete, Node: { id: canRead } });
});

test('a missing or misspelt field or type does not compile', () => {
  assertType<readonly SmallTree[]>([
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
  ]);
});

test('a rule for another parent does not compile, in whatever it stands', () => {
  assertType<readonly SmallTree['Person'][]>([
    // @ts-expect-error a rule on parcels, for a field of persons
    { name: isOfTheirRegion },
    // @ts-expect-error the same in allOf
    { name: allOf(canRead, isOfTheirRegion) },
    // @ts-expect-error the same in anyOf, deeper
    { name: allOf(canRead, anyOf(isManager, isOfTheirRegion)) },
    // @ts-expect-error the same in a mask
    { name: allOf(canRead, masked(isOfTheirRegion, hide)) },
  ]);
  // @ts-expect-error a root field has no row
  assertType<SmallTree['Query']>({ ...complete.Query, health: isOfTheirRegion });
  // @ts-expect-error an interface's rule must fit every implementation
  assertType<SmallTree['Node']>({ id: isOfTheirRegion });
});

test('a rule for other arguments does not compile, in whatever it stands', () => {
  assertType<readonly SmallTree['Query'][]>([
    // @ts-expect-error the field has no argument `size`
    { ...complete.Query, parcels: asksWell },
    // @ts-expect-error the same in allOf
    { ...complete.Query, parcels: allOf(canRead, asksWell) },
    // @ts-expect-error the field has no arguments
    { ...complete.Query, health: asksForFew },
    // @ts-expect-error the same in anyOf
    { ...complete.Query, health: anyOf(canRead, asksForFew) },
  ]);
});

test('predicates answer with a boolean, at once; scopes are named', () => {
  // @ts-expect-error a promise is no decision
  requireClaims('is a manager', async ({ role }: StaffClaims) => role === 'manager');
  // @ts-expect-error a truthy value is no decision
  requireRow('has a tax id', (row: ParcelRow, _claims: StaffClaims) => row.taxId);
  // @ts-expect-error a promise is no decision
  requireArguments('asks for few', async ({ first }: PageArgs) => first <= 10);
  // @ts-expect-error a mask gives what it got
  masked(isManager, (taxId: string) => taxId.length);
  // @ts-expect-error no scope is required
  requireScope();
});
