import { checkUrl } from '../../../httpClient/checkUrl.ts';
import { describeUnexpected } from '../../../options.ts';
import { type Backoff, realBackoff } from '../../../waiting.ts';
import type { BreakerOptions } from '../../breaker.ts';
import type { ParseClaims } from '../parseRecord.ts';
import { longestTimerMs, requireWhole } from '../requireWhole.ts';

/** Headers of a request, or a promise of them: for an access token of this API's own, which may have to be fetched. */
export type RequestHeaders = () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How an endpoint is asked. Whatever is unusable is a RangeError or TypeError at creation. */
export interface HttpClaimsSourceOptions<C> {
  /** https, or http on this machine. It must not redirect. */
  readonly url: string;
  readonly parse: ParseClaims<C>;
  /** How long one call may take, with all its attempts. */
  readonly timeoutMs: number;
  /** How long each attempt may take; half of `timeoutMs` unless given. */
  readonly attemptTimeoutMs?: number;
  /** How often a request is sent again at most; 2 unless given. */
  readonly retries?: number;
  /** Made anew for each attempt, and never logged; for `authorization`. */
  readonly headers?: RequestHeaders;
  /** How many subjects one request names; 100 unless given. More are asked for in several requests at once. */
  readonly maxSubjects?: number;
  /** The longest body that is read; 1 MiB unless given. */
  readonly maxBytes?: number;
  /** Of how many subjects the last etag is kept, so that the endpoint need not send it again; 10 000 unless given. */
  readonly maxEtags?: number;
  /** Opens after 5 calls in a row without an answer, for 5 s, unless given. */
  readonly breaker?: Partial<BreakerOptions>;
  readonly backoff?: Backoff;
}

export type CompleteHttpOptions<C> = Required<Omit<HttpClaimsSourceOptions<C>, 'breaker'>> &
  Pick<HttpClaimsSourceOptions<C>, 'breaker'>;

/** Fills in the defaults and refuses what cannot work. */
export function parseHttpClaimsSourceOptions<C>(options: HttpClaimsSourceOptions<C>): CompleteHttpOptions<C> {
  const complete = {
    attemptTimeoutMs: Math.ceil(options.timeoutMs / 2),
    retries: 2,
    headers: () => ({}),
    maxSubjects: 100,
    maxBytes: 1024 * 1024,
    maxEtags: 10_000,
    backoff: realBackoff,
    ...options,
  };
  const problem = checkUrl(complete.url);
  if (problem !== undefined) throw new TypeError(`HTTP claims source: "url": ${describeUnexpected(problem)}`);
  const require = (name: 'timeoutMs' | 'attemptTimeoutMs' | 'retries' | 'maxSubjects' | 'maxBytes' | 'maxEtags') => {
    const min = name === 'retries' || name === 'maxEtags' ? 0 : 1;
    requireWhole(`HTTP claims source: "${name}"`, complete[name], min, longestTimerMs);
  };
  for (const name of ['timeoutMs', 'attemptTimeoutMs', 'retries', 'maxSubjects', 'maxBytes', 'maxEtags'] as const) {
    require(name);
  }
  return complete;
}
