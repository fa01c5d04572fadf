import type { Generated, GeneratedAlways } from 'kysely';
import type { BusinessRecordColumns } from './businessRecord.ts';
import type { Region } from './rows.ts';

/** The tables as SQL names them; `migrations.ts` creates them. Every bigint here is a safe integer (columnParsers.ts). */
export interface Tables {
  companies: CompaniesTable;
  investors: InvestorsTable;
  transactions: TransactionsTable;
  access_records: AccessRecordsTable;
  claims_revision: ClaimsRevisionTable;
  revoked_sign_ins: RevokedSignInsTable;
  issuer_aliases: IssuerAliasesTable;
  audit_events: AuditEventsTable;
  settings: SettingsTable;
  outbox_positions: OutboxPositionsTable;
  outbox_events: OutboxEventsTable;
}

/** Whose row it is; `main` unless told. The keys of a table hold within a tenant. */
type Tenant = Generated<string>;

export interface CompaniesTable {
  tenant: Tenant;
  id: string;
  name: string;
  region: Region;
  manager_id: string;
  target_usd: number;
  internal_rating: string;
  board_notes: string;
}

export interface InvestorsTable {
  tenant: Tenant;
  id: string;
  email: string;
  tax_id: string;
}

export interface TransactionsTable {
  tenant: Tenant;
  id: string;
  /** The order of insertion: what "oldest first" means. */
  position: GeneratedAlways<number>;
  company_id: string;
  investor_id: string;
  amount_usd: number;
  created_at: Date;
  /** Who entered it through the API (`nameOf` in actor.ts), and the key that it was sent with; null for others. */
  entered_by: Generated<string | null>;
  idempotency_key: Generated<string | null>;
}

/** The business records: whose each is, what it says (businessRecord.ts), and what is held against their tokens. */
export interface AccessRecordsTable extends BusinessRecordColumns {
  tenant: Tenant;
  kind: 'user' | 'machine';
  issuer: string;
  subject: string;
  /** No token of theirs is accepted. */
  suspended: Generated<boolean>;
  /** No token of an older sign-in is accepted. */
  valid_after: Generated<Date | null>;
}

/** Single sign-ins whose tokens are not accepted; other programs insert them, for example when Cognito revokes a token. */
interface RevokedSignInsTable {
  issuer: string;
  origin_jti: string;
  revoked_at: Generated<Date>;
}

/** Names of user pools under which no record is kept: a trigger replaces them by the canonical one. */
interface IssuerAliasesTable {
  alias: string;
  canonical: string;
}

/** One row, which counts the changes of the business records. */
interface ClaimsRevisionTable {
  revision: number;
  /** Names the store that the revisions are of. */
  store_id: Generated<string>;
}

export interface AuditEventsTable {
  tenant: Tenant;
  id: string;
  occurred_at: Date;
  actor: string;
  action: string;
  target_id: string;
}

/** Facts about the database itself, for example that it was filled with the demo data. */
interface SettingsTable {
  key: string;
  value: string;
}

/** How many events each company has. Written by a trigger alone. */
interface OutboxPositionsTable {
  tenant: string;
  company_id: string;
  last_position: number;
}

/** That a transaction was added, for who follows the company. Written by a trigger alone. */
interface OutboxEventsTable {
  tenant: string;
  company_id: string;
  position: number;
  transaction_id: string;
}
