import { type Kysely, sql } from 'kysely';
import { afterAll, describe, test } from 'vitest';
import type { UncountedClaimsSource } from '../../packages/claimgraph/src/claims/claimsSource.ts';
import { type ClaimsSourceHarness, testClaimsSource } from '../../packages/claimgraph/src/testing/testClaimsSource.ts';
import type { InvestmentsClaims } from '../../src/access/claims.ts';
import { createInvestmentsClaimsSource } from '../../src/access/claimsSource.ts';
import { toColumns } from '../../src/data/businessRecord.ts';
import type { Tables } from '../../src/data/tables.ts';
import { openTestDatabase } from '../support/testDatabase.ts';

/** What the contract is about: the claims, without the number of the last change. */
function createUncounted(db: Kysely<Tables>): UncountedClaimsSource<InvestmentsClaims> {
  const source = createInvestmentsClaimsSource(db);
  return { fetchClaims: async (subjects) => (await source.fetchClaims(subjects)).claims };
}

async function open(): Promise<ClaimsSourceHarness<InvestmentsClaims>> {
  const database = await openTestDatabase({ data: 'none' });
  // So that malformed records can be stored at all.
  await sql`alter table access_records
    drop constraint access_records_role, drop constraint access_records_regions,
    drop constraint access_records_payment_limit, drop constraint access_records_title,
    drop constraint access_records_manager_id, drop constraint access_records_investor_id,
    drop constraint access_records_regions_are_a_list, alter column role drop not null`.execute(database.db);
  return {
    async give(records) {
      const rows = records.map(({ claims, ...subject }) => ({ tenant: 'main', ...subject, ...toColumns(claims) }));
      await sql`delete from access_records`.execute(database.db);
      await sql`
        insert into access_records (tenant, kind, issuer, subject, role, manager_id, investor_id, title, regions, payment_limit_usd)
        select tenant, kind, issuer, subject, role, manager_id, investor_id, title, regions, payment_limit_usd
        from json_populate_recordset(null::access_records, ${JSON.stringify(rows)})`.execute(database.db);
    },
    source: createUncounted(database.db),
    close: () => database.close(),
  };
}

const failing = {
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

const secret = 'sekret-value';

describe('the contract of claims sources, kept by the SQL source of the included domain', () => {
  testClaimsSource<InvestmentsClaims>({
    test,
    afterAll,
    open,
    claimsWith: (title) => ({
      role: 'manager',
      managerId: '10345',
      investorId: undefined,
      title,
      regions: ['USA', 'ASIA'],
      paymentLimitUsd: 25_000,
    }),
    malformed: [
      { name: 'an unknown role', claims: { role: secret }, names: '"role"' },
      { name: 'no role', claims: { role: null }, names: '"role"' },
      { name: 'an empty text', claims: { title: '' }, names: '"title"' },
      { name: 'an unknown region', claims: { regions: ['USA', secret] }, names: '"regions"' },
      { name: 'a limit below 0', claims: { paymentLimitUsd: -1 }, names: '"payment_limit_usd"' },
    ],
    failing,
    secret,
  });
});
