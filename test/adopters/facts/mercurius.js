// What Mercurius does with a guard besides the page of docs/adapters: printed as JSON.

import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  createGuard,
  createPrincipal,
  ForbiddenError,
  NotFoundError,
  publicField,
  requireClaims,
  requireToken,
} from 'claimgraph';
import { createMercuriusGuard } from 'claimgraph/mercurius';
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { WebSocket } from 'ws';

let rowsRead = 0;
const readRow = (id) => {
  rowsRead += 1;
  return { id };
};
const rowsOf = (first) => Array.from({ length: first ?? 3 }, (_, id) => readRow(id));

const makeSchema = () =>
  makeExecutableSchema({
    typeDefs: `
      type Query { motto: String takings: Int lost: String broken: String mine: String rows(first: Int): [Row] endless: [Row] }
      type Row { id: Int rows(first: Int): [Row] }
      type Subscription { rings: String takings: Int }
    `,
    resolvers: {
      Query: {
        motto: () => 'hush',
        takings: () => 28,
        lost: () => Promise.reject(new NotFoundError('no row 9 in the table of loans')),
        broken: () => Promise.reject(new Error('a bug of the resolver')),
        mine: (_root, _args, { db, authorization }) => `${db} ${authorization.principal.subject}`,
        rows: (_root, { first }) => rowsOf(first),
        *endless() {
          for (let id = 0; ; id += 1) yield readRow(id);
        },
      },
      Row: { rows: (_row, { first }) => rowsOf(first) },
      Subscription: {
        rings: {
          subscribe: async function* () {
            yield { rings: 'ring' };
          },
        },
        takings: {
          subscribe: async function* () {
            yield { takings: 28 };
          },
        },
      },
    },
  });
const isRich = requireClaims('is rich', ({ rich }) => rich);
const isKnown = requireToken('is known');
const isOpen = publicField('lies on the table');
const permissions = {
  Row: isOpen,
  Query: {
    motto: publicField('hangs on the wall'),
    takings: isRich,
    lost: isKnown,
    broken: isKnown,
    mine: isKnown,
    rows: isOpen,
    endless: isOpen,
  },
  Subscription: { rings: publicField('is heard by everybody'), takings: isRich },
};
const principalOf = (subject) =>
  createPrincipal({
    kind: 'user',
    issuer: 'https://pool.example.com',
    subject,
    clientId: 'spa',
    issuedAt: 0,
    expiresAt: 2_000_000_000,
    authTime: 0,
  });
let loads = 0;
const callers = {
  async verifyToken(token) {
    if (token === 'suspended') throw new ForbiddenError('is suspended');
    return principalOf(token);
  },
  claims({ subject }) {
    loads += 1;
    return { rich: subject === 'ada' };
  },
};

async function serve(more = {}, own = {}, isPlugged = true, limits = {}) {
  const guard = createGuard({ schema: makeSchema(), permissions, limits, onInternalError() {} });
  const { options, plugin } = createMercuriusGuard(mercurius, guard, callers);
  const app = Fastify();
  app.register(mercurius, { ...options(own), ...more });
  if (isPlugged) app.register(plugin);
  await app.ready();
  return app;
}

const codesOf = ({ errors = [] }) => errors.map(({ extensions }) => extensions?.code ?? null);

async function ask(app, payload, token = 'ada') {
  const headers = { authorization: `Bearer ${token}` };
  const isGet = typeof payload === 'string' && payload.startsWith('/');
  const request = isGet ? { method: 'GET', url: payload } : { method: 'POST', url: '/graphql', payload };
  const { statusCode, body } = await app.inject({ ...request, headers });
  return { status: statusCode, body: JSON.parse(body) };
}

