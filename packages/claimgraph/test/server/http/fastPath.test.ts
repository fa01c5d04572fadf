import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installFastPath } from '../../../src/server/http/fastPath.ts';
import type { GraphqlRequestHandler } from '../../../src/server/http/handleGraphqlRequest.ts';
import { type Host, helloBody, parseAnswer, type RawPost, rawPost, startHost, trustedOrigin } from './startHost.ts';

let host: Host;

beforeAll(async () => {
  host = await startHost();
});

afterAll(() => host.close());

/** What came, and whether Fastify had a part in it. */
async function ask(post: RawPost) {
  const before = host.fastifyRequests();
  const answer = parseAnswer(await host.send(rawPost(post)));
  return { ...answer, byFastify: host.fastifyRequests() > before };
}

const query = (text: string, more: object = {}) => JSON.stringify({ query: text, ...more });
const padTo = (bytes: number) => helloBody.padEnd(bytes);
const limit = 200_000;

describe('a plain post is answered without Fastify, to the byte as Fastify answers it', () => {
  test.each<[string, RawPost, number]>([
    ['data', {}, 200],
    ['variables', { body: query('query ($n: String) { hello(name: $n) }', { variables: { n: 'Zoë €😀' } }) }, 200],
    ['a charset', { contentType: 'application/json; charset=utf-8' }, 200],
    ['a body of all the bytes there may be', { body: padTo(limit) }, 200],
    ['bytes that are no UTF-8', { body: Buffer.from(helloBody.replace('hello', 'hello #\u00ff'), 'latin1') }, 400],
    ['a trusted origin', { headers: [`Origin: ${trustedOrigin}`] }, 200],
    ['another origin', { headers: ['Origin: https://evil.example'] }, 200],
    ['an origin in upper case', { headers: [`Origin: ${trustedOrigin.toUpperCase()}`] }, 200],
    ['the origin null', { headers: ['Origin: null'] }, 200],
    ['an empty origin', { headers: ['Origin: '] }, 200],
    ['two origins', { headers: [`Origin: ${trustedOrigin}`, 'Origin: https://evil.example'] }, 200],
    ['its own request id', { headers: ['X-Request-Id: trace-1.a_B'] }, 200],
    ['a harmful request id', { headers: ['X-Request-Id: a"b'] }, 200],
    ['an endless request id', { headers: [`X-Request-Id: ${'x'.repeat(65)}`] }, 200],
    ['two request ids', { headers: ['X-Request-Id: a', 'X-Request-Id: b'] }, 200],
    ['Accept of anything', { headers: ['Accept: */*'] }, 200],
    ['Accept of nothing', { headers: ['Accept: */*;q=0'] }, 406],
    ['Accept of GraphQL responses', { headers: ['Accept: application/graphql-response+json'] }, 200],
    ['Accept of pages', { headers: ['Accept: text/html'] }, 406],
    ['Accept twice', { headers: ['Accept: text/html', 'Accept: application/json'] }, 200],
    ['a refused token', { headers: ['Authorization: Bearer x'] }, 401],
    ['the Basic scheme', { headers: ['Authorization: Basic eA=='] }, 401],
    ['two tokens', { headers: ['Authorization: Bearer x', 'aUTHORIZATION: Bearer y'] }, 400],
    ['a document that does not parse', { body: query('{ hello') }, 400],
    ['an unknown field', { body: query('{ nothing }') }, 400],
    ['no query', { body: '{}' }, 400],
    ['a batch', { body: `[${helloBody}]` }, 400],
    ['null', { body: 'null' }, 400],
    ['a number', { body: '1' }, 400],
    ['variables that are a string', { body: query('{ hello }', { variables: '{}' }) }, 400],
  ])('%s', async (_, post, status) => {
    const plain = await ask(post);
    // The same request but for a question mark, which leaves it to Fastify.
    const byFastify = await ask({ ...post, path: '/graphql?' });

    expect(plain.status).toBe(status);
    expect(plain).toEqual({ ...byFastify, byFastify: false });
    expect(byFastify.byFastify).toBe(true);
  });
});

