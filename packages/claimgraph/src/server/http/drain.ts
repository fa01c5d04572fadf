import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Whether a host is about to stop: from then on each answer ends its connection, so that nobody asks on it again. */
export interface Drain {
  isDraining(): boolean;
  /** Also for what is being answered already. */
  begin(): void;
  /** Told of each answer before it is begun. */
  track(response: ServerResponse): void;
}

export function createDrain(): Drain {
  const answering = new Set<ServerResponse>();
  let isDraining = false;
  return {
    isDraining: () => isDraining,
    begin() {
      isDraining = true;
      for (const response of answering) endConnectionWith(response);
    },
    track(response) {
      if (isDraining) return endConnectionWith(response);
      answering.add(response);
      response.once('close', () => answering.delete(response));
    },
  };
}

/** RFC 9112 section 9.6: whoever closes a connection that is kept alive says so in the last answer. */
function endConnectionWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

/** Has everything that a host answers drained, by whatever it is answered; a host that is closed drains too. */
export function drainConnections(app: FastifyInstance, drain: Drain): void {
  app.server.prependListener('request', (_request, response) => drain.track(response));
  // Fastify has servers of its own for the other addresses of localhost.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (drain.isDraining()) reply.header('connection', 'close');
    done();
  });
  app.addHook('preClose', (done) => {
    drain.begin();
    done();
  });
}
