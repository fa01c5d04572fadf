import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createJwksFetcher } from '../../src/token/fetchJwks.ts';
import { testKey } from '../support/issueAccessToken.ts';
import { type JwksAnswer, type JwksServer, startJwksServer } from '../support/jwksServer.ts';
import { captureError } from './captureError.ts';

const keys = [(await testKey()).jwk];
const patient = createJwksFetcher({ timeoutMs: 60_000, maxBytes: 2_000 });
const hasty = createJwksFetcher({ timeoutMs: 50, maxBytes: 2_000 });

describe('createJwksFetcher', () => {
  let server: JwksServer;
  let elsewhere: JwksServer;
  let abort = new AbortController();

  beforeAll(async () => {
    server = await startJwksServer({ kind: 'keys', keys });
    elsewhere = await startJwksServer({ kind: 'keys', keys });
  });

  afterEach(() => {
    abort = new AbortController();
  });

  afterAll(async () => {
    await server.close();
    await elsewhere.close();
  });

  test('gives what the endpoint serves', async () => {
    server.answer({ kind: 'keys', keys });

    expect(await patient(server.jwksUri, abort.signal)).toEqual({ keys });
  });

  test.each<[string, JwksAnswer, string]>([
    ['a failure of the server', { kind: 'status', status: 500 }, 'got 500'],
    ['an address without keys', { kind: 'status', status: 404 }, 'got 404'],
    ['an empty success', { kind: 'status', status: 204 }, 'got 204'],
    ['junk', { kind: 'body', body: '<html>' }, 'JSON'],
    ['an empty body', { kind: 'body', body: '' }, 'JSON'],
    ['a body that is too long', { kind: 'body', body: ' '.repeat(2_001) }, ' 2000 bytes'],
    ['a body far too long', { kind: 'body', body: ' '.repeat(5_000_000) }, ' 2000 bytes'],
  ])('rejects %s and names the address', async (_, answer, message) => {
    server.answer(answer);

    const error = await captureError(() => patient(server.jwksUri, abort.signal));

    expect(String(error)).toContain(` ${server.jwksUri}: `);
    expect(String(error)).toContain(message);
  });

  test('follows no redirect', async () => {
    server.answer({ kind: 'redirect', location: elsewhere.jwksUri });

    const error = await captureError(() => patient(server.jwksUri, abort.signal));

    expect(String(error)).toContain('got 302');
    expect(elsewhere.fetchCount()).toBe(0);
  });

  test.each<JwksAnswer>([{ kind: 'silence' }, { kind: 'half an answer' }])('gives up on $kind', async (answer) => {
    server.answer(answer);

    const error = await captureError(() => hasty(server.jwksUri, abort.signal));

    expect(String(error)).toContain(' 50 ms');
  });

  test.each<JwksAnswer>([{ kind: 'silence' }, { kind: 'half an answer' }])(
    'ends when told to, in $kind',
    async (answer) => {
      server.answer(answer);
      const asked = server.nextFetch();
      const error = captureError(() => patient(server.jwksUri, abort.signal));
      await asked;
      abort.abort(new Error('closing'));

      expect(String(await error)).toContain('closing');
    },
  );

  test('asks nobody when it has been told to end', async () => {
    const before = server.fetchCount();
    abort.abort(new Error('closed'));

    expect(String(await captureError(() => patient(server.jwksUri, abort.signal)))).toContain('closed');
    expect(server.fetchCount()).toBe(before);
  });

  test('says why nobody answered', async () => {
    const gone = await startJwksServer({ kind: 'silence' });
    await gone.close();

    expect(String(await captureError(() => patient(gone.jwksUri, abort.signal)))).toContain('ECONNREFUSED');
  });

  test.each(['http://pool.example.com/jwks.json', 'file:///etc/passwd', 'data:application/json,{}', 'nonsense'])(
    'refuses the address %s',
    async (jwksUri) => {
      expect(String(await captureError(() => patient(jwksUri, abort.signal)))).toContain('JWKS address: expected');
    },
  );
});
