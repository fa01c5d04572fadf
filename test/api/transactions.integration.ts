import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import {
  changeMeanwhile,
  changeWhileLocked,
  nowSeconds,
  outcomeOf,
  startLastingApi,
  subjectOf,
} from '../support/administration.ts';
import { type Api, type Persona, startApi, type TestResponse } from '../support/api.ts';
import { testBackend } from '../support/testDatabase.ts';

let api: Api;
beforeAll(async () => {
  api = await startLastingApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  const { db } = api.database;
  await db.deleteFrom('transactions').where('entered_by', 'is not', null).execute();
  await db.deleteFrom('audit_events').where('action', '=', 'TRANSACTION_CREATED').execute();
});

const createTransaction = `mutation ($input: CreateTransactionInput!) {
  createTransaction(input: $input) { transaction { id amountUsd company { id } investor { id totalInvestedUsd } } }
}`;

interface Input {
  readonly companyId: string;
  readonly investorId: string;
  readonly amountUsd: unknown;
  readonly idempotencyKey: string;
}

/** What the manager of com_2 may enter. */
const toInput = (override: Partial<Input> = {}): Input => ({
  companyId: 'com_2',
  investorId: 'inv_90',
  amountUsd: 25_000,
  idempotencyKey: randomUUID(),
  ...override,
});

const enter = (as: Persona, override?: Partial<Input>): Promise<TestResponse> =>
  api.query(createTransaction, { as, variables: { input: toInput(override) } });

const entered = ({ body }: TestResponse) =>
  (body.data as { createTransaction: { transaction: { id: string } } }).createTransaction.transaction;

const readEntered = () =>
  api.database.db.selectFrom('transactions').selectAll().where('entered_by', 'is not', null).execute();

const payScopes = { scope: 'investments/read investments/pay' };
const oldSignIn = () => ({ ...payScopes, auth_time: nowSeconds() - 305, iat: nowSeconds() - 5 });
const newSignIn = () => ({ ...payScopes, auth_time: nowSeconds() - 200, iat: nowSeconds() - 5 });

