import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/api.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

const json = { 'content-type': 'application/json' };

/** With just these headers, where fetch would add or refuse some. Resolves once the answer has ended. */
function postRaw(headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path: '/graphql', method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ query: '{ health }' }));
  });
}

describe('every answer', () => {
  test.each([
    ['data', '{ health }', 200],
    ['a refusal', '{ viewer { subject } }', 401],
    ['a faulty document', '{ nothing }', 400],
  ])('with %s is kept by nobody and has a request id', async (_kind, query, status) => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query }),
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    [undefined, 200, 'application/json; charset=utf-8'],
    ['*/*', 200, 'application/json; charset=utf-8'],
    ['application/json', 200, 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 200, 'application/graphql-response+json; charset=utf-8'],
    [
      'application/json;q=0.1, application/graphql-response+json',
      200,
      'application/graphql-response+json; charset=utf-8',
    ],
    ['text/html', 406, 'application/json; charset=utf-8'],
  ])('has the media type that Accept: %s asks for', async (accept, status, contentType) => {
    const response = await postRaw({ ...json, ...(accept !== undefined && { accept }) });
    expect([response.statusCode, response.headers['content-type']]).toEqual([status, contentType]);
  });

  test('carries the caller’s own request id when it is harmless, and another otherwise', async () => {
    const ask = async (id: string) =>
      (await fetch(`${api.url}/health/live`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('trace-1.a_B')).toBe('trace-1.a_B');
    expect(await ask('x'.repeat(65))).not.toContain('x');
    expect(await ask('a"b')).not.toContain('a"b');
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(`${api.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test('lets a configured origin send a token and read challenge, Retry-After and request id', async () => {
    const allowed = await preflight('http://localhost:3000');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { ...json, origin: 'http://localhost:3000' },
      body: JSON.stringify({ query: '{ health }' }),
    });
    expect(answer.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, Retry-After, X-Request-Id');
  });

  test.each(['http://evil.example', 'http://localhost:3000.evil.example', 'null'])(
    'says nothing to %s',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    },
  );
});

describe('what is not a GraphQL request', () => {
  const post = (body: string, headers: Record<string, string>) =>
    fetch(`${api.url}/graphql`, { method: 'POST', headers, body });

  test.each([
    ['a form', 'query={health}', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', '{"query":"{ health }"}', { 'content-type': 'text/plain' }, 415],
    ['multipart', '--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['broken JSON', '{"query":', json, 400],
    ['an array batch', '[{"query":"{ health }"}]', json, 400],
    ['an empty body', '', json, 400],
    ['a body over the limit', JSON.stringify({ query: `{ health } #${'x'.repeat(200_000)}` }), json, 413],
  ])('%s is refused', async (_name, body, headers, status) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  test('a GET that a browser would send across origins without a preflight is refused', async () => {
    const response = await fetch(`${api.url}/graphql?query={health}`, { headers: { 'content-type': 'text/plain' } });
    expect(response.status).toBe(400);
  });

  test('a GET with a header that needs a preflight is answered', async () => {
    const response = await fetch(`${api.url}/graphql?query={health}`, { headers: { 'apollo-require-preflight': '1' } });
    expect([response.status, await response.json()]).toEqual([200, { data: { health: 'ok' } }]);
  });

  test('another path is 404 and says where to go', async () => {
    const response = await fetch(`${api.url}/elsewhere`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/graphql');
  });

  test.each(['[', 'a b', '%'])('a Host header of %j harms nobody', async (host) => {
    const { statusCode: status } = await postRaw({ ...json, host });
    expect(status === 200 || status === 400).toBe(true);
  });
});

describe('health', () => {
  test('is live and ready', async () => {
    expect(await (await fetch(`${api.url}/health/live`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${api.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { userPoolKeys: 'ok', revocationList: 'ok', database: 'ok' } },
    ]);
  });

  test('is live but not ready when the database is gone', async () => {
    const broken = await startApi();
    await broken.database.close();
    expect((await fetch(`${broken.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${broken.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'unavailable', checks: { userPoolKeys: 'ok', revocationList: 'ok', database: 'unavailable' } },
    ]);
    await broken.close();
  });
});

describe('with introspection off', () => {
  test('the schema is not told, also not by suggestions', async () => {
    const closed = await startApi({ introspection: 'off' });
    try {
      expect((await closed.query('{ __schema { types { name } } }')).status).toBe(400);
      expect(
        (await closed.query('query { ...F } fragment F on Query { __type(name: "Company") { name } }')).status,
      ).toBe(400);
      const misspelt = await closed.query('{ companies { nodes { boardNote } } }');
      expect(misspelt.status).toBe(400);
      expect(JSON.stringify(misspelt.body)).not.toContain('boardNotes');
    } finally {
      await closed.close();
    }
  });
});
