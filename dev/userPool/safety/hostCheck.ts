import type { FastifyInstance } from 'fastify';

/**
 * Answers only requests for this pool's own names. A page on the internet whose host name resolves to 127.0.0.1 (DNS
 * rebinding) has the pool's address, but its own name in the Host header.
 */
export function registerHostCheck(app: FastifyInstance, port: number): void {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  const allowed = new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
  app.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host?.toLowerCase() ?? '';
    if (allowed.has(host)) return undefined;
    // RFC 9110 section 15.5.20: this server does not answer for that name.
    return reply.code(421).type('text/plain').send('The local user pool answers for localhost only.\n');
  });
}
