import type { Region, RowFilter } from './data/rows.ts';

/** What kind of work somebody does here. */
export type Role = 'admin' | 'manager' | 'auditor' | 'investor';

/** The business claims of this domain: what a person or a machine client may do today. */
export interface InvestmentsClaims {
  readonly role: Role;
  readonly managerId: string | undefined;
  readonly investorId: string | undefined;
  readonly title: string | undefined;
  readonly regions: readonly Region[];
  /** Whole US dollars; undefined for those who enter no transactions. */
  readonly paymentLimitUsd: number | undefined;
}

/** Which rows a caller may see; without a business record, none. */
export function toRowFilter(claims: InvestmentsClaims | undefined): RowFilter {
  switch (claims?.role) {
    case 'admin':
    case 'auditor':
      return { rows: 'all' };
    case 'manager':
      return { rows: 'ofRegions', regions: claims.regions };
    case 'investor':
      return claims.investorId === undefined ? { rows: 'none' } : { rows: 'ofInvestor', investorId: claims.investorId };
    case undefined:
      return { rows: 'none' };
    default:
      return claims satisfies never;
  }
}
