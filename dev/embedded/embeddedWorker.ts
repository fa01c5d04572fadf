import { parentPort, workerData } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { openPglite } from './openPglite.ts';
import type { FromWorker, StatementError, StatementMessage, ToWorker } from './workerMessages.ts';

// The entry of the worker thread: PGlite runs a statement synchronously, here and not on the thread that serves requests.
// It imports no engine, which would take longer to load than PGlite: the main thread makes its errors InternalErrors.
if (!parentPort) throw new Error('embeddedWorker.ts must be started as a worker thread');
const port = parentPort;
const post = (message: FromWorker) => port.postMessage(message);
/** Followed until the thread ends: whoever stops listening just no longer hears of them. */
const channels = new Set<string>();
const writingCommands: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

try {
  const pglite = await openPglite(workerData);
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'statement':
        void runStatement(pglite, message);
        return;
      case 'listen':
        void listen(pglite, message.channel);
        return;
      case 'close':
        // PGlite finishes what runs, then checkpoints. Without the listener nothing keeps the thread alive.
        pglite.close().finally(() => port.close());
        return;
      default:
        message satisfies never;
    }
  });
  post({ kind: 'ready' });
} catch (error) {
  post({ kind: 'failedToOpen', message: toStatementError(error).message });
  port.close();
}

async function runStatement(pglite: PGlite, { id, sql, parameters }: StatementMessage): Promise<void> {
  try {
    const { rows, command, affectedRows } = await pglite.query(sql, [...parameters]);
    if (command === undefined) return endBroken();
    const writtenRows = writingCommands.has(command) ? affectedRows : undefined;
    post({ kind: 'result', id, result: { rows, writtenRows } });
  } catch (error) {
    post({ kind: 'error', id, error: toStatementError(error) });
  }
}

async function listen(pglite: PGlite, channel: string): Promise<void> {
  if (!channels.has(channel))
    await pglite.listen(JSON.stringify(channel), (payload) => post({ kind: 'notification', channel, payload }));
  channels.add(channel);
  post({ kind: 'listening', channel });
}

/**
 * When WASM runs out of stack, PGlite 0.5.16 reports neither a result nor an error, and nothing it says afterwards can
 * be relied on. Thrown where nobody catches it, so that the thread ends and the main thread learns why.
 */
function endBroken(): void {
  setImmediate(() => {
    throw new Error('PGlite broke down: a statement ended without a result');
  });
}

/** Errors lose everything but name and message when they are cloned from thread to thread. */
function toStatementError(error: unknown): StatementError {
  if (!(error instanceof Error)) {
    return { code: undefined, message: String(error), constraint: undefined, detail: undefined };
  }
  const read = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : undefined;
  };
  return { code: read('code'), message: error.message, constraint: read('constraint'), detail: read('detail') };
}
