import { ClaimsUnavailableError } from '../errors.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../token/principal.ts';
import type { SettledClaims } from './settledClaims.ts';

/** One question to the claims source about one subject. Its answer rejects with ClaimsUnavailableError only. */
export interface PendingLookup<C> {
  readonly key: SubjectKey;
  readonly subject: Subject;
  readonly result: Promise<SettledClaims<C>>;
  /** False as long as the source has not been asked: what changes until then is still part of the answer. */
  isAsked(): boolean;
  markAsked(): void;
  /** The first of `settle`, `fail` and the time-out counts; whatever comes later is dropped. */
  settle(settled: SettledClaims<C>): void;
  fail(error: ClaimsUnavailableError): void;
}

/** `onClosed` is called once, as soon as the answer is known or given up. */
export function createClaimsQuestion<C>(
  { kind, tenant, issuer, subject }: Subject,
  timeoutMs: number,
  onClosed: (question: PendingLookup<C>) => void,
): PendingLookup<C> {
  // The source gets the identity and nothing else of the caller's token.
  const identity = Object.freeze({ kind, tenant, issuer, subject });
  let asked = false;
  let resolve: (settled: SettledClaims<C>) => void;
  let reject: (error: ClaimsUnavailableError) => void;
  const answer = new Promise<SettledClaims<C>>((resolveAnswer, rejectAnswer) => {
    resolve = resolveAnswer;
    reject = rejectAnswer;
  });
  const timer = setTimeout(() => {
    question.fail(new ClaimsUnavailableError(`the claims source gave no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const question: PendingLookup<C> = {
    key: toSubjectKey(identity),
    subject: identity,
    result: answer,
    isAsked: () => asked,
    markAsked: () => {
      asked = true;
    },
    settle: (settled) => {
      close();
      resolve(settled);
    },
    fail: (error) => {
      close();
      reject(error);
    },
  };
  let closed = false;
  function close(): void {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    onClosed(question);
  }
  return question;
}
