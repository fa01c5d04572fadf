import type { VersionedClaims } from 'claimgraph';
import {
  ClaimsUnavailableError,
  describeType,
  parseRecord,
  type Subject,
  type SubjectKey,
  toSubjectKey,
} from 'claimgraph';
import { type Kysely, sql } from 'kysely';
import { businessRecord, toColumnName } from '../data/businessRecord.ts';
import { isStorableText } from '../data/storableText.ts';
import type { Tables } from '../data/tables.ts';
import type { InvestmentsClaims } from './claims.ts';
import { defaultTenant } from './tenant.ts';

export interface InvestmentsClaimsSource {
  fetchClaims(subjects: readonly Subject[]): Promise<VersionedClaims<InvestmentsClaims>>;
}

/** The business records in the database and their revision; one statement however many subjects are asked for. */
export function createInvestmentsClaimsSource(db: Kysely<Tables>): InvestmentsClaimsSource {
  return {
    fetchClaims: async (subjects) => {
      const rows = await fetchRecords(db, subjects.filter(isStorable));
      const claims = new Map<SubjectKey, InvestmentsClaims | ClaimsUnavailableError>();
      for (const row of rows) {
        // Nobody was found: the row is there for the revision.
        if (row.kind === null || row.issuer === null || row.subject === null) continue;
        const { kind, issuer, subject } = row;
        const identity = { kind, tenant: row.asked_tenant ?? undefined, issuer, subject };
        const key = toSubjectKey(identity);
        claims.set(
          key,
          parseRecord((record) => parseInvestmentsClaims(key, record), row, identity),
        );
      }
      return { claims, revision: rows[0]?.store_revision ?? undefined };
    },
  };
}

/** What names this database among all others, whatever address it is reached by. */
export async function fetchStoreId(db: Kysely<Tables>): Promise<string> {
  return (await db.selectFrom('claims_revision').select('store_id').executeTakeFirstOrThrow()).store_id;
}

/** The number of the last change of the business records; undefined in a database that does not count them. */
export async function fetchClaimsRevision(db: Kysely<Tables>): Promise<number | undefined> {
  return (await db.selectFrom('claims_revision').select('revision').executeTakeFirst())?.revision;
}

/** A subject that no row can hold has no record; sent as a parameter it could turn into somebody else's. */
function isStorable({ issuer, subject }: Subject): boolean {
  return isStorableText(issuer) && isStorableText(subject);
}

async function fetchRecords(db: Kysely<Tables>, subjects: readonly Subject[]) {
  if (subjects.length === 0) return [];
  const tenants = subjects.map(({ tenant }) => tenant ?? null);
  const kinds = subjects.map(({ kind }) => kind);
  const issuers = subjects.map(({ issuer }) => issuer);
  const names = subjects.map(({ subject }) => subject);
  const records = db
    .selectFrom(
      sql<WantedRow>`unnest(${tenants}::text[], ${kinds}::text[], ${issuers}::text[], ${names}::text[])`.as<'wanted'>(
        sql`wanted(tenant, kind, issuer, subject)`,
      ),
    )
    .innerJoin('access_records', (join) =>
      join
        .on('access_records.tenant', '=', sql<string>`coalesce(wanted.tenant, ${defaultTenant})`)
        .onRef('access_records.kind', '=', 'wanted.kind')
        .onRef('access_records.issuer', '=', 'wanted.issuer')
        .onRef('access_records.subject', '=', 'wanted.subject'),
    )
    .selectAll('access_records')
    // As it was asked for: whose pool names no tenant is kept under another key than who belongs to `main` by name.
    .select('wanted.tenant as asked_tenant');
  // One statement sees one state of the database, so the revision is that of the records.
  const revision = sql<number | null>`(select revision from claims_revision)`;
  return db
    .selectFrom(db.selectNoFrom(revision.as('store_revision')).as('store'))
    .leftJoin(records.as('record'), (join) => join.onTrue())
    .select('store.store_revision')
    .selectAll('record')
    .execute();
}

interface WantedRow extends Omit<Subject, 'tenant'> {
  readonly tenant: string | null;
}

/**
 * A row of `access_records` as claims. Throws ClaimsUnavailableError on anything it does not understand; the message
 * names the column and the kind of value that came, never the value: it may be logged.
 */
export function parseInvestmentsClaims(subjectLabel: string, row: unknown): InvestmentsClaims {
  const claims = Object.entries(businessRecord.shape).map(([name, schema]) => {
    const column = toColumnName(name);
    const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return [name, parsed.data ?? undefined] as const;
    throw new ClaimsUnavailableError(
      `claims for ${subjectLabel}: "${column}" must be ${schema.description}; got ${describeType(value)}`,
    );
  });
  return Object.fromEntries(claims) as InvestmentsClaims;
}
