import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoDbClaimsSource } from '../../../src/claims/dynamodb/index.ts';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { type Subject, toSubjectKey } from '../../../src/token/principal.ts';
import type { Backoff } from '../../../src/waiting.ts';
import { nextTurn } from '../../support/until.ts';
import { claimsIn } from '../sources/claimsIn.ts';
import {
  describeClaimsSource,
  type FailingSources,
  parseStored,
  type SourceHarness,
  type StoredRecord,
  stored,
  toWholeText,
  user,
} from '../sources/sourceContract.ts';
import { startFailing, startTestDynamoDb, type TestDynamoDb } from './testTable.ts';

const toKey = (subject: Subject) => ({ id: toSubjectKey(subject) });

function sourceOf(client: DynamoDBClient, tableName: string, override: { timeoutMs?: number; backoff?: Backoff } = {}) {
  return createDynamoDbClaimsSource({ client, tableName, toKey, parse: parseStored, timeoutMs: 30_000, ...override });
}

function toItem({ record, ...subject }: StoredRecord): Record<string, AttributeValue> {
  const attributes = Object.entries(record).map(([name, value]) => [name, toAttribute(value)]);
  return { id: { S: toSubjectKey(subject) }, ...Object.fromEntries(attributes) };
}

function toAttribute(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'number') return { N: String(value) };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  return { S: String(value) };
}

async function open(): Promise<SourceHarness> {
  const dynamoDb = await startTestDynamoDb();
  let source = sourceOf(dynamoDb.client, await dynamoDb.createTable([]));
  return {
    async give(records) {
      source = sourceOf(dynamoDb.client, await dynamoDb.createTable(records.map(toItem)));
    },
    fetchClaims: (subjects) => source.fetchClaims(subjects),
    close: () => dynamoDb.close(),
  };
}

async function openFailing(how: 'silent' | 'down', timeoutMs: number) {
  const { client, close } = await startFailing(how);
  return { source: sourceOf(client, 'claims', { timeoutMs }), close };
}

const failing: FailingSources = {
  down: () => openFailing('down', 30_000),
  silent: () => openFailing('silent', 100),
};

describeClaimsSource('a DynamoDB table', open, failing);

