import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type Client, createClient } from 'graphql-sse';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testKey } from '../../../src/testing/testKey.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { startTicker, type Tick, type Ticker } from './ticker.ts';

let api: Ticker;
let client: Client;

beforeAll(async () => {
  api = await startTicker({
    subscriptions: { maxConnectionsPerSubject: 2, heartbeatMs: 100, maxBufferedBytes: 300_000 },
  });
});

beforeEach(() => {
  api.records.reader = { role: 'clerk', region: 'north' };
  api.state.opened = 0;
  api.state.revoked.clear();
});

afterEach(async () => {
  client?.dispose();
  await expect.poll(() => api.openSources()).toBe(0);
});

afterAll(() => api?.close());

const tick = (number: number): Tick => ({ number, region: 'north' });

function connect(token?: string): Client {
  client = createClient({
    url: `${api.url}/graphql`,
    retryAttempts: 0,
    headers: { ...(token && { authorization: `Bearer ${token}` }) },
  });
  return client;
}

async function post(query: string, { token, accept = 'text/event-stream' }: { token?: string; accept?: string } = {}) {
  const response = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('a client of graphql-sse hears the events, each by the claims of its moment', async () => {
  const events = connect(await api.tokenOf('reader')).iterate({ query: 'subscription { ticks { number secret } }' });
  const first = events.next();
  await expect.poll(() => api.state.opened).toBe(1);
  api.push(tick(1));
  expect((await first).value).toEqual({ data: { ticks: { number: 1, secret: 'secret 1' } } });
  api.records.reader = { role: 'clerk', region: 'south' };
  api.push(tick(-1), tick(2));
  expect((await events.next()).value).toMatchObject({
    data: { ticks: { number: 2, secret: null } },
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  api.endSources();
  expect((await events.next()).done).toBe(true);
});

test('whoever may not hear it is answered as any request, and no source is opened', async () => {
  const query = 'subscription { ticks { number } }';
  const nobody = await post(query);
  expect([nobody.status, nobody.headers.get('www-authenticate'), JSON.parse(nobody.text)]).toMatchObject([
    401,
    expect.stringMatching(/^Bearer/),
    { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  ]);
  expect(await post(query, { token: await api.tokenOf('stranger') })).toMatchObject({ status: 403 });
  expect(await post(query, { token: 'x.y.z' })).toMatchObject({ status: 401 });
  expect(await post('subscription { nothing }')).toMatchObject({ status: 400 });
  expect(api.state.opened).toBe(0);
});

test('who accepts events and JSON gets what the operation is', async () => {
  const accept = 'application/graphql-response+json, application/json, text/event-stream';
  const query = await post('{ motto }', { accept });
  expect([query.status, JSON.parse(query.text)]).toEqual([200, { data: { motto: 'tick tock' } }]);
  const events = post('subscription { open { number } }', { accept });
  await expect.poll(() => api.openSources()).toBe(1);
  api.push(tick(1));
  api.endSources();
  const { headers, text } = await events;
  expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(headers.get('cache-control')).toBe('private, no-store');
  expect(text.replaceAll(':\n\n', '')).toBe(
    'event: next\ndata: {"data":{"open":{"number":1}}}\n\nevent: complete\ndata: \n\n',
  );
});

test('a query is answered by one event', async () => {
  const { value } = await connect(await api.tokenOf('reader'))
    .iterate({ query: '{ mine }' })
    .next();
  expect(value).toEqual({ data: { mine: 'mine' } });
});

test('it is over, with the reason, when the token is revoked', async () => {
  const events = post('subscription { ticks { number } }', { token: await api.tokenOf('reader') });
  await expect.poll(() => api.state.opened).toBe(1);
  api.state.revoked.add('reader');
  expect((await events).text.replaceAll(':\n\n', '')).toMatch(
    /^event: next\ndata: .*"UNAUTHENTICATED".*\n\nevent: complete\n/,
  );
});

test('a subject has so many connections, and those of others do not count', async () => {
  const token = await api.tokenOf('reader');
  const gone = new AbortController();
  const hear = (signal?: AbortSignal) =>
    fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: 'subscription { ticks { number } }' }),
      ...(signal && { signal }),
    });
  const [first, second] = await Promise.all([hear(gone.signal), hear(gone.signal)]);
  expect([first.status, second.status]).toEqual([200, 200]);
  const third = await hear();
  expect([third.status, third.headers.get('retry-after'), await third.json()]).toMatchObject([
    429,
    '1',
    { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
  ]);
  gone.abort();
  await expect
    .poll(async () => {
      const again = await hear(AbortSignal.timeout(200));
      await again.body?.cancel();
      return again.status;
    })
    .toBe(200);
});

test('a client that does not read is cut off', async () => {
  const request = httpRequest(`${api.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
  });
  request.on('error', () => {});
  request.end(JSON.stringify({ query: 'subscription { open { filler(size: 200000) } }' }));
  const [response] = await once(request, 'response');
  response.on('error', () => {});
  response.pause();
  for (let number = 0; number < 60; number += 1) api.push(tick(number));
  await expect.poll(() => api.openSources(), { timeout: 5_000 }).toBe(0);
  request.destroy();
});

test('the end of a server ends its streams without saying that all was told', async () => {
  const stopping = await startTicker();
  const response = await fetch(`${stopping.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { open { number } }' }),
  });
  const text = response.text().catch(() => 'broken off');
  await stopping.close();
  expect(await text).not.toMatch(/complete/);
  expect(stopping.openSources()).toBe(0);
});

test('the log tells by which rule an event was refused that ended it', async () => {
  const lines: string[] = [];
  const logged = await startTicker({ logger: pino({ level: 'info' }, { write: (line) => lines.push(line) }) });
  logged.records.manager = { role: 'manager', region: 'north' };
  const response = await fetch(`${logged.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${await logged.tokenOf('manager')}`,
    },
    body: JSON.stringify({ query: 'subscription { audits { number } }' }),
  });
  logged.records.manager = { role: 'clerk', region: 'north' };
  logged.push(tick(1));
  expect(await response.text()).toMatch(/"FORBIDDEN"/);
  await logged.close();
  const ended = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'subscription ended');
  expect(ended).toMatchObject({ refusals: [{ coordinate: 'Subscription.audits', code: 'FORBIDDEN', count: 1 }] });
});

