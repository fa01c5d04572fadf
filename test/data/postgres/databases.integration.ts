import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fillDemoData } from '../../../dev/demoData.ts';
import { ConfigurationError } from '../../../packages/claimgraph/src/errors.ts';
import { type OpenDatabase, openDatabase } from '../../../src/data/openDatabase.ts';
import { testBackend, testIssuer } from '../../support/testDatabase.ts';

if (testBackend === 'embedded') process.stdout.write('skipped without DATABASE_URL: databases of other kinds\n');

const server = process.env.DATABASE_URL || 'postgres://127.0.0.1';
const name = `claimgraph_database_${randomUUID().replaceAll('-', '')}`;
const urlAs = (user: string) => Object.assign(new URL(server), { pathname: `/${name}`, username: user }).href;
const superuser = new URL(server).username;

async function run(url: string, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: readonly unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

describe.runIf(testBackend === 'postgres')('a database', () => {
  afterEach(() => run(server, `drop database if exists ${name} with (force)`));

  test.each(['LATIN1', 'SQL_ASCII'])('with the encoding %s is refused', async (encoding) => {
    await run(server, `create database ${name} encoding '${encoding}' locale 'C' template template0`);
    const opening = openDatabase({ kind: 'postgres', url: urlAs(superuser) });
    await expect(opening).rejects.toBeInstanceOf(ConfigurationError);
    await expect(opening).rejects.toThrow(new RegExp(`^DATABASE_URL: .* encoding UTF8, .*; got ${encoding}\\.`));
    expect(await run(urlAs(superuser), 'select from pg_class where relname = $$companies$$')).toEqual([]);
  });

  test('without a schema that the search path leads to is refused', async () => {
    await run(server, `create database ${name}`, `alter database ${name} set search_path = nowhere`);
    const opening = openDatabase({ kind: 'postgres', url: urlAs(superuser) });
    await expect(opening).rejects.toThrow(/\bsearch path\b/);
    await expect(opening).rejects.toBeInstanceOf(ConfigurationError);
  });
});

/** Each leads to another place for the tables. */
const places: readonly (readonly [place: string, schema: string, statements: readonly string[]])[] = [
  ['a schema of the search path', 'app', [`create schema app`, `alter database ${name} set search_path = app, public`]],
  [
    'a schema whose name needs quotes',
    'My "App"',
    [`create schema "My ""App"""`, `alter database ${name} set search_path = 'My "App"'`],
  ],
  ['the schema of its user', `${name}_owner`, [`create schema authorization ${name}_owner`]],
];

describe.runIf(testBackend === 'postgres').each(places)('tables in %s', (_, schema, statements) => {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  const owner = `${name}_owner`;
  const program = `${name}_program`;
  let opened: OpenDatabase;
  beforeAll(async () => {
    await run(
      server,
      `create role ${owner} login superuser`,
      `create role ${program} login`,
      `create database ${name}`,
    );
    // Another program that uses Kysely, in the usual place.
    await run(
      urlAs(superuser),
      'create table public.kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)',
      "insert into public.kysely_migration values ('of_another_program', '')",
      ...statements,
    );
    opened = await openDatabase({ kind: 'postgres', url: urlAs(owner), rowLevelSecurity: true });
    await fillDemoData(opened.db, { issuer: testIssuer });
    await run(urlAs(superuser), `grant usage on schema ${quoted} to ${program}`);
    await run(urlAs(superuser), `grant select, update on ${quoted}.access_records to ${program}`);
  });
  afterAll(async () => {
    await opened.close();
    await run(server, `drop database ${name} with (force)`, `drop role ${owner}`, `drop role ${program}`);
  });

  test('are there and nowhere else', async () => {
    const found = await run(
      urlAs(superuser),
      `select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where relname in ('companies', 'kysely_migration', 'claims_revision') order by relname`,
    );
    expect(found).toEqual(
      [{ nspname: schema }, { nspname: schema }, { nspname: 'public' }, { nspname: schema }].sort(),
    );
  });

  test('are behind row-level security as anywhere', async () => {
    const ofInvestor = opened.forRowFilter({ tenant: 'main', rows: 'ofInvestor', investorId: 'inv_90' });
    const companies = await ofInvestor.selectFrom('companies').select('id').orderBy('id').execute();
    expect(companies).toEqual([{ id: 'com_2' }, { id: 'com_3' }]);
  });

  test('can be changed by another program, whose search path does not lead there', async () => {
    const revision = async () => {
      const { rows } = await sql<{ revision: number }>`select revision from claims_revision`.execute(opened.db);
      return rows[0]?.revision ?? Number.NaN;
    };
    const before = await revision();
    await run(urlAs(program), `update ${quoted}.access_records set title = 'Partner' where manager_id = '10345'`);
    expect(await revision()).toBe(before + 1);
  });

  test('are found again, also when a schema with precedence has come since', async () => {
    if (schema !== 'app') return;
    await run(urlAs(superuser), 'create schema newer', `alter database ${name} set search_path = newer, app`);
    const again = await openDatabase({ kind: 'postgres', url: urlAs(owner), rowLevelSecurity: true });
    const all = again.forRowFilter({ tenant: 'main', rows: 'all' });
    expect(await all.selectFrom('companies').select('id').execute()).toHaveLength(4);
    await again.close();
  });
});
