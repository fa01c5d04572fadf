import { JwtVerifier } from 'aws-jwt-verify';
import Fastify from 'fastify';
import pg from 'pg';

/**
 * What a team would write by hand for these four operations alone: Fastify, node-postgres, one named statement each. It
 * verifies the same token (and remembers it), loads the same business claims (and remembers them), reads the same rows,
 * refuses and masks the same fields.
 */
export async function start({ issuer, clientId, jwks, databaseUrl }) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const verifier = JwtVerifier.create({ issuer, audience: null, jwksUri: `${issuer}/.well-known/jwks.json` });
  verifier.cacheJwks(jwks);
  const callers = new Map();
  const claimsOf = new Map();
  const rememberMs = 30_000;

  async function authenticate(request, reply) {
    const header = request.headers.authorization ?? '';
    if (!header.startsWith('Bearer ')) return refuse(reply, 401, 'UNAUTHENTICATED');
    const token = header.slice('Bearer '.length);
    let caller = callers.get(token);
    if (!caller) {
      try {
        const payload = await verifier.verify(token);
        if (payload.token_use !== 'access' || payload.client_id !== clientId)
          return refuse(reply, 401, 'UNAUTHENTICATED');
        caller = { subject: payload.sub, scopes: new Set(payload.scope.split(' ')), exp: payload.exp };
      } catch {
        return refuse(reply, 401, 'UNAUTHENTICATED');
      }
      callers.set(token, caller);
    }
    if (caller.exp * 1000 < Date.now()) return refuse(reply, 401, 'UNAUTHENTICATED');
    if (!caller.scopes.has('investments/read')) return refuse(reply, 403, 'INSUFFICIENT_SCOPE');
    request.caller = caller;
    let remembered = claimsOf.get(caller.subject);
    if (!remembered || remembered.until < Date.now()) {
      const { rows } = await pool.query({ ...claimsStatement, values: [issuer, caller.subject] });
      remembered = { claims: rows[0], until: Date.now() + rememberMs };
      claimsOf.set(caller.subject, remembered);
    }
    request.claims = remembered.claims;
  }

  const app = Fastify();
  app.decorateRequest('caller', null);
  app.decorateRequest('claims', null);
  app.addHook('preHandler', authenticate);
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'private, no-store'));

  app.post('/viewer', async ({ caller, claims }) => ({
    data: { viewer: { subject: caller.subject, role: claims ? claims.role.toUpperCase() : null } },
  }));

  app.post('/companies', async ({ claims }) => {
    const { rows } = await pool.query({ ...companiesStatement, values: visibleTo(claims) });
    const nodes = rows.map((row) => ({
      id: row.id,
      name: row.name,
      internalRating: mayReadNotes(claims, row) ? row.internal_rating : null,
    }));
    return { data: { companies: { totalCount: Number(rows[0]?.total ?? 0), nodes } } };
  });

  app.post('/nested', async ({ caller, claims }) => {
    const { rows } = await pool.query({ ...nestedStatement, values: visibleTo(claims) });
    const mayReadEmails = caller.scopes.has('investments/pii') && ['admin', 'auditor'].includes(claims?.role);
    const companies = new Map();
    for (const row of rows) {
      let company = companies.get(row.id);
      if (!company) {
        company = { id: row.id, name: row.name, transactions: { nodes: [] } };
        companies.set(row.id, company);
      }
      if (row.transaction_id === null) continue;
      company.transactions.nodes.push({
        id: row.transaction_id,
        amountUsd: Number(row.amount_usd),
        investor: { id: row.investor_id, email: mayReadEmails ? row.email : null },
      });
    }
    return { data: { companies: { nodes: [...companies.values()] } } };
  });

  app.post('/createTransaction', async (request, reply) => {
    const { caller, body } = request;
    const { companyId, investorId, amountUsd, idempotencyKey } = body.input;
    if (!caller.scopes.has('investments/pay')) return refuse(reply, 403, 'INSUFFICIENT_SCOPE');
    const values = [issuer, caller.subject, companyId, investorId, amountUsd, idempotencyKey, crypto.randomUUID()];
    const { rows } = await pool.query({ ...paymentStatement, values });
    const [row] = rows;
    if (!row?.entered) return refuse(reply, 403, 'FORBIDDEN');
    return {
      data: {
        createTransaction: { transaction: { company: { id: row.company_id }, amountUsd: Number(row.amount_usd) } },
      },
    };
  });

  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url };
}

const claimsStatement = {
  name: 'claims',
  text: `select role, manager_id, investor_id, regions, payment_limit_usd from access_records
    where tenant = 'main' and kind = 'user' and issuer = $1 and subject = $2 and not suspended`,
};

/** Admins and auditors see all, managers those of their regions, investors those that they have a transaction in. */
const visible = `c.tenant = 'main' and ($1::boolean or c.region = any($2::text[])
  or c.id in (select t.company_id from transactions t where t.tenant = 'main' and t.investor_id = $3))`;

const companiesStatement = {
  name: 'companies',
  text: `select c.id, c.name, c.manager_id, c.internal_rating, count(*) over () as total
    from companies c where ${visible} order by c.name, c.id limit 20`,
};

const nestedStatement = {
  name: 'nested',
  text: `select c.id, c.name, t.id as transaction_id, t.amount_usd, i.id as investor_id, i.email
    from (select c.id, c.name from companies c where ${visible} order by c.name, c.id limit 20) c
    left join lateral (
      select t.* from transactions t
      where t.tenant = 'main' and t.company_id = c.id and ($1::boolean or $2::text[] <> '{}' or t.investor_id = $3)
      order by t.position limit 10
    ) t on true
    left join investors i on i.tenant = 'main' and i.id = t.investor_id
    order by c.name, c.id, t.position`,
};

/** Checks, payment and audit event in one statement, so in one database transaction. */
const paymentStatement = {
  name: 'payment',
  text: `with actor as (
      select role, manager_id, regions, payment_limit_usd from access_records
      where tenant = 'main' and kind = 'user' and issuer = $1 and subject = $2 and not suspended for share
    ), company as (
      select c.id from companies c, actor a
      where c.tenant = 'main' and c.id = $3 and a.role in ('admin', 'manager')
        and (a.role = 'admin' or (c.region = any(a.regions) and c.manager_id = a.manager_id)) for share of c
    ), entered as (
      insert into transactions (tenant, id, company_id, investor_id, amount_usd, created_at, entered_by, idempotency_key)
      select 'main', 'txn_' || $7, company.id, i.id, $5, clock_timestamp(), $1 || ' ' || $2, $6
      from company, actor a, investors i
      where i.tenant = 'main' and i.id = $4 and $5 <= a.payment_limit_usd
      on conflict (tenant, entered_by, idempotency_key) do nothing
      returning id, company_id, amount_usd
    ), audited as (
      insert into audit_events (tenant, id, occurred_at, actor, action, target_id)
      select 'main', 'evt_' || $7, clock_timestamp(), $1 || ' ' || $2, 'TRANSACTION_CREATED', id from entered
    )
    select true as entered, company_id, amount_usd from entered`,
};

function visibleTo(claims) {
  const seesAll = ['admin', 'auditor'].includes(claims?.role);
  return [seesAll, claims?.role === 'manager' ? claims.regions : [], claims?.investor_id ?? null];
}

function mayReadNotes(claims, row) {
  if (!claims) return false;
  return (
    ['admin', 'auditor'].includes(claims.role) || (claims.role === 'manager' && claims.manager_id === row.manager_id)
  );
}

function refuse(reply, status, code) {
  return reply.code(status).send({ errors: [{ message: code, extensions: { code } }] });
}
