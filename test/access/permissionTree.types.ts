import { assertType, test } from 'vitest';
import {
  allOf,
  anyOf,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../packages/claimgraph/src/rules/index.ts';
import type { InvestmentsClaims } from '../../src/access/claims.ts';
import { permissions } from '../../src/access/permissions.ts';
import type { CompanyRow, TransactionRow } from '../../src/data/rows.ts';
import type { PermissionTree } from '../../src/generated/permissionTree.ts';

// What must not compile: checked by the compiler and never run.

const canRead = requireScope('investments/read');
const isManager = requireClaims('is a manager', ({ role }: InvestmentsClaims) => role === 'manager');
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
  assertType<PermissionTree>({
    ...permissions,
    Company: { ...permissions.Company, boardNotes: managesTheCompany },
    Query: { ...permissions.Query, company: asksForOne },
    Node: { id: canRead },
    CompanyFilter: { nameContains: canRead, region: isManager },
    CompanyOrderField: { '*': canRead, INTERNAL_RATING: isManager },
  });
});

test('the generated tree refuses what does not fit it', () => {
  const { boardNotes: _boardNotes, ...withoutNotes } = permissions.Company;
  assertType<readonly PermissionTree[]>([
    {
      ...permissions,
      // @ts-expect-error a field without a rule
      Company: withoutNotes,
    },
    {
      ...permissions,
      // @ts-expect-error an input that leaves a field out
      CompanyFilter: { region: canRead },
    },
    {
      ...permissions,
      // @ts-expect-error an enum that leaves values out
      CompanyOrderField: { INTERNAL_RATING: canRead },
    },
    {
      ...permissions,
      // @ts-expect-error a rule on rows, where there are none
      CompanyFilter: { '*': canRead, region: managesTheCompany },
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
  ]);
});
