import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import {
  allOf,
  createGuard,
  createGuardedSchema,
  type Personas,
  publicField,
  requireClaims,
  requireRow,
  requireScope,
} from 'claimgraph';
import { createTestServer, type TestServer } from 'claimgraph/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConsole } from '../src/index.ts';

interface Staff {
  readonly role: string;
  readonly region: string;
}

const canRead = requireScope('orders/read');
const isTheirs = requireRow(
  'is of their region',
  (row: { region: string }, { region }: Staff) => row.region === region,
);
const isManager = requireClaims('is a manager', ({ role }: Staff) => role === 'manager');
const orders = [
  { id: 'order_1', region: 'south', margin: 1 },
  { id: 'order_2', region: 'north', margin: 2 },
  { id: 'order_3', region: 'west', margin: 3 },
];
const guarded = createGuardedSchema({
  typeDefs: ['type Query { orders: [Order!] secret: String hello: String } type Order { id: ID! margin: Int }'],
  resolvers: { Query: { orders: () => orders } },
  permissions: {
    Query: { orders: canRead, secret: allOf(canRead, isManager), hello: publicField('is a greeting') },
    Order: { id: canRead, margin: allOf(canRead, isTheirs) },
  },
});
const personas = {
  clerk: { scopes: ['orders/read'], claims: { role: 'clerk', region: 'south' } },
  manager: { scopes: ['orders/read'], claims: { role: 'manager', region: 'north' } },
} satisfies Personas<Staff>;

const open = { Query: { secret: publicField('is guarded by another map') } };

const json = { 'content-type': 'application/json' };
let server: TestServer<'clerk' | 'manager'>;
let statements = 0;

beforeAll(async () => {
  const options = { personas, countStatements: () => statements++ };
  server = await createTestServer<Staff, 'clerk' | 'manager'>({ guarded, personas, console: createConsole(options) });
});

afterAll(() => server.close());

async function ask(name: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${server.url}/console/api/${name}`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

/** As far as it is looked into. */
interface Body {
  readonly state?: string;
  readonly row?: object;
  readonly code?: string;
  readonly whatWouldChange: {
    readonly sets: readonly { readonly changes: readonly string[]; readonly state: string }[];
  };
  readonly fields: readonly { readonly coordinate: string; readonly access: object }[];
}

async function bearer(name: 'clerk' | 'manager') {
  return { authorization: `Bearer ${await server.tokenOf(name)}` };
}

async function run(name: 'clerk' | 'manager') {
  const headers = { 'x-claimgraph-explain': '1' };
  const { body } = await server.query('{ orders { id margin } }', { as: name, headers });
  return Reflect.get(body, 'extensions').decisions;
}

describe('the page', () => {
  test('is at /, where /graphql sends a browser, and runs nothing but its own', async () => {
    const visit = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect([visit.status, visit.headers.get('location')]).toEqual([302, '/']);
    const [first, second] = await Promise.all([fetch(server.url), fetch(server.url)]);
    const [html, other] = await Promise.all([first.text(), second.text()]);
    expect(html).not.toBe(other);
    expect(html).not.toMatch(
      /__NONCE__|<script(?! type="module" crossorigin src="\/console\/)|<style|\sstyle=|\son\w+=/,
    );
    const [, nonce] = /csp-nonce" content="([^"]+)"/.exec(html) ?? [];
    expect(first.headers.get('content-security-policy')?.split(';')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    const files = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(3);
    for (const path of files) expect((await fetch(`${server.url}${path}`)).status).toBe(200);
  });

  test.each(['/console/../package.json', '/console/%2e%2e/package.json', '/console/nothing.js', '/other'])(
    'is not found at %s',
    async (path) => {
      expect((await fetch(`${server.url}${path}`)).status).toBe(404);
    },
  );
});

describe('who is answered', () => {
  const { hostname, port } = { hostname: '127.0.0.1', port: () => new URL(server.url).port };
  const send = (headers: Readonly<Record<string, string>>, method = 'POST') =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { hostname, port: port(), path: '/console/api/matrix', method, headers };
      httpRequest(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end('{}');
    });

  test('is the page itself, on this machine', async () => {
    expect(await send(json)).toBe(200);
    expect(await send({ ...json, host: `localhost:${port()}`, origin: `http://localhost:${port()}` })).toBe(200);
  });

  test.each<[string, () => Readonly<Record<string, string>>]>([
    ['a name that leads here from elsewhere', () => ({ ...json, host: 'rebound.example' })],
    ['a page elsewhere', () => ({ ...json, origin: 'https://elsewhere.example' })],
    ['a page on another port', () => ({ ...json, origin: 'http://localhost:3000' })],
    ['who comes by way of a proxy on this machine', () => ({ ...json, 'x-forwarded-for': '203.0.113.7' })],
    ['a form', () => ({ 'content-type': 'application/x-www-form-urlencoded' })],
  ])('is not %s', async (_who, headers) => {
    expect(await send(headers())).toBeGreaterThanOrEqual(403);
  });

  test('is nobody at another address', async () => {
    const handler = createConsole({}).connect({ guarded, authorize: () => Promise.reject(new TypeError('not asked')) });
    const request = { method: 'GET', url: '/', headers: { host: 'localhost:4000' } };
    const status = async (remoteAddress: string | undefined) => (await handler({ ...request, remoteAddress }))?.status;
    expect(await Promise.all(['::ffff:127.0.0.1', '::1', '10.0.0.7', undefined].map(status))).toEqual([
      200, 200, 403, 403,
    ]);
  });
});

