import { randomUUID } from 'node:crypto';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Api, type Persona, personas, startApi } from '../support/api.ts';

/** DOMAIN's rules for events, for each demo user and the machine client: written through one process, heard through another. */
let writer: Api;
let hearer: Api;
const clients: Client[] = [];

beforeAll(async () => {
  writer = await startApi();
  hearer = await startApi({}, { database: writer.database });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
});

afterAll(async () => {
  await hearer?.close();
  await writer?.close();
});

interface Heard {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?:
    | readonly { readonly path?: unknown; readonly extensions?: { readonly code?: unknown } }[]
    | undefined;
}

/** What somebody hears through the second process, as it comes; and with what it ended. */
async function listen(persona: Persona, query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const token = await hearer.tokenOf(persona);
  const heard: Heard[] = [];
  const ended: unknown[] = [];
  const started = hearer.takeLog;
  const client = createClient({
    url: `${hearer.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  clients.push(client);
  started();
  client.subscribe<Readonly<Record<string, unknown>>>(
    { query, variables },
    {
      next: (result) => void heard.push(result as Heard),
      error: (error) => void ended.push(error),
      complete: () => void ended.push('complete'),
    },
  );
  // The log says when the source is open, or that there is none.
  let log: readonly Readonly<Record<string, unknown>>[] = [];
  await expect
    .poll(() => {
      log = [...log, ...hearer.takeLog()];
      return (
        log.filter(({ msg, operation }) => msg === 'operation' && operation === 'subscription').length + ended.length
      );
    })
    .toBeGreaterThan(0);
  return { heard, ended };
}

const added = /* GraphQL */ `
  subscription ($companyId: ID!, $after: ID) {
    transactionAdded(companyId: $companyId, after: $after) {
      id amountUsd company { id boardNotes } investor { id email taxId }
    }
  }
`;

async function enter(companyId: string, investorId: string, amountUsd: number): Promise<string> {
  const { body } = await writer.query(
    'mutation ($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { id } } }',
    { as: 'global-admin', variables: { input: { companyId, investorId, amountUsd, idempotencyKey: randomUUID() } } },
  );
  return String(Object(body.data).createTransaction.transaction.id);
}

const codesOf = ({ errors = [] }: Heard) =>
  Object.fromEntries(errors.map(({ path, extensions }) => [String(path), extensions?.code]));

describe('transactionAdded', () => {
  test('each hears of the company what they may read of it at that moment, whichever process wrote it', async () => {
    const listening = new Map<Persona, Awaited<ReturnType<typeof listen>>>();
    for (const persona of personas) listening.set(persona, await listen(persona, added, { companyId: 'com_2' }));
    const notFound = [[{ path: ['transactionAdded'], extensions: { code: 'NOT_FOUND' } }]];
    for (const persona of ['newcomer', 'asia-europe-manager'] as const) {
      await expect.poll(() => listening.get(persona)?.ended).toMatchObject(notFound);
    }
    const first = await enter('com_2', 'inv_21', 1_100);
    const elsewhere = await enter('com_3', 'inv_90', 1_200);
    const second = await enter('com_2', 'inv_90', 1_300);
    const whole = (persona: Persona) => listening.get(persona)?.heard ?? [];
    await expect.poll(() => personas.map((persona) => whole(persona).length)).toEqual([2, 2, 0, 2, 0, 1, 2]);
    const event = (id: string, amountUsd: number, investor: string, more: object) => ({
      data: {
        transactionAdded: { id, amountUsd, company: { id: 'com_2' }, investor: { id: `inv_${investor}`, ...more } },
      },
    });
    for (const persona of ['global-admin', 'auditor'] as const) {
      expect(whole(persona)).toMatchObject([
        event(first, 1_100, '21', { email: 'inv-21@example.com', taxId: '99-21-1234' }),
        event(second, 1_300, '90', { email: 'inv-90@example.com', taxId: '99-90-1234' }),
      ]);
      expect(whole(persona).map(codesOf)).toEqual([{}, {}]);
    }
    for (const persona of ['usa-manager', 'reporting-job'] as const) {
      expect(whole(persona)).toMatchObject([
        event(first, 1_100, '21', { email: null, taxId: '**-**-1234' }),
        event(second, 1_300, '90', { email: null, taxId: '**-**-1234' }),
      ]);
      expect(whole(persona).map(codesOf)).toMatchObject([
        { 'transactionAdded,investor,email': expect.stringMatching(/^(INSUFFICIENT_SCOPE|FORBIDDEN)$/) },
        {},
      ]);
    }
    expect(whole('investor-90')).toMatchObject([
      event(second, 1_300, '90', { email: 'inv-90@example.com', taxId: '99-90-1234' }),
    ]);
    expect(whole('investor-90').map(codesOf)).toEqual([{ 'transactionAdded,company,boardNotes': 'FORBIDDEN' }]);
    expect(JSON.stringify([...listening.values()].map(({ heard }) => heard))).not.toContain(elsewhere);
  });

  test('goes on after a transaction that the client knows, without loss and without repetition', async () => {
    const ids = [
      await enter('com_4', 'inv_41', 901),
      await enter('com_4', 'inv_42', 902),
      await enter('com_4', 'inv_41', 903),
    ];
    const query =
      'subscription ($companyId: ID!, $after: ID) { transactionAdded(companyId: $companyId, after: $after) { id } }';
    const idsOf = ({ heard }: { readonly heard: readonly Heard[] }) =>
      heard.map(({ data }) => Object(data?.transactionAdded).id);
    const fromSeed = await listen('auditor', query, { companyId: 'com_4', after: 'txn_403' });
    await expect.poll(() => idsOf(fromSeed)).toEqual(ids);
    const resumed = await listen('usa-manager', query, { companyId: 'com_4', after: 'txn_403' });
    await expect.poll(() => idsOf(resumed)).toEqual(ids);
    const last = await listen('auditor', query, { companyId: 'com_4', after: ids[1] });
    ids.push(await enter('com_4', 'inv_42', 904));
    await expect.poll(() => idsOf(last)).toEqual(ids.slice(2));
    await expect.poll(() => idsOf(resumed)).toEqual(ids);
  });

  test.each([
    ['of nobody', 'txn_nobody'],
    ['with a NUL in it', 'a\u0000b'],
    ['of another company', 'txn_101'],
  ])('an after %s is refused as one that there is not', async (_of, after) => {
    const { ended } = await listen('global-admin', added, { companyId: 'com_2', after });
    await expect.poll(() => ended).toMatchObject([[{ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }]]);
  });

  test('an investor cannot go on after the transaction of somebody else', async () => {
    const foreign = await enter('com_2', 'inv_22', 1_400);
    const { ended } = await listen('investor-90', added, { companyId: 'com_2', after: foreign });
    await expect.poll(() => ended).toMatchObject([[{ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }]]);
  });

  test('what is entered while somebody does not see the company is not heard by them, and what comes later is', async () => {
    const { heard, ended } = await listen('usa-manager', added, { companyId: 'com_2' });
    await setRegions('10345', ['ASIA']);
    const auditor = await listen('auditor', added, { companyId: 'com_2' });
    await enter('com_2', 'inv_23', 1_500);
    await expect.poll(() => auditor.heard).toHaveLength(1);
    // Asked after the event was, so answered after it.
    const { body } = await hearer.query('{ company(id: "com_2") { id } }', { as: 'usa-manager' });
    expect([body.data, heard]).toEqual([{ company: null }, []]);
    await setRegions('10345', ['USA']);
    const later = await enter('com_2', 'inv_23', 1_600);
    await expect.poll(() => heard.map(({ data }) => Object(data?.transactionAdded).id)).toEqual([later]);
    expect(ended).toEqual([]);
  });
});

async function setRegions(managerId: string, regions: readonly string[]): Promise<void> {
  const { body } = await writer.query(
    'mutation ($input: SetUserClaimsInput!) { setUserClaims(input: $input) { user { regions } } }',
    { as: 'global-admin', variables: { input: { managerId, regions } } },
  );
  expect(body).toMatchObject({ data: { setUserClaims: { user: { regions } } } });
}

test('viewerChanged tells at once, and again when the caller’s own rights have changed', async () => {
  const query = 'subscription { viewerChanged { regions role } }';
  const own = await listen('asia-europe-manager', query);
  const other = await listen('auditor', query);
  const regions = ({ heard }: { readonly heard: readonly Heard[] }) =>
    heard.map(({ data }) => Object(data?.viewerChanged).regions);
  await expect.poll(() => regions(own)).toEqual([['ASIA', 'EUROPE']]);
  await setRegions('30412', ['EUROPE']);
  await expect.poll(() => regions(own)).toEqual([['ASIA', 'EUROPE'], ['EUROPE']]);
  await setRegions('30412', ['ASIA', 'EUROPE']);
  await expect.poll(() => regions(own)).toHaveLength(3);
  expect(regions(other)).toHaveLength(1);
});

test('whoever is suspended hears nothing from then on, in every process', async () => {
  const { heard, ended } = await listen('auditor', added, { companyId: 'com_2' });
  const suspend = (suspended: boolean) =>
    writer.query(
      'mutation ($input: SetUserSuspendedInput!) { setUserSuspended(input: $input) { user { suspended } } }',
      { as: 'global-admin', variables: { input: { managerId: '40777', suspended } } },
    );
  await suspend(true);
  await expect.poll(() => ended).toMatchObject([{ code: 4403, reason: 'token-not-accepted' }]);
  await enter('com_2', 'inv_24', 1_700);
  await suspend(false);
  expect(heard).toEqual([]);
});
