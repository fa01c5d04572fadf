import type { FastifyInstance } from 'fastify';

/**
 * Answers only requests for this pool's own names, and for those that its start was told of. A page on the internet whose
 * host name resolves to 127.0.0.1 (DNS rebinding) has the pool's address, but its own name in the Host header.
 */
export function registerHostCheck(
  app: FastifyInstance,
  options: { readonly ports: readonly number[]; readonly hosts: readonly string[]; readonly setting: string },
): void {
  const names = ['localhost', '127.0.0.1', '[::1]', ...options.hosts.map((host) => host.toLowerCase())];
  const allowed = new Set(
    names.flatMap((name) => options.ports.flatMap((port) => [`${name}:${port}`, ...(isDefault(port) ? [name] : [])])),
  );
  app.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host?.toLowerCase() ?? '';
    if (allowed.has(host)) return undefined;
    // RFC 9110 section 15.5.20: this server does not answer for that name.
    const advice = `For another name of this machine, such as 10.0.2.2 of an Android emulator, set ${options.setting}.`;
    return reply.code(421).type('text/plain').send(`The local user pool answers for localhost only. ${advice}\n`);
  });
}

function isDefault(port: number): boolean {
  return port === 80 || port === 443;
}
