import { ClaimsUnavailableError } from '../errors.ts';
import type { Subject } from '../token/principal.ts';
import { createClaimsQuestion, type PendingLookup } from './pendingLookup.ts';
import type { TimestampedSource } from './timestampedSource.ts';

/** Turns the questions of many requests into few calls of the source. */
export interface ClaimsBatcher<C> {
  ask(subject: Subject): PendingLookup<C>;
  /** Gives up all open questions and refuses new ones. */
  close(): void;
}

export interface ClaimsBatcherOptions<C> {
  readonly source: TimestampedSource<C>;
  readonly batchWindowMs: number;
  readonly maxBatchSize: number;
  readonly maxConcurrentBatches: number;
  readonly timeoutMs: number;
}

/**
 * A question waits for the window to close, or for a full batch, and then for a free call; while all calls are taken,
 * the waiting questions gather, so that the next call takes more of them. The time-out covers waiting and call together.
 * A call whose questions have all timed out counts as finished: a source that hangs does not block the next ones for ever.
 */
export function createClaimsBatcher<C>(options: ClaimsBatcherOptions<C>): ClaimsBatcher<C> {
  const { batchWindowMs, maxBatchSize, maxConcurrentBatches, timeoutMs } = options;
  const open = new Set<PendingLookup<C>>();
  const waiting = new Set<PendingLookup<C>>();
  let callsUnderWay = 0;
  let windowTimer: NodeJS.Timeout | undefined;
  let closed = false;

  function ask(subject: Subject): PendingLookup<C> {
    const question = createClaimsQuestion<C>(subject, timeoutMs, forget);
    if (closed) {
      question.fail(closedError());
      return question;
    }
    open.add(question);
    waiting.add(question);
    if (waiting.size >= maxBatchSize) sendWaiting();
    else if (waiting.size === 1) windowTimer ??= setTimeout(sendWaiting, batchWindowMs);
    return question;
  }

  function forget(question: PendingLookup<C>): void {
    open.delete(question);
    waiting.delete(question);
  }

  function sendWaiting(): void {
    clearTimeout(windowTimer);
    windowTimer = undefined;
    while (waiting.size > 0 && callsUnderWay < maxConcurrentBatches) void send(takeBatch());
  }

  function takeBatch(): readonly PendingLookup<C>[] {
    const batch: PendingLookup<C>[] = [];
    for (const question of waiting) {
      if (batch.length === maxBatchSize) break;
      waiting.delete(question);
      batch.push(question);
    }
    return batch;
  }

  async function send(batch: readonly PendingLookup<C>[]): Promise<void> {
    callsUnderWay += 1;
    void answerBatch(batch, options.source);
    await Promise.allSettled(batch.map((question) => question.result));
    callsUnderWay -= 1;
    // An open window is not cut short; when none is open, whoever waits has only waited for a call to end.
    if (windowTimer === undefined) sendWaiting();
  }

  function close(): void {
    closed = true;
    for (const question of open) question.fail(closedError());
    clearTimeout(windowTimer);
  }

  return { ask, close };
}

async function answerBatch<C>(batch: readonly PendingLookup<C>[], source: TimestampedSource<C>): Promise<void> {
  const unanswered = new Map(batch.map((question) => [question.key, question]));
  for (const question of batch) question.markAsked();
  let cause: unknown;
  try {
    await source.fetch(
      batch.map((question) => question.subject),
      (key, answer) => {
        const question = unanswered.get(key);
        if (answer instanceof ClaimsUnavailableError) question?.fail(answer);
        else question?.settle(answer);
        unanswered.delete(key);
      },
    );
  } catch (error) {
    cause = error;
  }
  if (unanswered.size === 0) return;
  const error = new ClaimsUnavailableError('the claims source failed or gave an unusable answer', { cause });
  for (const question of unanswered.values()) question.fail(error);
}

function closedError(): ClaimsUnavailableError {
  return new ClaimsUnavailableError('the claims cache is closed');
}
