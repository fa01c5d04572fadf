import { ConfigurationError } from 'claimgraph';
import pg from 'pg';
import { toDatabaseFailure } from '../databaseFailure.ts';

const timeoutMs = 5_000;
/** Since then `gen_random_uuid` is PostgreSQL's own. */
const oldestVersion = 130_000;

/**
 * Whether the server can hold our data, and each connection to it is a session of its own. Rejects with ConfigurationError
 * otherwise. Of PgBouncer and the like: settings and LISTEN last as long as a session, so that with `pool_mode`
 * `transaction` or `statement` they would be other clients', and not ours.
 */
export async function checkPostgres(url: string): Promise<void> {
  try {
    await withClient(url, async (client) => {
      await checkServer(client);
      if (await isPooled(client)) await withClient(url, (other) => checkPooler(client, other));
    });
  } catch (error) {
    throw toDatabaseFailure(error);
  }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'claimgraph: start',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // What breaks is known from the statement that fails.
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string; version: number; shown: string; name: string }>(`
    select current_setting('server_encoding') as encoding, current_setting('server_version_num')::int as version,
      current_setting('server_version') as shown, quote_ident(current_database()) as name`);
  const [server] = rows;
  if (!server) throw new RangeError('expected a row from a select without a table; got none');
  const { encoding, version, shown, name } = server;
  if (version < oldestVersion) {
    throw new ConfigurationError(`DATABASE_URL: expected PostgreSQL 13 or newer; got ${shown}. Upgrade the server.`);
  }
  if (encoding !== 'UTF8') {
    throw new ConfigurationError(
      `DATABASE_URL: expected a database with the encoding UTF8, which can hold what clients send; got ${encoding}. ` +
        `An encoding cannot be changed: make another database, for example with \`create database … encoding 'UTF8' template template0\`, and name it instead of ${name}.`,
    );
  }
}

/** A pooler gives its clients process numbers of its own. */
async function isPooled(client: pg.Client): Promise<boolean> {
  return (await serverProcess(client)) !== Reflect.get(client, 'processID');
}

async function serverProcess(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

/**
 * A second client keeps a server session busy. If that was the first one's, the first is given another, and so has none of
 * its own. Where other clients come in between, this may go unnoticed.
 */
async function checkPooler(client: pg.Client, other: pg.Client): Promise<void> {
  const before = await serverProcess(client);
  await other.query('begin');
  await serverProcess(other);
  if ((await serverProcess(client)) === before) return;
  throw new ConfigurationError(
    'DATABASE_URL: expected connections that keep their session, for settings and LISTEN last as long as one does; got a pooler that changes it between statements. ' +
      'Use its session mode (PgBouncer: pool_mode = session; Supavisor: port 5432), or connect to PostgreSQL itself.',
  );
}
