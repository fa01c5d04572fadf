import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Ends, when the host begins to close, the connections on which nothing was ever asked. Browsers open them ahead of time,
 * and Node 20 to 24 take them for busy ones (`closeIdleConnections` leaves them), so that closing would wait for them.
 */
export function closeUnusedSocketsOnShutdown(app: FastifyInstance): void {
  const silent = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }) => silent.delete(socket));
  app.addHook('preClose', (done) => {
    for (const socket of silent) socket.destroy();
    done();
  });
}