describe('createTransaction', () => {
  test('costs two statements besides the reading of claims, with its company', async () => {
    const query = `mutation ($input: CreateTransactionInput!) {
      createTransaction(input: $input) { transaction { amountUsd company { id boardNotes } } }
    }`;
    api.takeStatements();
    const { body } = await api.query(query, { as: 'usa-manager', variables: { input: toInput() } });
    expect(body).toEqual({
      data: {
        createTransaction: { transaction: { amountUsd: 25_000, company: { id: 'com_2', boardNotes: 'note-2' } } },
      },
    });
    expect(api.takeStatements().filter((statement) => !statement.includes('"wanted"'))).toHaveLength(2);
  });

  test('enters one, which everybody sees who sees the company, and notes who did it', async () => {
    const answer = await enter('usa-manager');
    expect(answer).toMatchObject({ status: 200, body: { data: { createTransaction: expect.anything() } } });
    const { id } = entered(answer);
    expect(answer.body).toEqual({
      data: {
        createTransaction: {
          transaction: {
            id,
            amountUsd: 25_000,
            company: { id: 'com_2' },
            investor: { id: 'inv_90', totalInvestedUsd: 33_000 },
          },
        },
      },
    });
    const seen = async (as: Persona) => (await api.query(`{ node(id: "${id}") { id } }`, { as })).body.data;
    for (const as of ['usa-manager', 'global-admin', 'auditor', 'investor-90'] as const) {
      expect(await seen(as)).toEqual({ node: { id } });
    }
    for (const as of ['asia-europe-manager', 'newcomer'] as const) expect(await seen(as)).toEqual({ node: null });
    const log = await api.query('{ auditLog(first: 1) { nodes { actor action targetId } } }', { as: 'auditor' });
    expect(log.body.data).toEqual({
      auditLog: { nodes: [{ actor: subjectOf('usa-manager'), action: 'TRANSACTION_CREATED', targetId: id }] },
    });
  });

  test('lets an admin enter one into any company', async () => {
    for (const companyId of ['com_1', 'com_2', 'com_3', 'com_4']) {
      expect(outcomeOf(await enter('global-admin', { companyId }))).toBe('allowed');
    }
    expect(await readEntered()).toHaveLength(4);
  });

  test('twice in one request is two, and the second sees the first', async () => {
    const query = `mutation ($a: CreateTransactionInput!, $b: CreateTransactionInput!) {
      a: createTransaction(input: $a) { transaction { investor { totalInvestedUsd } } }
      b: createTransaction(input: $b) { transaction { investor { totalInvestedUsd } } }
    }`;
    const { body } = await api.query(query, { as: 'usa-manager', variables: { a: toInput(), b: toInput() } });
    expect(body).toEqual({
      data: {
        a: { transaction: { investor: { totalInvestedUsd: 33_000 } } },
        b: { transaction: { investor: { totalInvestedUsd: 58_000 } } },
      },
    });
  });

  const noScope = { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['investments/pay'] };
  test.each<readonly [string, Persona | undefined, Readonly<Record<string, string>>, number, object]>([
    ['nobody', undefined, {}, 401, { code: 'UNAUTHENTICATED', reason: 'missing' }],
    ['a manager whose client lacks the scope', 'usa-manager', { scope: 'investments/read' }, 403, noScope],
    ['an admin whose client lacks the scope', 'global-admin', { scope: 'investments/read' }, 403, noScope],
    ['an auditor', 'auditor', payScopes, 403, { code: 'FORBIDDEN' }],
    ['an investor', 'investor-90', payScopes, 403, { code: 'FORBIDDEN' }],
    ['a stranger', 'newcomer', payScopes, 403, { code: 'FORBIDDEN' }],
    ['a machine that is an auditor', 'reporting-job', payScopes, 403, { code: 'FORBIDDEN' }],
  ])('is refused to %s before anything is executed', async (_who, as, claims, status, extensions) => {
    const token = as && { token: await api.tokenOf(as, claims) };
    const answer = await api.query(createTransaction, { ...token, variables: { input: toInput() } });
    expect(answer.status).toBe(status);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors?.map((error) => error.extensions)).toContainEqual(extensions);
    expect(await readEntered()).toEqual([]);
  });

  const tooMuch = 25_001;
  const nobody = 'inv_0';
  /** Each with everything that is asked later wrong as well. */
  const inOrder: readonly (readonly [string, Persona, () => object, Partial<Input>, object])[] = [
    [
      'an invisible company',
      'usa-manager',
      oldSignIn,
      { companyId: 'com_1', amountUsd: tooMuch, investorId: nobody },
      { code: 'NOT_FOUND' },
    ],
    [
      'somebody else’s company',
      'usa-manager',
      oldSignIn,
      { companyId: 'com_4', amountUsd: tooMuch, investorId: nobody },
      { code: 'FORBIDDEN' },
    ],
    [
      'more than the limit',
      'usa-manager',
      oldSignIn,
      { amountUsd: tooMuch, investorId: nobody },
      { code: 'LIMIT_EXCEEDED', limit: 25_000 },
    ],
    [
      'more than an admin’s limit',
      'global-admin',
      oldSignIn,
      { amountUsd: 1_000_001, investorId: nobody },
      { code: 'LIMIT_EXCEEDED', limit: 1_000_000 },
    ],
    [
      'more than 100000 after an old sign-in',
      'global-admin',
      oldSignIn,
      { amountUsd: 100_001, investorId: nobody },
      { code: 'INSUFFICIENT_USER_AUTHENTICATION', maxAgeSeconds: 300 },
    ],
    [
      'an unknown investor',
      'global-admin',
      newSignIn,
      { amountUsd: 100_001, investorId: nobody },
      { code: 'NOT_FOUND' },
    ],
  ];
  test.each(inOrder)('refuses %s, and enters nothing', async (_what, as, claims, override, extensions) => {
    const token = await api.tokenOf(as, { ...claims() });
    const { status, body } = await api.query(createTransaction, { token, variables: { input: toInput(override) } });
    expect(status).toBe(200);
    expect(body.data).toEqual({ createTransaction: null });
    expect(body.errors).toMatchObject([{ path: ['createTransaction'] }]);
    expect(body.errors?.map((error) => error.extensions)).toEqual([extensions]);
    expect(await readEntered()).toEqual([]);
  });

  test('answers for an invisible company exactly as for one that does not exist', async () => {
    const bodyFor = async (companyId: string) => JSON.stringify((await enter('usa-manager', { companyId })).body);
    expect(await bodyFor('com_3')).toBe(await bodyFor('com_0'));
    expect(await bodyFor('com_3')).toBe(await bodyFor('com_\0'));
  });

  test.each([
    ['100000 after an old sign-in', oldSignIn, 100_000],
    ['100001 after a new one', newSignIn, 100_001],
    ['as much as the limit', newSignIn, 1_000_000],
  ])('lets an admin enter %s', async (_what, claims, amountUsd) => {
    const token = await api.tokenOf('global-admin', claims());
    const answer = await api.query(createTransaction, { token, variables: { input: toInput({ amountUsd }) } });
    expect(outcomeOf(answer)).toBe('allowed');
  });

  test('lets a machine, which never signs in, enter no more than 100000', async () => {
    const token = await api.tokenOf('reporting-job', payScopes);
    await withRecordOf('reporting-job', { role: 'admin', payment_limit_usd: 1_000_000 }, async () => {
      const outcome = async (amountUsd: number) =>
        outcomeOf(await api.query(createTransaction, { token, variables: { input: toInput({ amountUsd }) } }));
      expect([await outcome(100_001), await outcome(100_000)]).toEqual(['FORBIDDEN', 'allowed']);
    });
  });

  test.each([
    ['nothing', { amountUsd: 0 }, 'input.amountUsd', '0'],
    ['an empty key', { idempotencyKey: '' }, 'input.idempotencyKey', '""'],
    ['a key with NUL', { idempotencyKey: 'a\0' }, 'input.idempotencyKey', '"a\\u0000"'],
    ['a long key', { idempotencyKey: 'k'.repeat(256) }, 'input.idempotencyKey', `"${'k'.repeat(100)}…"`],
  ])('with %s is BAD_USER_INPUT', async (_what, override, field, got) => {
    const { status, body } = await enter('usa-manager', override);
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field, got } }]);
    expect(await readEntered()).toEqual([]);
  });

  test.each([[-1], [1.5], [2 ** 53], ['5'], [null]])(
    'with the amount %j is refused with the variables',
    async (amountUsd) => {
      const answer = await enter('usa-manager', { amountUsd });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } });
    },
  );
});

