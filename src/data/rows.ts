/** The rows that the data layer gives; `__typename` lets GraphQL tell them apart where a position is abstract. */
export type Region = 'EUROPE' | 'USA' | 'ASIA';

/** What kind of work somebody does here. */
export type Role = 'admin' | 'manager' | 'auditor' | 'investor';

export interface CompanyRow {
  readonly __typename: 'Company';
  readonly id: string;
  readonly name: string;
  readonly region: Region;
  readonly managerId: string;
  readonly targetUsd: number;
  readonly internalRating: string;
  readonly boardNotes: string;
}

export interface TransactionRow {
  readonly __typename: 'Transaction';
  readonly id: string;
  readonly companyId: string;
  readonly investorId: string;
  readonly amountUsd: number;
  readonly createdAt: Date;
}

export interface InvestorRow {
  readonly __typename: 'Investor';
  readonly id: string;
  readonly email: string;
  readonly taxId: string;
}

export interface RegionSummaryRow {
  readonly region: Region;
  readonly companyCount: number;
  readonly amountUsd: number;
}

export interface AuditEventRow {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actor: string;
  readonly action: string;
  readonly targetId: string;
}

/** Which rows of their tenant a caller may see, as plain values: every statement of the data layer is limited by it. */
export type RowFilter =
  | { readonly tenant: string; readonly rows: 'all' }
  | { readonly tenant: string; readonly rows: 'ofRegions'; readonly regions: readonly Region[] }
  /** Companies with a transaction of this investor, and of the transactions only the investor's own. */
  | { readonly tenant: string; readonly rows: 'ofInvestor'; readonly investorId: string }
  | { readonly rows: 'none' };

/** A forward page request (Relay Cursor Connections section 4.2). */
export interface PageRequest {
  readonly first: number;
  readonly after: string | undefined;
  /** Whether the same statement counts the rows of all pages; not unless told. */
  readonly isCounted?: boolean;
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

export interface Page<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Of all pages; undefined where it was not counted, which a page without rows may not be. */
  readonly totalCount: number | undefined;
}

export interface CompanyFilter {
  readonly region: Region | undefined;
  readonly nameContains: string | undefined;
}

export interface CompanyOrder {
  readonly field: 'NAME' | 'REGION' | 'TARGET_USD' | 'INTERNAL_RATING';
  readonly direction: 'ASC' | 'DESC';
}
