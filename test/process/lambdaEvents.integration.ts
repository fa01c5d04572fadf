import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLambdaHandler, type LambdaHandler } from '../../src/process/lambdaHandler.ts';
import { type Api, startApi } from '../support/api.ts';
import { type GatewayRequest, gateways } from './gatewayEvents.ts';

let api: Api;
let handler: LambdaHandler;
beforeAll(async () => {
  api = await startApi();
  handler = await createLambdaHandler({ server: api.server, catchUpMs: 60_000 });
});
afterAll(() => api.close());

const post: GatewayRequest = {
  method: 'POST',
  path: '/graphql',
  search: '',
  headers: { 'content-type': ['application/json'], host: ['api.example'] },
  body: JSON.stringify({ query: '{ viewer { title } }' }),
};

const get = (parameters: Readonly<Record<string, string>>): GatewayRequest => ({
  ...post,
  method: 'GET',
  search: new URLSearchParams(parameters).toString(),
  body: undefined,
});

async function ask(event: unknown) {
  const answer = await handler(event, {} as never);
  const { statusCode, headers, body } = answer;
  const headerLists: unknown = Reflect.get(answer, 'multiValueHeaders');
  return { status: statusCode, headers, headerLists, body: body === '' ? undefined : JSON.parse(body) };
}

describe.each(Object.entries(gateways))('behind: %s,', (name, toEvent) => {
  const send = async (request: GatewayRequest, authorization?: readonly string[]) => {
    const authorizationHeaders = authorization ?? [`Bearer ${await api.tokenOf('usa-manager')}`];
    return ask(toEvent({ ...request, headers: { ...request.headers, authorization: authorizationHeaders } }));
  };

  test('a POST is answered, and only this API has a say in who may keep the answer', async () => {
    const { status, headers, headerLists, body } = await send(post);
    expect([status, body]).toEqual([200, { data: { viewer: { title: 'Regional Manager' } } }]);
    expect(headers['cache-control']).toBe('private, no-store');
    // The only ones that a load balancer so set up reads.
    if (name.includes('multi-value')) expect(headerLists).toMatchObject({ 'cache-control': ['private, no-store'] });
  });

  test('a GET is read as it was sent: commas, spaces, signs and letters', async () => {
    const query =
      'query ($name: String, $first: Int) { companies(first: $first, filter: {nameContains: $name}) { nodes { id, name } } }';
    const found = async (contained: string) =>
      (await send(get({ query, variables: JSON.stringify({ name: contained, first: 5 }) }))).body;
    const solar = { data: { companies: { nodes: [{ id: expect.any(String), name: 'Birch Solar' }] } } };
    expect(await found('h S')).toEqual(solar);
    for (const contained of ['h+S', 'h%20S', '100 %', 'a,b', 'é&ü=', '"']) {
      expect(await found(contained)).toEqual({ data: { companies: { nodes: [] } } });
    }
  });

  test('two Authorization headers are never answered by one of them', async () => {
    const token = await api.tokenOf('auditor');
    const { status, body } = await send(post, [`Bearer ${await api.tokenOf('usa-manager')}`, `Bearer ${token}`]);
    // A load balancer passes on the last one only, unless it is told to pass on all.
    if (name === 'load balancer') expect(body).toEqual({ data: { viewer: { title: 'Compliance Auditor' } } });
    else expect([400, 401]).toContain(status);
  });

  test('health is told, and what is not there is not', async () => {
    const health: GatewayRequest = { ...get({}), path: '/health/live' };
    expect(await send(health)).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await send({ ...post, path: '/graphql/x' })).status).toBe(404);
    expect((await send({ ...post, path: '/xgraphql' })).status).toBe(404);
  });
});

test.each([
  ['the path of another stage', { rawPath: '/dev/graphql' }],
  ['a path below one of ours', { rawPath: '/prod/x/graphql' }],
])('behind an HTTP API with a named stage, %s is none of ours', async (_, override) => {
  const event = gateways['HTTP API, named stage']?.(post);
  expect((await ask({ ...Object(event), ...override })).status).toBe(404);
});

test.each([
  ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
  ['nothing', undefined],
  ['a text', 'warm up'],
])('an event that is no request is refused: %s', async (_, event) => {
  await expect(handler(event, {} as never)).rejects.toThrow(/\bAPI Gateway\b/);
});
