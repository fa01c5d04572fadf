import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { createLambdaHandler, type LambdaHandler } from '../../src/process/lambdaHandler.ts';
import { startLastingApi } from '../support/administration.ts';
import type { Api } from '../support/api.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

let database: TestDatabase;
let api: Api;
let handler: LambdaHandler;
let nowMs = 0;
beforeAll(async () => {
  // As an instance that stands still between requests, it hears no announcement; and what it remembers lives long.
  database = { ...(await openTestDatabase({ issuer: testIssuer })), listen: () => ({ close: async () => {} }) };
  api = await startLastingApi(database);
  handler = await createLambdaHandler({ server: api.server, catchUpMs: 1_000, now: () => nowMs });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

/** An event of an HTTP API (payload format 2.0), as API Gateway makes it. */
function eventOf(query: string, headers: Readonly<Record<string, string>> = {}, path = '/graphql') {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'api.example', ...headers },
    requestContext: { http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' }, stage: '$default' },
    body: JSON.stringify({ query }),
    isBase64Encoded: false,
  };
}

async function ask(query: string, headers?: Readonly<Record<string, string>>) {
  const { statusCode, headers: sent, body } = await handler(eventOf(query, headers), {} as never);
  return { statusCode, headers: sent, body: JSON.parse(body) };
}

const bearerOf = async (persona: 'usa-manager' | 'auditor') => ({
  authorization: `Bearer ${await api.tokenOf(persona)}`,
});

describe('a request of Lambda', () => {
  test('is answered as over HTTP, headers included', async () => {
    const answer = await ask('{ viewer { title } }', await bearerOf('usa-manager'));
    expect(answer).toMatchObject({ statusCode: 200, body: { data: { viewer: { title: 'Regional Manager' } } } });
    expect(answer.headers['cache-control']).toBe('private, no-store');
  });

  test('without a token is refused with the header that says so', async () => {
    const { statusCode, headers, body } = await ask('{ viewer { title } }');
    expect([statusCode, body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(headers['www-authenticate']).toContain('Bearer');
  });

  test('with two Authorization headers is not answered by one of them', async () => {
    const { authorization } = await bearerOf('auditor');
    const event = {
      ...eventOf('{ viewer { title } }'),
      multiValueHeaders: { authorization: [authorization, authorization] },
    };
    expect((await handler(event, {} as never)).statusCode).toBe(400);
  });
});

describe('after a standstill', () => {
  const retitle = (title: string) =>
    database.db.updateTable('access_records').set({ title }).where('manager_id', '=', '10345').execute();
  const titleSeen = async () =>
    (await ask('{ viewer { title } }', await bearerOf('usa-manager'))).body.data.viewer.title;

  test('changed claims are seen, and nothing is read again when nothing changed', async () => {
    nowMs += 1_000;
    await titleSeen();
    await retitle('Director');
    expect(await titleSeen()).toBe('Regional Manager');
    nowMs += 1_000;
    expect(await titleSeen()).toBe('Director');
    database.takeStatements();
    nowMs += 1_000;
    expect(await titleSeen()).toBe('Director');
    expect(database.takeStatements()).toEqual(['select "revision" from "claims_revision"']);
  });

  test('a sign-in that was revoked meanwhile is not accepted', async () => {
    const headers = await bearerOf('auditor');
    expect((await ask('{ viewer { subject } }', headers)).statusCode).toBe(200);
    await database.db
      .updateTable('access_records')
      .set({ suspended: true })
      .where('manager_id', '=', '40777')
      .execute();
    nowMs += 1_000;
    expect((await ask('{ viewer { subject } }', headers)).statusCode).toBe(401);
  });

  test('what is remembered still answers while the database cannot say what changed', async () => {
    nowMs += 1_000;
    await titleSeen();
    await database.db.schema.alterTable('claims_revision').renameTo('elsewhere').execute();
    nowMs += 1_000;
    api.takeLog();
    expect(await titleSeen()).toBe('Director');
    expect(api.takeLog().map(({ msg }) => msg)).toContain(
      'what changed while this process stood still could not be read',
    );
    await database.db.schema.alterTable('elsewhere').renameTo('claims_revision').execute();
  });
});

test('a subscription is refused, and not listened to: the answer would never end', async () => {
  const token = await api.tokenOf('auditor');
  const accept = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
  const { statusCode, body } = await ask('subscription { viewerChanged { subject } }', accept);
  expect([statusCode, body]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'accept' } }] },
  ]);
});
