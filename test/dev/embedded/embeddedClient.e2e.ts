import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectWorker, type EmbeddedClient } from '../../../dev/embedded/embeddedClient.ts';
import { startWorker } from '../../../dev/embedded/startWorker.ts';

vi.setConfig({ hookTimeout: 60_000, testTimeout: 60_000 });

const snapshotFolder = fileURLToPath(new URL('../../../node_modules/.cache/claimgraph', import.meta.url));
const slow = 'select count(*) from generate_series(1, 1000000)';
const stopped = { code: '08006' };

let worker: Worker;
let client: EmbeddedClient;
beforeEach(() => {
  worker = startWorker({ folder: undefined, snapshotFolder });
  client = connectWorker(worker);
});
afterEach(() => worker.terminate());

test('when the worker dies, statements that run, that wait and that come later are rejected', async () => {
  await client.ready;
  const running = [client.send(slow, []), client.send('select 1', []), client.send('select 2', [])];
  await worker.terminate();
  for (const result of await Promise.allSettled(running)) {
    expect(result).toMatchObject({ status: 'rejected', reason: stopped });
  }
  await expect(client.send('select 3', [])).rejects.toMatchObject(stopped);
  await client.close(1000);
});

test('an exception in the worker is the cause that is told', async () => {
  await client.ready;
  worker.emit('error', new Error('out of memory'));
  await expect(client.send('select 1', [])).rejects.toMatchObject({ ...stopped, cause: new Error('out of memory') });
});

test('a breakdown of PGlite is not taken for a result without rows', async () => {
  await client.ready;
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  await expect(client.send('select $1::jsonb as value', [deep])).rejects.toMatchObject({
    ...stopped,
    cause: expect.objectContaining({ message: expect.stringContaining('PGlite') }),
  });
});

test('when the worker dies while it opens the database, opening is rejected', async () => {
  const opening = expect(client.ready).rejects.toMatchObject(stopped);
  await worker.terminate();
  await opening;
});

test('closing lets the statements finish that were sent before', async () => {
  await client.ready;
  const results = [client.send(slow, []), client.send('select 1 as one', [])];
  await client.close(60_000);
  expect(await Promise.all(results)).toEqual([
    { rows: [{ count: 1000000 }], writtenRows: undefined },
    { rows: [{ one: 1 }], writtenRows: undefined },
  ]);
  await expect(client.send('select 2', [])).rejects.toMatchObject(stopped);
});

test('closing ends the worker when a statement does not finish in time', async () => {
  await client.ready;
  const endless = expect(client.send('select pg_sleep(3600)', [])).rejects.toMatchObject(stopped);
  await client.close(100);
  await endless;
});
