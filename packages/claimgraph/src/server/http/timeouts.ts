import { inspect } from 'node:util';
import type { FastifyServerOptions } from 'fastify';
import { ConfigurationError } from '../../errors.ts';
import { anyNumber, type OptionKinds, parseOptions } from '../../options.ts';

/** How long a client may take, in milliseconds; a connection that takes longer is closed, with 408 if it has begun a request. */
export interface HttpTimeouts {
  /** For the head of a request, from the moment that it connects or its last answer is over. */
  readonly headersMs: number;
  /** For a whole request, head and body. */
  readonly requestMs: number;
  /** Before it asks again on the same connection; longer than a load balancer in front keeps connections, 60 s with AWS. */
  readonly keepAliveMs: number;
  /** With nothing moving on the connection, while it waits for an answer or does not read one. */
  readonly idleMs: number;
}

export const defaultTimeouts: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 72_000,
  idleMs: 120_000,
};

const timeoutKinds: OptionKinds<HttpTimeouts> = {
  headersMs: anyNumber,
  requestMs: anyNumber,
  keepAliveMs: anyNumber,
  idleMs: anyNumber,
};

/** The timeouts with what is not given, or undefined, as by default. Throws ConfigurationError for one that would never come. */
export function parseTimeouts(
  given: { readonly [Name in keyof HttpTimeouts]?: number | undefined } = {},
): HttpTimeouts {
  parseOptions('timeouts', given, timeoutKinds);
  const requestMs = given.requestMs ?? defaultTimeouts.requestMs;
  const timeouts: HttpTimeouts = {
    requestMs,
    headersMs: given.headersMs ?? Math.min(defaultTimeouts.headersMs, requestMs),
    keepAliveMs: given.keepAliveMs ?? defaultTimeouts.keepAliveMs,
    idleMs: given.idleMs ?? defaultTimeouts.idleMs,
  };
  for (const [name, value] of Object.entries(timeouts)) {
    if (Number.isInteger(value) && value >= 1 && value <= longestMs) continue;
    const expected = `whole milliseconds from 1 to ${longestMs}`;
    throw new ConfigurationError(`timeouts.${name}: expected ${expected}; got ${inspect(value)}`);
  }
  if (timeouts.headersMs > timeouts.requestMs) {
    const { headersMs, requestMs } = timeouts;
    throw new ConfigurationError(
      `timeouts.headersMs: expected no more than timeouts.requestMs, ${requestMs}; got ${headersMs}`,
    );
  }
  return timeouts;
}

/** The longest that a timer of Node's takes. */
const longestMs = 2 ** 31 - 1;

/** Node looks after connections so often: no timeout comes much later than it says. */
const checksPerTimeout = 4;
const longestCheckIntervalMs = 5_000;

/** The head of a request: an access token of Cognito with all its groups is some 18 KB. Node's own limit is 16 KB. */
const maxHeaderBytes = 32_768;

/** What Fastify 5 and Node are told. By default Fastify has no time for a body: it replaces Node's 300 s by none. */
export function toServerOptions({ headersMs, requestMs, keepAliveMs, idleMs }: HttpTimeouts) {
  const http = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    maxHeaderSize: maxHeaderBytes,
    connectionsCheckingInterval: Math.min(Math.ceil(headersMs / checksPerTimeout), longestCheckIntervalMs),
  };
  return {
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: idleMs,
    http,
  } satisfies FastifyServerOptions & { readonly http: object };
}
