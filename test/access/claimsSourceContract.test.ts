import { type Kysely, sql } from 'kysely';
import type { UncountedClaimsSource } from '../../packages/claimgraph/src/claims/claimsSource.ts';
import type { InvestmentsClaims } from '../../src/access/claims.ts';
import { createInvestmentsClaimsSource } from '../../src/access/claimsSource.ts';
import type { Tables } from '../../src/data/tables.ts';
import { describeClaimsSource, type FailingSources, type SourceHarness } from '../claims/sources/sourceContract.ts';
import { openTestDatabase } from '../support/testDatabase.ts';

/** What the contract is about: the claims, without the number of the last change. */
function createUncounted(db: Kysely<Tables>): UncountedClaimsSource<InvestmentsClaims> {
  const source = createInvestmentsClaimsSource(db);
  return { fetchClaims: async (subjects) => (await source.fetchClaims(subjects)).claims };
}

async function open(): Promise<SourceHarness> {
  const database = await openTestDatabase({ data: 'none' });
  // So that malformed records can be stored at all.
  await sql`alter table access_records
    drop constraint access_records_role, drop constraint access_records_regions,
    drop constraint access_records_payment_limit, drop constraint access_records_title,
    drop constraint access_records_manager_id, drop constraint access_records_investor_id,
    drop constraint access_records_regions_are_a_list, alter column role drop not null`.execute(database.db);
  return {
    async give(records) {
      const rows = records.map(({ record, ...subject }) => ({ tenant: 'main', ...subject, ...record }));
      await sql`delete from access_records`.execute(database.db);
      await sql`
        insert into access_records (tenant, kind, issuer, subject, role, manager_id, investor_id, title, regions, payment_limit_usd)
        select tenant, kind, issuer, subject, role, manager_id, investor_id, title, regions, payment_limit_usd
        from json_populate_recordset(null::access_records, ${JSON.stringify(rows)})`.execute(database.db);
    },
    fetchClaims: createUncounted(database.db).fetchClaims,
    close: () => database.close(),
  };
}

const failing: FailingSources = {
  async down() {
    const database = await openTestDatabase({ data: 'none' });
    await database.close();
    return { source: createUncounted(database.db), close: async () => {} };
  },
  async silent() {
    const database = await openTestDatabase({ data: 'none', statementTimeoutMs: 1000 });
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let holder: Promise<void> = released;
    await new Promise<void>((resolve) => {
      holder = database.db.transaction().execute(async (transaction) => {
        await sql`lock table access_records in access exclusive mode`.execute(transaction);
        resolve();
        await released;
      });
    });
    return {
      source: createUncounted(database.db),
      async close() {
        release();
        await holder;
        await database.close();
      },
    };
  },
};

describeClaimsSource('the SQL source of the included domain', open, failing);
