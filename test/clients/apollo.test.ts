import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuthLink, dropCacheOnSubjectChange } from '../../packages/client/src/apollo.ts';
import { readRefusals, type SubjectChange, SubjectChangedError } from '../../packages/client/src/index.ts';
import { type Api, breakClaims, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';
import { type Session, startSession } from './support/session.ts';

declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface Query {
        errorPolicy: 'all';
      }
      interface WatchQuery {
        errorPolicy: 'all';
      }
      interface Mutate {
        errorPolicy: 'all';
      }
    }
  }
}

let api: Api;
let pool: RotatingPool;

beforeAll(async () => {
  api = await startApi();
  pool = await startRotatingPool(api);
});

afterAll(async () => {
  await pool?.close();
  await api?.close();
});

interface Requests {
  /** HTTP statuses of the answers, in their order. */
  readonly statuses: number[];
  readonly onAnswer?: () => void;
}

function createClient(
  { manager }: Session,
  { statuses, onAnswer }: Requests = { statuses: [] },
  options: HttpLink.Options = {},
) {
  const http = new HttpLink({
    uri: `${api.url}/graphql`,
    ...options,
    async fetch(input, init) {
      const response = await fetch(input, init);
      statuses.push(response.status);
      onAnswer?.();
      return response;
    },
  });
  const client = new ApolloClient({
    link: createAuthLink(manager).concat(http),
    cache: new InMemoryCache(),
    defaultOptions: {
      query: { errorPolicy: 'all' },
      mutate: { errorPolicy: 'all' },
      watchQuery: { errorPolicy: 'all' },
    },
  });
  dropCacheOnSubjectChange(client, manager);
  return client;
}

const viewer = gql`query Viewer { viewer { subject } }`;
const companies: TypedDocumentNode<{ companies: { nodes: { name: string }[] } }> =
  gql`query Companies { companies { nodes { id name internalRating } } }`;
const pay = gql`
  mutation Pay($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { amountUsd } } }
`;

test('50 queries over an expiry make one refresh, and all are answered', async () => {
  const session = await startSession(pool, 'global-admin');
  const requests: Requests = { statuses: [] };
  const client = createClient(session, requests);
  const before = pool.refreshCount();
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const answers = await Promise.all(
    numbers.map((number) => client.query({ query: gql`query { q${number}: viewer { subject } }` })),
  );
  expect(answers.map(({ error }) => error)).toEqual(numbers.map(() => undefined));
  expect([pool.refreshCount() - before, pool.reuseCount()]).toEqual([1, 0]);
  expect(requests.statuses.filter((status) => status === 401)).toHaveLength(50);
  expect(requests.statuses.filter((status) => status === 200)).toHaveLength(50);
});

test('an answer as application/json, which Apollo Client throws, is refreshed as well', async () => {
  const session = await startSession(pool, 'global-admin');
  const requests: Requests = { statuses: [] };
  const { data, error } = await createClient(session, requests, { headers: { accept: 'application/json' } }).query({
    query: viewer,
  });
  expect([data, error, requests.statuses]).toEqual([{ viewer: expect.any(Object) }, undefined, [401, 200]]);
});

test('a sign-in that is over empties the cache, and is told as over', async () => {
  const session = await startSession(pool, 'global-admin', { claims: {} });
  const client = createClient(session);
  await client.query({ query: companies });
  await session.signIn('global-admin');
  const changes: SubjectChange[] = [];
  session.manager.onSubjectChange((change) => changes.push(change));
  pool.revokeAll();
  // Apollo Client gives up what is under way when its cache is emptied.
  await expect(client.query({ query: viewer })).rejects.toThrow('Store reset while query was in flight');
  expect(changes).toMatchObject([{ subject: undefined, isOver: true }]);
  expect([client.cache.extract(), await session.manager.getToken()]).toEqual([{}, undefined]);
});

test('when the user pool does not answer, the query fails and nobody is signed out', async () => {
  const session = await startSession(pool, 'global-admin');
  const client = createClient(session);
  pool.failNext(5, 503);
  const { error } = await client.query({ query: viewer });
  expect(error).toMatchObject({ name: 'TokenRefreshError' });
  expect(readRefusals({ error }).why('viewer')).toBe('tryAgain');
  expect(session.waits).toHaveLength(4);
  expect((await client.query({ query: viewer, fetchPolicy: 'network-only' })).error).toBeUndefined();
});

describe('partial data', () => {
  test('is handed out with each refusal at its place', async () => {
    const session = await startSession(pool, 'usa-manager', { claims: {} });
    const result = await createClient(session).query({ query: companies });
    expect(result.data).toMatchObject({ companies: { nodes: [{ internalRating: 'A' }, { internalRating: null }] } });
    const ratingOf = (index: number) => readRefusals(result).under('companies', 'nodes', index).why('internalRating');
    expect([ratingOf(0), ratingOf(1)]).toEqual(['none', 'mayNot']);
  });
});