describe('a client that is gone, or a server that stops, before the stream is open', () => {
  /** Lets go of what it was told to wait for. */
  let proceed = () => {};
  let isWaiting = false;
  const wait = async () => {
    isWaiting = true;
    await new Promise<void>((resolve) => {
      proceed = resolve;
    });
  };
  const hear = async (of: Ticker, query: string, signal?: AbortSignal) =>
    fetch(`${of.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${await of.tokenOf('manager')}`,
      },
      body: JSON.stringify({ query }),
      ...(signal && { signal }),
    });

  beforeEach(() => {
    isWaiting = false;
  });

  test('leaves nothing that is counted', async () => {
    const { jwk } = await testKey();
    let arrived = 0;
    let closed = 0;
    const slow = await startTicker({
      subscriptions: { maxConnectionsPerSubject: 1 },
      tokens: {
        async fetchJwks() {
          await wait();
          return { keys: [jwk] };
        },
      },
      configureApp(app) {
        app.addHook('onRequest', async (_request, reply) => {
          arrived += 1;
          reply.raw.once('close', () => {
            closed += 1;
          });
        });
      },
    });
    const gone = new AbortController();
    const first = hear(slow, 'subscription { ticks { number } }', gone.signal);
    await expect.poll(() => arrived).toBe(1);
    gone.abort();
    await expect(first).rejects.toThrow();
    await expect.poll(() => closed).toBe(1);
    proceed();
    const second = await hear(slow, 'subscription { ticks { number } }');
    expect(second.status).toBe(200);
    await second.body?.cancel();
    await slow.close();
  });

  test('does not keep the server from stopping', async () => {
    const stopping = await startTicker({
      claims: {
        source: {
          async fetchClaims([subject]) {
            await wait();
            return new Map(subject ? [[toSubjectKey(subject), { role: 'manager', region: 'north' }]] : []);
          },
        },
      },
    });
    const answer = hear(stopping, 'subscription { audits { number } }');
    await expect.poll(() => isWaiting).toBe(true);
    const closing = stopping.close();
    proceed();
    expect((await answer).status).toBe(503);
    await closing;
    expect(stopping.openSources()).toBe(0);
  });
});

test('without the transport it is no answer', async () => {
  const sockets = await startTicker({ subscriptions: { transports: ['websocket'] } });
  const response = await fetch(`${sockets.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream, application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { open { number } }' }),
  });
  expect([response.status, sockets.state.opened]).toEqual([400, 0]);
  await sockets.close();
});
