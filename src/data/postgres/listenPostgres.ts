import { setTimeout as wait } from 'node:timers/promises';
import { equalJitterMs } from 'claimgraph';
import pg from 'pg';
import type { Listening, ListenOptions } from '../backend.ts';
import { toSessionSettings } from '../sessionSettings.ts';

const connectTimeoutMs = 5000;
const closeGraceMs = 1000;

/**
 * LISTEN on a connection of its own, which is made again whenever it breaks: after 50 ms at first, then after twice as
 * long each time, up to 2 s, each shortened at random by up to a half. A heartbeat without an answer in time is a break.
 */
export function listenPostgres(url: string, options: ListenOptions): Listening {
  const closing = new AbortController();
  let failures = 0;
  let lastEnd: Promise<void> | undefined;

  async function listenOn(client: pg.Client, broken: Promise<never>): Promise<never> {
    const { channel, heartbeatSql, heartbeatMs } = options;
    client.on('notification', ({ payload }) => options.onNotification(payload ?? ''));
    await Promise.race([client.connect(), broken]);
    const { text, values } = toSessionSettings({ statementTimeoutMs: connectTimeoutMs });
    await Promise.race([client.query(text, [...values]), broken]);
    await Promise.race([client.query(`listen ${client.escapeIdentifier(channel)}`), broken]);
    failures = 0;
    options.onListening();
    while (true) {
      const { rows } = await Promise.race([client.query({ text: heartbeatSql, rowMode: 'array' }), broken]);
      options.onHeartbeat(rows[0]?.[0]);
      await Promise.race([wait(heartbeatMs, undefined, { signal: closing.signal }), broken]);
    }
  }

  async function listenOnce(): Promise<void> {
    let stopWaiting = () => {};
    const client = new pg.Client({
      connectionString: url,
      application_name: 'claimgraph: changed claims',
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: connectTimeoutMs,
      keepAlive: true,
    });
    const broken = new Promise<never>((_resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('the connection was closed')));
      closing.signal.addEventListener('abort', reject);
      stopWaiting = () => closing.signal.removeEventListener('abort', reject);
    });
    broken.catch(() => {});
    try {
      await listenOn(client, broken);
    } catch (error) {
      if (!closing.signal.aborted) options.onBroken(error);
    } finally {
      stopWaiting();
      // Not awaited here: a connection that no longer answers does not end, and the next one shall not wait for it.
      lastEnd = client.end().catch(() => {});
    }
  }

  async function listen(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenOnce();
      failures += 1;
      await wait(equalJitterMs(failures), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  const ended = listen();
  return {
    async close() {
      closing.abort();
      await ended;
      await Promise.race([lastEnd, wait(closeGraceMs, undefined, { ref: false })]);
    },
  };
}
