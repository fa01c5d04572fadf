import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import { type AuthZenLookupOptions, createAuthZenLookup } from '../../src/lookups/authZenLookup.ts';
import { requireRowLookupByToken, requireScope } from '../../src/rules/index.ts';
import { userWith } from '../support/callers.ts';

// A policy engine as OpenID's Authorization API 1.0 specifies it, on the loopback interface: sections 7.1 and 7.2.

interface Answer {
  readonly status?: number;
  readonly body: string;
}

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly evaluations: readonly { readonly resource: { readonly id: string } }[] };
}

let server: Server;
let url: string;
const received: Received[] = [];
let answer: (request: Received) => Answer;

/** Each evaluation by itself: who may, who may not, and what is not there (section 7.2.1). */
const decide = ({ body }: Received): Answer => ({
  body: JSON.stringify({
    evaluations: body.evaluations.map(({ resource: { id } }) => {
      if (id === 'lost') return { decision: false, context: { error: { status: 404, message: 'Resource not found' } } };
      return { decision: id.startsWith('own') };
    }),
  }),
});

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const got: Received = { path: request.url, headers: request.headers, body: JSON.parse(await text(request)) };
    received.push(got);
    const { status = 200, body } = answer(got);
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/access/v1/evaluations`;
});
afterAll(() => server.close());
beforeEach(() => {
  received.length = 0;
  answer = decide;
});

const reader = { ...userWith('deals/read'), subject: 'ada' };

function ask(keys: readonly string[], options: Partial<AuthZenLookupOptions> = {}) {
  const load = createAuthZenLookup({ url, action: 'can_read', resourceType: 'deal', ...options });
  return load(keys, reader, new AbortController().signal);
}

test('one request names the subject, the action and every resource, as specified', async () => {
  const answers = await ask(['own-1', 'foreign'], { headers: () => ({ authorization: 'Bearer of-this-api' }) });
  expect([...answers]).toEqual([
    ['own-1', true],
    ['foreign', false],
  ]);
  expect(received).toMatchObject([
    {
      path: '/access/v1/evaluations',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer of-this-api',
        'x-request-id': expect.any(String),
      },
    },
  ]);
  expect(received[0]?.body).toEqual({
    subject: { type: 'user', id: 'ada' },
    action: { name: 'can_read' },
    evaluations: [{ resource: { type: 'deal', id: 'own-1' } }, { resource: { type: 'deal', id: 'foreign' } }],
    options: { evaluations_semantic: 'execute_all' },
  });
});

test('more resources than a request may name are several requests', async () => {
  const keys = Array.from({ length: 5 }, (_, index) => (index === 3 ? 'foreign' : `own-${index}`));
  const answers = await ask(keys, { maxEvaluations: 2, subject: ({ clientId }) => ({ type: 'client', id: clientId }) });
  expect(keys.map((key) => answers.get(key))).toEqual([true, true, true, false, true]);
  expect(received.map(({ body }) => body.evaluations.length)).toEqual([2, 2, 1]);
  expect(received[0]?.body).toMatchObject({ subject: { type: 'client', id: 'spa' } });
});

test('an evaluation that failed leaves its own key undecided', async () => {
  const answers = await ask(['lost', 'own-1']);
  expect([answers.get('lost'), answers.get('own-1')]).toEqual([expect.any(Error), true]);
});

const one = (evaluation: unknown): Answer => ({ body: JSON.stringify({ evaluations: [evaluation] }) });

test.each<[string, Answer]>([
  ['another status', { status: 500, body: '{}' }],
  ['a redirect', { status: 307, body: '{}' }],
  ['no JSON', { body: 'true' + 'x' }],
  ['no evaluations', { body: '{"decision":true}' }],
  ['fewer evaluations than were asked for', { body: '{"evaluations":[]}' }],
  ['a decision that is no boolean', one({ decision: 'true' })],
  ['a decision of whatever the prototype has', one({ __proto__: null })],
  ['an evaluation that is null', one(null)],
  ['a body that is too long', one({ decision: true, context: { reason: 'x'.repeat(2_000) } })],
])('%s is no answer', async (_what, given) => {
  answer = () => given;
  await expect(ask(['own-1'], { maxBytes: 1_000 })).rejects.toThrow();
});

describe('as a rule', () => {
  const guardOf = () =>
    createGuard({
      schema: makeExecutableSchema({
        typeDefs: 'type Query { deals: [Deal] } type Deal { id: ID terms: String }',
        resolvers: { Query: { deals: () => ['own-1', 'foreign', 'lost'].map((id) => ({ id, terms: 'net 30' })) } },
      }),
      permissions: {
        Query: { deals: requireScope('deals/read') },
        Deal: {
          id: requireScope('deals/read'),
          terms: requireRowLookupByToken('may read the deal', {
            key: ({ id }: { readonly id: string }) => id,
            load: createAuthZenLookup({ url, action: 'can_read', resourceType: 'deal' }),
          }),
        },
      },
      onClaimsUnavailable() {},
    });

  async function read() {
    const guard = guardOf();
    const session = guard.session({ principal: reader });
    const document = parse('{ deals { terms } }');
    await session.begin({ document });
    const { data, errors = [] } = await execute({ schema: guard.schema, document, contextValue: session.context() });
    return [JSON.parse(JSON.stringify(data)), errors.map(({ path, extensions }) => `${path?.[1]} ${extensions.code}`)];
  }

  test('the engine decides each row, with one request for all', async () => {
    expect(await read()).toEqual([
      { deals: [{ terms: 'net 30' }, { terms: null }, { terms: null }] },
      ['1 FORBIDDEN', '2 CLAIMS_UNAVAILABLE'],
    ]);
    expect(received.length).toBe(1);
  });

  test('an engine that cannot answer neither allows nor denies', async () => {
    answer = () => ({ status: 503, body: '' });
    expect(await read()).toEqual([
      { deals: [{ terms: null }, { terms: null }, { terms: null }] },
      [0, 1, 2].map((index) => `${index} CLAIMS_UNAVAILABLE`),
    ]);
  });
});

test.each<[string, object]>([
  ['url', { url: 'http://engine.example/access/v1/evaluations' }],
  ['action', { action: undefined }],
  ['resourceType', { resourceType: 7 }],
  ['maxEvaluations', { maxEvaluations: 0 }],
  ['timeoutMs', { timeoutMs: '2000' }],
  ['actions', { actions: [] }],
])('an unusable %s is refused at creation', (_name, options) => {
  const given = { url: 'https://engine.example/', action: 'can_read', resourceType: 'deal', ...options };
  expect(() => createAuthZenLookup(given as AuthZenLookupOptions)).toThrow(ConfigurationError);
});
