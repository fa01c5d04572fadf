import type { CurrentToken } from './currentToken.ts';
import { SubjectChangedError } from './errors.ts';
import { type ApiAnswer, judgeAnswer } from './judgeAnswer.ts';
import type { TokenRenewal } from './renewToken.ts';
import type { Retries } from './retryPolicy.ts';

/** An operation of any client library. */
export interface Operation<A> {
  readonly isMutation: boolean;
  /** Sends it with this access token, or without any. Called again for each attempt. */
  readonly send: (token: string | undefined) => Promise<A>;
  /** What of an answer tells how to go on. */
  readonly read: (answer: A) => ApiAnswer;
  readonly signal?: AbortSignal | null | undefined;
}

export interface OperationParts {
  readonly current: CurrentToken;
  readonly renewal: TokenRenewal;
  /** Resolves with false when there is nobody to sign in anew. */
  readonly stepUp: (maxAgeSeconds: number) => Promise<boolean>;
  readonly newRetries: () => Retries;
}

/** Sends an operation until its answer is final, or all that can be done about it has been done. */
export async function runOperation<A>(
  { current, renewal, stepUp, newRetries }: OperationParts,
  { isMutation, send, read, signal }: Operation<A>,
): Promise<A> {
  const retries = newRetries();
  let startedBy = current.subject();
  let isRenewed = false;
  let isSteppedUp = false;
  let isRepeated = false;

  /** Nobody may become somebody; but what somebody began is not sent for anybody else, nor its answer handed out to them. */
  function requireSameSubject(): void {
    if (startedBy !== undefined && startedBy !== current.subject()) {
      throw new SubjectChangedError('somebody else is signed in than when this operation began');
    }
    startedBy = current.subject();
  }

  let token = await current.read();
  for (;;) {
    requireSameSubject();
    signal?.throwIfAborted();
    const answer = await send(token);
    requireSameSubject();
    const verdict = judgeAnswer(read(answer), isMutation);
    if (verdict.kind !== 'unauthenticated') renewal.prove(token);
    switch (verdict.kind) {
      case 'unauthenticated': {
        // What the API refuses for good right after a refresh, it would refuse after another.
        if (isRenewed || (!verdict.isExpired && renewal.isUnproven(token))) return answer;
        isRenewed = true;
        const next = token === undefined ? await current.read() : await renewal.renew(token);
        if (next === undefined || next === token) return answer;
        token = next;
        break;
      }
      case 'step-up': {
        // Another operation may have had the person sign in meanwhile.
        let next = await current.read();
        if (next === token && !isSteppedUp) {
          isSteppedUp = true;
          if (await stepUp(verdict.maxAgeSeconds)) next = await current.read();
        }
        if (next === undefined || next === token) return answer;
        token = next;
        break;
      }
      case 'try-again':
        // Partial data is worth more than a long wait.
        if (verdict.isPartial && isRepeated) return answer;
        isRepeated = true;
        if (!(await retries.again(verdict.retryAfterSeconds, signal))) return answer;
        token = await current.read();
        break;
      default:
        return answer;
    }
  }
}
