import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InternalError } from 'claimgraph';
import type { Backend, Listening, ListenOptions } from '../../src/data/backend.ts';
import { toSessionSettings } from '../../src/data/sessionSettings.ts';
import { connectWorker, type EmbeddedClient } from './embeddedClient.ts';
import { createEmbeddedDialect } from './embeddedDialect.ts';
import { takeFolderLock } from './folderLock.ts';
import { createMutex, type Mutex } from './mutex.ts';
import { startWorker } from './startWorker.ts';

export interface EmbeddedOptions {
  readonly kind: 'embedded';
  /** The folder of the database, which is made when it is absent; `'memory'` keeps nothing. */
  readonly folder: string | 'memory';
  /** Where the snapshot of an empty database is kept, which makes first starts fast; unless told, in node_modules/.cache. */
  readonly snapshotFolder?: string;
}

const closeGraceMs = 5000;
const listenTimeoutMs = 60_000;

/** PGlite in a worker thread; rejects with InternalError when another process has the folder or it cannot be opened. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Backend> {
  const folder = options.folder === 'memory' ? undefined : resolve(options.folder);
  const lock = folder === undefined ? undefined : await takeFolderLock(folder);
  const client = connectWorker(startWorker({ folder, snapshotFolder: options.snapshotFolder ?? cacheFolder() }));
  const close = async () => {
    await client.close(closeGraceMs);
    await lock?.release();
  };
  try {
    await client.ready;
    const { text, values } = toSessionSettings({ statementTimeoutMs: 0 });
    await client.send(text, values);
  } catch (error) {
    await close();
    throw new InternalError(
      `expected to open the embedded database (${options.folder}): see the cause; ` +
        'to start with an empty one, move that folder away',
      { cause: error },
    );
  }
  const turns = createMutex();
  return {
    check: async () => {},
    createDialect: (statementTimeoutMs) => createEmbeddedDialect({ client, turns, statementTimeoutMs }),
    listen: (options) => listenEmbedded(client, turns, options),
    close,
  };
}

/** No heartbeat and no break: the worker is part of this process, and nothing of it is lost before it ends. */
function listenEmbedded(client: EmbeddedClient, turns: Mutex, options: ListenOptions): Listening {
  const { channel, onListening, onNotification, onBroken } = options;
  let closed = false;
  let stop = () => {};
  // In its own turn: inside somebody's transaction LISTEN would wait for its end, and be undone with it.
  void turns.acquire(listenTimeoutMs).then((endTurn) => {
    if (endTurn === 'timedOut') return onBroken(new InternalError(`no turn to listen on ${channel} within a minute`));
    if (closed) return endTurn();
    stop = client.listen(channel, {
      onListening() {
        // Also for one that was closed meanwhile: everybody else waits for this turn to end.
        endTurn();
        if (!closed) onListening();
      },
      onNotification(payload) {
        if (!closed) onNotification(payload);
      },
    });
  });
  return {
    async close() {
      closed = true;
      stop();
    },
  };
}

/** The customary place for what tools can make again, beside the packages it is made from. */
function cacheFolder(): string | undefined {
  const entry = fileURLToPath(import.meta.resolve('@electric-sql/pglite'));
  const end = entry.lastIndexOf('node_modules');
  return end === -1 ? undefined : join(entry.slice(0, end), 'node_modules', '.cache', 'claimgraph');
}
