/**
 * The kind of failure, for the log, such as ECONNREFUSED, OOM or TIMEOUT; UNSENT where a client has no connection. The rest is left out: Redis repeats
 * arguments in messages, and those of a client's errors may be values and passwords.
 */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  return /^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? 'UNSENT';
}