describe('an idempotency key', () => {
  test('gives the transaction that it was first sent for, and enters none', async () => {
    const input = { idempotencyKey: 'k'.repeat(255) };
    const first = await enter('usa-manager', input);
    expect((await enter('usa-manager', input)).body).toEqual(first.body);
    expect(await readEntered()).toHaveLength(1);
    const events = api.database.db.selectFrom('audit_events').select('id').where('action', '=', 'TRANSACTION_CREATED');
    expect(await events.execute()).toHaveLength(1);
  });

  test('enters one also when it is sent many times at once', async () => {
    const input = { idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => enter('usa-manager', input)));
    expect(answers.map(outcomeOf)).toEqual(answers.map(() => 'allowed'));
    expect(new Set(answers.map((answer) => entered(answer).id)).size).toBe(1);
    expect(await readEntered()).toHaveLength(1);
  });

  test.each([
    ['company', { companyId: 'com_3' }],
    ['investor', { investorId: 'inv_21' }],
    ['amount', { amountUsd: 1 }],
  ])('that was sent with another %s is BAD_USER_INPUT', async (_what, other) => {
    const idempotencyKey = randomUUID();
    const input = { idempotencyKey, companyId: 'com_1' };
    expect(outcomeOf(await enter('global-admin', input))).toBe('allowed');
    const { body } = await enter('global-admin', { ...input, ...other });
    const extensions = { code: 'BAD_USER_INPUT', field: 'input.idempotencyKey', got: idempotencyKey };
    expect(body.errors).toMatchObject([{ extensions }]);
    expect(await readEntered()).toHaveLength(1);
  });

  test('is the caller’s own: somebody else’s enters another', async () => {
    const input = { idempotencyKey: randomUUID() };
    const ids = [await enter('usa-manager', input), await enter('global-admin', input)].map((one) => entered(one).id);
    expect(new Set(ids).size).toBe(2);
  });

  test('that was refused enters when it is allowed', async () => {
    const input = { idempotencyKey: randomUUID() };
    expect(outcomeOf(await enter('usa-manager', { ...input, amountUsd: 25_001 }))).toBe('LIMIT_EXCEEDED');
    expect(outcomeOf(await enter('usa-manager', input))).toBe('allowed');
  });

  test('is answered after the limit was lowered and the sign-in has aged, but not to who may enter nothing', async () => {
    const input = { idempotencyKey: randomUUID(), amountUsd: 200_000 };
    const first = await enter('global-admin', input);
    const again = async (override: object = {}) =>
      api.query(createTransaction, {
        token: await api.tokenOf('global-admin', oldSignIn()),
        variables: { input: toInput({ ...input, ...override }) },
      });
    await withRecordOf('global-admin', { payment_limit_usd: 1 }, async () => {
      expect((await again()).body).toEqual(first.body);
      expect(outcomeOf(await again({ idempotencyKey: randomUUID() }))).toBe('LIMIT_EXCEEDED');
    });
    await withRecordOf('global-admin', { role: 'auditor' }, async () => {
      expect(outcomeOf(await again())).toBe('FORBIDDEN');
    });
  });
});

