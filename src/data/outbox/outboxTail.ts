import type { Listening } from '../backend.ts';
import type { OpenDatabase } from '../openDatabase.ts';
import {
  fetchEventsAfter,
  fetchEventsOfMany,
  fetchLastPosition,
  fetchPositionOf,
  type OutboxEvent,
  type OutboxKey,
} from './outboxQueries.ts';
import { createWakeUp } from './wakeUp.ts';

/** The events of the outbox as they come, for whoever follows them in this process. */
export interface OutboxTail {
  /**
   * All events of a company after a number, in their order, each once, however long it takes to take them: what is not taken
   * stays in the database. To be ended by `return`.
   */
  follow(key: OutboxKey, position: number): AsyncIterableIterator<OutboxEvent>;
  lastPosition(key: OutboxKey): Promise<number>;
  positionOf(key: OutboxKey, transactionId: string): Promise<number | undefined>;
  /** To be called after something was committed: followers of this process hear of it at once, others soon. */
  announce(): void;
  /** Ends all that is followed. To be closed before the database. */
  close(): Promise<void>;
}

export interface OutboxTailOptions {
  readonly database: Pick<OpenDatabase, 'db' | 'listen'>;
  /** How often the outbox is read while somebody follows it, which makes up for every announcement that was lost. */
  readonly pollMs?: number;
  /** Told when the outbox cannot be read, and when it can again; nothing is lost by it. */
  readonly onOutage: (error: unknown) => void;
}

const defaultPollMs = 1_000;
const channel = 'outbox_written';
/** For one company at a time. */
const maxRead = 500;
/** What is kept of a company's events for followers that are a little behind. */
const maxKept = 256;

/** A company that is followed: its last events, up to `head`. */
interface Followed extends OutboxKey {
  position: number;
  events: OutboxEvent[];
  readonly followers: Set<() => void>;
}

/**
 * One read for all companies that are followed, however many follow each; nothing is read while nobody does. Processes tell
 * each other by NOTIFY, after the commit and in a statement of its own, at most every 50 ms.
 */
export function createOutboxTail({ database, pollMs = defaultPollMs, onOutage }: OutboxTailOptions): OutboxTail {
  const { db } = database;
  const followed = new Map<string, Followed>();
  const wakeUp = createWakeUp(db, channel);
  let listening: Listening | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let isReading = false;
  let isDue = false;
  let hasFailed = false;
  let isClosed = false;

  function read(): void {
    isDue = true;
    if (isReading || isClosed) return;
    isReading = true;
    void readAll().finally(() => {
      isReading = false;
    });
  }

  async function readAll(): Promise<void> {
    while (isDue && followed.size > 0 && !isClosed) {
      isDue = false;
      try {
        const events = await fetchEventsOfMany(db, [...followed.values()], maxRead);
        hasFailed = false;
        for (const event of events) add(event);
        if (events.length > 0) isDue = true;
      } catch (error) {
        if (!hasFailed && !isClosed) onOutage(error);
        hasFailed = true;
      }
    }
  }

  function add(event: OutboxEvent): void {
    const company = followed.get(keyOf(event));
    // Somebody else may have begun to follow it, or everybody have ceased, meanwhile.
    if (!company || event.position !== company.position + 1) return;
    company.position = event.position;
    company.events.push(event);
    if (company.events.length > maxKept) company.events.shift();
    for (const wake of company.followers) wake();
  }

  function start(): void {
    timer ??= setInterval(read, pollMs).unref();
    listening ??= database.listen({
      channel,
      heartbeatSql: 'select 1',
      heartbeatMs: 10_000,
      onListening: read,
      onNotification: read,
      onHeartbeat: () => {},
      // The outbox is read all the same.
      onBroken: () => {},
    });
  }

  function companyOf(key: OutboxKey, position: number): Followed {
    const known = followed.get(keyOf(key));
    if (known) return known;
    const company: Followed = { ...key, position, events: [], followers: new Set() };
    followed.set(keyOf(key), company);
    return company;
  }

  return {
    lastPosition: (key) => fetchLastPosition(db, key),
    positionOf: (key, transactionId) => fetchPositionOf(db, key, transactionId),
    follow(key, from) {
      const company = companyOf(key, from);
      let position = from;
      let older: readonly OutboxEvent[] = [];
      let isOver = isClosed;
      let wake = () => {};
      const onEvent = () => wake();
      company.followers.add(onEvent);
      start();
      read();

      function end(): void {
        isOver = true;
        company.followers.delete(onEvent);
        // Others may have begun to follow it anew since the last of these has ceased.
        if (company.followers.size === 0 && followed.get(keyOf(key)) === company) followed.delete(keyOf(key));
        if (followed.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        wake();
      }

      async function next(): Promise<IteratorResult<OutboxEvent>> {
        while (!isOver && !isClosed) {
          const event = older[0] ?? keptAfter(company, position);
          if (event) {
            older = older.slice(1);
            position = event.position;
            return { done: false, value: event };
          }
          if (position < company.position) {
            older = await fetchEventsAfter(db, key, position, maxKept);
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return { done: true, value: undefined };
      }

      const events: AsyncIterableIterator<OutboxEvent> = {
        next,
        async return() {
          end();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]: () => events,
      };
      return events;
    },
    announce() {
      read();
      wakeUp.send();
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      for (const { followers } of followed.values()) for (const wake of followers) wake();
      followed.clear();
      await Promise.all([listening?.close(), wakeUp.close()]);
    },
  };
}

/** The event after a number, if it is among those that are kept: they have no gaps. */
function keptAfter({ events }: Followed, position: number): OutboxEvent | undefined {
  const first = events[0]?.position;
  return first === undefined ? undefined : events[position + 1 - first];
}

/** No id has a NUL in it. */
function keyOf({ tenant, companyId }: OutboxKey): string {
  return `${tenant}\0${companyId}`;
}
