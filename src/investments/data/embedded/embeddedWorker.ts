import { parentPort, workerData } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { InternalError } from '../../../errors.ts';
import { openPglite } from './openPglite.ts';
import type { FromWorker, StatementError, StatementResult, ToWorker } from './workerMessages.ts';

// The entry of the worker thread: PGlite runs a statement synchronously, here and not on the thread that serves requests.
if (!parentPort) throw new InternalError('embeddedWorker.ts must be started as a worker thread');
const port = parentPort;
const post = (message: FromWorker) => port.postMessage(message);

try {
  const pglite = await openPglite(workerData);
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'statement':
        runStatement(pglite, message.sql, message.parameters).then(
          (result) => post({ kind: 'result', id: message.id, result }),
          (error: unknown) => post({ kind: 'error', id: message.id, error: toStatementError(error) }),
        );
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

const writingCommands: ReadonlySet<string | undefined> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

async function runStatement(pglite: PGlite, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
  const { rows, command, affectedRows } = await pglite.query(sql, [...parameters]);
  return { rows, writtenRows: writingCommands.has(command) ? affectedRows : undefined };
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
