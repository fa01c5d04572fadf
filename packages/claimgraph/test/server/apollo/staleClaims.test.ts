import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needsClaims, requireClaims } from '../../../src/rules/index.ts';
import { createPersonasClaimsSource } from '../../../src/testing/persona.ts';
import { createTestServer, type TestServer } from '../../../src/testing/testServer.ts';
import { guard } from '../../support/guardedExecution.ts';

interface Claims {
  readonly role: string;
}

const personas = {
  ada: { kind: 'user', scopes: [], claims: { role: 'admin' } },
  bob: { kind: 'user', scopes: [], claims: { role: 'clerk' } },
  newcomer: { kind: 'user', scopes: [] },
} as const;

const isAdmin = requireClaims('is an admin', ({ role }: Claims) => role === 'admin');
const shop = guard(
  'type Query { takings: Int asOf: String }',
  { Query: { takings: isAdmin, asOf: needsClaims('sees of when their claims are') } },
  {
    Query: {
      takings: () => 7,
      asOf: (_root, _args, { authorization }) => authorization.claims().asOf.toISOString(),
    },
  },
);

const source = createPersonasClaimsSource<Claims>(personas);
let isDown = false;
let server: TestServer<keyof typeof personas>;
let log: Readonly<Record<string, unknown>>[] = [];

beforeAll(async () => {
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  server = await createTestServer({
    guarded: shop,
    personas,
    claims: {
      source: {
        fetchClaims: (subjects) =>
          isDown ? Promise.reject(new Error('connection refused')) : source.fetchClaims(subjects),
      },
      // What is remembered is out of date at once, so that every request asks the source.
      ttlSeconds: 0,
      negativeTtlSeconds: 0,
      staleIfErrorSeconds: 60,
    },
    logger: pino({}, lines),
  });
});

afterAll(() => server.close());

test('while the source fails, whoever was known is decided by what was known, and the log says so', async () => {
  const asOfNow = async () => (await server.query('{ takings asOf }', { as: 'ada' })).body.data;
  const before = await asOfNow();
  await server.query('{ takings }', { as: 'bob' });
  await server.query('{ takings }', { as: 'newcomer' });
  isDown = true;
  log = [];
  expect(before).toMatchObject({ takings: 7 });
  expect(await asOfNow()).toEqual(before);
  const about = Reflect.get(Object(before), 'asOf');
  expect(log).toMatchObject([
    { level: 40, err: { type: 'ClaimsUnavailableError' } },
    { msg: 'operation', claims: 'stale', claimsAsOf: about, refusals: [] },
  ]);
  await server.expectDecisions('{ takings }', 'bob', { takings: 'FORBIDDEN' });
  await server.expectDecisions('{ takings }', 'newcomer', { takings: 'CLAIMS_UNAVAILABLE' });
  isDown = false;
  await server.expectDecisions('{ takings }', 'newcomer', { takings: 'FORBIDDEN' });
});
