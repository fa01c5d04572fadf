import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { closings } from '../../packages/claimgraph/src/server/subscriptions/closeCodes.ts';
import { defaultSubscriptionSettings } from '../../packages/claimgraph/src/server/subscriptions/settings.ts';
import { type Api, startApi } from '../support/api.ts';
import { readPage } from './markdown.ts';
import { listen } from './subscriptions/listen.ts';

const page = readPage('docs/subscriptions.md');

let api: Api;

beforeAll(async () => {
  // A browser's, which Node 20 does not have.
  Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? WebSocket });
  api = await startApi();
});

afterAll(() => api?.close());

test('the client of the page is the one that is run here', () => {
  const file = fileURLToPath(new URL('subscriptions/listen.ts', import.meta.url));
  expect(page).toContain(readFileSync(file, 'utf8'));
});

test('it hears what is entered, also while its token is refreshed', async () => {
  const heard: string[] = [];
  const expiring = await api.tokenOf('auditor', { exp: Math.floor(Date.now() / 1000) + 2 });
  const tokens = [expiring];
  const listening = listen({
    url: `${api.url.replace('http', 'ws')}/graphql`,
    companyId: 'com_1',
    getToken: async () => tokens.shift() ?? api.tokenOf('auditor'),
    onAdded: ({ id }) => void heard.push(id),
  });
  const ended = listening.catch((error: unknown) => error);
  await expect.poll(() => openSubscriptions()).toBe(1);
  const ids = [await enter('first')];
  await expect.poll(() => heard).toEqual(ids);
  // The connection has ended by now, and is made anew.
  await expect.poll(() => openSubscriptions(), { timeout: 10_000 }).toBe(2);
  ids.push(await enter('second'));
  await expect.poll(() => heard).toEqual(ids);
  await api.server.close();
  expect(await Promise.race([ended, 'listens on'])).toBe('listens on');
});

test('it has the codes that connections end with, and the settings with their defaults', () => {
  for (const { code, reason } of Object.values(closings))
    expect(page).toMatch(new RegExp(`\`${code}\`.*\`${reason}\``));
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, name, value = '']) => [
    name,
    Number(value.replaceAll(',', '')),
  ]);
  const { transports: _transports, ...numbers } = defaultSubscriptionSettings;
  expect(Object.fromEntries(rows)).toEqual(numbers);
});

let seen = 0;
function openSubscriptions(): number {
  seen += api.takeLog().filter(({ msg, operation }) => msg === 'operation' && operation === 'subscription').length;
  return seen;
}

async function enter(idempotencyKey: string): Promise<string> {
  const { body } = await api.query(
    'mutation ($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { id } } }',
    {
      as: 'global-admin',
      variables: { input: { companyId: 'com_1', investorId: 'inv_11', amountUsd: 100, idempotencyKey } },
    },
  );
  return String(Object(body.data).createTransaction.transaction.id);
}
