import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { defaultTimeouts, type HttpTimeouts, parseTimeouts } from '../../../src/server/http/timeouts.ts';
import { type Host, rawPost, startHost } from './startHost.ts';

let host: Host;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await host.close();
});

/** So long that the test ends before, for the timeouts that are not meant. */
const never = 600_000;
const only = (timeouts: Partial<HttpTimeouts>): HttpTimeouts => ({
  headersMs: never,
  requestMs: never,
  keepAliveMs: never,
  idleMs: never,
  ...timeouts,
});

/** A client that sends this and no more. Resolves with what it was answered, when the host closes the connection. */
async function sendOnly(bytes: string | Buffer): Promise<string> {
  const socket = connect(host.port, '127.0.0.1');
  sockets.push(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

const post = rawPost({ connection: 'keep-alive' }).toString('utf8');
const headEnd = post.indexOf('\r\n\r\n') + 4;
const chunked = post.slice(0, headEnd).replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');

describe('a connection is closed', () => {
  test.each([
    ['nothing', ''],
    ['a part of its head', post.slice(0, 40)],
    ['all of its head but the end', post.slice(0, headEnd - 2)],
  ])('that sends %s, after the time for a head', async (_what, bytes) => {
    host = await startHost('127.0.0.1', only({ headersMs: 100 }));
    expect(await sendOnly(bytes)).toMatch(/^HTTP\/1.1 408 /);
  });

  test.each([
    ['no body', post.slice(0, headEnd)],
    ['a part of its body', post.slice(0, headEnd + 5)],
    ['a part of a body of no stated length', `${chunked}5\r\n{"que`],
    ['a body for another route', post.replace('/graphql', '/elsewhere').slice(0, -1)],
  ])('that sends %s, after the time for a request', async (_what, bytes) => {
    host = await startHost('127.0.0.1', only({ headersMs: 100, requestMs: 200 }));
    expect(await sendOnly(bytes)).toMatch(/^HTTP\/1.1 (408|404) /);
  });

  test('that sends its body byte by byte, after the time for a request', async () => {
    host = await startHost('127.0.0.1', only({ headersMs: 100, requestMs: 300 }));
    const socket = connect(host.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(post.slice(0, headEnd));
    let sent = headEnd;
    const trickle = setInterval(() => socket.write(post[sent++] ?? ''), 20);
    socket.resume();
    await once(socket, 'close');
    clearInterval(trickle);
    expect(sent).toBeLessThan(post.length);
  });

  test('that was answered and asks no more, after the time between requests', async () => {
    // Node 20 adds a second of its own.
    host = await startHost('127.0.0.1', only({ keepAliveMs: 50 }));
    expect(await sendOnly(post)).toMatch(/^HTTP\/1.1 200 .*hello you/s);
  });

  test('that waits for an answer on which nothing moves', async () => {
    host = await startHost('127.0.0.1', only({ idleMs: 100 }));
    const slow = rawPost({ body: JSON.stringify({ query: '{ slow }' }), connection: 'keep-alive' });
    expect(await sendOnly(slow)).toBe('');
  });

  test('that does not read its answers', async () => {
    host = await startHost('127.0.0.1', only({ idleMs: 200 }));
    const socket = connect(host.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.pause();
    const long = rawPost({
      body: JSON.stringify({
        query: 'query ($name: String) { hello(name: $name) }',
        variables: { name: 'x'.repeat(190_000) },
      }),
      connection: 'keep-alive',
    });
    const closed = new Promise((resolve) => host.app.server.once('connection', (peer) => peer.once('close', resolve)));
    for (let count = 0; count < 100; count += 1) socket.write(long);
    await closed;
  });
});

test('two thousand silent bodies are all closed', async () => {
  host = await startHost('127.0.0.1', only({ headersMs: 1_000, requestMs: 1_000 }));
  const answers = await Promise.all(Array.from({ length: 2_000 }, () => sendOnly(post.slice(0, headEnd))));
  expect(answers.filter((answer) => !answer.startsWith('HTTP/1.1 408 '))).toEqual([]);
});

test('a request within its time is answered, also beside silent ones', async () => {
  host = await startHost('127.0.0.1', only({ headersMs: 100, requestMs: 200 }));
  const silent = sendOnly(post.slice(0, headEnd));
  expect(await host.send(rawPost())).toMatch(/hello you/);
  expect(await silent).toMatch(/^HTTP\/1.1 408 /);
});

describe('timeouts', () => {
  test('are as by default where they are not given or undefined', async () => {
    host = await startHost();
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = host.app.server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout }).toEqual({
      headersTimeout: defaultTimeouts.headersMs,
      requestTimeout: defaultTimeouts.requestMs,
      keepAliveTimeout: defaultTimeouts.keepAliveMs,
      timeout: defaultTimeouts.idleMs,
    });
    expect(parseTimeouts({ idleMs: undefined, requestMs: 20_000 })).toEqual({ ...defaultTimeouts, requestMs: 20_000 });
    expect(parseTimeouts({ requestMs: 5_000 })).toMatchObject({ headersMs: 5_000, requestMs: 5_000 });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    'that are %s ms are refused',
    async (value) => {
      host = await startHost();
      for (const name of ['headersMs', 'requestMs', 'keepAliveMs', 'idleMs']) {
        expect(() => parseTimeouts({ [name]: value })).toThrow(ConfigurationError);
        expect(() => parseTimeouts({ [name]: value })).toThrow(`timeouts.${name}`);
      }
    },
  );

  test('that give a head more time than the whole request are refused', async () => {
    host = await startHost();
    expect(() => parseTimeouts({ headersMs: 40_000 })).toThrow('timeouts.headersMs');
  });
});
