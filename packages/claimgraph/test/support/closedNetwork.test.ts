import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { lookup, promises, Resolver, resolve4 } from 'node:dns';
import { lookup as lookupPromise } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer as createNetServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { takeRefusedAttempts } from './closedNetwork.ts';

// RFC 5737: addresses that belong to nobody. RFC 2606: names that resolve nowhere.
const foreign = '192.0.2.1';
const foreignName = 'pool.example.invalid';

const refused = { code: 'ENETCLOSED' };

describe('a connection to another machine fails and is recorded', () => {
  const connections: readonly [string, string, () => Promise<unknown>][] = [
    ['net.connect with options', `${foreign}:5432`, () => failureOf(connect({ host: foreign, port: 5432 }))],
    ['net.connect with port and host', `${foreign}:5432`, () => failureOf(connect(5432, foreign))],
    ['a socket that connects by itself', `${foreign}:5432`, () => failureOf(new Socket().connect(5432, foreign))],
    ['a host name', `${foreignName}:5432`, () => failureOf(connect(5432, foreignName))],
    [
      'a look-alike of localhost',
      'localhost.example.invalid:80',
      () => failureOf(connect(80, 'localhost.example.invalid')),
    ],
    ['a look-alike of 127.0.0.1', '127.example.invalid:80', () => failureOf(connect(80, '127.example.invalid'))],
    ['an IPv6 address', '2001:db8::1:80', () => failureOf(connect(80, '2001:db8::1'))],
    ['an IPv4 address inside IPv6', '::ffff:192.0.2.1:80', () => failureOf(connect(80, '::ffff:192.0.2.1'))],
    ['tls.connect', `${foreign}:443`, () => failureOf(connectTls({ host: foreign, port: 443 }))],
    ['http.request', `${foreignName}:80`, () => failureOf(request(`http://${foreignName}/`))],
    ['http2.connect', `${foreign}:443`, () => failureOf(connectHttp2(`https://${foreign}/`))],
  ];
  test.each(connections)('%s', async (_name, target, attempt) => {
    expect(await attempt()).toMatchObject(refused);
    expect(takeRefusedAttempts()).toEqual([`a connection to ${target}`]);
  });

  test('fetch', async () => {
    await expect(fetch(`https://${foreignName}/jwks.json`)).rejects.toMatchObject({ cause: refused });
    expect(takeRefusedAttempts()).toEqual([`a connection to ${foreignName}:443`]);
  });
});

describe('a name look-up fails and is recorded', () => {
  const lookups: readonly [string, () => Promise<unknown>][] = [
    ['dns.lookup, imported by name', () => promisify(lookup)(foreignName)],
    ['dns.resolve4', () => promisify(resolve4)(foreignName)],
    ['a Resolver', () => new Promise((_, reject) => new Resolver().resolveTxt(foreignName, reject))],
    ['dns.promises.lookup', () => promises.lookup(foreignName)],
    ['dns/promises, imported by name', () => lookupPromise(foreignName)],
    ['a promise Resolver', () => new promises.Resolver().resolve(foreignName)],
  ];
  test.each(lookups)('%s', async (_name, attempt) => {
    await expect(attempt()).rejects.toMatchObject(refused);
    expect(takeRefusedAttempts()).toEqual([`a look-up of ${foreignName}`]);
  });
});

test('a datagram to another machine fails and is recorded', () => {
  const socket = createSocket('udp4');
  expect(() => socket.send('hello', 53, foreign)).toThrow(expect.objectContaining(refused));
  expect(() => socket.send(Buffer.from('hello'), 0, 5, 53, foreignName)).toThrow(expect.objectContaining(refused));
  expect(() => socket.connect(53, foreign)).toThrow(expect.objectContaining(refused));
  socket.close();
  expect(takeRefusedAttempts()).toEqual([
    `a datagram to ${foreign}`,
    `a datagram to ${foreignName}`,
    `a datagram to ${foreign}`,
  ]);
});

describe('the machine itself stays reachable', () => {
  test.each(['127.0.0.1', 'localhost'])('over HTTP on %s', async (host) => {
    const server = createServer((_request, response) => response.end('here')).listen(0, host);
    await once(server, 'listening');
    const address = server.address();
    assert(typeof address === 'object' && address);
    expect(await (await fetch(`http://${host}:${address.port}/`)).text()).toBe('here');
    server.close();
    server.closeAllConnections();
    expect(takeRefusedAttempts()).toEqual([]);
  });

  test('over a unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'closed-network-'));
    const path = join(folder, 'socket');
    const server = createNetServer((socket) => socket.end('here')).listen(path);
    await once(server, 'listening');
    for (const socket of [connect(path), connect({ path })]) {
      const [data] = await once(socket, 'data');
      expect(String(data)).toBe('here');
      socket.destroy();
    }
    server.close();
    await rm(folder, { recursive: true });
    expect(takeRefusedAttempts()).toEqual([]);
  });
});

describe('an attempt that the code under test swallowed', () => {
  test.fails('still fails its test', async () => {
    await fetch(`https://${foreignName}/`).catch(() => undefined);
  });

  test('is gone for the next test', () => {
    expect(takeRefusedAttempts()).toEqual([]);
  });
});

/** The error that something which can fail does fail with. */
async function failureOf(emitter: NodeJS.EventEmitter): Promise<unknown> {
  const [error] = await once(emitter, 'error');
  return error;
}
