import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './support/startTcpProxy.ts';

let echo: Server;
let proxy: TcpProxy;
let clients: Socket[];

beforeEach(async () => {
  clients = [];
  echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startTcpProxy({ port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
  echo.close();
});

async function dial(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function say(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, 'data');
  socket.write(text);
  const [data]: Buffer[] = await answer;
  return String(data);
}

test('what passes arrives, in its order also when it is delayed', async () => {
  const client = await dial();
  expect(await say(client, 'one')).toBe('one');
  proxy.become({ kind: 'delay', ms: 5 });
  let heard = '';
  client.on('data', (chunk) => {
    heard += String(chunk);
  });
  for (const word of ['a', 'b', 'c']) client.write(word);
  while (heard.length < 3) await once(client, 'data');
  expect(heard).toBe('abc');
});

test('a cut resets what is open, and what is opened then', async () => {
  const client = await dial();
  expect(await say(client, 'one')).toBe('one');
  const reset = once(client, 'error');
  proxy.become({ kind: 'cut' });
  expect(await reset).toMatchObject([{ code: 'ECONNRESET' }]);
  const refused = connect({ host: '127.0.0.1', port: proxy.port });
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  proxy.become({ kind: 'pass' });
  expect(await say(await dial(), 'two')).toBe('two');
});

test.each(['both', 'toClient', 'toServer'] as const)(
  'what is held back (%s) is delivered once it passes',
  async (direction) => {
    const client = await dial();
    expect(await say(client, 'one')).toBe('one');
    proxy.become({ kind: 'hold', direction });
    let isThere = false;
    const answer = say(client, 'two').finally(() => {
      isThere = true;
    });
    // Another connection, made and used meanwhile, shows that time went by.
    const direct = connect({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
    clients.push(direct);
    for (const word of ['x', 'y', 'z']) expect(await say(direct, word)).toBe(word);
    expect(isThere).toBe(false);
    proxy.become({ kind: 'pass' });
    expect(await answer).toBe('two');
  },
);

test('a connection whose words were swallowed stays silent, and a new one speaks', async () => {
  const client = await dial();
  expect(await say(client, 'one')).toBe('one');
  let heard = '';
  client.on('data', (chunk) => {
    heard += String(chunk);
  });
  proxy.become({ kind: 'swallow' });
  client.write('two');
  proxy.become({ kind: 'pass' });
  client.write('three');
  expect(await say(await dial(), 'four')).toBe('four');
  expect(heard).toBe('');
});