describe('anything else is left to Fastify', () => {
  test.each<[string, RawPost, number]>([
    ['broken JSON', { body: '{"query":' }, 400],
    ['an empty body', { body: '' }, 400],
    ['a byte order mark', { body: `\ufeff${helloBody}` }, 200],
    ['a key __proto__', { body: query('{ hello }').replace('{', '{"__proto__":{"a":1},') }, 400],
    ['a key __proto__ in variables', { body: '{"query":"{ hello }","variables":{"__proto__":{}}}' }, 400],
    ['a key __proto__ spelt with escapes', { body: '{"query":"{ hello }","\\u005f_proto__":{}}' }, 400],
    ['a key constructor with a prototype', { body: '{"query":"{ hello }","constructor":{"prototype":{}}}' }, 400],
    ['a harmless constructor', { body: query('{ hello } # constructor') }, 200],
    ['an escaped letter', { body: '{"query":"{ h\\u0065llo }"}' }, 200],
    ['a body over the limit', { body: padTo(limit + 1) }, 413],
    ['plain text', { contentType: 'text/plain' }, 415],
    ['a form', { contentType: 'application/x-www-form-urlencoded' }, 415],
    ['a type that only begins with JSON', { contentType: 'application/jsonx' }, 415],
    ['a rare spelling of the type', { contentType: 'Application/JSON;charset=UTF-8' }, 200],
    ['another method', { method: 'PUT' }, 405],
    ['a GET with a body', { method: 'GET' }, 400],
    ['an encoded path', { path: '/%67raphql' }, 200],
    ['a query string', { path: '/graphql?a=b' }, 200],
    ['a path in upper case', { path: '/GraphQL' }, 404],
    ['a path with a slash at its end', { path: '/graphql/' }, 404],
  ])('%s', async (_, post, status) => {
    expect(await ask(post)).toMatchObject({ status, byFastify: true });
  });

  test('a body in chunks', async () => {
    const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n';
    const chunk = `${helloBody.length.toString(16)}\r\n${helloBody}\r\n0\r\n\r\n`;
    const before = host.fastifyRequests();

    expect(parseAnswer(await host.send(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`)).status).toBe(200);
    expect(host.fastifyRequests()).toBe(before + 1);
  });

  test('a request that says two things of its length', async () => {
    const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n';

    expect(parseAnswer(await host.send(`${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n`)).status).toBe(
      400,
    );
    expect(parseAnswer(await host.send(`${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`)).status).toBe(400);
  });
});

describe('a connection', () => {
  test('that waits to be told to send its body is told', async () => {
    expect(await host.send(rawPost({ headers: ['Expect: 100-continue'] }))).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    );
  });

  test('carries several requests, also after one that was not plain', async () => {
    const bodies = [query('{ hello(name: "one") }'), '{}', query('{ hello(name: "three") }')];
    const raw = bodies.map((body, index) => rawPost({ body, connection: index === 2 ? 'close' : 'keep-alive' }));
    const answers = (await host.send(Buffer.concat(raw))).split(/(?=HTTP\/1\.1 )/).map(parseAnswer);

    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200]);
    expect(answers[2]?.body).toBe('{"data":{"hello":"hello three"}}\n');
  });

  test('that breaks off within a body harms nobody', async () => {
    const half = rawPost().subarray(0, -5);
    for (const breakOff of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const accepted = once(host.app.server, 'connection');
      const socket = connect(host.port, '127.0.0.1').on('error', () => {});
      socket.write(half, () => socket[breakOff]());
      const [atHost] = await accepted;
      await new Promise((resolve) => atHost.once('close', resolve));
    }

    expect((await ask({})).status).toBe(200);
  });
});

describe('a plain post that fails for no reason of its own', () => {
  test.each<[string, GraphqlRequestHandler]>([
    ['when GraphQL does not answer', () => Promise.reject(new TypeError('the secret of the house'))],
    ['when its answer cannot be sent', async () => ({ status: 200, headers: [['x', 'the secret\n']], body: '{}' })],
  ])('is a 500 whose errorId stands in the log, %s', async (_, handleGraphqlRequest) => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    const app = fastify();
    installFastPath(app, {
      handleGraphqlRequest,
      corsOrigins: [],
      maxBodyBytes: limit,
      logger,
      isPassedBy: () => false,
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { 'content-type': 'application/json', 'x-request-id': 'trace-1' };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: helloBody });
    const body = await response.json();
    await app.close();

    const extensions = { code: 'INTERNAL_SERVER_ERROR', errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) };
    expect(body).toEqual({ errors: [{ message: expect.not.stringContaining('secret'), extensions }] });
    expect(response.status).toBe(500);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    const { errorId } = (body as { errors: { extensions: { errorId: string } }[] }).errors[0]?.extensions ?? {};
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, requestId: 'trace-1', errorId }]);
  });
});
