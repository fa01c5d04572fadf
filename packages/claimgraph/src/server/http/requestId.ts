import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The caller's own request id when it is short and harmless in a log, and a new one otherwise. */
export function readRequestId({ 'x-request-id': sent }: IncomingHttpHeaders): string {
  return typeof sent === 'string' && /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
}
