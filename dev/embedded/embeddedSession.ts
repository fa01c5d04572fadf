import { SqlError, sqlState } from '../../src/data/sqlError.ts';
import { isStorableText } from '../../src/data/storableText.ts';
import type { EmbeddedClient } from './embeddedClient.ts';
import type { StatementResult } from './workerMessages.ts';

/** What one holder of a turn does with PGlite's only session. */
export interface EmbeddedSession {
  /**
   * Rejects with SqlError 57014 when the statement takes too long. PGlite cannot be interrupted: the statement runs on,
   * and outside a transaction it may still take effect, as after a broken connection.
   */
  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult>;
  begin(sql: string): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Resolves when nothing of this session runs any more. */
  idle(): Promise<void>;
}

export function createEmbeddedSession(client: EmbeddedClient, statementTimeoutMs: number): EmbeddedSession {
  const running = new Set<Promise<unknown>>();
  let timedOut = false;

  const send = (sql: string, parameters: readonly unknown[] = []) => {
    const result = client.send(sql, parameters);
    const settled = result.catch(() => {}).finally(() => running.delete(settled));
    running.add(settled);
    return result;
  };
  const run = async (sql: string, parameters: readonly unknown[]) => {
    if (timedOut) throw abortedByTimeout();
    checkParameters(parameters);
    const outcome = await settleWithin(statementTimeoutMs, send(sql, parameters));
    if (outcome !== 'timedOut') return outcome;
    timedOut = true;
    throw new SqlError(sqlState.queryCanceled, `expected the statement to finish within ${statementTimeoutMs} ms`);
  };
  const rollback = async () => {
    const rolledBack = send('rollback');
    // It comes after what still runs; the caller learns of the time-out at once, and the turn ends after the rollback.
    if (timedOut) rolledBack.catch(() => {});
    else await rolledBack;
  };
  return {
    run,
    begin: async (sql) => void (await run(sql, [])),
    commit: async () => {
      if (timedOut) {
        await rollback();
        throw abortedByTimeout();
      }
      await send('commit');
    },
    rollback,
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

async function settleWithin<T>(timeoutMs: number, result: Promise<T>): Promise<T | 'timedOut'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timedOut'>((resolve) => {
    timer = setTimeout(() => resolve('timedOut'), timeoutMs);
  });
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function abortedByTimeout(): SqlError {
  return new SqlError(
    sqlState.inFailedTransaction,
    'expected no more of this transaction: an earlier statement took too long, so it is rolled back',
  );
}

// PGlite 0.5.16 counts the bytes of a lone surrogate wrongly, so that parameters after it would be cut elsewhere.
function checkParameters(parameters: readonly unknown[]): void {
  for (const parameter of parameters.flat()) {
    if (typeof parameter === 'string' && !isStorableText(parameter)) {
      throw new SqlError(
        sqlState.characterNotInRepertoire,
        'expected text without NUL and without lone surrogates as a parameter',
      );
    }
  }
}
