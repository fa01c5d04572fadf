/**
 * The Retry-After header in milliseconds from now: whole seconds, or an HTTP date (RFC 9110 section 10.2.3). 0 when there
 * is none, or none that can be read.
 */
export function readRetryAfterMs(headers: Headers, nowMs: number): number {
  const value = headers.get('retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Of the three forms of a date, the one that may be sent (RFC 9110 section 5.6.7); Date.parse alone takes more.
  const isHttpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value);
  const date = isHttpDate ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
