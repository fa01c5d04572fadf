import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { toErrorBody } from './errorHandlers.ts';

/** More than browsers and proxies send; Node keeps no more than 1,000 (20 to 24), and drops others without a word. */
export const maxHeaders = 200;

interface Problem {
  readonly status: number;
  readonly message: string;
}

/**
 * What makes the headers of a request mean one thing here and may have meant another to the proxy in front: headers that
 * were dropped, and a host that is named twice (RFC 9112 section 3.2 has it refused).
 */
export function problemOfHeaders(rawHeaders: readonly string[]): Problem | undefined {
  if (rawHeaders.length > 2 * maxHeaders)
    return { status: 431, message: `A request has at most ${maxHeaders} headers.` };
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1 ? { status: 400, message: 'A request has one Host header.' } : undefined;
}

/** What keeps a body from being read as what it is. */
export function problemOfBody({ 'content-encoding': encoding, 'content-type': type = '' }: IncomingHttpHeaders) {
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    return { status: 415, message: 'Content-Encoding is not understood here: send the body as it is.' };
  }
  // RFC 8259 section 8.1: JSON between systems is UTF-8.
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1];
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset)
    ? undefined
    : { status: 415, message: 'Send the body as UTF-8, which is what JSON is written in.' };
}

/** Refuses such requests before anything else looks at them. */
export function checkRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw, headers }, reply) => {
    const problem = problemOfHeaders(raw.rawHeaders) ?? problemOfBody(headers);
    if (problem) return reply.code(problem.status).send(toErrorBody(problem.message, { code: 'BAD_REQUEST' }));
  });
}