async function batch() {
  const app = await serve({ allowBatchedQueries: true });
  loads = 0;
  const { body } = await ask(
    app,
    [{ query: '{ takings }' }, { query: '{ motto takings }' }, { query: '{ motto }' }],
    'bob',
  );
  const loadsOfBatch = loads;
  const named = 'query Rich { takings } query Poor { motto }';
  const same = await ask(
    app,
    [
      { query: named, operationName: 'Rich' },
      { query: named, operationName: 'Poor' },
    ],
    'bob',
  );
  const poor = await ask(app, { query: named, operationName: 'Poor' }, 'bob');
  const rich = await ask(app, `/graphql?operationName=Rich&query=${encodeURIComponent(named)}`, 'bob');
  await app.close();
  return {
    each: body.map(({ data, ...rest }) => [data?.motto ?? null, codesOf(rest)]),
    loads: loadsOfBatch,
    ambiguous: same.body.map(codesOf),
    poor: poor.body.data,
    rich: [rich.status, codesOf(rich.body)],
  };
}

async function ownOptions() {
  const told = [];
  const errorFormatter = (execution, context) => {
    told.push(execution.errors.length);
    return mercurius.defaultErrorFormatter(execution, context);
  };
  const app = await serve({}, { context: () => ({ db: 'mine' }), errorFormatter });
  const mine = await ask(app, { query: '{ mine takings }' }, 'bob');
  const lost = await ask(app, { query: '{ motto lost }' });
  const broken = await ask(app, { query: '{ motto broken }' });
  const suspended = await ask(app, { query: '{ motto }' }, 'suspended');
  await app.close();
  return {
    mine: mine.body.data,
    told,
    lost: [codesOf(lost.body), JSON.stringify(lost.body).includes('table of loans')],
    broken: broken.body.data,
    suspended: [suspended.status, codesOf(suspended.body)],
  };
}

/** With Mercurius's own compiler, and without. */
async function limits(jit) {
  const app = await serve({ jit }, {}, true, { maxCost: 1_000, maxResultValues: 500, maxDocumentTokens: 100 });
  const answers = {};
  const asked = {
    cost: '{ rows(first: 100) { rows(first: 100) { id } } }',
    tokens: `{ ${'motto '.repeat(99)} }`,
    list: '{ endless { id } }',
    small: '{ rows(first: 100) { id } }',
  };
  for (const [name, query] of Object.entries(asked)) {
    rowsRead = 0;
    // Often enough for the compiler to take it.
    for (let time = 0; time < 2; time += 1) await ask(app, { query });
    rowsRead = 0;
    const { status, body } = await ask(app, { query });
    answers[name] = [
      status,
      codesOf(body),
      body.data?.rows?.length ?? null,
      rowsRead < 600 ? Math.min(rowsRead, 100) : 'all',
    ];
  }
  await app.close();
  return answers;
}

async function withoutPlugin() {
  const app = await serve({}, {}, false);
  const { body } = await ask(app, { query: '{ motto takings }' });
  await app.close();
  return [body.data, codesOf(body)];
}

async function otherSchema() {
  const wrong = serve({ schema: makeSchema() });
  return wrong.then(
    () => 'starts',
    (error) => error.name,
  );
}

async function subscription() {
  const app = await serve({ subscription: true });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`, 'graphql-ws');
  const seen = {};
  const done = new Promise((resolve) => {
    socket.on('message', (message) => {
      const { id, type, payload } = JSON.parse(message);
      if (type === 'connection_ack') {
        for (const field of ['rings', 'takings']) {
          socket.send(JSON.stringify({ id: field, type: 'start', payload: { query: `subscription { ${field} }` } }));
        }
      }
      if (id && type !== 'complete') seen[id] = [type, payload?.data?.[id] ?? null];
      if (Object.keys(seen).length === 2) resolve();
    });
  });
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer ada' } })),
  );
  await done;
  socket.close();
  await app.close();
  return seen;
}

const facts = {
  batch: await batch(),
  ownOptions: await ownOptions(),
  limits: { interpreted: await limits(0), compiled: await limits(1) },
  withoutPlugin: await withoutPlugin(),
  otherSchema: await otherSchema(),
  subscription: await subscription(),
};
process.stdout.write(JSON.stringify(facts));
