import { type ApiError, parseErrors } from './apiError.ts';
import { parseRetryAfter } from './retryPolicy.ts';

/** An answer of the API, as far as what to do next hangs on it. */
export interface ApiAnswer {
  readonly data?: unknown;
  /** The GraphQL errors, as they came. */
  readonly errors?: unknown;
  /** The HTTP status, where there is one. */
  readonly status?: number | undefined;
  /** The header Retry-After. */
  readonly retryAfter?: string | null | undefined;
}

export type Verdict =
  | { readonly kind: 'final' }
  | { readonly kind: 'unauthenticated'; readonly isExpired: boolean }
  | { readonly kind: 'step-up'; readonly maxAgeSeconds: number }
  | { readonly kind: 'try-again'; readonly retryAfterSeconds: number | undefined; readonly isPartial: boolean };

/**
 * What to do with an answer. FORBIDDEN, INSUFFICIENT_SCOPE and whatever is not known are final: asking again would be
 * answered alike. A mutation is only asked again when nothing of it was executed: without `data` (GraphQL specification,
 * section 7.1, request errors), or when every root field was refused for want of a newer sign-in.
 */
export function judgeAnswer(answer: ApiAnswer, isMutation: boolean): Verdict {
  const { data, status } = answer;
  const errors = parseErrors(answer.errors);
  const mayRepeat = !isMutation || data === undefined;
  const unauthenticated = errors.find(({ code }) => code === 'UNAUTHENTICATED');
  // A gateway in front of the API answers without GraphQL errors.
  if (mayRepeat && (unauthenticated ?? (status === 401 && errors.length === 0))) {
    return { kind: 'unauthenticated', isExpired: unauthenticated?.reason !== 'invalid' };
  }
  const stale = errors.filter(({ code }) => code === 'INSUFFICIENT_USER_AUTHENTICATION');
  if (stale.length > 0 && (mayRepeat || isNothingBut(stale, data))) {
    return { kind: 'step-up', maxAgeSeconds: Math.min(...stale.map(({ maxAgeSeconds }) => maxAgeSeconds ?? 0)) };
  }
  const isUnavailable = errors.some(({ isTemporary }) => isTemporary);
  const isBusy = !isMutation && errors.length === 0 && (status === 503 || status === 429);
  if (mayRepeat && (isUnavailable || isBusy)) {
    const retryAfterSeconds = parseRetryAfter(answer.retryAfter);
    return { kind: 'try-again', retryAfterSeconds, isPartial: data != null };
  }
  return { kind: 'final' };
}

/** Whether each root field of a mutation is null for one of these errors. */
function isNothingBut(errors: readonly ApiError[], data: unknown): boolean {
  const refused = new Set(errors.filter(({ path }) => path.length === 1).map(({ path }) => path[0]));
  if (typeof data !== 'object' || data === null) return false;
  return Object.entries(data).every(([key, value]) => key === '__typename' || (value === null && refused.has(key)));
}
