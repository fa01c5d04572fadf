import { type Kysely, sql } from 'kysely';
import { sqlState } from '../sqlError.ts';
import type { Tables } from '../tables.ts';
import { apiRole, protectedTables, toRlsSettings } from './rlsSettings.ts';

/** Why row-level security is not fully enabled, and the SQL that helps. `byUs`: the start may run it, since nobody decided against it. */
export interface RlsProblem {
  readonly problem: string;
  readonly remedy: string;
  readonly autoFixable: boolean;
}

/** Everything that is wrong with row-level security, by what the database says of itself. */
export async function checkRls(db: Kysely<Tables>): Promise<readonly RlsProblem[]> {
  const role = await findRoleGap(db);
  const gaps = [
    ...(role ? [role] : []),
    ...(await findTableGaps(db)),
    ...(await findSchemaGap(db)),
    ...(await findGrantGaps(db)),
    ...(await findSwitchGap(db)),
  ];
  return gaps.length > 0 ? gaps : findHoles(db);
}

async function findRoleGap(db: Kysely<Tables>): Promise<RlsProblem | undefined> {
  const { rows } = await sql<{ may_pass: boolean }>`
    select rolsuper or rolbypassrls or rolcanlogin
      or exists (select from pg_auth_members where member = pg_roles.oid) as may_pass
    from pg_roles where rolname = ${apiRole}`.execute(db);
  const [role] = rows;
  if (!role) {
    return {
      problem: `expected a role ${apiRole}; got none`,
      remedy: `create role ${apiRole} nologin`,
      autoFixable: true,
    };
  }
  if (!role.may_pass) return undefined;
  return {
    problem: `expected ${apiRole} to be no superuser and no member of a role, not to sign in and not to bypass row-level security; got one that is or may`,
    remedy: `alter role ${apiRole} nosuperuser nologin nobypassrls, and revoke from it the roles that it is a member of`,
    autoFixable: false,
  };
}

async function findTableGaps(db: Kysely<Tables>): Promise<readonly RlsProblem[]> {
  const gaps: RlsProblem[] = [];
  for (const table of protectedTables) {
    const { rows } = await sql<{ is_forced: boolean; policies: string[] }>`
      select relrowsecurity and relforcerowsecurity as is_forced,
        array(select polname || ' ' || polcmd::text from pg_policy where polrelid = pg_class.oid order by 1) as policies
      from pg_class where oid = ${table}::regclass`.execute(db);
    const [{ is_forced, policies } = { is_forced: false, policies: [] }] = rows;
    if (!is_forced) {
      const problem = `${table}: expected row-level security to be enabled and forced; got it off`;
      gaps.push({ problem, remedy: `alter table ${table} ${forced}`, autoFixable: true });
    }
    if (policies.join() === expectedPolicies[table].join()) continue;
    const problem = `${table}: expected the policies ${expectedPolicies[table].join(', ')}; got ${policies.join(', ') || 'none'}`;
    gaps.push({
      problem,
      remedy: 'drop the others, and make those that are missing as migrations/createPolicies.ts does',
      autoFixable: false,
    });
  }
  return gaps;
}

const forced = 'enable row level security, force row level security';

/** By name and command: `*` all, `r` select, `a` insert, `w` update (pg_policy.polcmd). One more could let more through. */
const expectedPolicies: Readonly<Record<(typeof protectedTables)[number], readonly string[]>> = {
  companies: ['maintained *', 'visible *'],
  transactions: ['maintained *', 'visible *'],
  investors: ['changed w', 'maintained *', 'visible r', 'written a'],
  audit_events: ['maintained *', 'visible r', 'written a'],
};

/** Everybody has it on the schema that a database is made with, and nobody on others. */
async function findSchemaGap(db: Kysely<Tables>): Promise<readonly RlsProblem[]> {
  const { rows } = await sql<{ name: string; is_granted: boolean | null }>`
    select quote_ident(current_schema()) as name,
      (select has_schema_privilege(oid, current_schema(), 'usage') from pg_roles where rolname = ${apiRole}) as is_granted
  `.execute(db);
  const [{ name, is_granted } = { name: 'public', is_granted: null }] = rows;
  if (is_granted) return [];
  const problem = `expected ${apiRole} to be granted usage on the schema ${name}; got nothing`;
  return [{ problem, remedy: `grant usage on schema ${name} to ${apiRole}`, autoFixable: true }];
}

async function findGrantGaps(db: Kysely<Tables>): Promise<readonly RlsProblem[]> {
  const gaps: RlsProblem[] = [];
  for (const table of protectedTables) {
    const { rows } = await sql<{ granted: string[] }>`
      select array(
        select privilege from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger']) as privilege
        where has_table_privilege(pg_roles.oid, ${table}, privilege)
      ) as granted
      from pg_roles where rolname = ${apiRole}`.execute(db);
    const granted = rows[0]?.granted ?? [];
    if (!['select', 'insert', 'update'].every((privilege) => granted.includes(privilege))) {
      const problem = `${table}: expected ${apiRole} to be granted select, insert and update; got ${granted.join(', ') || 'nothing'}`;
      gaps.push({ problem, remedy: `grant select, insert, update on ${table} to ${apiRole}`, autoFixable: true });
    }
    const excess = granted.filter((privilege) => ['delete', 'truncate', 'trigger'].includes(privilege)).join(', ');
    if (excess === '') continue;
    const problem = `${table}: expected ${apiRole} to be granted nothing but select, insert and update; got also ${excess}`;
    gaps.push({ problem, remedy: `revoke ${excess} on ${table} from ${apiRole}, public`, autoFixable: false });
  }
  return gaps;
}

/** Tried, because until PostgreSQL 16 a member may always switch, and since then a membership says whether. */
async function findSwitchGap(db: Kysely<Tables>): Promise<readonly RlsProblem[]> {
  try {
    await db.transaction().execute((transaction) => transaction.executeQuery(toRlsSettings({ rows: 'none' })));
    return [];
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const { rows } = await sql<{ name: string }>`select quote_ident(current_user) as name`.execute(db);
  const user = rows[0]?.name ?? '';
  const problem = `expected the database user ${user} to be allowed to switch to ${apiRole}; got a refusal`;
  return [{ problem, remedy: `grant ${apiRole} to ${user}`, autoFixable: true }];
}

/** That the role may not be taken, or is not there. */
function isRefusal(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === sqlState.insufficientPrivilege || code === sqlState.invalidParameterValue;
}

/** Last of all, whether it holds: without settings, nobody sees a row. */
async function findHoles(db: Kysely<Tables>): Promise<readonly RlsProblem[]> {
  return db.transaction().execute(async (transaction) => {
    await transaction.executeQuery(toRlsSettings({ rows: 'none' }));
    const gaps: RlsProblem[] = [];
    for (const table of protectedTables) {
      const row = await transaction.selectFrom(table).select('tenant').limit(1).executeTakeFirst();
      if (!row) continue;
      const problem = `${table}: expected no rows for whom nothing is set; got some`;
      gaps.push({ problem, remedy: 'make its policies as migrations/createPolicies.ts does', autoFixable: false });
    }
    return gaps;
  });
}
