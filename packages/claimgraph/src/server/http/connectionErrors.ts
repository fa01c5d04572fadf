import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { StoppingError } from '../../errors.ts';
import { toErrorBody } from './errorHandlers.ts';

/** What is said where no request came to be: Node could not read one, or gave up waiting for it. */
const answers: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The request has too large headers.'],
};

const malformed = ['400 Bad Request', 'This is no HTTP request that can be understood.'] as const;

/** Answers in the shape of all others, on a connection that is of no further use. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] = answers[error.code ?? ''] ?? malformed;
  if (socket.writable) socket.write(toLastResponse(status, message, 'BAD_REQUEST'));
  socket.destroySoon();
}

/** The bytes of an answer on a socket that no response of Node's belongs to; it ends the connection. */
export function toLastResponse(status: string, message: string, code: string): string {
  const body = JSON.stringify(toErrorBody(message, { code }));
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: private, no-store',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers a request on a connection that outlived the host's will to answer. */
export function answerWhileClosing(_request: IncomingMessage, response: ServerResponse): void {
  const { clientMessage, code, httpStatus, retryAfterSeconds } = new StoppingError('the host is closing');
  const body = JSON.stringify(toErrorBody(clientMessage, { code, retryable: true }));
  response.writeHead(httpStatus, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'private, no-store',
    'retry-after': String(retryAfterSeconds),
    connection: 'close',
  });
  response.end(body);
}
