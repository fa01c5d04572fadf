import { ClientError, GraphQLClient, gql } from 'graphql-request';
import { Environment, type FetchFunction, fetchQuery, Network, RecordSource, Store } from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthFetch } from '../../packages/client/src/fetch.ts';
import { readRefusals, SubjectChangedError, TokenRefreshError } from '../../packages/client/src/index.ts';
import { type Api, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';
import { type Session, startSession } from './support/session.ts';

let api: Api;
let pool: RotatingPool;
let url: string;

beforeAll(async () => {
  api = await startApi();
  pool = await startRotatingPool(api);
  url = `${api.url}/graphql`;
});

afterAll(async () => {
  await pool?.close();
  await api?.close();
});

const viewer = '{ viewer { subject } }';
const companies = '{ companies { nodes { id name internalRating } } }';
const pay = gql`
  mutation Pay($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { amountUsd } } }
`;

function ask(authFetch: typeof fetch, query: string, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return authFetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), ...init });
}

describe('fetch', () => {
  test('50 requests over an expiry make one refresh, and all are answered', async () => {
    const { manager } = await startSession(pool, 'global-admin');
    const authFetch = createAuthFetch(manager, { url });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(authFetch, viewer)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect([pool.refreshCount(), pool.reuseCount()]).toEqual([1, 0]);
    expect(await answers[0]?.json()).toEqual({ data: { viewer: { subject: expect.any(String) } } });
  });

  test('takes a Request, and an address with the operation in it', async () => {
    const { manager } = await startSession(pool, 'global-admin');
    const authFetch = createAuthFetch(manager, { url });
    const body = JSON.stringify({ query: viewer });
    const request = new Request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect((await authFetch(request)).status).toBe(200);
    const get = await authFetch(new URL(`${url}?query={viewer{subject}}`), {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(get.status).toBe(200);
  });

  test('sends the token to nowhere but the API', async () => {
    const { manager } = await startSession(pool, 'global-admin');
    const sent: string[] = [];
    const authFetch = createAuthFetch(manager, {
      url,
      async fetch(input) {
        sent.push(new Request(input).url);
        return new Response();
      },
    });
    for (const other of ['https://evil.example/graphql', `${api.url}/other`, `${url}/more`]) {
      await expect(authFetch(other)).rejects.toThrow(` ${other}`);
    }
    expect(sent).toEqual([]);
  });

  test.each([
    ['a query', JSON.stringify({ query: '{ health }' }), 2],
    ['a query about mutations', JSON.stringify({ query: '{ search(text: "mutations") { __typename } }' }), 2],
    ['a mutation', JSON.stringify({ query: 'mutation { a }' }), 1],
    ['a mutation beside a query', JSON.stringify({ query: 'query A { a } mutation B { b }', operationName: 'A' }), 1],
    ['a document that is known by its hash', JSON.stringify({ extensions: { persistedQuery: {} } }), 1],
    ['a batch', JSON.stringify([{ query: '{ health }' }]), 1],
    ['a form', new FormData(), 1],
  ])('%s: a gateway’s 503 is answered with so many attempts', async (_name, body, attempts) => {
    const { manager } = await startSession(pool, 'global-admin', { claims: {} });
    let count = 0;
    const authFetch = createAuthFetch(manager, {
      url,
      async fetch() {
        count += 1;
        return new Response('<html>', { status: count === 1 ? 503 : 200, headers: { 'retry-after': '1' } });
      },
    });
    await authFetch(url, { method: 'POST', body });
    expect(count).toBe(attempts);
  });

  test('when the user pool does not answer it throws, and nobody is signed out', async () => {
    const { manager } = await startSession(pool, 'global-admin');
    const authFetch = createAuthFetch(manager, { url });
    pool.failNext(5, 503);
    await expect(ask(authFetch, viewer)).rejects.toThrow(TokenRefreshError);
    expect((await ask(authFetch, viewer)).status).toBe(200);
  });

  test('an answer for the person before is not handed out', async () => {
    const session = await startSession(pool, 'global-admin', { claims: {} });
    const authFetch = createAuthFetch(session.manager, {
      url,
      async fetch(input, init) {
        const response = await fetch(input, init);
        await session.signIn('usa-manager', {});
        return response;
      },
    });
    await expect(ask(authFetch, companies)).rejects.toThrow(SubjectChangedError);
  });

  test('a request that is called off is not sent again', async () => {
    const { manager } = await startSession(pool, 'global-admin');
    const calling = new AbortController();
    let count = 0;
    const authFetch = createAuthFetch(manager, {
      url,
      async fetch(input, init) {
        count += 1;
        const response = await fetch(input, init);
        calling.abort();
        return response;
      },
    });
    await expect(ask(authFetch, viewer, { signal: calling.signal })).rejects.toThrow('aborted');
    expect(count).toBe(1);
  });
});

describe('graphql-request', () => {
  const clientOf = ({ manager }: Session) => new GraphQLClient(url, { fetch: createAuthFetch(manager, { url }) });

  test('asks over an expiry', async () => {
    const session = await startSession(pool, 'global-admin');
    expect(await clientOf(session).request(viewer)).toEqual({ viewer: { subject: expect.any(String) } });
  });

  test('throws partial data with each refusal at its place', async () => {
    const session = await startSession(pool, 'usa-manager', { claims: {} });
    const error = await clientOf(session)
      .request(companies)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClientError);
    const ratingOf = (index: number) => readRefusals(error).under('companies', 'nodes', index).why('internalRating');
    expect([ratingOf(0), ratingOf(1)]).toEqual(['none', 'mayNot']);
  });

  test('has a payment entered that needs a newer sign-in', async () => {
    const session: Session = await startSession(pool, 'global-admin', {
      claims: { auth_time: Math.floor(Date.now() / 1000) - 3_000 },
      async stepUp() {
        await session.signIn('global-admin', {});
        return true;
      },
    });
    const input = { companyId: 'com_1', investorId: 'inv_11', amountUsd: 200_000, idempotencyKey: 'fetch-step-up' };
    expect(await clientOf(session).request(pay, { input })).toEqual({
      createTransaction: { transaction: { amountUsd: 200_000 } },
    });
  });
});

describe('Relay', () => {
  test('asks over an expiry', async () => {
    const { manager } = await startSession(pool, 'global-admin');
    const authFetch = createAuthFetch(manager, { url });
    const fetchGraphql: FetchFunction = async ({ text }, variables) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: text, variables });
      return (await authFetch(url, { method: 'POST', headers, body })).json();
    };
    const environment = new Environment({
      network: Network.create(fetchGraphql),
      store: new Store(new RecordSource()),
    });
    expect(await fetchQuery(environment, healthQuery, {}).toPromise()).toEqual({ health: 'ok' });
  });
});

/** What relay-compiler 21 makes of `query healthQuery { health }`. */
const healthQuery = {
  kind: 'Request',
  fragment: {
    argumentDefinitions: [],
    kind: 'Fragment',
    metadata: null,
    name: 'healthQuery',
    selections: [{ alias: null, args: null, kind: 'ScalarField', name: 'health', storageKey: null }],
    type: 'Query',
    abstractKey: null,
  },
  operation: {
    argumentDefinitions: [],
    kind: 'Operation',
    name: 'healthQuery',
    selections: [{ alias: null, args: null, kind: 'ScalarField', name: 'health', storageKey: null }],
  },
  params: {
    cacheID: 'health',
    id: null,
    metadata: {},
    name: 'healthQuery',
    operationKind: 'query',
    text: 'query healthQuery { health }',
  },
} as const;
