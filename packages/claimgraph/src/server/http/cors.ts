import type { FastifyCorsOptions } from '@fastify/cors';

// Without these a browser's code sees neither why a token was refused nor when to try again.
const exposedHeaders = ['WWW-Authenticate', 'Retry-After', 'X-Request-Id'];

/** What @fastify/cors is told, for preflights and all that goes through Fastify. */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Apollo-Require-Preflight', 'X-Request-Id'],
    exposedHeaders,
    maxAge: 600,
  };
}

/** What @fastify/cors, so told, adds to the answer of a request that is no preflight: names and values in turn. */
export function createCorsHeaders(origins: readonly string[]): (origin: string | undefined) => readonly string[] {
  const toAll = ['vary', 'Origin', 'access-control-expose-headers', exposedHeaders.join(', ')];
  const toOrigin = new Map(origins.map((origin) => [origin, [...toAll, 'access-control-allow-origin', origin]]));
  return (origin = '') => toOrigin.get(origin) ?? toAll;
}
