import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { RateLimitedError } from '../../errors.ts';
import { toLastResponse } from '../http/connectionErrors.ts';
import { type CorsOrigins, isAllowedOrigin } from '../http/cors.ts';
import { problemOfHeaders } from '../http/requestChecks.ts';
import type { ConnectionLimits } from './connectionLimits.ts';

export interface UpgradeOptions {
  readonly corsOrigins: CorsOrigins;
  readonly limits: ConnectionLimits;
  readonly isClosing: () => boolean;
  /** Takes the socket over; `release` is to be called when it is closed. */
  readonly accept: (request: IncomingMessage, socket: Duplex, head: Buffer, release: () => void) => void;
}

/**
 * Hands over requests to `/graphql` for a WebSocket from pages that may call the API, and from what is no page. Whoever else
 * listens for upgrades goes on to get those of other paths.
 */
export function acceptUpgrades(app: FastifyInstance, { corsOrigins, limits, isClosing, accept }: UpgradeOptions): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (pathOf(request) !== '/graphql') {
      if (app.server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found', 'WebSockets are at /graphql.');
      return;
    }
    // Whatever happens to a socket that nobody listens to would end the process.
    socket.on('error', () => {});
    const problem = problemOfHeaders(request.rawHeaders);
    if (problem) return refuse(socket, `${problem.status} Bad Request`, problem.message);
    if (!isAllowedOrigin(corsOrigins, request.headers)) {
      return refuse(socket, '403 Forbidden', 'This page may not call the API: its origin is none of CORS_ORIGINS.');
    }
    if (isClosing())
      return refuse(socket, '503 Service Unavailable', 'The server is stopping. Try again: another one answers.');
    let release: () => void;
    try {
      release = limits.open();
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
      return refuse(socket, '503 Service Unavailable', error.clientMessage);
    }
    socket.once('close', release);
    accept(request, socket, head, release);
  });
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? '';
}

function refuse(socket: Duplex, status: string, message: string): void {
  const code = status.startsWith('503') ? 'SERVICE_UNAVAILABLE' : 'BAD_REQUEST';
  socket.end(toLastResponse(status, message, code));
  destroySoon(socket);
}

function destroySoon(socket: Duplex): void {
  if ('destroySoon' in socket) (socket as Socket).destroySoon();
}
