import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OutboxEvent, OutboxKey } from '../../src/data/outbox/outboxQueries.ts';
import { createOutboxTail, type OutboxTail } from '../../src/data/outbox/outboxTail.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../support/testDatabase.ts';

let database: TestDatabase;
let tail: OutboxTail;
const outages: unknown[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});

beforeEach(() => {
  outages.length = 0;
});

afterAll(() => database?.close());

const ofCompany = (companyId: string): OutboxKey => ({ tenant: 'main', companyId });

function insert(companyId: string, id = `txn_${randomUUID()}`) {
  return database.forTenant('main').insertInto('transactions').values({
    id,
    company_id: companyId,
    investor_id: 'inv_90',
    amount_usd: 10,
    created_at: new Date(),
  });
}

async function take(events: AsyncIterator<OutboxEvent>, count: number): Promise<readonly OutboxEvent[]> {
  const taken: OutboxEvent[] = [];
  while (taken.length < count) {
    const { done, value } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

function openTail(pollMs = 50): OutboxTail {
  tail = createOutboxTail({ database, pollMs, onOutage: (error) => outages.push(error) });
  return tail;
}

test('each transaction that there was before is an event of its company, in its order', async () => {
  const events = openTail().follow(ofCompany('com_4'), 0);
  expect((await take(events, 3)).map(({ position, transactionId }) => [position, transactionId])).toEqual([
    [1, 'txn_401'],
    [2, 'txn_402'],
    [3, 'txn_403'],
  ]);
  await tail.close();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('what is written at once, to several companies, is heard in order, once, by each follower, however slow', async () => {
  const companies = ['com_1', 'com_2', 'com_3'];
  const reader = openTail();
  const followed = await Promise.all(
    companies.map(async (id) => {
      const from = await reader.lastPosition(ofCompany(id));
      return { id, from, fast: reader.follow(ofCompany(id), from), slow: reader.follow(ofCompany(id), from) };
    }),
  );
  const perCompany = 100;
  const writing = Promise.all(
    Array.from({ length: perCompany * companies.length }, async (_none, index) => {
      await insert(companies[index % companies.length] ?? '').execute();
      if (index % 7 === 0) reader.announce();
    }),
  );
  for (const { from, fast } of followed) {
    const heard = await take(fast, perCompany);
    expect(heard.map(({ position }) => position)).toEqual(heard.map((_event, index) => from + 1 + index));
    expect(new Set(heard.map(({ transactionId }) => transactionId)).size).toBe(perCompany);
  }
  await writing;
  // More than is kept: it comes from the database.
  for (let more = 0; more < 200; more += 1) await insert('com_1').execute();
  const [first] = followed;
  if (first) {
    await take(first.fast, 200);
    const late = await take(first.slow, perCompany + 200);
    expect(late.map(({ position }) => position)).toEqual(late.map((_event, index) => first.from + 1 + index));
  }
  await tail.close();
});

test('who has ceased to follow may say so again, and others go on to hear', async () => {
  const reader = openTail();
  const from = await reader.lastPosition(ofCompany('com_2'));
  const first = reader.follow(ofCompany('com_2'), from);
  await first.return?.();
  const second = reader.follow(ofCompany('com_2'), from);
  await first.return?.();
  await insert('com_2', 'txn_heard').execute();
  expect(await take(second, 1)).toMatchObject([{ position: from + 1, transactionId: 'txn_heard' }]);
  await tail.close();
});

test('what is rolled back is no event and leaves no gap', async () => {
  const reader = openTail();
  const from = await reader.lastPosition(ofCompany('com_4'));
  const events = reader.follow(ofCompany('com_4'), from);
  const failing = database
    .forTenant('main')
    .transaction()
    .execute(async (transaction) => {
      await transaction
        .insertInto('transactions')
        .values({
          id: `txn_${randomUUID()}`,
          company_id: 'com_4',
          investor_id: 'inv_90',
          amount_usd: 10,
          created_at: new Date(),
        })
        .execute();
      throw new RangeError('rolled back');
    });
  await expect(failing).rejects.toThrow(RangeError);
  await insert('com_4', 'txn_after_all').execute();
  expect(await take(events, 1)).toMatchObject([{ position: from + 1, transactionId: 'txn_after_all' }]);
  await database.forTenant('main').deleteFrom('transactions').where('id', '=', 'txn_after_all').execute();
  await insert('com_4', 'txn_after_all').execute();
  expect(await take(events, 1)).toMatchObject([{ position: from + 2, transactionId: 'txn_after_all' }]);
  expect(await reader.positionOf(ofCompany('com_4'), 'txn_after_all')).toBe(from + 2);
  await tail.close();
});

// An embedded database has one connection, and so no transactions beside each other.
test.skipIf(testBackend === 'embedded')(
  'a transaction in flight holds back what is written to its company after it, and nothing else',
  async () => {
    const reader = openTail();
    const [ofOne, ofTwo] = [ofCompany('com_1'), ofCompany('com_2')];
    const events = reader.follow(ofOne, await reader.lastPosition(ofOne));
    const others = reader.follow(ofTwo, await reader.lastPosition(ofTwo));
    let commit = () => {};
    let isNumbered = () => {};
    const numbered = new Promise<void>((resolve) => {
      isNumbered = resolve;
    });
    const early = database.db.transaction().execute(async (transaction) => {
      await sql`set constraints all immediate`.execute(transaction);
      await sql`insert into transactions (id, company_id, investor_id, amount_usd, created_at)
        values ('txn_early', 'com_1', 'inv_90', 1, now())`.execute(transaction);
      isNumbered();
      await new Promise<void>((resolve) => {
        commit = resolve;
      });
    });
    await numbered;
    const late = insert('com_1', 'txn_late').execute();
    await insert('com_2', 'txn_elsewhere').execute();
    expect(await take(others, 1)).toMatchObject([{ transactionId: 'txn_elsewhere' }]);
    commit();
    await Promise.all([early, late]);
    expect((await take(events, 2)).map(({ transactionId }) => transactionId)).toEqual(['txn_early', 'txn_late']);
    await tail.close();
  },
);

test('while the database does not answer nothing is lost, and it is told once', async () => {
  let isDown = false;
  const breaking = new Proxy(database.db, {
    get(target, name) {
      if (isDown) throw new Error('connect ECONNREFUSED');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const reader = createOutboxTail({
    database: { db: breaking, listen: database.listen },
    pollMs: 10,
    onOutage: (error) => outages.push(error),
  });
  const from = await reader.lastPosition(ofCompany('com_3'));
  const events = reader.follow(ofCompany('com_3'), from);
  isDown = true;
  await insert('com_3', 'txn_meanwhile').execute();
  await expect.poll(() => outages).toHaveLength(1);
  isDown = false;
  expect(await take(events, 1)).toMatchObject([{ transactionId: 'txn_meanwhile' }]);
  expect(outages).toHaveLength(1);
  await reader.close();
});
