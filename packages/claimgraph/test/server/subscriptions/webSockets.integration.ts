import { once } from 'node:events';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ConfigurationError } from '../../../src/errors.ts';
import { openSocket, startTicker, type Tick, type Ticker } from './ticker.ts';

const settings = {
  maxConnectionsPerSubject: 2,
  maxSubscriptionsPerConnection: 3,
  maxMessagesPerSecond: 30,
  maxMessageBytes: 5_000,
  maxBufferedBytes: 200_000,
  connectionInitMs: 600,
  heartbeatMs: 200,
};

let api: Ticker;
const sockets: Awaited<ReturnType<typeof openSocket>>[] = [];

beforeAll(async () => {
  api = await startTicker({ subscriptions: settings });
});

beforeEach(() => {
  api.records.reader = { role: 'clerk', region: 'north' };
  api.records.manager = { role: 'manager', region: 'north' };
  api.state.opened = 0;
  api.state.isDown = false;
  api.state.revoked.clear();
});

afterEach(async () => {
  for (const { socket } of sockets) socket.terminate();
  await Promise.all(sockets.map(({ closed }) => closed));
  sockets.length = 0;
  await expect.poll(() => api.openSources()).toBe(0);
});

afterAll(async () => {
  await api?.close();
});

async function open(options: Parameters<typeof openSocket>[1] = {}) {
  const socket = await openSocket(api.url, options);
  sockets.push(socket);
  return socket;
}

async function connected(persona?: 'reader' | 'manager' | 'stranger', claims = {}) {
  const socket = await open();
  await socket.start(persona && (await api.tokenOf(persona, claims)));
  return socket;
}

const tick = (number: number, region = 'north'): Tick => ({ number, region });
const opened = (count: number) => expect.poll(() => api.state.opened).toBe(count);

