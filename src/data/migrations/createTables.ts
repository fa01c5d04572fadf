import { type Kysely, sql } from 'kysely';

/**
 * The tables and their indexes. Every row belongs to a tenant, and none can refer to one of another tenant's. Text that is
 * ordered by has collation "C" (code points), so that a page looks the same whatever the server's locale.
 */
export async function createTables(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...companies, ...investors, ...transactions, ...accessRecords, ...auditEvents, ...others]) {
    await sql.raw(statement).execute(db);
  }
}

/** An empty tenant would be the one of a connection whose settings are gone: they are then '' and not null. */
const tenantOf = (table: string) =>
  `tenant text collate "C" not null default 'main' constraint ${table}_tenant check (tenant <> '')`;

/** What a JavaScript number holds exactly. */
const maxUsd = 9_007_199_254_740_991;

const companies = [
  `create table companies (
    ${tenantOf('companies')},
    id text collate "C",
    name text collate "C" not null,
    region text collate "C" not null constraint companies_region check (region in ('EUROPE', 'USA', 'ASIA')),
    manager_id text not null,
    target_usd bigint not null constraint companies_target check (target_usd between 0 and ${maxUsd}),
    internal_rating text collate "C" not null,
    board_notes text not null,
    primary key (tenant, id)
  )`,
  'create index companies_by_name on companies (tenant, name, id)',
  'create index companies_by_region on companies (tenant, region, id)',
  'create index companies_by_target on companies (tenant, target_usd, id)',
  'create index companies_by_rating on companies (tenant, internal_rating, id)',
];

const investors = [
  `create table investors (
    ${tenantOf('investors')},
    id text collate "C",
    email text not null,
    tax_id text not null,
    primary key (tenant, id)
  )`,
];

/** Who entered a transaction, and under which key: nobody enters two under one. What other programs enter has neither. */
const transactions = [
  `create table transactions (
    ${tenantOf('transactions')},
    id text collate "C",
    position bigint generated always as identity unique,
    company_id text collate "C" not null,
    investor_id text collate "C" not null,
    amount_usd bigint not null constraint transactions_amount check (amount_usd between 1 and ${maxUsd}),
    created_at timestamptz not null,
    entered_by text collate "C",
    idempotency_key text collate "C",
    primary key (tenant, id),
    foreign key (tenant, company_id) references companies (tenant, id),
    foreign key (tenant, investor_id) references investors (tenant, id),
    constraint transactions_key check ((entered_by is null) = (idempotency_key is null))
  )`,
  'create index transactions_of_company on transactions (tenant, company_id, position)',
  'create index transactions_of_investor on transactions (tenant, investor_id, position)',
  'create unique index transactions_by_key on transactions (tenant, entered_by, idempotency_key)',
];

/**
 * What `parseInvestmentsClaims` would not understand cannot be stored: whoever writes it is told, and not everybody who
 * then asks about that person. `array_ndims` of an array without elements is null, which passes.
 */
const accessRecords = [
  `create table access_records (
    ${tenantOf('access_records')},
    kind text not null constraint access_records_kind check (kind in ('user', 'machine')),
    issuer text not null,
    subject text not null,
    role text not null
      constraint access_records_role check (role in ('admin', 'manager', 'auditor', 'investor')),
    manager_id text constraint access_records_manager_id check (manager_id <> ''),
    investor_id text constraint access_records_investor_id check (investor_id <> ''),
    title text constraint access_records_title check (title <> ''),
    regions text[] not null default '{}'
      constraint access_records_regions check (regions <@ array['EUROPE', 'USA', 'ASIA'])
      constraint access_records_regions_are_a_list check (array_ndims(regions) = 1),
    payment_limit_usd bigint
      constraint access_records_payment_limit check (payment_limit_usd between 0 and ${maxUsd}),
    suspended boolean not null default false,
    valid_after timestamptz constraint access_records_valid_after
      check (valid_after between '1970-01-01T00:00:00Z' and '9999-12-31T00:00:00Z'),
    primary key (tenant, kind, issuer, subject)
  )`,
  'create index access_records_by_manager on access_records (tenant, manager_id)',
  `create index access_records_denied on access_records (tenant, kind, issuer, subject)
    where suspended or valid_after is not null`,
  // What is held against a single sign-in, for other programs to fill, for example when Cognito revokes a token.
  `create table revoked_sign_ins (
    issuer text not null,
    origin_jti text not null,
    revoked_at timestamptz not null default now(),
    primary key (issuer, origin_jti)
  )`,
];

const auditEvents = [
  `create table audit_events (
    ${tenantOf('audit_events')},
    id text collate "C",
    occurred_at timestamptz not null,
    actor text not null,
    action text not null,
    target_id text not null,
    primary key (tenant, id)
  )`,
  'create index audit_events_by_time on audit_events (tenant, occurred_at, id)',
];

const others = [
  `create table settings (
    key text primary key,
    value text not null
  )`,
  // Counts the changes of the store that it names, whatever address that is reached by.
  `create table claims_revision (
    only_row boolean primary key default true constraint claims_revision_only_row check (only_row),
    revision bigint not null,
    store_id uuid not null default gen_random_uuid()
  )`,
  'insert into claims_revision (revision) values (0)',
];
