import dns from 'node:dns';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { helloBody, parseAnswer, rawPost, startHost } from './startHost.ts';

test('a host that closes ends what it has begun and begins nothing more', async () => {
  const host = await startHost();
  const slow = rawPost({ body: JSON.stringify({ query: '{ slow }' }), connection: 'keep-alive' });
  const socket = connect(host.port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('utf8');
  });
  socket.write(slow);
  await host.slowBegun();

  const closed = host.app.close();
  await host.closingBegun();
  socket.write(rawPost({ connection: 'keep-alive' }));
  host.endSlow();
  await once(socket, 'close');
  await closed;

  const answers = received.split(/(?=HTTP\/1\.1 )/).map(parseAnswer);
  expect(answers.map(({ status, body }) => [status, body])).toEqual([[200, '{"data":{"slow":"at last"}}\n']]);
  expect(received).toMatch(/^connection: close\r$/im);
  await host.close();
});

test.each([
  ['by the fast path', rawPost({ connection: 'keep-alive' })],
  ['by Fastify', rawPost({ connection: 'keep-alive', contentType: 'application/json; charset=UTF-8' })],
  ['with a refusal', rawPost({ connection: 'keep-alive', path: '/elsewhere' })],
])('while a host drains, each answer is given and ends its connection: %s', async (_by, bytes) => {
  const host = await startHost();
  expect(await host.send(bytes.toString('latin1').replace('keep-alive', 'close'))).toMatch(/^HTTP\/1\.1 (200|404) /);
  host.drain.begin();
  const answer = await host.send(bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 (200|404) /);
  expect(answer.match(/^connection: .*$/gim)).toEqual([expect.stringMatching(/^connection: close$/i)]);
  await host.close();
});

test('while a host drains, it is alive and not ready', async () => {
  const host = await startHost();
  const get = (path: string) => fetch(`http://127.0.0.1:${host.port}${path}`);
  expect((await get('/health/ready')).status).toBe(200);
  host.drain.begin();
  const ready = await get('/health/ready');
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'unavailable', checks: { accepting: 'unavailable' } },
  ]);
  expect((await get('/health/live')).status).toBe(200);
  await host.close();
});

test.each([
  ['on which nothing was asked', ''],
  ['on which nothing was asked yet', 'POST /graphql HTTP/1.1\r\nhost: loc'],
  ['on which all was answered', rawPost({ connection: 'keep-alive' })],
])('a host that closes does not wait for a connection %s', async (_which, bytes) => {
  const host = await startHost();
  const socket = connect(host.port, '127.0.0.1');
  socket.on('error', () => {});
  const isOver = once(socket, 'close');
  socket.write(bytes);
  if (bytes.length > 0 && typeof bytes !== 'string') await once(socket, 'data');
  else await once(host.app.server, 'connection');
  socket.resume();

  await host.app.close();
  await isOver;
  await host.close();
});

test('a host on localhost answers at every address of it', async () => {
  const { lookup } = dns;
  const addresses = ['127.0.0.1', '127.0.0.2'];
  // As where localhost has an address of either family, which not every machine has.
  const lookUp = (...args: readonly unknown[]) => {
    const [name, options, done] = args;
    const isForAll = typeof options === 'object' && options !== null && 'all' in options && options.all;
    if (name !== 'localhost' || !isForAll || typeof done !== 'function') return Reflect.apply(lookup, dns, args);
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  dns.lookup = Object.assign(lookUp, lookup);
  const host = await startHost('localhost').finally(() => {
    dns.lookup = lookup;
  });
  const answers: unknown[] = [];
  for (const address of addresses) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`http://${address}:${host.port}/graphql`, {
      method: 'POST',
      headers,
      body: helloBody,
    });
    answers.push(await response.json());
  }
  await host.close();

  expect(answers).toEqual(addresses.map(() => ({ data: { hello: 'hello you' } })));
});
