import { isDeepStrictEqual } from 'node:util';
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type BusinessRecord, type BusinessRecordColumns, toColumns } from '../src/data/businessRecord.ts';
import type { Region } from '../src/data/rows.ts';
import type { Tables } from '../src/data/tables.ts';
import { demoMachineClient, demoUsers } from './demoUsers.ts';

/** `not-empty`: there are data of somebody else's, and nothing was changed. */
export type FillResult = 'filled' | 'already-demo' | 'not-empty';

/**
 * Fills an empty database with the demo data, and with the business records of the demo users as this issuer names them.
 * A database that has the demo data gets the records of an issuer it does not know yet, and what has changed in the records
 * here since they were filled in.
 */
export async function fillDemoData(
  db: Kysely<Tables>,
  { issuer, records = demoRecords() }: DemoData,
): Promise<FillResult> {
  const isolated = db.transaction().setIsolationLevel('read committed');
  return isolated.execute(async (transaction) => {
    // Of two processes that start together the second waits here, and then finds the data filled in.
    // Where row-level security is on, whoever fills the database works for no caller; elsewhere nobody reads it.
    await sql`select set_config('claimgraph.maintenance', 'on', true)`.execute(transaction);
    await sql`select pg_advisory_xact_lock(hashtext(${demoMarker}))`.execute(transaction);
    const isDemo = await hasDemoMarker(transaction);
    if (!isDemo && !(await isEmpty(transaction))) return 'not-empty';
    if (!isDemo) await insertDomain(transaction);
    await followRecords(transaction, issuer, records);
    return isDemo ? 'already-demo' : 'filled';
  });
}

interface DemoData {
  readonly issuer: string;
  /** Those of the demo users and the demo machine client unless given. */
  readonly records?: readonly DemoRecord[];
}

export interface DemoRecord {
  readonly kind: 'user' | 'machine';
  readonly subject: string;
  readonly columns: BusinessRecordColumns;
}

const demoMarker = 'claimgraph.demo_data';

async function hasDemoMarker(transaction: Transaction<Tables>): Promise<boolean> {
  const marker = transaction.selectFrom('settings').select('key').where('key', '=', demoMarker);
  return (await marker.executeTakeFirst()) !== undefined;
}

async function isEmpty(transaction: Transaction<Tables>): Promise<boolean> {
  for (const table of ['companies', 'investors', 'transactions', 'access_records', 'audit_events'] as const) {
    const row = await transaction.selectFrom(table).select(sql`1`.as('one')).limit(1).executeTakeFirst();
    if (row) return false;
  }
  return true;
}

interface DemoCompany {
  readonly name: string;
  readonly region: Region;
  readonly managerId: string;
  readonly targetUsd: number;
  readonly internalRating: string;
  /** The transactions' amounts in their order, and the number of each one's investor. */
  readonly amountsUsd: readonly number[];
  readonly investors: readonly number[];
}

/** The companies com_1 to com_4. */
const demoCompanies: readonly DemoCompany[] = [
  {
    name: 'Alder Rail',
    region: 'EUROPE',
    managerId: '30412',
    targetUsd: 20_000_000,
    internalRating: 'B',
    amountsUsd: [10000, 4000, 6000, 2000],
    investors: [11, 12, 13, 14],
  },
  {
    name: 'Birch Solar',
    region: 'USA',
    managerId: '10345',
    targetUsd: 35_000_000,
    internalRating: 'A',
    amountsUsd: [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000],
    investors: [21, 22, 23, 24, 25, 26, 27, 90],
  },
  {
    name: 'Cedar Ports',
    region: 'ASIA',
    managerId: '30412',
    targetUsd: 70_000_000,
    internalRating: 'C',
    amountsUsd: [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500],
    investors: [31, 32, 33, 34, 35, 36, 37, 38, 90],
  },
  {
    name: 'Dogwood Labs',
    region: 'USA',
    managerId: '10567',
    targetUsd: 25_000_000,
    internalRating: 'D',
    amountsUsd: [900, 1800, 2700],
    investors: [41, 42, 43],
  },
];

