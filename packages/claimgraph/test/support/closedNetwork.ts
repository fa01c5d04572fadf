import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { afterAll, afterEach } from 'vitest';

/**
 * Closes the network for every test (a vitest setup file): a socket to another machine, a datagram or a name look-up
 * fails with ENETCLOSED and is recorded, and the test in which it happened fails too, even when the code under test
 * swallowed the error. Loopback addresses, "localhost" and unix sockets stay open. Worker threads and child processes
 * have a network of their own, which this does not close.
 *
 * Vitest evaluates this file for every test file, also where several share a process: what is closed stays closed, and
 * the attempts are those of the process.
 */
class ClosedNetworkError extends Error {
  readonly code = 'ENETCLOSED';

  constructor(attempt: string) {
    super(`tests may use loopback addresses only; got ${attempt}`);
    this.name = 'ClosedNetworkError';
  }
}

const key = Symbol.for('claimgraph.test.refusedAttempts');
const attempts: string[] = Reflect.get(process, key) ?? [];

/** The refused attempts so far, oldest first; a test that provokes some takes them, or it fails. */
export function takeRefusedAttempts(): readonly string[] {
  return attempts.splice(0);
}

afterEach(failOnRefusedAttempts);
afterAll(failOnRefusedAttempts);

if (!Reflect.has(process, key)) {
  Reflect.set(process, key, attempts);
  closeSockets();
  closeDatagrams();
  closeNameLookups();
  // Makes `import { lookup } from 'node:dns'` see the replacements too.
  syncBuiltinESMExports();
}

function failOnRefusedAttempts(): void {
  const refused = takeRefusedAttempts();
  if (refused.length > 0) throw new ClosedNetworkError(refused.join(', '));
}

function refuse(attempt: string): ClosedNetworkError {
  attempts.push(attempt);
  return new ClosedNetworkError(attempt);
}

function isLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/i, '');
  return host === 'localhost' || host === '::1' || (net.isIPv4(address) && address.startsWith('127.'));
}

/** TLS, HTTP, HTTP/2 and fetch all end in this one method. */
function closeSockets(): void {
  const connect: unknown = net.Socket.prototype.connect;
  replace(net.Socket.prototype, 'connect', function (this: net.Socket, ...given: unknown[]) {
    const target = readTarget(given);
    if (target === undefined) return call(connect, this, given);
    const error = refuse(`a connection to ${target}`);
    process.nextTick(() => this.destroy(error));
    return this;
  });
}

/** Where `connect(options | path | port, host?)` wants to go; undefined when it may. */
function readTarget(given: readonly unknown[]): string | undefined {
  // net.connect passes its arguments on as one array.
  const [first, second]: readonly unknown[] = Array.isArray(given[0]) ? given[0] : given;
  const isObject = typeof first === 'object' && first !== null;
  const path = isObject ? Reflect.get(first, 'path') : undefined;
  const port = isObject ? Reflect.get(first, 'port') : first;
  const host = isObject ? Reflect.get(first, 'host') : second;
  const isUnixSocket = typeof path === 'string' || Number.isNaN(Number(port));
  if (isUnixSocket || typeof host !== 'string' || host === '' || isLoopback(host)) return undefined;
  return `${host}:${String(port)}`;
}

function closeDatagrams(): void {
  for (const method of ['send', 'connect'] as const) {
    const original: unknown = dgram.Socket.prototype[method];
    replace(dgram.Socket.prototype, method, function (this: dgram.Socket, ...given: unknown[]) {
      // The message and the port come before the address; strings in front of the port are the message.
      const afterPort = given.findLastIndex((argument) => typeof argument === 'number') + 1;
      const host = given[afterPort];
      if (typeof host !== 'string' || isLoopback(host)) return call(original, this, given);
      throw refuse(`a datagram to ${host}`);
    });
  }
}

function closeNameLookups(): void {
  for (const target of [dns, dns.Resolver.prototype]) {
    closeLookupsOf(target, (error, given) => {
      process.nextTick(() => call(given.at(-1), undefined, [error]));
    });
  }
  for (const target of [dns.promises, dns.promises.Resolver.prototype]) {
    closeLookupsOf(target, (error) => Promise.reject(error));
  }
}

function closeLookupsOf(target: object, fail: (error: Error, given: readonly unknown[]) => unknown): void {
  for (const method of lookupMethods(target)) {
    const original: unknown = Reflect.get(target, method);
    replace(target, method, function (this: unknown, ...given: unknown[]) {
      const name = String(given[0]);
      // An address needs no server to look it up.
      const mayPass = isLoopback(name) || (method === 'lookup' && net.isIP(name) !== 0);
      return mayPass ? call(original, this, given) : fail(refuse(`a look-up of ${name}`), given);
    });
  }
}

function lookupMethods(target: object): readonly string[] {
  return Object.getOwnPropertyNames(target).filter((name) => /^(lookup|lookupService|resolve.*|reverse)$/.test(name));
}

function replace(target: object, name: string, replacement: (...given: never[]) => unknown): void {
  Object.defineProperty(target, name, { value: replacement, writable: true, configurable: true, enumerable: true });
}

function call(target: unknown, self: unknown, given: readonly unknown[]): unknown {
  if (typeof target !== 'function') throw new TypeError('expected a function to call');
  return Reflect.apply(target, self, given);
}