describe('the DynamoDB source', () => {
  let dynamoDb: TestDynamoDb;
  beforeAll(async () => {
    dynamoDb = await startTestDynamoDb();
  });
  afterAll(() => dynamoDb.close());

  /** What was asked from now on. */
  function takeAsked() {
    const before = dynamoDb.asked.length;
    return () => dynamoDb.asked.slice(before);
  }

  test('asks for a hundred keys at a time, with consistent reads', async () => {
    const tableName = await dynamoDb.createTable([]);
    const asked = takeAsked();
    await sourceOf(dynamoDb.client, tableName).fetchClaims(Array.from({ length: 250 }, (_, n) => user(`user-${n}`)));
    const sizes = asked().map((input) => {
      expect(input).toEqual({ RequestItems: { [tableName]: { Keys: expect.any(Array), ConsistentRead: true } } });
      return JSON.stringify(input).split('"id"').length - 1;
    });
    expect(sizes).toEqual([100, 100, 50]);
  });

  test('nobody costs no call', async () => {
    const asked = takeAsked();
    await sourceOf(dynamoDb.client, 'no-table').fetchClaims([user(''), user('a\ud800')]);
    expect(asked()).toEqual([]);
  });

  test('asks again for keys that were left unprocessed, after a pause with full jitter', async () => {
    const subjects = Array.from({ length: 9 }, (_, n) => user(`user-${n}`));
    const heavy = { ballast: { S: 'x'.repeat(350_000) } };
    const items = subjects.map((who) => ({ ...toItem(stored(who, who.subject)), ...heavy }));
    // One at a time, because a batch of them is too long for the emulator too.
    const tableName = await dynamoDb.createTable(items);
    const asked = takeAsked();
    const pauses: number[] = [];
    const backoff = { random: () => 0.5, pause: async (ms: number) => void pauses.push(ms) };
    const claims = await sourceOf(dynamoDb.client, tableName, { backoff }).fetchClaims(subjects);
    expect(subjects.map((who) => claimsIn(claims, who)?.title)).toEqual(subjects.map(({ subject }) => subject));
    expect(asked().length).toBeGreaterThan(1);
    expect(pauses).toEqual([25, 50, 100].slice(0, asked().length - 1));
    for (const input of asked()) expect(JSON.stringify(input)).toContain('"ConsistentRead":true');
  });

  test('keys that stay unprocessed are a failure, and never an absent record', async () => {
    const leftOver = { RequestItems: {}, UnprocessedKeys: { claims: { Keys: [{ id: { S: 'x' } }] } } };
    const { client, close } = await startFailing('silent');
    client.middlewareStack.add(() => async () => ({ response: {}, output: { $metadata: {}, ...leftOver } }), {
      step: 'initialize',
    });
    const backoff = { random: () => 0, pause: nextTurn };
    const source = sourceOf(client, 'claims', { timeoutMs: 100, backoff });
    await expect(source.fetchClaims([user('ada')])).rejects.toThrow(/\bclaims: .*\b100 ms$/);
    await close();
  });

  test('a request without an answer is given up with the call', async () => {
    const { client, abandoned, close } = await startFailing('silent');
    await expect(sourceOf(client, 'claims', { timeoutMs: 2_000 }).fetchClaims([user('ada')])).rejects.toThrow(
      ClaimsUnavailableError,
    );
    await abandoned;
    await close();
  });

  test('a table that is not there rejects', async () => {
    await expect(sourceOf(dynamoDb.client, 'no-table').fetchClaims([user('ada')])).rejects.toMatchObject({
      code: 'CLAIMS_UNAVAILABLE',
      cause: { name: 'ResourceNotFoundException' },
    });
  });

  test('nothing is asked while the breaker is open', async () => {
    const asked = takeAsked();
    const source = createDynamoDbClaimsSource({
      client: dynamoDb.client,
      tableName: 'no-table',
      toKey,
      parse: parseStored,
      timeoutMs: 30_000,
      breaker: { failures: 2 },
    });
    for (let n = 0; n < 4; n += 1)
      await expect(source.fetchClaims([user('ada')])).rejects.toThrow(ClaimsUnavailableError);
    expect(asked()).toHaveLength(2);
  });

  test('a malformed record does not open the breaker', async () => {
    const ada = stored(user('ada'), 'Ada');
    const malformed = { ...stored(user('bob'), 'Bob'), record: { role: 'root' } };
    const source = sourceOf(dynamoDb.client, await dynamoDb.createTable([toItem(ada), toItem(malformed)]));
    for (let n = 0; n < 6; n += 1) {
      const claims = await source.fetchClaims([user('bob'), user('ada')]);
      expect(() => claimsIn(claims, user('bob'))).toThrow('"role"');
      expect(claimsIn(claims, user('ada'))?.title).toBe('Ada');
    }
  });

  test('one key for two subjects rejects before anything is asked', async () => {
    const asked = takeAsked();
    const source = createDynamoDbClaimsSource({
      client: dynamoDb.client,
      tableName: 'claims',
      toKey: ({ subject }) => ({ id: subject }),
      parse: parseStored,
      timeoutMs: 30_000,
    });
    await expect(source.fetchClaims([user('ada'), { ...user('ada'), kind: 'machine' }])).rejects.toThrow(
      /"toKey".* user https:\/\/issuer\.example\/pool-1 ada and machine\b/,
    );
    expect(asked()).toEqual([]);
  });

  test('a key without the tenant rejects before anything is asked, also where one tenant alone is asked for', async () => {
    const asked = takeAsked();
    const source = createDynamoDbClaimsSource({
      client: dynamoDb.client,
      tableName: 'claims',
      toKey: ({ kind, issuer, subject }) => ({ id: `${kind} ${issuer} ${subject}` }),
      parse: parseStored,
      timeoutMs: 30_000,
    });
    await expect(source.fetchClaims([{ ...user('ada'), tenant: 'acme' }])).rejects.toThrow(
      /"toKey".*\btenant\b.* user@acme https:\/\/issuer\.example\/pool-1 ada\b/,
    );
    expect(asked()).toEqual([]);
  });

  test('the parser gets plain data', async () => {
    const id = { S: toSubjectKey(user('ada')) };
    const tableName = await dynamoDb.createTable([
      { id, regions: { SS: ['ASIA', 'USA'] }, limits: { M: { a: { N: '5' } } } },
    ]);
    const source = createDynamoDbClaimsSource({
      client: dynamoDb.client,
      tableName,
      toKey,
      parse: (record, { subject }) => ({ record, subject }),
      timeoutMs: 30_000,
    });
    const record = { id: id.S, regions: ['ASIA', 'USA'], limits: { a: 5 } };
    expect([...(await source.fetchClaims([user('ada')])).values()]).toEqual([{ record, subject: 'ada' }]);
  });

  test('a parser that throws anything is CLAIMS_UNAVAILABLE', async () => {
    const source = createDynamoDbClaimsSource({
      client: dynamoDb.client,
      tableName: await dynamoDb.createTable([toItem(stored(user('ada'), 'sekret-value'))]),
      toKey,
      parse: () => {
        throw new RangeError('"role" is odd');
      },
      timeoutMs: 30_000,
    });
    const error = (await source.fetchClaims([user('ada')])).get(toSubjectKey(user('ada')));
    expect(error).toMatchObject({
      code: 'CLAIMS_UNAVAILABLE',
      message: expect.stringContaining(toSubjectKey(user('ada'))),
    });
    expect(toWholeText(error)).toContain('"role" is odd');
    expect(toWholeText(error)).not.toContain('sekret-value');
  });

  test('a time-out that cannot be is refused at creation', () => {
    expect(() => sourceOf(dynamoDb.client, 'claims', { timeoutMs: 0 })).toThrow(/"timeoutMs".*\b0$/);
  });
});
