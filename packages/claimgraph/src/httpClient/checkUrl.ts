import { inspect } from 'node:util';
import type { Unexpected } from '../options.ts';

/** Names and addresses that never leave the machine. */
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/** As `URL.hostname` spells it. */
export function isLoopbackHost(hostname: string): boolean {
  return loopbackHosts.includes(hostname);
}

/**
 * Says what is wrong with an address that this process trusts the answers of, or undefined: it must be https, or http on
 * this machine, and hold no credentials (they would end up in logs).
 */
export function checkUrl(url: unknown): Unexpected | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return { expected: 'a URL', got: inspect(url) };
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') {
    return { expected: 'a URL without user name and password', got: 'one with them' };
  }
  if (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))) return undefined;
  return { expected: 'https, or http on this machine only', got: `${protocol}//${hostname}` };
}
