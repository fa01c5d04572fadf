import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSchema, execute, subscribe } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { authWsOptions } from '../../packages/client/src/graphqlWs.ts';
import { type Api, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';
import { startSession } from './support/session.ts';

let api: Api;
let pool: RotatingPool;
let server: SocketServer;
let client: Client | undefined;

beforeAll(async () => {
  api = await startApi();
  pool = await startRotatingPool(api);
});

beforeEach(async () => {
  server = await startSocketServer();
});

afterEach(async () => {
  await client?.dispose();
  client = undefined;
  await server.close();
});

afterAll(async () => {
  await pool?.close();
  await api?.close();
});

interface SocketServer {
  readonly url: string;
  /** The tokens of the connections so far. */
  readonly tokens: readonly (string | undefined)[];
  /** Sends the subscribers of every connection one more event. */
  emit(): void;
  /** Closes every connection. */
  closeAll(code: number): void;
  /** Closes the next connections as soon as they are there. */
  refuseNext(times: number, code: number): void;
  close(): Promise<void>;
}

/** graphql-ws' own server. Events tell whose token the connection was made with. */
async function startSocketServer(): Promise<SocketServer> {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sockets, 'listening');
  const tokens: (string | undefined)[] = [];
  const waiting = new Set<() => void>();
  let refusal = { times: 0, code: 0 };
  async function* events(subject: string) {
    for (;;) {
      yield { who: subject };
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  }
  useServer<{ authorization?: string }>(
    {
      schema: buildSchema('type Query { health: String } type Subscription { who: String }'),
      execute,
      subscribe: (args) => subscribe({ ...args, rootValue: { who: () => events(String(args.contextValue)) } }),
      onConnect({ connectionParams, extra }) {
        const token = connectionParams?.authorization?.replace('Bearer ', '');
        tokens.push(token);
        if (refusal.times > 0) {
          refusal = { ...refusal, times: refusal.times - 1 };
          extra.socket.close(refusal.code, 'refused');
        }
        return true;
      },
      context: ({ connectionParams }) => subjectOf(connectionParams?.authorization),
    },
    sockets,
  );
  const { port } = sockets.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    tokens,
    emit() {
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    closeAll(code) {
      for (const socket of sockets.clients) socket.close(code, 'closed by the test');
    },
    refuseNext(times, code) {
      refusal = { times, code };
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await once(sockets, 'close');
    },
  };
}

function subjectOf(authorization = ''): string {
  const [, claims = ''] = authorization.split('.');
  return claims === '' ? 'nobody' : JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')).username;
}

/** A subscription, what it heard, and what it ended with. */
function listen(options: ReturnType<typeof authWsOptions>) {
  const heard: unknown[] = [];
  const ended: unknown[] = [];
  client = createClient({ url: server.url, webSocketImpl: WebSocket, retryWait: async () => {}, ...options });
  client.subscribe<{ who: string }>(
    { query: 'subscription { who }' },
    {
      next: ({ data }) => void heard.push(data?.who),
      error: (error) => void ended.push(error),
      complete: () => void ended.push('complete'),
    },
  );
  return { heard, ended };
}

test('connects with the token, and hears', async () => {
  const { manager } = await startSession(pool, 'usa-manager', { claims: {} });
  const { heard, ended } = listen(authWsOptions(manager));
  await expect.poll(() => heard).toEqual(['usa-manager']);
  server.emit();
  await expect.poll(() => heard).toHaveLength(2);
  expect([server.tokens, ended]).toEqual([[await manager.getToken()], []]);
});

test('a connection whose token expired (4403) is made anew with a refreshed one', async () => {
  const { manager } = await startSession(pool, 'usa-manager', { claims: {} });
  const before = pool.refreshCount();
  const first = await manager.getToken();
  const { heard, ended } = listen(authWsOptions(manager));
  await expect.poll(() => heard).toHaveLength(1);
  server.closeAll(4403);
  await expect.poll(() => heard).toHaveLength(2);
  expect([server.tokens, pool.refreshCount() - before, ended]).toEqual([[first, await manager.getToken()], 1, []]);
  expect(server.tokens[1]).not.toBe(first);
});

test('a lost network is followed by another connection with the same token', async () => {
  const { manager } = await startSession(pool, 'usa-manager', { claims: {} });
  const before = pool.refreshCount();
  const { heard } = listen(authWsOptions(manager));
  await expect.poll(() => heard).toHaveLength(1);
  server.closeAll(1012);
  await expect.poll(() => heard).toHaveLength(2);
  expect([new Set(server.tokens).size, pool.refreshCount() - before]).toEqual([1, 0]);
});

test.each([4400, 4401, 4406, 4429, 4450])('after %i nothing is tried again', async (code) => {
  const { manager } = await startSession(pool, 'usa-manager', { claims: {} });
  const { heard, ended } = listen(authWsOptions(manager));
  await expect.poll(() => heard).toHaveLength(1);
  server.closeAll(code);
  await expect.poll(() => ended).toMatchObject([{ code }]);
  expect(server.tokens).toHaveLength(1);
});

test('a server that does not take a refreshed token either is given up', async () => {
  const { manager } = await startSession(pool, 'usa-manager', { claims: {} });
  const before = pool.refreshCount();
  server.refuseNext(100, 4403);
  const { ended } = listen(authWsOptions(manager));
  await expect.poll(() => ended).toMatchObject([{ code: 4403 }]);
  expect([server.tokens.length, pool.refreshCount() - before]).toEqual([2, 1]);
});

test('when somebody else signs in, the connection is made anew for them', async () => {
  const session = await startSession(pool, 'usa-manager', { claims: {} });
  const { heard } = listen(authWsOptions(session.manager));
  await expect.poll(() => heard).toEqual(['usa-manager']);
  await session.signIn('auditor', {});
  await expect.poll(() => heard).toEqual(['usa-manager', 'auditor']);
  server.emit();
  await expect.poll(() => heard).toEqual(['usa-manager', 'auditor', 'auditor']);
});

test('after a sign-out nothing is heard any more', async () => {
  const session = await startSession(pool, 'usa-manager', { claims: {} });
  const { heard, ended } = listen(authWsOptions(session.manager));
  await expect.poll(() => heard).toHaveLength(1);
  await session.manager.setToken(undefined);
  await expect.poll(() => ended).toMatchObject([{ code: 4498 }]);
  expect([heard.length, server.tokens.length]).toEqual([1, 1]);
});

test('while the user pool does not answer, the connection is tried again, and nobody is signed out', async () => {
  const { manager } = await startSession(pool, 'usa-manager', { claims: {} });
  const before = pool.refreshCount();
  const { heard, ended } = listen(authWsOptions(manager));
  await expect.poll(() => heard).toHaveLength(1);
  pool.failNext(5, 503);
  server.refuseNext(1, 4403);
  server.closeAll(4403);
  await expect.poll(() => heard).toHaveLength(2);
  const [first, again, refreshed] = server.tokens;
  expect([again, refreshed, pool.refreshCount() - before, ended]).toEqual([first, await manager.getToken(), 1, []]);
});