async function insertDomain(transaction: Transaction<Tables>): Promise<void> {
  const companies = demoCompanies.map((company, index) => ({ ...company, number: index + 1 }));
  const transactions = companies
    .flatMap(({ number, amountsUsd, investors }) =>
      amountsUsd.map((amountUsd, index) => ({
        id: `txn_${number}${String(index + 1).padStart(2, '0')}`,
        company_id: `com_${number}`,
        investor_id: `inv_${investors[index]}`,
        amount_usd: amountUsd,
      })),
    )
    .map((row, index) => ({ ...row, created_at: toCreationTime(index) }));
  const investors = [...new Set(demoCompanies.flatMap((company) => company.investors))];

  await transaction
    .insertInto('companies')
    .values(
      companies.map(({ number, name, region, managerId, targetUsd, internalRating }) => ({
        id: `com_${number}`,
        name,
        region,
        manager_id: managerId,
        target_usd: targetUsd,
        internal_rating: internalRating,
        board_notes: `note-${number}`,
      })),
    )
    .execute();
  await transaction
    .insertInto('investors')
    .values(
      investors.map((number) => ({
        id: `inv_${number}`,
        email: `inv-${number}@example.com`,
        tax_id: `99-${number}-1234`,
      })),
    )
    .execute();
  await transaction.insertInto('transactions').values(transactions).execute();
  await transaction
    .insertInto('audit_events')
    .values(
      transactions.map(({ id, created_at }) => ({
        id: id.replace('txn_', 'aud_'),
        occurred_at: created_at,
        actor: 'system',
        action: 'TRANSACTION_CREATED',
        target_id: id,
      })),
    )
    .execute();
  await transaction.insertInto('settings').values({ key: demoMarker, value: '1' }).execute();
}

/** One an hour from the first Monday of 2026. */
function toCreationTime(index: number): Date {
  return new Date(Date.UTC(2026, 0, 5, 9 + index));
}

const allRegions: readonly Region[] = ['EUROPE', 'USA', 'ASIA'];

/** By user name; who is not here has no business record. */
export const userRecords: Readonly<Record<string, BusinessRecord>> = {
  'global-admin': {
    role: 'admin',
    managerId: '20116',
    title: 'Global Manager',
    regions: allRegions,
    paymentLimitUsd: 1_000_000,
  },
  'usa-manager': {
    role: 'manager',
    managerId: '10345',
    title: 'Regional Manager',
    regions: ['USA'],
    paymentLimitUsd: 25_000,
  },
  'asia-europe-manager': {
    role: 'manager',
    managerId: '30412',
    title: 'Regional Manager',
    regions: ['ASIA', 'EUROPE'],
    paymentLimitUsd: 50_000,
  },
  auditor: {
    role: 'auditor',
    managerId: '40777',
    title: 'Compliance Auditor',
    regions: allRegions,
    paymentLimitUsd: 0,
  },
  'investor-90': { role: 'investor', investorId: 'inv_90', title: 'Investor', regions: [], paymentLimitUsd: 0 },
};

export const machineRecord: BusinessRecord = { role: 'auditor', regions: [] };

/** What the demo users and the demo machine client can do, as the database holds it. */
export function demoRecords(): readonly DemoRecord[] {
  const users = demoUsers.flatMap(({ username, subject }) => {
    const record = userRecords[username];
    return record ? [{ kind: 'user' as const, subject, columns: toColumns(record) }] : [];
  });
  const machine = { kind: 'machine' as const, subject: demoMachineClient.clientId, columns: toColumns(machineRecord) };
  return [...users, machine];
}

const nameOf = ({ kind, subject }: DemoRecord) => `${kind} ${subject}`;

/**
 * A record that is new here is filled in, and one that has changed here is changed there, column by column: what somebody
 * has changed through the API, or taken away, stays so.
 */
async function followRecords(
  transaction: Transaction<Tables>,
  issuer: string,
  records: readonly DemoRecord[],
): Promise<void> {
  const key = `claimgraph.demo_records ${issuer}`;
  const filled = await readFilled(transaction, key);
  for (const record of records) {
    const { kind, subject, columns } = record;
    const before = filled.get(nameOf(record));
    if (before === undefined) {
      const row = { kind, issuer, subject, ...columns };
      await transaction
        .insertInto('access_records')
        .values(row)
        .onConflict((found) => found.doNothing())
        .execute();
      continue;
    }
    const changed = Object.entries(columns).filter(([column, value]) => !isDeepStrictEqual(before[column], value));
    if (changed.length === 0) continue;
    await transaction
      .updateTable('access_records')
      .set(Object.fromEntries(changed))
      .where('kind', '=', kind)
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .execute();
  }
  const value = JSON.stringify(Object.fromEntries(records.map((record) => [nameOf(record), record.columns])));
  await transaction
    .insertInto('settings')
    .values({ key, value })
    .onConflict((found) => found.column('key').doUpdateSet({ value }))
    .execute();
}

const filledRecords = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The records as they were when they were last filled in for this issuer; none when they never were. */
async function readFilled(transaction: Transaction<Tables>, key: string) {
  const stored = transaction.selectFrom('settings').select('value').where('key', '=', key);
  const found = await stored.executeTakeFirst();
  return new Map(found ? Object.entries(filledRecords.parse(JSON.parse(found.value))) : []);
}
