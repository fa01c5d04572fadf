import type { Worker } from 'node:worker_threads';
import { InternalError } from 'claimgraph';
import { SqlError, sqlState } from '../../src/data/sqlError.ts';
import type { FromWorker, StatementError, StatementResult, ToWorker } from './workerMessages.ts';

/** The main thread's end of the worker that runs PGlite. Statements run one at a time, in the order they are sent. */
export interface EmbeddedClient {
  /** Resolves when the database is open; rejects with InternalError when it cannot be opened. */
  readonly ready: Promise<void>;
  /** Settles when the worker has answered, or has ended: never not at all. */
  send(sql: string, parameters: readonly unknown[]): Promise<StatementResult>;
  /** Follows a channel of NOTIFY until the function that it gives is called. */
  listen(channel: string, listener: ChannelListener): () => void;
  /** Closes the database after the statements that were sent, and ends the worker; after `graceMs` in any case. */
  close(graceMs: number): Promise<void>;
}

export interface ChannelListener {
  onListening(): void;
  onNotification(payload: string): void;
}

interface Waiting {
  resolve(result: StatementResult): void;
  reject(error: Error): void;
}

export function connectWorker(worker: Worker): EmbeddedClient {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Set<ChannelListener>>();
  /** Those whose channel the worker has not yet said it listens to, in the order in which it will. */
  const beginning: ChannelListener[] = [];
  let lastId = 0;
  let stopped: { readonly cause: Error } | undefined;

  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'ready':
          return resolve();
        case 'failedToOpen':
          return reject(new InternalError(message.message));
        case 'listening':
          return beginning.shift()?.onListening();
        case 'notification':
          for (const listener of listeners.get(message.channel) ?? []) listener.onNotification(message.payload);
          return;
        case 'result':
          return take(waiting, message.id)?.resolve(message.result);
        case 'error':
          return take(waiting, message.id)?.reject(toError(message.error));
        default:
          return message satisfies never;
      }
    });
    worker.once('error', (error) => end(error));
    worker.once('exit', (status) => end(new Error(`its worker thread ended with status ${status}`)));

    const end = (cause: Error) => {
      stopped ??= { cause };
      reject(toStoppedError(stopped));
      for (const statement of waiting.values()) statement.reject(toStoppedError(stopped));
      waiting.clear();
    };
  });
  ready.catch(() => {}); // whoever awaits it sees the rejection; nobody else need

  const post = (message: ToWorker) => worker.postMessage(message);
  return {
    ready,
    send: (sql, parameters) =>
      new Promise((resolve, reject) => {
        if (stopped) return reject(toStoppedError(stopped));
        lastId += 1;
        post({ kind: 'statement', id: lastId, sql, parameters });
        waiting.set(lastId, { resolve, reject });
      }),
    listen: (channel, listener) => {
      const followers = listeners.get(channel) ?? new Set();
      listeners.set(channel, followers.add(listener));
      beginning.push(listener);
      post({ kind: 'listen', channel });
      return () => void followers.delete(listener);
    },
    close: async (graceMs) => {
      post({ kind: 'close' });
      const grace = setTimeout(() => void worker.terminate(), graceMs);
      await exited;
      clearTimeout(grace);
    },
  };
}

function take(waiting: Map<number, Waiting>, id: number): Waiting | undefined {
  const statement = waiting.get(id);
  waiting.delete(id);
  return statement;
}

function toStoppedError(options: { readonly cause: Error }): SqlError {
  return new SqlError(
    sqlState.connectionFailure,
    'expected the embedded database to run; its worker thread has ended: restart the process',
    options,
  );
}

function toError({ code, message, constraint, detail }: StatementError): Error {
  return code === undefined ? new InternalError(message) : new SqlError(code, message, { constraint, detail });
}
