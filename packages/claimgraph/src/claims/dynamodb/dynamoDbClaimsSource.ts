import { BatchGetItemCommand, type DynamoDBClient, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { ClaimsUnavailableError } from '../../errors.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../../token/principal.ts';
import { type Backoff, fullJitterMs, realBackoff } from '../../waiting.ts';
import type { BreakerOptions } from '../breaker.ts';
import type { UncountedClaimsSource } from '../claimsSource.ts';
import { chunksOf } from '../sources/chunksOf.ts';
import { type ParseClaims, parseRecord } from '../sources/parseRecord.ts';
import { longestTimerMs, requireWhole } from '../sources/requireWhole.ts';
import { createStoreCalls } from '../sources/storeCalls.ts';
import { validSubjects } from '../sources/validSubjects.ts';
import { type Item, toPlainItem } from './plainItem.ts';
import { type SubjectKeys, type ToKey, toSubjectKeys } from './subjectKeys.ts';

export interface DynamoDbClaimsSourceOptions<C> {
  /** Stays the caller's to destroy. Its own retries count within `timeoutMs`. */
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Must give each identity a key of its own; `(subject) => ({ id: toSubjectKey(subject) })` does. */
  readonly toKey: ToKey;
  /** Gets the item as plain data: see `toPlainItem`. */
  readonly parse: ParseClaims<C>;
  /** How long one call may take, with everything that is tried again. */
  readonly timeoutMs: number;
  /** Opens after 5 calls in a row without an answer, for 5 s, unless given. */
  readonly breaker?: Partial<BreakerOptions>;
  readonly backoff?: Backoff;
}

/** BatchGetItem takes no more keys. */
const maxKeys = 100;

/**
 * Business claims from a DynamoDB table with one item for each subject that has a record. Reads are consistent: an
 * eventually consistent one could bring back what was revoked a moment ago, after the cache was told to forget it. Keys
 * that DynamoDB leaves unprocessed (throttling, more than 16 MB) are asked for again, with a pause, as long as
 * `timeoutMs` allows: an answer without them would read as "no business record". Rejects with ClaimsUnavailableError.
 */
export function createDynamoDbClaimsSource<C>(options: DynamoDbClaimsSourceOptions<C>): UncountedClaimsSource<C> {
  const { client, tableName, toKey, parse, timeoutMs, breaker, backoff = realBackoff } = options;
  requireWhole('DynamoDB claims source: "timeoutMs"', timeoutMs, 1, longestTimerMs);
  const store = `the table ${tableName}`;
  const calls = createStoreCalls({ store, timeoutMs, breaker });

  async function fetchItems(keys: SubjectKeys['attributes'], signal: AbortSignal): Promise<readonly Item[]> {
    const items: Item[] = [];
    let pending: KeysAndAttributes | undefined = { Keys: [...keys], ConsistentRead: true };
    for (let attempts = 1; pending !== undefined; attempts += 1) {
      if (attempts > 1) await backoff.pause(fullJitterMs(attempts - 1, backoff.random), signal);
      const command: BatchGetItemCommand = new BatchGetItemCommand({ RequestItems: { [tableName]: pending } });
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(command, { abortSignal: signal });
      items.push(...Object.values(Responses).flat());
      [pending] = Object.values(UnprocessedKeys);
    }
    return items;
  }

  function parseItem(item: Item, subject: Subject | undefined): readonly [SubjectKey, C | ClaimsUnavailableError] {
    if (!subject) throw new ClaimsUnavailableError(`claims from ${store}: got an item that was not asked for`);
    return [toSubjectKey(subject), parseRecord(() => parse(toPlainItem(item), subject), item, subject)];
  }

  return {
    async fetchClaims(subjects) {
      const keys = toSubjectKeys(validSubjects(subjects), toKey);
      const chunks = chunksOf(keys.attributes, maxKeys);
      if (chunks.length === 0) return new Map();
      const items = await calls.run((signal) => Promise.all(chunks.map((chunk) => fetchItems(chunk, signal))));
      return new Map(items.flat().map((item) => parseItem(item, keys.subjectOf(item))));
    },
  };
}
