import type { FastifyInstance } from 'fastify';
import type { ConsoleHandler } from '../../inspect/developmentConsole.ts';

/** What is at `/`: a line that says what this is, or in development a console, which has all of `/console` besides. */
export function serveStartPage(app: FastifyInstance, console: ConsoleHandler | undefined): void {
  if (!console) {
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(statusLine));
    return;
  }
  app.route({
    method: ['GET', 'POST'],
    url: '/*',
    async handler({ method, url, headers, body, raw }, reply) {
      const answer = await console({ method, url, headers, body, remoteAddress: raw.socket.remoteAddress });
      if (!answer) return reply.callNotFound();
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    },
  });
}

const statusLine = 'This is a GraphQL API. Ask it by POST /graphql; its health is at /health/live and /health/ready.\n';
