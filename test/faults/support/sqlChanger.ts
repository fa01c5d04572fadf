import pg from 'pg';
import { z } from 'zod';
import { demoUsers } from '../../../dev/demoUsers.ts';
import type { Changer } from './changeRecords.ts';
import { observedManagerId, observedUser } from './question.ts';

/** Another program that changes business records with SQL of its own, past every node. It connects anew when it has to. */
export interface SqlChanger extends Changer {
  /** One statement, as the database's owner; gives its rows. */
  run(sql: string, parameters?: readonly unknown[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

const subject = demoUsers.find(({ username }) => username === observedUser)?.subject ?? '';

const records = z.array(
  z.object({
    role: z.enum(['admin', 'manager', 'auditor', 'investor']),
    regions: z.array(z.enum(['EUROPE', 'USA', 'ASIA'])),
    // pg gives a bigint as text.
    paymentLimitUsd: z.coerce.number().nullable(),
  }),
);

export function createSqlChanger(database: { readonly url: string }, issuer: string): SqlChanger {
  const pool = new pg.Pool({
    connectionString: database.url,
    max: 1,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    application_name: 'another program',
  });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));

  return {
    canRemove: true,
    async change(record) {
      const keys = ['user', issuer, subject];
      if (record)
        await pool.query(upsert, [...keys, record.role, observedManagerId, record.regions, record.paymentLimitUsd]);
      else await pool.query('delete from access_records where kind = $1 and issuer = $2 and subject = $3', keys);
      return { madeBy: undefined };
    },
    async read() {
      const { rows } = await pool.query(
        `select role, regions, payment_limit_usd as "paymentLimitUsd" from access_records where kind = 'user' and issuer = $1 and subject = $2`,
        [issuer, subject],
      );
      return records.parse(rows)[0];
    },
    run: async (sql, parameters = []) => (await pool.query(sql, [...parameters])).rows,
    close: () => pool.end(),
  };
}

const upsert = `insert into access_records (kind, issuer, subject, role, manager_id, regions, payment_limit_usd)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (tenant, kind, issuer, subject) do update
    set role = excluded.role, manager_id = excluded.manager_id, regions = excluded.regions,
      payment_limit_usd = excluded.payment_limit_usd`;
