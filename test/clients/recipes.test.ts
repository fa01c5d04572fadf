import { readdirSync, readFileSync } from 'node:fs';
import { fetchQuery } from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenManager } from '../../packages/client/src/index.ts';
import packageJson from './package.json' with { type: 'json' };
import * as apolloClient from './recipes/apolloClient.ts';
import * as graphqlRequest from './recipes/graphqlRequest.ts';
import * as relay from './recipes/relay.ts';
import * as urql from './recipes/urql.ts';
import { type Api, startApi } from './support/api.ts';
import { type RotatingPool, startRotatingPool } from './support/rotatingPool.ts';
import { startSession } from './support/session.ts';
import { summaryQuery } from './support/summaryQuery.ts';

// docs/clients cannot go stale: its code stands in recipes/, which is compiled by types.test.ts and run here, or in browser/.

const folder = new URL('../../docs/clients/', import.meta.url);
const pages = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
const recipes = readdirSync(new URL('recipes/', import.meta.url));

let api: Api;
let pool: RotatingPool;
let url: string;

beforeAll(async () => {
  api = await startApi();
  pool = await startRotatingPool(api);
  url = `${api.url}/graphql`;
});

afterAll(async () => {
  await pool?.close();
  await api?.close();
});

describe('the pages', () => {
  test.each(recipes)('show recipes/%s, as it is run', (name) => {
    const code = readFileSync(new URL(`recipes/${name}`, import.meta.url), 'utf8');
    const shown = pages.filter(([, text]) => text.includes(`\`\`\`${name.split('.').at(-1)} ${name}\n${code}\`\`\`\n`));
    expect(shown).toHaveLength(1);
  });

  test.each(pages)('%s shows no other TypeScript, and names the versions that are tested', (_name, text) => {
    const shown = [...text.matchAll(/^```tsx? ?(.*)$/gm)].map(([, name]) => name);
    expect(recipes).toEqual(expect.arrayContaining(shown));
    const installed = Object.entries<string>(packageJson.dependencies);
    const versions = [...text.matchAll(/ ((?:@[\w-]+\/)?[\w-]+)@(\d[\w.]*)/g)].map(([, name, version]) => [
      name,
      version,
    ]);
    expect(installed).toEqual(expect.arrayContaining(versions));
    expect(versions.length > 0).toBe(shown.length > 0);
    expect(text.includes('**Untested**')).toBe(/^```(swift|kotlin)$/m.test(text));
  });
});

/** Makes a client, which is then asked several times. */
type Connect = (manager: TokenManager) => () => Promise<readonly string[]>;

function connect<Client>(
  create: (manager: TokenManager, url: string) => Client,
  list: (client: Client) => Promise<string[]>,
) {
  return (manager: TokenManager) => {
    const client = create(manager, url);
    return () => list(client);
  };
}

describe.each<[string, Connect]>([
  ['apolloClient', connect(apolloClient.createApiClient, apolloClient.listCompanies)],
  ['urql', connect(urql.createApiClient, urql.listCompanies)],
  ['graphqlRequest', connect(graphqlRequest.createApiClient, graphqlRequest.listCompanies)],
])('%s', (_name, connectAs) => {
  test('lists what is there and tells what is refused, over an expiry', async () => {
    const { manager } = await startSession(pool, 'usa-manager');
    const before = pool.refreshCount();
    const listCompanies = connectAs(manager);
    expect(await listCompanies()).toEqual(['Birch Solar: A', 'Dogwood Labs: mayNot']);
    // With what is in the client's cache by now.
    expect(await listCompanies()).toEqual(['Birch Solar: A', 'Dogwood Labs: mayNot']);
    expect(pool.refreshCount() - before).toBe(1);
  });

  test('fails where nothing may be read', async () => {
    const { manager } = await startSession(pool, 'usa-manager', { claims: { scope: 'openid' } });
    await expect(connectAs(manager)()).rejects.toThrow();
  });
});

test('urql: somebody else gets a client of their own', async () => {
  const session = await startSession(pool, 'global-admin', { claims: {} });
  const clients: Parameters<typeof urql.listCompanies>[0][] = [];
  const stop = urql.followSubject(session.manager, url, (client) => void clients.push(client));
  await session.signIn('usa-manager', {});
  stop();
  expect(clients).toHaveLength(2);
  expect(clients[0]).not.toBe(clients[1]);
});

describe('relay', () => {
  test('hands out partial data, over an expiry', async () => {
    const { manager } = await startSession(pool, 'usa-manager');
    const environment = relay.createEnvironment(manager, url);
    expect(await fetchQuery(environment, summaryQuery, {}).toPromise()).toEqual({
      regionSummary: [{ region: 'USA' }],
      auditLog: null,
    });
  });

  test('fails where nothing may be read, with the reason', async () => {
    const { manager } = await startSession(pool, 'usa-manager', { claims: { scope: 'openid' } });
    const environment = relay.createEnvironment(manager, url);
    await expect(fetchQuery(environment, summaryQuery, {}).toPromise()).rejects.toThrow('summaryQuery: mayNot');
  });
});