describe('step-up', () => {
  const input = { companyId: 'com_1', investorId: 'inv_11', amountUsd: 200_000, idempotencyKey: 'apollo-step-up' };
  const longAgo = { auth_time: Math.floor(Date.now() / 1000) - 3_000 };

  test('a payment that needs a newer sign-in is entered once the person has signed in anew', async () => {
    const asked: number[] = [];
    const session = await startSession(pool, 'global-admin', {
      claims: longAgo,
      async stepUp({ maxAgeSeconds }) {
        asked.push(maxAgeSeconds);
        await session.signIn('global-admin', {});
        return true;
      },
    });
    const { data, error } = await createClient(session).mutate({ mutation: pay, variables: { input } });
    expect([data, error]).toEqual([
      {
        createTransaction: expect.objectContaining({ transaction: { __typename: 'Transaction', amountUsd: 200_000 } }),
      },
      undefined,
    ]);
    expect(asked).toEqual([300]);
  });

  test('and refused when they would rather not', async () => {
    const session = await startSession(pool, 'global-admin', { claims: longAgo, stepUp: async () => false });
    const result = await createClient(session).mutate({
      mutation: pay,
      variables: { input: { ...input, idempotencyKey: 'apollo-refused' } },
    });
    expect(readRefusals(result).why('createTransaction')).toBe('signInAgain');
  });
});

describe('while the claims source fails', () => {
  let broken: Api;
  let brokenPool: RotatingPool;
  let mend: () => Promise<void>;

  beforeEach(async () => {
    broken = await startApi();
    brokenPool = await startRotatingPool(broken);
    mend = await breakClaims(broken);
  });

  afterEach(async () => {
    await brokenPool.close();
    await broken.close();
  });

  test('503 is tried again after Retry-After, and answered once it is over', async () => {
    const waits: number[] = [];
    const session = await startSession(brokenPool, 'global-admin', {
      claims: {},
      retry: {
        async wait(ms) {
          waits.push(ms);
          if (waits.length === 3) await mend();
        },
      },
    });
    const requests: Requests = { statuses: [] };
    const client = createClient(session, requests, { uri: `${broken.url}/graphql` });
    const { data } = await client.query({ query: companies });
    expect(data?.companies.nodes).toHaveLength(4);
    expect(requests.statuses).toEqual([503, 503, 503, 200]);
    expect(waits.every((ms) => ms >= 1_000)).toBe(true);
  });
});

describe('when somebody else signs in', () => {
  test('the cache is empty, and what is on the screen is asked anew for them', async () => {
    const session = await startSession(pool, 'global-admin', { claims: {} });
    const client = createClient(session);
    const shown: (readonly { readonly name: string }[])[] = [];
    const watched = client.watchQuery({ query: companies });
    const subscription = watched.subscribe(({ data, dataState }) => {
      if (dataState === 'complete') shown.push(data.companies.nodes);
    });
    await expect.poll(() => shown.length).toBe(1);
    await session.signIn('usa-manager', {});
    expect(client.cache.extract()).toEqual({});
    await expect.poll(() => shown.length).toBe(2);
    subscription.unsubscribe();
    expect(shown.map((nodes) => nodes.map(({ name }) => name))).toEqual([
      ['Alder Rail', 'Birch Solar', 'Cedar Ports', 'Dogwood Labs'],
      ['Birch Solar', 'Dogwood Labs'],
    ]);
    expect(JSON.stringify(client.cache.extract())).not.toContain('Alder Rail');
  });

  test('what is under way for the person before is not handed out, and not kept', async () => {
    const session = await startSession(pool, 'global-admin', { claims: {} });
    const client = createClient(session);
    const running = client.query({ query: companies, errorPolicy: 'none' });
    const refused = expect(running).rejects.toThrow();
    await session.signIn('usa-manager', {});
    await refused;
    expect(client.cache.extract()).toEqual({});
  });

  test('a mutation that was sent for the person before tells that somebody else is signed in', async () => {
    const session = await startSession(pool, 'global-admin', { claims: {} });
    const client = createClient(session);
    const input = { companyId: 'com_1', investorId: 'inv_11', amountUsd: 1, idempotencyKey: 'switch' };
    const running = client.mutate({ mutation: pay, variables: { input }, errorPolicy: 'none' });
    const refused = expect(running).rejects.toThrow(SubjectChangedError);
    await session.signIn('usa-manager', {});
    await refused;
  });

  test('after a sign-out the cache is empty and nothing is asked', async () => {
    const session = await startSession(pool, 'global-admin', { claims: {} });
    const requests: Requests = { statuses: [] };
    const client = createClient(session, requests);
    const watched = client.watchQuery({ query: companies });
    const subscription = watched.subscribe(() => {});
    await expect.poll(() => requests.statuses.length).toBe(1);
    await session.manager.setToken(undefined);
    expect([client.cache.extract(), requests.statuses]).toEqual([{}, [200]]);
    subscription.unsubscribe();
  });
});

test('a query that is called off is not sent again', async () => {
  const session = await startSession(pool, 'global-admin');
  const requests: Requests = { statuses: [], onAnswer: () => subscription.unsubscribe() };
  const refreshes = pool.refreshCount();
  const subscription = createClient(session, requests)
    .watchQuery({ query: viewer })
    .subscribe(() => {});
  await expect.poll(() => requests.statuses).toEqual([401]);
  // What is sent later has been answered.
  await createClient(session).query({ query: viewer });
  expect([requests.statuses, pool.refreshCount() - refreshes]).toEqual([[401], 1]);
});
