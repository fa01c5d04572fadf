import { ClaimsUnavailableError } from '../errors.ts';
import type { Subject } from '../token/principal.ts';
import { type ClaimsQuestion, createClaimsQuestion } from './claimsQuestion.ts';
import type { ClaimsSource } from './claimsSource.ts';
import { parseFetchedClaims } from './parseFetchedClaims.ts';

/** Turns the questions of many requests into few calls of the source. */
export interface ClaimsBatcher<C> {
  ask(subject: Subject): ClaimsQuestion<C>;
  /** Gives up all open questions and refuses new ones. */
  close(): void;
}

export interface ClaimsBatcherOptions<C> {
  readonly source: ClaimsSource<C>;
  readonly batchWindowMs: number;
  readonly maxBatchSize: number;
  readonly maxConcurrentBatches: number;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/**
 * A question waits for the window to close, or for a full batch, and then for a free call; while all calls are taken,
 * the waiting questions gather, so that the next call takes more of them. The time-out covers waiting and call together.
 * A call whose questions have all timed out counts as finished: a source that hangs does not block the next ones for ever.
 */
export function createClaimsBatcher<C>(options: ClaimsBatcherOptions<C>): ClaimsBatcher<C> {
  const { batchWindowMs, maxBatchSize, maxConcurrentBatches, timeoutMs } = options;
  const open = new Set<ClaimsQuestion<C>>();
  const waiting = new Set<ClaimsQuestion<C>>();
  let callsUnderWay = 0;
  let windowTimer: NodeJS.Timeout | undefined;
  let closed = false;

  function ask(subject: Subject): ClaimsQuestion<C> {
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

  function forget(question: ClaimsQuestion<C>): void {
    open.delete(question);
    waiting.delete(question);
  }

  function sendWaiting(): void {
    clearTimeout(windowTimer);
    windowTimer = undefined;
    while (waiting.size > 0 && callsUnderWay < maxConcurrentBatches) void send(takeBatch());
  }

  function takeBatch(): readonly ClaimsQuestion<C>[] {
    const batch: ClaimsQuestion<C>[] = [];
    for (const question of waiting) {
      if (batch.length === maxBatchSize) break;
      waiting.delete(question);
      batch.push(question);
    }
    return batch;
  }

  async function send(batch: readonly ClaimsQuestion<C>[]): Promise<void> {
    callsUnderWay += 1;
    void answerBatch(batch, options);
    await Promise.allSettled(batch.map((question) => question.answer));
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

async function answerBatch<C>(batch: readonly ClaimsQuestion<C>[], options: ClaimsBatcherOptions<C>): Promise<void> {
  const asOf = new Date(options.now());
  for (const question of batch) question.markAsked();
  try {
    const fetched = await options.source.fetchClaims(batch.map((question) => question.subject));
    const claimsBySubject = parseFetchedClaims<C>(fetched, new Set(batch.map((question) => question.key)));
    for (const question of batch) {
      const claims = claimsBySubject.get(question.key);
      question.settle(claims === undefined ? { found: false, asOf } : { found: true, claims, asOf });
    }
  } catch (cause) {
    const error = new ClaimsUnavailableError('the claims source failed or gave an unusable answer', { cause });
    for (const question of batch) question.fail(error);
  }
}

function closedError(): ClaimsUnavailableError {
  return new ClaimsUnavailableError('the claims cache is closed');
}
