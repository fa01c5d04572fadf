import { fetchText, type TextAnswer, UnusableBodyError } from '../../../httpClient/fetchText.ts';
import { fullJitterMs } from '../../../waiting.ts';
import type { CompleteHttpOptions, RequestHeaders } from './httpClaimsSourceOptions.ts';
import { readRetryAfterMs } from './retryAfter.ts';

/** What the endpoint said, for the caller to judge. */
export type EndpointAnswer = TextAnswer | UnusableBodyError;

type Outcome =
  | { readonly kind: 'answer'; readonly answer: EndpointAnswer }
  | { readonly kind: 'failure'; readonly error: Error; readonly mayRetry: boolean; readonly retryAfterMs: number };

/** What another attempt may well cure: RFC 9110 sections 15.6.3 to 15.6.5, and RFC 6585 section 4. */
const passingStatuses = [429, 502, 503, 504];

/**
 * Sends one request until it is answered: again with a pause when there was no connection or no whole answer, and on 429,
 * 502, 503 and 504. Asking for claims changes nothing, so a POST may be repeated (RFC 9110 section 9.2.2). Other statuses
 * below 500 are answers. Rejects when an attempt would be one too many or would start too late.
 */
export async function exchange(
  body: string,
  options: Omit<CompleteHttpOptions<unknown>, 'parse'>,
  signal: AbortSignal,
): Promise<EndpointAnswer> {
  const endsAt = performance.now() + options.timeoutMs;
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await attempt(body, options, signal);
    if (outcome.kind === 'answer') return outcome.answer;
    const { error, mayRetry, retryAfterMs } = outcome;
    if (!mayRetry || attempts > options.retries || signal.aborted) throw error;
    const pauseMs = Math.max(retryAfterMs, fullJitterMs(attempts, options.backoff.random));
    if (performance.now() + pauseMs >= endsAt) throw error;
    await options.backoff.pause(pauseMs, signal);
  }
}

async function attempt(
  body: string,
  { url, headers, attemptTimeoutMs, maxBytes }: Omit<CompleteHttpOptions<unknown>, 'parse'>,
  signal: AbortSignal,
): Promise<Outcome> {
  const request = { method: 'POST', headers: await toHeaders(headers), body };
  try {
    const answer = await fetchText(url, request, { timeoutMs: attemptTimeoutMs, maxBytes, signal });
    if (answer.status < 500 && answer.status !== 429) return { kind: 'answer', answer };
    const error = new Error(`expected status 200; got ${answer.status}`);
    const mayRetry = passingStatuses.includes(answer.status);
    return { kind: 'failure', error, mayRetry, retryAfterMs: readRetryAfterMs(answer.headers, Date.now()) };
  } catch (error) {
    if (error instanceof UnusableBodyError) return { kind: 'answer', answer: error };
    if (!(error instanceof Error)) throw error;
    return { kind: 'failure', error, mayRetry: true, retryAfterMs: 0 };
  }
}

async function toHeaders(given: RequestHeaders): Promise<Headers> {
  try {
    const headers = new Headers({ ...(await given()) });
    headers.set('content-type', 'application/json');
    headers.set('accept', 'application/json');
    return headers;
  } catch {
    // Without the cause: undici's message quotes the value, which may be a token.
    throw new Error('expected "headers" to give names and values of HTTP headers; it failed, or gave others');
  }
}
