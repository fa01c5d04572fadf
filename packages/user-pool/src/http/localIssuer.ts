import type { FastifyRequest } from 'fastify';

/** Where the local pool on `port` is reached. Always `localhost`, whatever address it is bound to. */
export function toLocalPoolUrl(port: number): string {
  return `http://localhost:${port}`;
}

/** The `iss` of the tokens of the local pool on `port`. */
export function toLocalIssuer(port: number, poolId: string): string {
  return `${toLocalPoolUrl(port)}/${poolId}`;
}

/** Where this request reached the pool; its Host header was checked. */
export function toBaseUrl({ protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return `${protocol}://${host}`;
}
