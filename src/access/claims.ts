import type { BusinessRecord } from '../data/businessRecord.ts';
import type { CompanyRow, Role, RowFilter } from '../data/rows.ts';

export type { Role };

/** The business claims of this domain: what a person or a machine client may do today. */
export type InvestmentsClaims = BusinessRecord;

export function entersTransactions({ role }: InvestmentsClaims): boolean {
  return role === 'admin' || role === 'manager';
}

/** Whether it is the manager's own company. */
export function managesCompany({ role, managerId }: InvestmentsClaims, company: CompanyRow): boolean {
  return role === 'manager' && managerId === company.managerId;
}

/** Which rows of their tenant a caller may see; without a business record, none. */
export function toRowFilter(claims: InvestmentsClaims | undefined, tenant: string): RowFilter {
  if (!claims) return { rows: 'none' };
  const { role } = claims;
  switch (role) {
    case 'admin':
    case 'auditor':
      return { tenant, rows: 'all' };
    case 'manager':
      return { tenant, rows: 'ofRegions', regions: claims.regions };
    case 'investor':
      return claims.investorId === undefined
        ? { rows: 'none' }
        : { tenant, rows: 'ofInvestor', investorId: claims.investorId };
    default:
      return role satisfies never;
  }
}
