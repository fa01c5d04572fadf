import helmet from '@fastify/helmet';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedHeaders } from '../../../src/server/http/fixedHeaders.ts';
import { type Host, parseAnswer, rawPost, startHost, trustedOrigin } from './startHost.ts';

const allowedHeaders =
  'Authorization, Content-Type, Apollo-Require-Preflight, X-Apollo-Operation-Name, Apollographql-Client-Name, Apollographql-Client-Version, X-Request-Id, Traceparent, Tracestate, Baggage, Sentry-Trace';

test('the fixed headers are those of helmet and Cache-Control', async () => {
  const app = fastify();
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  const { 'content-length': _length, 'content-type': _type, date: _date, connection: _connection, ...own } = headers;

  expect({ ...own, 'cache-control': 'private, no-store' }).toEqual(fixedHeaders);
});

describe('the whole head of', () => {
  let host: Host;

  beforeAll(async () => {
    host = await startHost();
  });

  afterAll(() => host.close());

  const fixed = Object.entries(fixedHeaders).map(([name, value]) => `${name}: ${value}`);
  const always = [...fixed, 'connection: close', 'x-request-id: <uuid>', 'vary: Origin'];
  const toAll = [...always, 'access-control-expose-headers: WWW-Authenticate, Retry-After, X-Request-Id'];
  const json = 'content-type: application/json; charset=utf-8';
  const origin = `Origin: ${trustedOrigin}`;

  test.each<[string, string | Buffer, number, readonly string[]]>([
    ['data', rawPost(), 200, [...toAll, json]],
    [
      'data for a trusted origin',
      rawPost({ headers: [origin] }),
      200,
      [...toAll, json, `access-control-allow-origin: ${trustedOrigin}`],
    ],
    ['data for another origin', rawPost({ headers: ['Origin: https://evil.example'] }), 200, [...toAll, json]],
    [
      'a refused token',
      rawPost({ headers: ['Authorization: Bearer x', origin] }),
      401,
      [
        ...toAll,
        json,
        `access-control-allow-origin: ${trustedOrigin}`,
        'www-authenticate: Bearer realm="claimgraph", error="invalid_token", error_description="the access token was not accepted"',
      ],
    ],
    ['broken JSON', rawPost({ body: '{' }), 400, [...toAll, json]],
    [
      'an unknown path',
      'GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      404,
      [...toAll, json],
    ],
    ['health', 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 200, [...toAll, json]],
    [
      'a preflight',
      `OPTIONS /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${origin}\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
      204,
      [
        ...toAll,
        `access-control-allow-origin: ${trustedOrigin}`,
        'access-control-allow-methods: GET, POST',
        `access-control-allow-headers: ${allowedHeaders}`,
        'access-control-max-age: 600',
      ],
    ],
  ])('%s', async (_, raw, status, headers) => {
    const answer = parseAnswer(await host.send(raw));

    expect(answer.status).toBe(status);
    expect(answer.headers).toEqual([...headers, `content-length: ${Buffer.byteLength(answer.body)}`].sort());
  });
});
