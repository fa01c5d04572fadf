import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CorsOrigins, createCorsHeaders } from '../../../src/server/http/cors.ts';
import { maxHeaders } from '../../../src/server/http/requestChecks.ts';
import { type Host, helloBody, rawPost, startHost } from './startHost.ts';

let host: Host;

beforeAll(async () => {
  host = await startHost();
});

afterAll(() => host.close());

/** Status line, head in lower case, and the codes of the errors in the body. */
async function ask(bytes: string | Buffer) {
  const answer = await host.send(bytes);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { errors = [] } = JSON.parse(body) as {
    errors?: readonly { readonly extensions: { readonly code: string } }[];
  };
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    head: head.toLowerCase(),
    codes: errors.map(({ extensions }) => extensions.code),
  };
}

const bare = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

test.each(['PUT', 'DELETE', 'PATCH', 'TRACE'])(
  '%s of the endpoint is a 405 that says what is allowed',
  async (method) => {
    const { status, head, codes } = await ask(bare(method, '/graphql?a=b'));
    expect([status, codes]).toEqual([405, ['BAD_REQUEST']]);
    expect(head).toContain('\r\nallow: get, post, head, options\r\n');
  },
);

test('elsewhere it is a 404', async () => {
  expect((await ask(bare('PUT', '/elsewhere'))).status).toBe(404);
});

describe('a request that a proxy in front may have read otherwise is refused', () => {
  test.each(['Host: y', 'hOST: localhost', 'HOST:'])('with a second host: %s', async (second) => {
    const { status, codes } = await ask(rawPost({ headers: [second] }));
    expect([status, codes]).toEqual([400, ['BAD_REQUEST']]);
  });

  test('with more headers than are looked at, which could hide a second token', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: 1`);
    expect((await ask(rawPost({ headers: many(maxHeaders - 10) }))).status).toBe(200);
    for (const count of [maxHeaders, 1_100]) {
      const headers = [...many(count), 'Authorization: Bearer a', 'Authorization: Bearer b'];
      expect((await ask(rawPost({ headers }))).status).toBe(431);
    }
  });
});

describe('a body that is written otherwise than it is read is a 415', () => {
  test.each([
    ['gzip', { body: gzipSync(helloBody), headers: ['Content-Encoding: gzip'] }],
    ['br', { headers: ['content-encoding: br'] }],
    ['two encodings', { headers: ['content-encoding: identity, gzip'] }],
    ['UTF-16', { body: Buffer.from(helloBody, 'utf16le'), contentType: 'application/json; charset=utf-16' }],
    ['Latin-1', { contentType: 'application/json;charset="iso-8859-1"' }],
  ])('%s', async (_name, post) => {
    const { status, codes } = await ask(rawPost(post));
    expect([status, codes]).toEqual([415, ['BAD_REQUEST']]);
  });

  test.each([
    ['identity', { headers: ['content-encoding: identity'] }],
    ['UTF-8 in another spelling', { contentType: 'application/json; charset="UTF8"' }],
  ])('but not %s', async (_name, post) => {
    expect((await ask(rawPost(post))).status).toBe(200);
  });
});

describe('what Node answers before there is a request has the shape of all answers', () => {
  test.each([
    ['no HTTP', 'NONSENSE\r\n\r\n', 400],
    ['a head over the limit', rawPost({ headers: [`x: ${'a'.repeat(200_000)}`] }), 431],
  ])('%s', async (_what, bytes, status) => {
    const answer = await ask(bytes);
    expect([answer.status, answer.codes]).toEqual([status, ['BAD_REQUEST']]);
    expect(answer.head).toContain('\r\nconnection: close');
  });
});

describe('origins', () => {
  const allows = (origins: CorsOrigins, origin: string) =>
    createCorsHeaders(origins)(origin).includes('access-control-allow-origin');

  test.each([
    ['http://localhost:4173', true],
    ['https://127.0.0.1', true],
    ['http://[::1]:9', true],
    ['http://localhost.evil.example', false],
    ['http://evil.example:3000', false],
    ['http://localhost:3000.evil.example', false],
    ['ionic://localhost', false],
    ['null', false],
  ])('%s is one of this machine: %s', (origin, expected) => {
    expect(allows({ exact: [], loopback: true }, origin)).toBe(expected);
    expect(allows([], origin)).toBe(false);
  });

  test('of an app web view is allowed when it is named', () => {
    expect(allows(['capacitor://localhost'], 'capacitor://localhost')).toBe(true);
  });
});
