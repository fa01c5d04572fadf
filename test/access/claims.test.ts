import { expect, test } from 'vitest';
import { type InvestmentsClaims, toRowFilter } from '../../src/access/claims.ts';

const claims: InvestmentsClaims = {
  role: 'manager',
  managerId: '10345',
  investorId: undefined,
  title: undefined,
  regions: ['USA'],
  paymentLimitUsd: undefined,
};

test.each([
  ['an admin sees all rows', { ...claims, role: 'admin' }, { tenant: 'acme', rows: 'all' }],
  ['an auditor sees all rows', { ...claims, role: 'auditor' }, { tenant: 'acme', rows: 'all' }],
  ['a manager sees the rows of their regions', claims, { tenant: 'acme', rows: 'ofRegions', regions: ['USA'] }],
  [
    'an investor sees their rows',
    { ...claims, role: 'investor', investorId: 'inv_90' },
    { tenant: 'acme', rows: 'ofInvestor', investorId: 'inv_90' },
  ],
  ['an investor without an investor id sees no rows', { ...claims, role: 'investor' }, { rows: 'none' }],
  ['who has no business record sees no rows', undefined, { rows: 'none' }],
] as const)('%s', (_, given, filter) => {
  expect(toRowFilter(given, 'acme')).toEqual(filter);
});
