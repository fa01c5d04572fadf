import { isLoopbackHost, toLocalIssuer } from 'claimgraph-user-pool';

/**
 * The issuer that USER_POOL_URL or USER_POOL_PORT names, or undefined when neither does: with port 0 the pool takes a free
 * one, which it keeps in its state.
 * @throws Error when the value is not a loopback http URL, or not a port
 */
export function readLocalIssuer(
  environment: Readonly<Record<string, string | undefined>>,
  poolId: string,
): string | undefined {
  const { USER_POOL_URL: url, USER_POOL_PORT: port } = environment;
  if (url) return toLocalIssuer(parsePoolUrl(url), poolId);
  if (port && port !== '0') return toLocalIssuer(parsePort(port), poolId);
  return undefined;
}

function parsePoolUrl(text: string): number {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const host = url?.hostname.replace(/^\[(.*)\]$/, '$1');
  if (url?.protocol !== 'http:' || host === undefined || !isLoopbackHost(host) || url.pathname !== '/') {
    throw new Error(`USER_POOL_URL must be like http://localhost:4010; got ${JSON.stringify(text)}`);
  }
  return url.port === '' ? 80 : Number(url.port);
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new Error(`USER_POOL_PORT must be a port from 1 to 65535; got ${JSON.stringify(text)}`);
  }
  return port;
}
