import { afterEach, describe, expect, test } from 'vitest';
import { jwksScenarios } from './jwksScenarios.ts';
import { sendRequest, type TokenResponse } from './sendRequest.ts';
import { type Api, startApi } from './startApi.ts';
import { createTokenWorld, type TokenWorld } from './tokenWorld.ts';

describe('over the life of a key set', () => {
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

    for (const { name, change, requests, expected, totalFetches } of steps) {
      await change?.(here);
      const toSend = await requests();
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

function toAnswer({ status, body }: TokenResponse) {
  type Extensions = { readonly code?: string; readonly reason?: string };
  const { code, reason } = (body as { errors?: { extensions: Extensions }[] }).errors?.[0]?.extensions ?? {};
  return { status, code, reason };
}
