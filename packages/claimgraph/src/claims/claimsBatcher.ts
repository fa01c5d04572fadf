import DataLoader from 'dataloader';
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
  const { source, batchWindowMs, maxBatchSize, maxConcurrentBatches, timeoutMs } = options;
  const open = new Set<PendingLookup<C>>();
  /** The batch whose window is open: how to send it, and how many questions it has. */
  let gathering: { readonly send: () => void; size: number } | undefined;
  /** Batches that wait for a free call; questions join the last of them until it is full. */
  const waiting: (() => void)[] = [];
  let callsUnderWay = 0;
  let windowTimer: NodeJS.Timeout | undefined;
  let closed = false;

  // Each question is a key of its own: the cache in front knows who asks what somebody asks already.
  const loader = new DataLoader<PendingLookup<C>, true>(callSource, {
    cache: false,
    maxBatchSize,
    batchScheduleFn: openWindow,
  });

  function ask(subject: Subject): PendingLookup<C> {
    const question = createClaimsQuestion<C>(subject, timeoutMs, (settled) => open.delete(settled));
    if (closed) {
      question.fail(closedError());
      return question;
    }
    open.add(question);
    void loader.load(question);
    if (gathering) {
      gathering.size += 1;
      if (gathering.size >= maxBatchSize) closeWindow();
    }
    return question;
  }

  /** Called by DataLoader with the first question of a batch. */
  function openWindow(send: () => void): void {
    gathering = { send, size: 0 };
    windowTimer = setTimeout(closeWindow, batchWindowMs);
  }

  function closeWindow(): void {
    clearTimeout(windowTimer);
    if (gathering) waiting.push(gathering.send);
    gathering = undefined;
    sendWaiting();
  }

  function sendWaiting(): void {
    while (callsUnderWay < maxConcurrentBatches) {
      const send = waiting.shift();
      if (!send) return;
      callsUnderWay += 1;
      send();
    }
  }

  async function callSource(questions: readonly PendingLookup<C>[]): Promise<readonly true[]> {
    // Who has given up waiting is not asked about.
    const batch = questions.filter((question) => open.has(question));
    if (batch.length > 0) void answerBatch(batch, source);
    await Promise.allSettled(batch.map((question) => question.result));
    callsUnderWay -= 1;
    sendWaiting();
    return questions.map(() => true);
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
