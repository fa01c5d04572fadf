import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClaimsSource } from '../../../src/claims/sources/http/httpClaimsSource.ts';
import type { HttpClaimsSourceOptions } from '../../../src/claims/sources/http/httpClaimsSourceOptions.ts';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { type ClaimsEndpoint, type ScriptedAnswer, startClaimsEndpoint } from './claimsEndpoint.ts';
import { claimsIn } from './claimsIn.ts';
import { parseStored, type SampleClaims, stored, toWholeText, user } from './sourceContract.ts';

// What goes over the wire when things go wrong, and how often.

let endpoint: ClaimsEndpoint;
let pauses: number[];
const ada = user('ada');

beforeEach(async () => {
  endpoint = await startClaimsEndpoint();
  endpoint.give([stored(ada, 'Ada')]);
  pauses = [];
});
afterEach(() => endpoint.close());

/** Its pauses are over at once, and recorded. */
function sourceOf(override: Partial<HttpClaimsSourceOptions<SampleClaims>> = {}) {
  return createHttpClaimsSource({
    url: endpoint.url,
    parse: parseStored,
    timeoutMs: 60_000,
    backoff: { random: () => 0.5, pause: async (ms) => void pauses.push(ms) },
    ...override,
  });
}

async function failureOf(override?: Partial<HttpClaimsSourceOptions<SampleClaims>>): Promise<string> {
  const outcome = sourceOf(override).fetchClaims([ada]);
  await expect(outcome).rejects.toMatchObject({ code: 'CLAIMS_UNAVAILABLE' });
  return outcome.then(() => '', toWholeText);
}

const passing: readonly ScriptedAnswer[] = [
  { status: 502 },
  { status: 503 },
  { status: 504 },
  { status: 429 },
  'reset',
  'half an answer',
];

describe('a failure that may pass', () => {
  test.each(passing)('is asked again about, and counts no more once there is an answer: %o', async (failure) => {
    endpoint.script(failure, failure);
    const attemptTimeoutMs = failure === 'half an answer' ? 1_000 : 30_000;
    expect((await sourceOf({ attemptTimeoutMs }).fetchClaims([ada])).size).toBe(1);
    expect(endpoint.requests).toHaveLength(3);
    expect(pauses).toEqual([25, 50]);
  });

  test.each(passing.filter((failure) => typeof failure === 'object'))(
    'is given up after the last retry: %o',
    async (failure) => {
      endpoint.script(failure, failure, failure);
      expect(await failureOf()).toMatch(new RegExp(`\\b200\\b.* got ${failure.status}\\b`));
      expect(endpoint.requests).toHaveLength(3);
    },
  );

  test('is not asked again about when retries are 0', async () => {
    endpoint.script({ status: 503 });
    expect(await failureOf({ retries: 0 })).toContain('got 503');
    expect(endpoint.requests).toHaveLength(1);
  });

  test.each([429, 503])('is asked again about when Retry-After of a %i says so', async (status) => {
    endpoint.script({ status, headers: { 'retry-after': '7' } });
    expect((await sourceOf().fetchClaims([ada])).size).toBe(1);
    expect(pauses).toEqual([7000]);
  });

  test('is given up at once when Retry-After is beyond the time-out', async () => {
    endpoint.script({ status: 429, headers: { 'retry-after': '3600' } });
    expect(await failureOf()).toContain('got 429');
    expect(endpoint.requests).toHaveLength(1);
    expect(pauses).toEqual([]);
  });

  test('is given up when the whole time is over, even in a pause', async () => {
    endpoint.script({ status: 503 });
    const pause = () => new Promise<void>(() => {});
    expect(await failureOf({ timeoutMs: 1_000, backoff: { random: () => 0, pause } })).toMatch(/\b1000 ms\b/);
  });
});

