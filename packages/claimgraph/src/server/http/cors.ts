import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyCorsOptions } from '@fastify/cors';

// Without these a browser's code sees neither why a token was refused nor when to try again.
const exposedHeaders = ['WWW-Authenticate', 'Retry-After', 'X-Request-Id'];

/** What clients of GraphQL and of tracing send besides what every request has. */
const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Apollo-Require-Preflight',
  'X-Apollo-Operation-Name',
  'Apollographql-Client-Name',
  'Apollographql-Client-Version',
  'X-Request-Id',
  'Traceparent',
  'Tracestate',
  'Baggage',
  'Sentry-Trace',
];

/** Exact origins (`scheme://host[:port]`), or those and every origin of this machine, whatever its port. */
export type CorsOrigins = readonly string[] | { readonly exact: readonly string[]; readonly loopback: true };

/** An http origin of this machine: what a developer's own web server has. */
const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/**
 * Whether somebody may open a WebSocket, which no browser asks CORS for: a page of one of the origins or of this very host, or
 * what is no page, and so sends no Origin.
 */
export function isAllowedOrigin(origins: CorsOrigins, { origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  const exact = 'exact' in origins ? origins.exact : origins;
  if (exact.includes(origin) || ('exact' in origins && loopback.test(origin))) return true;
  return host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
}

/** What @fastify/cors is told, for preflights and all that goes through Fastify. */
export function corsOptions(origins: CorsOrigins, moreHeaders: readonly string[] = []): FastifyCorsOptions {
  return {
    origin: 'exact' in origins ? [...origins.exact, loopback] : [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [...allowedHeaders, ...moreHeaders],
    exposedHeaders,
    maxAge: 600,
  };
}

/** What @fastify/cors, so told, adds to the answer of a request that is no preflight: names and values in turn. */
export function createCorsHeaders(origins: CorsOrigins): (origin: string | undefined) => readonly string[] {
  const toAll = ['vary', 'Origin', 'access-control-expose-headers', exposedHeaders.join(', ')];
  const toOrigin = (origin: string) => [...toAll, 'access-control-allow-origin', origin];
  const exact = 'exact' in origins ? origins.exact : origins;
  const known = new Map(exact.map((origin) => [origin, toOrigin(origin)]));
  return (origin = '') => {
    return known.get(origin) ?? ('exact' in origins && loopback.test(origin) ? toOrigin(origin) : toAll);
  };
}
