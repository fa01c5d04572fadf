import { BlockList, isIP } from 'node:net';
import type { ConsoleRequest } from 'claimgraph/inspect';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** What proxies and tunnels on this machine add, who say localhost in Host for whoever comes from elsewhere. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'cf-connecting-ip'];

/**
 * Why a request is not answered, if it is not: the console is for this machine, and for its own page. A page of the internet
 * whose name leads to 127.0.0.1 (DNS rebinding) has its own name in Host; one that sends a form has its own in Origin.
 */
export function refusalOf({ method, headers, remoteAddress }: ConsoleRequest): string | undefined {
  if (!isLoopbackAddress(remoteAddress)) return 'The console answers this machine only.';
  if (proxyHeaders.some((name) => headers[name] !== undefined)) {
    return 'The console answers this machine only, and nobody by way of a proxy: forward /graphql alone.';
  }
  const { host = '', origin } = headers;
  if (!isLoopbackName(host)) return 'The console answers for localhost only.';
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return 'The console answers its own page only.';
  }
  // A page elsewhere cannot send this without asking first.
  if (method === 'POST' && !/^application\/json\b/.test(headers['content-type'] ?? '')) {
    return 'Send JSON, as Content-Type: application/json.';
  }
  return undefined;
}

function isLoopbackAddress(address = ''): boolean {
  // An IPv4 address at an IPv6 socket (RFC 4291 section 2.5.5.2).
  const plain = address.replace(/^::ffff:/i, '');
  const family = isIP(plain);
  return family !== 0 && loopback.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function isLoopbackName(host: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host);
}