describe('the endpoints', () => {
  test('tell why a row was refused to whoever ran the operation, and the row to nobody else', async () => {
    const decisions = await run('clerk');
    expect(decisions).toMatchObject({ cost: expect.any(Number), statements: 1, durationMs: expect.any(Number) });
    const body = { coordinate: 'Order.margin', path: 'orders.margin', run: decisions.run };
    const own = await ask('field', body, await bearer('clerk'));
    expect(own.body).toMatchObject({ state: 'denied', row: { id: 'order_2' }, caller: { persona: 'clerk' } });
    // Another persona on the same row, as the strip shows it.
    const looked = await ask('field', { ...body, persona: 'manager' }, await bearer('clerk'));
    expect(looked.body).toMatchObject({ state: 'shown', row: { id: 'order_2' } });
    const others = await ask('field', body, await bearer('manager'));
    expect([others.body.state, others.body.row]).toEqual(['unknown', undefined]);
  });

  test('decide again with what would change it, and touch nothing', async () => {
    const { run: id } = await run('clerk');
    const asked = { coordinate: 'Order.margin', run: id };
    const { body } = await ask('field', asked, await bearer('clerk'));
    const [set] = body.whatWouldChange.sets;
    const tried = await ask('try', { ...asked, changes: set?.changes }, await bearer('clerk'));
    expect([tried.status, tried.body.state]).toEqual([200, 'shown']);
    const made = await ask('try', { ...asked, changes: ['whatever'] }, await bearer('clerk'));
    expect(made.status).toBe(400);
    expect((await ask('field', asked, await bearer('clerk'))).body.state).toBe('denied');
  });

  test('say who somebody is, and what each persona reads', async () => {
    const { body } = await ask('who', {}, await bearer('clerk'));
    expect(body).toMatchObject({ persona: 'clerk', claims: { state: 'found', values: personas.clerk.claims } });
    expect((await ask('who', {})).body).toMatchObject({ kind: 'anonymous', scopes: [] });
    const matrix = await ask('matrix', {});
    expect(matrix.body.fields.find(({ coordinate }) => coordinate === 'Query.secret')?.access).toEqual({
      clerk: 'denied',
      manager: 'allowed',
    });
  });

  test.each<[string, string, unknown, number]>([
    ['a field that there is not', 'field', { coordinate: 'Order.price' }, 400],
    ['a persona that there is not', 'field', { coordinate: 'Order.id', persona: 'constructor' }, 400],
    ['a body that is a list', 'field', [], 400],
    ['a diff without a project', 'diff', { commit: 'main' }, 400],
    ['an endpoint that there is not', 'toString', {}, 404],
  ])('refuse %s', async (_what, name, body, status) => {
    expect((await ask(name, body)).status).toBe(status);
  });

  test('answer a bad token as the API does', async () => {
    const { status, body } = await ask('who', {}, { authorization: 'Bearer a.b.c' });
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

test('another server mounts what `connect` gives', async () => {
  const { schema } = createGuardedSchema({
    typeDefs: ['type Query { secret: String }'],
    resolvers: {},
    permissions: open,
  });
  const guard = createGuard({ schema, permissions: { Query: { secret: canRead } } });
  const callers = { verifyToken: () => Promise.reject(new TypeError('no token is sent')), claims: () => undefined };
  const answer = createConsole({ personas }).connect({
    guarded: guard,
    authorize: async (authorizationHeaders) =>
      (await guard.authenticate(callers, authorizationHeaders)).context().authorization,
  });
  const asked = { method: 'POST', headers: { ...json, host: 'localhost' }, remoteAddress: '127.0.0.1' };
  const field = await answer({ ...asked, url: '/console/api/field', body: { coordinate: 'Query.secret' } });
  expect(JSON.parse(String(field?.body))).toMatchObject({ verdict: 'denied UNAUTHENTICATED' });
  expect(await answer({ ...asked, url: '/graphql', body: {} })).toBeUndefined();
});

test('the page of documentation names options that there are', async () => {
  const page = await readFile(new URL('../../../docs/console.md', import.meta.url), 'utf8');
  const [, options = ''] = /console: createConsole\(\{\n(.*?)\n {2}\}\)/s.exec(page) ?? [];
  const named = [...options.matchAll(/^ {4}(\w+)[:,]/gm)].map(([, name = '']) => [name, undefined]);
  expect(named.length).toBeGreaterThan(3);
  expect(() => createConsole(Object.fromEntries(named))).not.toThrow();
});

describe('never in production', () => {
  test('a console is not made there, nor of options that mean nothing', () => {
    expect(() => createConsole({}, { NODE_ENV: 'Production ' })).toThrow('NODE_ENV');
    expect(() => createConsole({ persona: {} } as object)).toThrow('persona');
    expect(() => createConsole({ ruleFiles: ['rules.ts'] })).toThrow('project');
    expect(() => createConsole({ project: import.meta.dirname, ruleFiles: ['rules.ts'] })).toThrow('rules.ts');
  });

  test('without one, / is a line of text, and nothing of it is there', async () => {
    const plain = await createTestServer<Staff, 'clerk' | 'manager'>({ guarded, personas });
    const start = await fetch(plain.url, { headers: { accept: 'text/html' } });
    expect([start.status, start.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    for (const path of ['/console', '/console/', '/console/api/setup']) {
      expect((await fetch(`${plain.url}${path}`, { method: 'POST', headers: json, body: '{}' })).status).toBe(404);
    }
    const headers = { 'x-claimgraph-explain': '1' };
    const { body } = await plain.query('{ hello }', { as: 'clerk', headers });
    expect(body).not.toHaveProperty('extensions');
    await plain.close();
  });
});
