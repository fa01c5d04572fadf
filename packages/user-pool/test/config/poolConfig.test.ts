import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDataDir } from '../../../../test/support/localPool.ts';
import { PoolConfigError, parsePoolConfig, readPoolConfig } from '../../src/config/poolConfig.ts';

const client = { kind: 'user', clientId: 'my-spa', redirectUris: ['http://localhost:*/callback'] };
const machine = { kind: 'machine', clientId: 'job', clientSecret: 'hush-hush', scopes: ['library/read'] };
const user = { username: 'ada', subject: 'subject-1' };
const scopes = { 'library/read': 'read books' };

/** The lines below the title. */
function problemsOf(input: unknown): readonly string[] {
  try {
    parsePoolConfig(input, 'pool.json');
  } catch (error) {
    if (error instanceof PoolConfigError) return error.message.split('\n- ').slice(1);
    throw error;
  }
  return [];
}

test('what is not given has a default', () => {
  const config = parsePoolConfig({ clients: [client, machine], users: [user], scopes }, 'pool.json');
  const standard = ['openid', 'profile', 'email', 'phone', 'aws.cognito.signin.user.admin'];
  expect(config).toEqual({
    poolId: 'local_claimgraph',
    source: 'pool.json',
    scopes,
    oneClickSignIn: true,
    clients: [{ ...client, logoutUris: [], scopes: [...standard, 'library/read'] }, machine],
    users: [{ ...user, password: 'demo', email: 'ada@example.com', scopes: ['library/read'] }],
  });
});

describe('what is wrong is refused, all of it at once, with its place:', () => {
  test.each<[string, unknown, readonly (string | RegExp)[]]>([
    ['nothing', undefined, [/^the whole: /]],
    ['no clients', { clients: [] }, [/^clients: /]],
    ['a misspelt member', { clients: [client], usres: [] }, [/^the whole: .*usres/]],
    ['a client of no kind', { clients: [{ ...client, kind: 'spa' }] }, [/^clients\.0\.kind: /]],
    ['a client without addresses', { clients: [{ ...client, redirectUris: [] }] }, [/^clients\.0\.redirectUris: /]],
    [
      'addresses that cannot be',
      { clients: [{ ...client, redirectUris: ['http://app.example/'], logoutUris: ['javascript:alert(1)'] }] },
      [
        /^clients\.0\.redirectUris\.0: must be https/,
        /^clients\.0\.logoutUris\.0: must not have the scheme javascript:/,
      ],
    ],
    ['a pool id of another form', { clients: [client], poolId: 'claimgraph' }, [/^poolId: must be of the form/]],
    [
      'names that come twice',
      { clients: [client, client], users: [user, { ...user, username: 'bob' }, user] },
      [
        'clients.1.clientId: must differ from that of clients.0',
        'users.2.username: must differ from that of users.0',
        'users.1.subject: must differ from that of users.0',
        'users.2.subject: must differ from that of users.0',
      ],
    ],
    [
      'scopes that nobody defined',
      { clients: [{ ...client, scopes: ['library/write'] }], users: [{ ...user, scopes: ['openid'] }], scopes },
      [/^clients\.0\.scopes: library\/write is not known; expected some of openid/, /^users\.0\.scopes: openid is not/],
    ],
  ])('%s', (_, input, problems) => {
    expect(problemsOf(input)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  test('without the values: there are secrets among them', () => {
    const input = {
      clients: [{ ...machine, clientSecret: 'hush', scopes: 'hush' }],
      users: [{ ...user, password: '' }],
    };
    expect(problemsOf(input).join()).not.toContain('hush');
    expect(problemsOf(input)).toHaveLength(3);
  });
});

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await newDataDir();
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is read, also with a byte order mark', async () => {
    const file = join(folder, 'pool.json');
    await writeFile(file, `\uFEFF${JSON.stringify({ clients: [client] })}\r\n`);
    expect(readPoolConfig(file)).toMatchObject({ source: file, clients: [{ clientId: 'my-spa' }] });
  });

  test.each([
    ['missing.json', undefined, 'the file cannot be read'],
    ['broken.json', '{"clients": "hush', 'the file is not JSON'],
  ])('%s is refused', async (name, text, problem) => {
    const file = join(folder, name);
    if (text !== undefined) await writeFile(file, text);
    expect(() => readPoolConfig(file)).toThrow(problem);
    expect(() => readPoolConfig(file)).toThrow(file);
    expect(() => readPoolConfig(file)).not.toThrow('hush');
  });
});
