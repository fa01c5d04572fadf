/** A statement as both pg and PGlite take it. */
export interface SessionStatement {
  readonly text: string;
  readonly values: readonly string[];
}

/**
 * Makes a session what the code relies on, whatever the role, the database, the server and a pooler in between have as
 * defaults. Sent once on each connection, for PgBouncer refuses settings in the startup packet, or drops them.
 *
 * The search path is the session's own, spelt out, so that it leads to the same tables also as another role (`"$user"`
 * means another schema then): first the schema that has the tables, when there is one, and temporary tables last.
 */
export function toSessionSettings({ statementTimeoutMs }: { readonly statementTimeoutMs: number }): SessionStatement {
  const settings = Object.entries({ ...formats, ...behaviour, statement_timeout: String(statementTimeoutMs) });
  const calls = settings.map(([name], index) => `set_config('${name}', $${index + 1}, false)`);
  return {
    text: `select set_config('search_path', path, false), ${calls.join(', ')} from (${searchPath}) as session`,
    values: settings.map(([, value]) => value),
  };
}

/** How values are written: columnParsers.ts and the arrays among the parameters count on it. */
const formats = { datestyle: 'ISO, MDY', timezone: 'UTC', array_nulls: 'on', extra_float_digits: '1' };

const behaviour = {
  // What waits for a row lock then sees the row as it was left, where the others would fail with 40001.
  default_transaction_isolation: 'read committed',
  // Off, a query that a policy limits is an error.
  row_security: 'on',
  // Statements that wait are ended by statement_timeout, and migrations may wait for others' for as long.
  lock_timeout: '0',
};

const searchPath = `
  select coalesce(string_agg(quote_ident(schema), ', ' order by place) || ', pg_temp', current_setting('search_path'))
    as path
  from (
    select schema, min(place) as place
    from (
      select nspname as schema, 0 as place
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where pg_class.oid = to_regclass('access_records')
      union all
      select schema, place from unnest(current_schemas(false)) with ordinality as visible(schema, place)
    ) as found
    group by schema
  ) as schemas`;
