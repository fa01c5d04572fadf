import { type AnyVariables, Client, cacheExchange, type DocumentInput, fetchExchange, gql } from '@urql/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRefusals } from '../../packages/client/src/index.ts';
import { authExchange } from '../../packages/client/src/urql.ts';
import { type Api, breakClaims, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';
import { type Session, startSession } from './support/session.ts';

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

function createClient({ manager }: Session, statuses: number[] = [], onAnswer: () => void | Promise<void> = () => {}) {
  return new Client({
    url: `${api.url}/graphql`,
    preferGetMethod: false,
    exchanges: [cacheExchange, authExchange(manager), fetchExchange],
    async fetch(input, init) {
      const response = await fetch(input, init);
      statuses.push(response.status);
      await onAnswer();
      return response;
    },
  });
}

const viewer = gql`query Viewer { viewer { subject } }`;
const companies: DocumentInput<{ companies: { nodes: { name: string }[] } }, AnyVariables> =
  gql`query Companies { companies { nodes { id name internalRating } } }`;
const rowsOnly = gql`query Rows { companies { totalCount } }`;
const pay = gql`
  mutation Pay($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { amountUsd } } }
`;

test('50 queries over an expiry make one refresh, and all are answered', async () => {
  const statuses: number[] = [];
  const client = createClient(await startSession(pool, 'global-admin'), statuses);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const answers = await Promise.all(
    numbers.map((number) => client.query(`query { q${number}: viewer { subject } }`, {}).toPromise()),
  );
  expect(answers.map(({ error }) => error)).toEqual(numbers.map(() => undefined));
  expect([pool.refreshCount(), pool.reuseCount()]).toEqual([1, 0]);
  expect(statuses.filter((status) => status === 401)).toHaveLength(50);
  expect(statuses.filter((status) => status === 200)).toHaveLength(50);
});

test('a result does not carry the token, and keeps the options of whoever asked', async () => {
  const session = await startSession(pool, 'global-admin', { claims: {} });
  const fetchOptions = { headers: { 'x-request-id': 'mine' } };
  const { operation, data } = await createClient(session).query(viewer, {}, { fetchOptions }).toPromise();
  expect(data).toBeDefined();
  expect(operation.context.fetchOptions).toEqual(fetchOptions);
  expect(JSON.stringify(operation.context)).not.toContain('Bearer');
});

test('partial data is handed out with each refusal at its place', async () => {
  const session = await startSession(pool, 'usa-manager', { claims: {} });
  const result = await createClient(session).query(companies, {}).toPromise();
  expect(result.data).toMatchObject({ companies: { nodes: [{ internalRating: 'A' }, { internalRating: null }] } });
  const ratingOf = (index: number) => readRefusals(result).under('companies', 'nodes', index).why('internalRating');
  expect([ratingOf(0), ratingOf(1)]).toEqual(['none', 'mayNot']);
});

test('a payment that needs a newer sign-in is entered once the person has signed in anew', async () => {
  const session: Session = await startSession(pool, 'global-admin', {
    claims: { auth_time: Math.floor(Date.now() / 1000) - 3_000 },
    async stepUp() {
      await session.signIn('global-admin', {});
      return true;
    },
  });
  const input = { companyId: 'com_1', investorId: 'inv_11', amountUsd: 200_000, idempotencyKey: 'urql-step-up' };
  const { data, error } = await createClient(session).mutation(pay, { input }).toPromise();
  expect([data, error]).toEqual([{ createTransaction: expect.any(Object) }, undefined]);
});

test('when the user pool does not answer, the query fails and nobody is signed out', async () => {
  const session = await startSession(pool, 'global-admin');
  const client = createClient(session);
  pool.failNext(5, 503);
  const result = await client.query(viewer, {}).toPromise();
  expect(result.error?.networkError).toMatchObject({ name: 'TokenRefreshError' });
  expect(readRefusals(result).why('viewer')).toBe('tryAgain');
  expect((await client.query(viewer, {}, { requestPolicy: 'network-only' }).toPromise()).error).toBeUndefined();
});

test('503 is tried again after Retry-After, and answered once it is over', async () => {
  const mend = await breakClaims(api);
  const waits: number[] = [];
  const session = await startSession(pool, 'investor-90', {
    claims: {},
    retry: {
      async wait(ms) {
        waits.push(ms);
        if (waits.length === 3) await mend();
      },
    },
  });
  const statuses: number[] = [];
  const { error } = await createClient(session, statuses).query(rowsOnly, {}).toPromise();
  expect([error, statuses]).toEqual([undefined, [503, 503, 503, 200]]);
  expect(waits.every((ms) => ms >= 1_000)).toBe(true);
});

describe('when somebody else signs in', () => {
  test('what is under way for the person before is not handed out', async () => {
    const session = await startSession(pool, 'global-admin', { claims: {} });
    let switched = false;
    const client = createClient(session, [], async () => {
      if (!switched) await session.signIn('usa-manager', {});
      switched = true;
    });
    const { data, error } = await client.query(companies, {}).toPromise();
    expect([data, error?.networkError]).toMatchObject([undefined, { name: 'SubjectChangedError' }]);
  });
});

test('a query that is called off is not sent again', async () => {
  const statuses: number[] = [];
  const session = await startSession(pool, 'global-admin');
  const client = createClient(session, statuses, () => subscription.unsubscribe());
  const subscription = client.query(viewer, {}).subscribe(() => {});
  await expect.poll(() => statuses).toEqual([401]);
  await createClient(session).query(viewer, {}).toPromise();
  expect(statuses).toEqual([401]);
});
