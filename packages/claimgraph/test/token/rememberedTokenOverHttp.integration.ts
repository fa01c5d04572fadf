import { afterEach, expect, test } from 'vitest';
import { issueAccessToken, testKey } from '../support/issueAccessToken.ts';
import { bearer } from './accessTokenTable.ts';
import { countSignatureChecks } from './countSignatureChecks.ts';
import { sendRequest } from './sendRequest.ts';
import { startApi } from './startApi.ts';
import { createTokenWorld } from './tokenWorld.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('a remembered token is held to the clock of each request', async () => {
  let aheadMs = 0;
  const signatures = countSignatureChecks();
  const world = await createTokenWorld();
  const api = await startApi(world.pools, { now: () => Date.now() + aheadMs });
  closing.push(signatures.stop, world.close, api.close);
  const request = bearer(await issueAccessToken());
  const ask = async (ms: number) => {
    aheadMs = ms;
    const { status, headers } = await sendRequest(api.url, request);
    return { status, challenge: headers['www-authenticate'], checks: signatures.count() };
  };
  const refused = (description: string) =>
    `Bearer realm="claimgraph", error="invalid_token", error_description="${description}"`;

  expect(await ask(0)).toEqual({ status: 200, challenge: undefined, checks: 1 });
  expect(await ask(3_000_000)).toEqual({ status: 200, challenge: undefined, checks: 1 });
  expect(await ask(-3_600_000)).toEqual({
    status: 401,
    challenge: expect.stringContaining('error="invalid_token"'),
    checks: 1,
  });
  expect(await ask(7_200_000)).toMatchObject({
    status: 401,
    challenge: refused('the access token expired; refresh it'),
  });
  expect(await ask(0)).toMatchObject({ status: 200 });
});

test('a remembered token does not help one that differs from it', async () => {
  const world = await createTokenWorld();
  const api = await startApi(world.pools);
  closing.push(world.close, api.close);
  const token = await issueAccessToken();
  const stronger = await issueAccessToken({ scope: 'investments/admin' }, { key: await testKey('attacker') });
  const [header, , signature] = token.split('.');
  const forged = [
    `${header}.${stronger.split('.')[1]}.${signature}`,
    `${token.slice(0, -40)}${token.slice(-40).toLowerCase()}`,
  ];

  expect((await sendRequest(api.url, bearer(token))).status).toBe(200);
  for (const one of forged) expect((await sendRequest(api.url, bearer(one))).status).toBe(401);
  expect((await sendRequest(api.url, bearer(token))).status).toBe(200);
});