const moments: readonly (readonly [string, typeof changeMeanwhile])[] = [
  ['before it is checked', changeMeanwhile],
  // The embedded database has one connection: nobody waits for a lock there.
  ...(testBackend === 'postgres' ? [['as it is checked', changeWhileLocked] as const] : []),
];
describe.each(moments)('what changes %s counts', (_when, changeIt) => {
  test.each([
    ['the limit', 'access_records', 'payment_limit_usd = 24999', 'LIMIT_EXCEEDED'],
    ['no limit at all', 'access_records', 'payment_limit_usd = null', 'LIMIT_EXCEEDED'],
    ['the regions', 'access_records', `regions = '{ASIA}'`, 'NOT_FOUND'],
    ['who they are', 'access_records', `manager_id = '10567'`, 'FORBIDDEN'],
    ['the role', 'access_records', `role = 'auditor'`, 'FORBIDDEN'],
    ['suspension', 'access_records', 'suspended = true', 'FORBIDDEN'],
    ['sign-out', 'access_records', `valid_after = now() + interval '1 hour'`, 'FORBIDDEN'],
    ['the manager of the company', 'companies', `manager_id = '10567'`, 'FORBIDDEN'],
    ['the region of the company', 'companies', `region = 'ASIA'`, 'NOT_FOUND'],
  ] as const)('%s', async (_what, table, change, expected) => {
    const { db } = api.database;
    const manager = 'usa-manager';
    // So that the claims are remembered: the embedded database has one connection, which the change takes up.
    await api.query('{ viewer { role } }', { as: manager });
    const row = table === 'companies' ? sql`id = 'com_2'` : sql`subject = ${subjectOf(manager)}`;
    const statement = sql`update ${sql.table(table)} set ${sql.raw(change)} where ${row}`;
    await withRecordOf(manager, {}, async () => {
      const answer = await changeIt(api.database, statement, () => enter(manager));
      await db.updateTable('companies').set({ manager_id: '10345', region: 'USA' }).where('id', '=', 'com_2').execute();
      expect(outcomeOf(answer)).toBe(expected);
      expect(await readEntered()).toEqual([]);
    });
  });
});

test('while the claims source fails, old claims let nobody enter anything', async () => {
  const claims = { ttlSeconds: 1, negativeTtlSeconds: 1, staleIfErrorSeconds: 600, maxEntries: 100, timeoutMs: 5_000 };
  const failing = await startApi({ claims });
  const viewer = () => failing.query('{ viewer { role } }', { as: 'usa-manager' });
  expect((await viewer()).body).toEqual({ data: { viewer: { role: 'MANAGER' } } });
  await sql`alter table access_records rename column title to gone`.execute(failing.database.db);
  await until(async () => {
    expect((await viewer()).body).toEqual({ data: { viewer: { role: 'MANAGER' } } });
    return failing.takeLog().some((line) => line.claims === 'stale');
  });
  const answer = await failing.query(createTransaction, { as: 'usa-manager', variables: { input: toInput() } });
  expect(answer.status).toBe(503);
  expect(new Set(answer.body.errors?.map(({ extensions }) => extensions.code))).toEqual(
    new Set(['CLAIMS_UNAVAILABLE']),
  );
  await failing.close();
});

/** Runs with somebody's record changed like this, and puts it back as it was. */
async function withRecordOf(name: Persona, change: object, run: () => Promise<void>): Promise<void> {
  const { db } = api.database;
  const before = await db
    .selectFrom('access_records')
    .selectAll()
    .where('subject', '=', subjectOf(name))
    .executeTakeFirstOrThrow();
  const set = (values: object) =>
    db.updateTable('access_records').set(values).where('subject', '=', subjectOf(name)).execute();
  try {
    if (Object.keys(change).length > 0) await set(change);
    await run();
  } finally {
    await set(before);
  }
}
