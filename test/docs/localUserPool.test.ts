import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { demoPool } from '../../dev/demoPool.ts';
import { parsePoolConfig } from '../../packages/user-pool/src/config/poolConfig.ts';
import { configurationVariables } from '../../src/config/variables.ts';

const page = readFileSync(new URL('../../docs/local-user-pool.md', import.meta.url), 'utf8');

/** The cells of the table with this head, row by row, without what marks code. */
function tableOf(head: string): readonly (readonly string[])[] {
  const start = page.indexOf(`\n| ${head} |`);
  if (start === -1) throw new Error(`expected a table with the head ${head}; got none`);
  const [, , ...rows] = (page.slice(start + 1).split('\n\n')[0] ?? '').trim().split('\n');
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

test('the page tells the addresses of the client for people', () => {
  const [client] = demoPool.clients;
  if (client?.kind !== 'user') throw new Error('expected a client for people');
  const rows = tableOf('redirect URIs | sign-out URIs');
  expect(rows.map(([redirectUri]) => redirectUri)).toEqual(client.redirectUris);
  expect(rows.map(([, logoutUri]) => logoutUri).filter(Boolean)).toEqual(client.logoutUris);
  for (const scope of client.scopes) expect(page).toContain(`\`${scope}\``);
  expect(page).toContain(`\`${client.clientId}\` is for people`);
});

test('the page tells the secret of the client for programs', () => {
  const machine = demoPool.clients.find(({ kind }) => kind === 'machine');
  if (machine?.kind !== 'machine') throw new Error('expected a client for programs');
  expect(page).toContain(`-u ${machine.clientId}:${machine.clientSecret} `);
});

test('the page tells who can sign in, and with which scopes', () => {
  expect(
    tableOf('username | who | scopes that a client gets').map(([username, , scopes]) => [username, scopes]),
  ).toEqual(demoPool.users.map(({ username, scopes }) => [username, scopes.join(' ')]));
});

test('the page tells every setting of the pool', () => {
  const own = configurationVariables.flatMap(({ name }) => (name.startsWith('USER_POOL_') ? [name] : []));
  const told = tableOf('variable | default | meaning').map(([name]) => name);
  expect(told.filter((name) => name?.startsWith('USER_POOL_')).sort()).toEqual(own.sort());
});

test('the file of clients and people that the page shows is one', () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const config = parsePoolConfig(JSON.parse(json), 'docs/local-user-pool.md');
  expect(config.clients.map(({ clientId }) => clientId)).toEqual(['library-web', 'importer']);
  expect(config.users).toMatchObject([{ username: 'ada', groups: ['librarians'] }]);
});