describe('a client of graphql-ws', () => {
  let client: Client;

  afterEach(() => client.dispose());

  test('hears the events, each by the claims of its moment, until it has had enough', async () => {
    const token = await api.tokenOf('reader');
    client = createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: async () => ({ authorization: `Bearer ${token}` }),
    });
    const events = client.iterate({ query: 'subscription { ticks { number secret } }' });
    const first = events.next();
    await opened(1);
    api.push(tick(1));
    expect((await first).value).toEqual({ data: { ticks: { number: 1, secret: 'secret 1' } } });
    api.records.reader = { role: 'clerk', region: 'south' };
    api.push(tick(-1), tick(2));
    expect((await events.next()).value).toMatchObject({
      data: { ticks: { number: 2, secret: null } },
      errors: [{ path: ['ticks', 'secret'], extensions: { code: 'FORBIDDEN' } }],
    });
    await events.return?.();
    await expect.poll(() => api.openSources()).toBe(0);
  });

  test('asks queries and mutations over the same connection, by the same rules', async () => {
    client = createClient({ url: `${api.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const { value } = await client.iterate({ query: '{ motto mine }' }).next();
    expect(value).toMatchObject({
      data: { motto: 'tick tock', mine: null },
      errors: [{ path: ['mine'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
    await expect(client.iterate({ query: 'mutation { tick }' }).next()).rejects.toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});

describe('whoever may not hear it', () => {
  test.each([
    ['stranger', 'subscription { ticks { number } }', 'INSUFFICIENT_SCOPE'],
    [undefined, 'subscription { ticks { number } }', 'UNAUTHENTICATED'],
    ['reader', 'subscription { audits { number } }', 'FORBIDDEN'],
    ['reader', 'subscription { ticks { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['reader', 'subscription { ticks { number } audits { number } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['reader', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['reader', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'reader',
      'subscription { ticks { number __typename } } fragment F on Query { __schema { types { name } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['reader', `subscription { ticks { ${'number '.repeat(2_100)} } }`, 'OPERATION_TOO_COMPLEX'],
    ['reader', 'subscription { ticks(from: "1") { number } }', 'GRAPHQL_VALIDATION_FAILED'],
  ] as const)('%s: %.40s is answered with an error, and no source is opened', async (persona, query, code) => {
    const socket = await openSocket((await other()).url);
    sockets.push(socket);
    await socket.start(persona && (await api.tokenOf(persona)));
    socket.subscribe('1', query);
    await expect.poll(() => socket.ofType('error')).toMatchObject([{ id: '1', payload: [{ extensions: { code } }] }]);
    expect([api.state.opened, socket.messages.length]).toEqual([0, 2]);
  });

  /** With room for what is too complex. */
  let roomy: Ticker | undefined;
  async function other(): Promise<Ticker> {
    roomy ??= await startTicker();
    return roomy;
  }
  afterAll(() => roomy?.close());
});

describe('a connection is refused', () => {
  test.each([
    ['with a token that is none', async () => 'x.y.z', 4403, 'token-not-accepted'],
    ['with an ID token', () => api.tokenOf('reader', { token_use: 'id' }), 4403, 'token-not-accepted'],
    [
      'with an expired token, also within the grace of a request',
      () => api.tokenOf('reader', { exp: Math.floor(Date.now() / 1000) - 1 }),
      4403,
      'token-expired',
    ],
  ])('%s', async (_with, token, code, reason) => {
    const socket = await open();
    socket.init(await token());
    expect(await socket.closed).toEqual({ code, reason });
    expect(socket.messages).toEqual([]);
  });

  test.each([
    [
      'that asks before it has said who it is',
      [{ id: '1', type: 'subscribe', payload: { query: 'subscription { open { number } }' } }],
      4401,
    ],
    ['that says twice who it is', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['that says who it is by no text', [{ type: 'connection_init', payload: { authorization: 5 } }], 4400],
    ['that says what is no message', [{ type: 'connection_init' }, { type: 'mumble' }], 4400],
    ['that says nothing', [], 4408],
    ['whose message is too large', [{ type: 'connection_init', payload: { x: 'x'.repeat(6_000) } }], 1009],
    ['that floods', [{ type: 'connection_init' }, ...Array.from({ length: 40 }, () => ({ type: 'ping' }))], 4429],
  ])('%s', async (_what, messages, code) => {
    const socket = await open();
    for (const message of messages) socket.send(message);
    expect(await socket.closed).toMatchObject({ code });
    expect(api.state.opened).toBe(0);
  });

  test('whose operation has a long name', async () => {
    const socket = await connected();
    socket.subscribe('x'.repeat(300), '{ motto }');
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  test('that speaks another protocol, or in bytes', async () => {
    expect(await (await open({ protocol: 'graphql-ws' })).closed).toMatchObject({ code: 1006 });
    expect(await (await open({ protocol: '' })).closed).toMatchObject({ code: 4406 });
    const socket = await connected();
    socket.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  test.each([
    ['from a foreign page', '/graphql', { origin: 'https://evil.example.com' }, 403],
    ['elsewhere', '/elsewhere', {}, 404],
  ])('%s, before it is one', async (_where, path, headers, status) => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers });
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(status);
    socket.terminate();
  });

  test('when its subject has enough of them, and not when one has gone', async () => {
    const [first] = [await connected('reader'), await connected('reader')];
    const third = await open();
    third.init(await api.tokenOf('reader'));
    expect(await third.closed).toEqual({ code: 4429, reason: 'too-many-connections' });
    await connected('manager');
    first.socket.terminate();
    await first.closed;
    await connected('reader');
  });
});

test.each(['https://app.example.com', undefined])('a page of %s may connect', async (origin) => {
  const socket = await open({ headers: { origin: origin ?? api.url } });
  await socket.start();
});

test('a token in the address or in a cookie is nobody’s', async () => {
  const token = await api.tokenOf('reader');
  const socket = await open({ path: `/graphql?access_token=${token}`, headers: { cookie: `token=${token}` } });
  await socket.start();
  socket.subscribe('1', 'subscription { ticks { number } }');
  await expect
    .poll(() => socket.ofType('error'))
    .toMatchObject([{ payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
});

test('a token in the header of the handshake is the caller’s; beside another one the connection is refused', async () => {
  const authorization = `Bearer ${await api.tokenOf('reader')}`;
  const socket = await open({ headers: { authorization } });
  await socket.start();
  socket.subscribe('1', '{ mine }');
  await expect.poll(() => socket.ofType('next')).toMatchObject([{ payload: { data: { mine: 'mine' } } }]);
  const both = await open({ headers: { authorization } });
  both.init(await api.tokenOf('manager'));
  expect(await both.closed).toMatchObject({ code: 4400 });
});

test('the id of a running operation is its own; after its end another may have it', async () => {
  const socket = await connected('reader');
  socket.subscribe('1', 'subscription { ticks { number } }');
  await opened(1);
  socket.send({ id: '1', type: 'complete' });
  await expect.poll(() => api.openSources()).toBe(0);
  socket.subscribe('1', 'subscription { ticks { number } }');
  await opened(2);
  socket.subscribe('1', 'subscription { ticks { number } }');
  expect(await socket.closed).toMatchObject({ code: 4409 });
});

test('more operations than one connection may have are refused, and those that run go on', async () => {
  const socket = await connected('reader');
  for (const id of ['1', '2', '3', '4']) socket.subscribe(id, 'subscription { ticks { number } }');
  await expect
    .poll(() => socket.ofType('error'))
    .toMatchObject([{ id: '4', payload: [{ extensions: { code: 'RATE_LIMITED' } }] }]);
  await opened(3);
  api.push(tick(1));
  await expect.poll(() => socket.ofType('next')).toHaveLength(3);
});

test('operations that were given up before they began count until they are over', async () => {
  const socket = await connected('manager');
  for (let count = 0; count < 5; count += 1) {
    socket.send({ id: 'same', type: 'complete' });
    socket.subscribe('same', 'subscription { audits { number } }');
  }
  await expect
    .poll(() => socket.ofType('error')[0])
    .toMatchObject({ payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
  await opened(3);
  await expect.poll(() => api.openSources()).toBe(0);
  socket.subscribe('another', 'subscription { audits { number } }');
  await opened(4);
});

describe('a connection ends', () => {
  test('when its token does', async () => {
    const socket = await connected('reader', { exp: Math.floor(Date.now() / 1000) + 1 });
    socket.subscribe('1', 'subscription { ticks { number } }');
    expect(await socket.closed).toEqual({ code: 4403, reason: 'token-expired' });
    expect(socket.ofType('next')).toEqual([]);
  });

  test('within a second when its token is revoked', async () => {
    const socket = await connected('reader');
    socket.subscribe('1', 'subscription { ticks { number } }');
    await opened(1);
    api.state.revoked.add('reader');
    const from = performance.now();
    expect(await socket.closed).toEqual({ code: 4403, reason: 'token-not-accepted' });
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  test('not when it is renewed by a ping; the token is not sent back', async () => {
    const socket = await connected('reader', { exp: Math.floor(Date.now() / 1000) + 2 });
    socket.subscribe('1', 'subscription { ticks { number } }');
    await opened(1);
    socket.send({ type: 'ping', payload: { authorization: `Bearer ${await api.tokenOf('reader')}` } });
    await expect.poll(() => socket.ofType('pong')).toEqual([{ type: 'pong' }]);
    const lasts = Date.now() + 2_600;
    await expect.poll(() => Date.now() > lasts, { timeout: 5_000 }).toBe(true);
    api.push(tick(7));
    await expect.poll(() => socket.ofType('next')).toMatchObject([{ payload: { data: { ticks: { number: 7 } } } }]);
  });

  test('when it is renewed by the token of somebody else', async () => {
    const socket = await connected('reader');
    socket.send({ type: 'ping', payload: { authorization: `Bearer ${await api.tokenOf('manager')}` } });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'token-not-accepted' });
  });

  test('when it does not answer, as one does not that is half open', async () => {
    const socket = await open({ autoPong: false });
    await socket.start(await api.tokenOf('reader'));
    socket.subscribe('1', 'subscription { ticks { number } }');
    await opened(1);
    expect(await socket.closed).toMatchObject({ code: 1006 });
  });

  test('when it pings too often, below what messages are counted', async () => {
    const socket = await connected();
    for (let count = 0; count <= settings.maxMessagesPerSecond; count += 1) socket.socket.ping();
    expect(await socket.closed).toEqual({ code: 4429, reason: 'too-many-messages' });
  });

  test('when it does not read', async () => {
    const socket = await connected('reader');
    for (const id of ['1', '2', '3']) socket.subscribe(id, 'subscription { ticks { filler(size: 150000) } }');
    await opened(3);
    Reflect.get(socket.socket, '_socket').pause();
    for (let number = 0; number < 60; number += 1) api.push(tick(number));
    await expect.poll(() => api.openSources(), { timeout: 5_000 }).toBe(0);
  });
});

describe('an event', () => {
  test('after the role is gone is none: the subscription ends with the reason', async () => {
    const socket = await connected('manager');
    socket.subscribe('1', 'subscription { audits { number } }');
    await opened(1);
    api.push(tick(1));
    await expect.poll(() => socket.ofType('next')).toHaveLength(1);
    api.records.manager = { role: 'clerk', region: 'north' };
    api.push(tick(2), tick(3));
    await expect.poll(() => socket.ofType('complete')).toHaveLength(1);
    expect(socket.ofType('next').slice(1)).toMatchObject([
      { payload: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } },
    ]);
  });

  test('that nobody can decide is told as that, and the source is closed', async () => {
    const socket = await connected('manager');
    socket.subscribe('1', 'subscription { audits { number } }');
    await opened(1);
    api.state.isDown = true;
    api.push(tick(1));
    await expect.poll(() => socket.ofType('complete')).toHaveLength(1);
    expect(JSON.stringify(socket.messages)).not.toMatch(/10\.0\.0\.7|"number"/);
    expect(socket.ofType('next')).toMatchObject([
      { payload: { errors: [{ extensions: { code: 'CLAIMS_UNAVAILABLE' } }] } },
    ]);
  });
});

test('a server that stops sends its clients away', async () => {
  const stopping = await startTicker();
  const socket = await openSocket(stopping.url);
  await socket.start();
  socket.subscribe('1', 'subscription { open { number } }');
  await expect.poll(() => stopping.openSources()).toBe(1);
  await stopping.close();
  expect(await socket.closed).toEqual({ code: 1001, reason: 'going-away' });
  expect(stopping.openSources()).toBe(0);
});

test('where subscriptions are off, nothing is upgraded', async () => {
  const silent = await startTicker({ subscriptions: 'off' });
  const socket = await openSocket(silent.url);
  expect((await socket.closed).code).toBe(1006);
  await silent.close();
});

test.each([{ transports: [] }, { transports: ['smoke'] }, { heartbeatMs: 0 }, { maxConnections: Number.NaN }])(
  'settings that turn something off stop the start: %j',
  async (subscriptions) => {
    await expect(startTicker({ subscriptions: subscriptions as object })).rejects.toThrow(ConfigurationError);
  },
);
