import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { issueAccessToken } from '../support/issueAccessToken.ts';
import { jwksScenarios } from './jwksScenarios.ts';
import { sendRequest, type TokenResponse } from './sendRequest.ts';
import { type Api, startApi } from './startApi.ts';
import { createTokenWorld, type TokenWorld } from './tokenWorld.ts';

describe.each([
  // A token is remembered from the step that accepts it on; what later steps say of its key must hold all the same.
  { tokens: 'with one good token throughout', issueGoodToken: () => once(() => issueAccessToken()) },
  { tokens: 'with a new token in each step', issueGoodToken: () => () => issueAccessToken({ jti: randomUUID() }) },
])('over the life of a key set, $tokens', ({ issueGoodToken }) => {
  let world: TokenWorld | undefined;
  let api: Api | undefined;

  afterEach(async () => {
    await api?.close();
    await world?.close();
  });

  test.each(jwksScenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const { coldStart = false, beforeStart, steps } = scenario;
    const here = await createTokenWorld();
    world = here;
    beforeStart?.(here);
    const running = await startApi(here.pools, { coldStart });
    api = running;

    const goodToken = issueGoodToken();
    for (const { name, change, requests, expected, totalFetches } of steps) {
      await change?.(here);
      const toSend = await requests(goodToken);
      const responses = await Promise.all(toSend.map((request) => sendRequest(running.url, request)));

      const answers = responses.map(toAnswer);
      expect(answers, name).toEqual(toSend.map(() => expected));
      expect(here.jwks.fetchCount(), name).toBe(totalFetches);
      for (const { status, headers } of responses) {
        expect(headers['retry-after'] ?? '', name).toMatch(status === 503 ? /^([1-9]|10)$/ : /^$/);
      }
    }
  });
});

function once<T>(make: () => T): () => T {
  const made = make();
  return () => made;
}

function toAnswer({ status, body }: TokenResponse) {
  type Extensions = { readonly code?: string; readonly reason?: string };
  const { code, reason } = (body as { errors?: { extensions: Extensions }[] }).errors?.[0]?.extensions ?? {};
  return { status, code, reason };
}