describe('an answer that is not as agreed', () => {
  const json = { 'content-type': 'application/json' };
  const { record, ...who } = stored(ada, 'sekret-value');
  const listed = { ...who, claims: record };
  test.each<[string, ScriptedAnswer, string | RegExp]>([
    ['400', { status: 400 }, 'got 400'],
    ['401', { status: 401 }, 'got 401'],
    ['404', { status: 404 }, 'got 404'],
    ['204', { status: 204 }, 'got 204'],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, 'got 307'],
    ['500', { status: 500 }, 'got 500'],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<p>sekret-value' }, 'got text/html'],
    ['no content type', { headers: {}, body: { claims: [] } }, /content-type: .*application\/json/],
    ['junk', { headers: json, body: 'sekret-value' }, /\bJSON\b.*\b12\b/],
    ['half of JSON', { headers: json, body: '{"claims":["sekret-value"' }, /\bJSON\b/],
    ['no UTF-8', { headers: json, body: new Uint8Array([34, 255, 34]) }, /\bUTF-8\b/],
    ['a long body', { headers: json, body: ' '.repeat(5_001) }, /\b5000\b/],
    ['a list', { body: ['sekret-value'] }, /\bclaims: .*\bundefined\b/],
    ['null', { body: null }, /\bclaims: .*\bundefined\b/],
    ['an entry twice', { body: { claims: [listed, listed] } }, 'claims[1]: '],
    ['somebody else', { body: { claims: [listed, { ...listed, subject: 'sekret-value' }] } }, 'claims[1]: '],
    ['another kind', { body: { claims: [{ ...listed, kind: 'machine' }] } }, 'claims[0]: '],
    ['neither claims nor unchanged', { body: { claims: [who] } }, /claims\[0\]: .*"claims".*"unchanged"/],
    ['unchanged without an etag', { body: { claims: [{ ...who, unchanged: true }] } }, 'claims[0].unchanged: '],
    ['unchanged false', { body: { claims: [{ ...listed, unchanged: false }] } }, /claims\[0\]\.unchanged: .*\btrue\b/],
    ['an etag that is a number', { body: { claims: [{ ...listed, etag: 7 }] } }, 'claims[0].etag: '],
  ])('is refused, without being asked for again or told: %s', async (_, answer, message) => {
    endpoint.script(answer);
    const failure = await failureOf({ maxBytes: 5_000 });
    expect(failure).toMatch(message);
    expect(failure).not.toContain('sekret-value');
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('null for a member that is not there', () => {
  const { record, ...who } = stored(ada, 'Ada');
  const entry = { ...who, tenant: null, claims: record, etag: null, unchanged: null };

  test('is as good as none, for everybody of the batch', async () => {
    const bob = user('bob');
    endpoint.script({ body: { claims: [entry, { ...entry, subject: 'bob', claims: null }] } });
    const claims = await sourceOf().fetchClaims([ada, bob]);
    expect(claimsIn(claims, ada)).toMatchObject({ title: 'Ada' });
    // What is no record for the parser is unavailable for its own subject.
    expect(claims.get(toSubjectKey(bob))).toMatchObject({ code: 'CLAIMS_UNAVAILABLE' });
  });

  test('beside unchanged, too', async () => {
    const source = sourceOf();
    endpoint.script({ body: { claims: [{ ...entry, etag: 'v1' }] } });
    await source.fetchClaims([ada]);
    endpoint.script({ body: { claims: [{ ...entry, claims: null, unchanged: true }] } });
    expect(claimsIn(await source.fetchClaims([ada]), ada)).toMatchObject({ title: 'Ada' });
    expect(endpoint.requests.at(-1)?.subjects).toEqual([{ ...who, etag: 'v1' }]);
  });
});

test('an asynchronous parser makes the claims unavailable, and leaves no rejection behind', async () => {
  const parse = (async () => Promise.reject(new Error('unheard'))) as never;
  const claims = await sourceOf({ parse }).fetchClaims([ada]);
  expect(toWholeText(claims.get(toSubjectKey(ada)))).toContain('promise');
});

describe('the request', () => {
  test('is a POST of the identities and nothing else', async () => {
    const principal = { ...ada, clientId: 'client', scopes: new Set(['a']) };
    await sourceOf().fetchClaims([principal]);
    expect(endpoint.requests).toEqual([
      {
        method: 'POST',
        headers: expect.objectContaining({ 'content-type': 'application/json', accept: 'application/json' }),
        subjects: [{ kind: 'user', issuer: ada.issuer, subject: 'ada' }],
      },
    ]);
  });

  test('names at most so many subjects', async () => {
    await sourceOf({ maxSubjects: 2 }).fetchClaims(['a', 'b', 'c', 'd', 'e'].map(user));
    expect(endpoint.requests.map(({ subjects }) => subjects.length).sort()).toEqual([1, 2, 2]);
  });

  test('carries headers that are made anew for each attempt', async () => {
    let made = 0;
    endpoint.script({ status: 503 });
    await sourceOf({
      headers: async () => {
        made += 1;
        return { authorization: `Bearer token-${made}`, 'Content-Type': 'text/plain' };
      },
    }).fetchClaims([ada]);
    expect(endpoint.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(endpoint.requests[1]?.headers['content-type']).toBe('application/json');
  });

  test.each<[string, () => Record<string, string>]>([
    ['cannot be sent', () => ({ authorization: 'Bearer sekret-value\n\u0001' })],
    [
      'cannot be made',
      () => {
        throw new Error('no token: sekret-value');
      },
    ],
  ])('is not made when its headers %s, and no token is told', async (_, headers) => {
    const failure = await failureOf({ headers });
    expect(failure).toContain('"headers"');
    expect(failure).not.toContain('sekret-value');
    expect(endpoint.requests).toEqual([]);
  });

  test('tells no token when the endpoint fails', async () => {
    endpoint.script('reset', 'reset', 'reset');
    expect(await failureOf({ headers: () => ({ authorization: 'Bearer sekret-value' }) })).not.toContain(
      'sekret-value',
    );
  });

  test('is not made for nobody', async () => {
    await sourceOf().fetchClaims([user('a\ud800')]);
    expect(endpoint.requests).toEqual([]);
  });
});

describe('the breaker', () => {
  test('keeps questions away from an endpoint that fails', async () => {
    endpoint.script({ status: 500 }, { status: 500 });
    const source = sourceOf({ breaker: { failures: 2 } });
    for (let n = 0; n < 4; n += 1)
      await expect(source.fetchClaims([ada])).rejects.toThrow(new URL(endpoint.url).origin);
    expect(endpoint.requests).toHaveLength(2);
  });

  test.each<ScriptedAnswer>([{ status: 400 }, { status: 404 }, { body: 'junk' }, { body: ' '.repeat(5_001) }])(
    'is not opened by an answer that cannot be used: %o',
    async (answer) => {
      endpoint.script(answer, answer);
      const source = sourceOf({ breaker: { failures: 1 }, maxBytes: 5_000 });
      for (let n = 0; n < 2; n += 1) await expect(source.fetchClaims([ada])).rejects.toThrow(ClaimsUnavailableError);
      expect((await source.fetchClaims([ada])).size).toBe(1);
    },
  );
});

test('one request that fails ends the others of its call', async () => {
  endpoint.script('silence', { status: 500 });
  const abandoned = endpoint.nextAbandoned();
  await expect(sourceOf({ maxSubjects: 1 }).fetchClaims([ada, user('bob')])).rejects.toThrow('got 500');
  await abandoned;
});

describe('etags', () => {
  const etagsSent = () => endpoint.requests.map(({ subjects }) => subjects.map(({ etag }) => etag));

  test('are sent again, so that what has not changed is not', async () => {
    const source = sourceOf();
    const first = await source.fetchClaims([ada]);
    expect([...(await source.fetchClaims([ada]))]).toEqual([...first]);
    endpoint.give([stored(ada, 'changed')]);
    expect([...(await source.fetchClaims([ada])).values()]).toMatchObject([{ title: 'changed' }]);
    expect([...(await source.fetchClaims([ada])).values()]).toMatchObject([{ title: 'changed' }]);
    expect(etagsSent()).toEqual([[undefined], ['v1'], ['v1'], ['v2']]);
  });

  test('are not taken beside claims', async () => {
    const source = sourceOf();
    await source.fetchClaims([ada]);
    endpoint.script({ body: { claims: [{ ...ada, unchanged: true, claims: stored(ada, 'changed').record }] } });
    await expect(source.fetchClaims([ada])).rejects.toThrow('claims[0].unchanged: ');
  });

  test('are forgotten with the record', async () => {
    const source = sourceOf();
    await source.fetchClaims([ada]);
    endpoint.give([]);
    expect((await source.fetchClaims([ada])).size).toBe(0);
    endpoint.give([stored(ada, 'again')]);
    expect([...(await source.fetchClaims([ada])).values()]).toMatchObject([{ title: 'again' }]);
    expect(etagsSent()).toEqual([[undefined], ['v1'], [undefined]]);
  });

  test('are kept of at most so many subjects', async () => {
    endpoint.give(['a', 'b', 'c'].map((name) => stored(user(name), name)));
    const source = sourceOf({ maxEtags: 2 });
    for (const name of ['a', 'b', 'c']) await source.fetchClaims([user(name)]);
    await source.fetchClaims(['a', 'b', 'c'].map(user));
    expect(etagsSent().at(-1)).toEqual([undefined, 'v2', 'v2']);
  });

  test('are not kept at all when told so', async () => {
    const source = sourceOf({ maxEtags: 0 });
    for (let n = 0; n < 2; n += 1) await source.fetchClaims([ada]);
    expect(etagsSent()).toEqual([[undefined], [undefined]]);
  });
});

test.each<[Partial<HttpClaimsSourceOptions<SampleClaims>>, RegExp]>([
  [{ url: 'http://claims.example/' }, /"url".*http:\/\/claims\.example/],
  [{ url: 'https://user:pass@claims.example/' }, /"url"/],
  [{ timeoutMs: Number.NaN }, /"timeoutMs".*\b1 to 2147483647\b.*NaN$/],
  [{ attemptTimeoutMs: 2 ** 31 }, /"attemptTimeoutMs".*\b2147483648$/],
  [{ retries: -1 }, /"retries".* -1$/],
  [{ maxSubjects: 0 }, /"maxSubjects".* 0$/],
  [{ maxBytes: 0.5 }, /"maxBytes".* 0\.5$/],
  [{ maxEtags: -1 }, /"maxEtags".* -1$/],
])('%o is refused at creation', (override, message) => {
  expect(() => sourceOf(override)).toThrow(message);
});
