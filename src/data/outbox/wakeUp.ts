import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** Tells other processes that there is something to read. */
export interface WakeUp {
  /** Returns at once. What is lost is made up for by whoever reads from time to time. */
  send(): void;
  close(): Promise<void>;
}

/** So often at most: each waits for a lock of the whole database. */
const everyMs = 50;

/** By NOTIFY, outside of what is written: in its transaction all commits would wait for each other. */
export function createWakeUp(db: Kysely<Tables>, channel: string): WakeUp {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function notify(): Promise<void> {
    try {
      await sql`select pg_notify(${channel}, '')`.execute(db);
    } catch {
      // Whoever follows reads the outbox anyway.
    }
  }

  return {
    send() {
      if (isClosed) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        sending = sending.then(notify);
      }, everyMs);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await sending;
    },
  };
}
