import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/runCommandLine.ts';
import { askCommandLine, folderOf, terminal } from '../askCommandLine.ts';

/** The same with words that have spaces in them. */
function ask(...words: readonly string[]) {
  return runCommandLine(['explain', ...words], { ...terminal, folder: folderOf('shop'), colours: false });
}

const withoutTime = (text: string) => text.replace(/as of \S+/, 'as of then');

describe('claimgraph explain', () => {
  test('tells each field, its rules, what they read and what they say', async () => {
    const { exitCode, stdout, stderr } = await ask('--as', 'clerk', '{ orders(first: 20) { margin note card } name }');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(withoutTime(stdout)).toBe(`clerk: user, the scopes shop/read; claims found, as of then

orders  Query.orders  denied FORBIDDEN; decided once for the operation

  all of: denied FORBIDDEN
    has scope shop/read: allowed, reads token
    asks for few: denied FORBIDDEN, reads arguments

name  Query.name  allowed; decided once for the operation

  public: it is on the door: allowed

orders.margin  Order.margin  denied FORBIDDEN; decided once for the operation

  all of: denied FORBIDDEN
    has scope shop/read: allowed, reads token
    is a manager: denied FORBIDDEN, reads token, claims (role)

orders.note  Order.note  unknown needs the row; decided again wherever the field is met

  all of: unknown needs the row
    has scope shop/read: allowed, reads token
    is from their own branch: unknown needs the row, reads token, claims, row

orders.card  Order.card  allowed; decided once for the operation

  has scope shop/read: allowed, reads token
  masked, unless
    is a manager: denied FORBIDDEN, reads token, claims (role)
`);
  });

  test.each([
    ['{"first":3}', 'allowed'],
    ['{"first":30}', 'denied'],
    ['{}', 'allowed'],
  ])('takes a file, one of its operations and the variables %s', async (variables, verdict) => {
    const words = ['--as', 'clerk', '--operation', 'Orders', '--variables', variables, '--format', 'json'];
    const { stdout } = await ask(...words, 'orders.graphql');
    const { caller, claims, fields } = JSON.parse(stdout);
    expect({ caller, claims: claims.state }).toEqual({
      caller: { kind: 'user', subject: 'clerk', clientId: 'client', scopes: ['shop/read'] },
      claims: 'found',
    });
    expect(fields[0]).toMatchObject({ path: 'orders', coordinate: 'Query.orders', verdict });
    expect(stdout).not.toContain('"clerk"}');
  });

  test('says of which tenant the persona is', async () => {
    const words = 'explain --as clerk --personas ../personas/tenants.json {name}';
    const { stdout } = await askCommandLine('shop', words);
    expect(stdout).toMatch(/^clerk: .*\bacme\b.* shop\/read; claims absent\b/m);
    const asJson = await askCommandLine('shop', `${words} --format json`);
    expect(JSON.parse(asJson.stdout).caller).toMatchObject({ kind: 'user', tenant: 'acme', subject: 'clerk' });
  });

  test('takes other scopes in place of the persona own', async () => {
    const { stdout } = await askCommandLine('shop', 'explain --as clerk --scope shop/write {orders{id}}');
    expect(stdout).toMatch(/^ *orders +Query\.orders +denied INSUFFICIENT_SCOPE\b/m);
  });

  test.each([
    ['shop/write shop/read', ['shop/write', 'shop/read']],
    ['', []],
  ])('takes the scopes "%s" apart, as a token has them', async (scope, scopes) => {
    const { stdout } = await ask('--as', 'clerk', '--scope', scope, '--format', 'json', '{ name }');
    expect(JSON.parse(stdout).caller.scopes).toEqual(scopes);
  });

  test('says that introspection has nothing to decide', async () => {
    const { exitCode, stdout } = await ask('--as', 'clerk', '{ __typename }');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n\n[^\n]*\bintrospection\b[^\n]*\n$/);
  });

  test('says what would change each field, in words and as data', async () => {
    const words = ['--as', 'clerk', '--what-would-change', '{ orders(first: 2) { margin card } }'] as const;
    const { stdout } = await ask(...words);
    expect(stdout).toMatch(/^ {4}[^\n]*\brole\b[^\n]*"manager"/m);
    const asJson = await ask(...words, '--format', 'json');
    expect(JSON.parse(asJson.stdout).whatWouldChange).toContainEqual(
      expect.objectContaining({
        path: 'orders.margin',
        state: 'denied',
        sets: [
          { changes: [expect.objectContaining({ kind: 'claim', name: 'role', value: 'manager' })], state: 'shown' },
        ],
      }),
    );
  });

  test('executes it too when asked to, and counts what rows got', async () => {
    const { exitCode, stdout } = await ask('--as', 'clerk', '--run', '{ orders(first: 3) { note card } }');
    expect(exitCode).toBe(0);
    const lines = stdout.slice(stdout.indexOf('executed')).trimEnd().split('\n');
    expect(lines.map((line) => line.trimEnd().replace(/ {2,}/g, ' | '))).toEqual([
      'executed | rule | allowed | denied | indeterminate | masked',
      'Query.orders | 1 | 0 | 0 | 0',
      ' | has scope shop/read | 1 | 0 | 0',
      ' | asks for few | 1 | 0 | 0',
      'Order.note | 3 | 0 | 0 | 0',
      ' | has scope shop/read | 1 | 0 | 0',
      ' | is from their own branch | 3 | 0 | 0',
      'Order.card | 3 | 0 | 0 | 3',
      ' | has scope shop/read | 1 | 0 | 0',
      ' | is a manager | 0 | 1 | 0',
    ]);
    expect(stdout).not.toMatch(/note 1|4111/);
  });

  test('executes nothing that may not start', async () => {
    const { stdout } = await ask('--as', 'anonymous', '--run', '{ orders { note } }');
    expect(stdout).toMatch(/\n\n[^\n]*: orders \(UNAUTHENTICATED\)\n$/);
  });

  test('says without executing, too, that the operation is refused as a whole', async () => {
    const { stdout } = await ask('--as', 'clerk', '--scope', '', '--format', 'json', '{ o: orders { note } }');
    const refused = [{ path: 'o', coordinate: 'Query.orders', code: 'INSUFFICIENT_SCOPE' }];
    expect(JSON.parse(stdout).refused).toEqual(refused);
    const partly = await ask('--as', 'clerk', '--scope', '', '--format', 'json', '{ name orders { note } }');
    expect(JSON.parse(partly.stdout).refused).toEqual([]);
  });

  test('tells what resolvers threw, which is no decision', async () => {
    const words = ['--as', 'manager', '--run', '{ orders(first: 2) { margin } }'];
    const { exitCode, stdout } = await ask(...words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ \(3\)\n\n {2}orders\.0/);
    expect(stdout.slice(stdout.indexOf('  orders.0.margin'))).toBe(
      '  orders.0.margin: the ledger is closed\n  orders.1.margin: the ledger is closed\n  orders.2.margin: NOT_FOUND: expected a ledger; got none\n',
    );
    expect(JSON.parse((await ask(...words, '--format', 'json')).stdout).thrown).toHaveLength(3);
  });

  test('says what the project lacks to execute anything', async () => {
    const { exitCode, stderr } = await askCommandLine(
      'hostile',
      'explain --as clerk --personas ../personas/clerk.json --run {x}',
    );
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/^--run: .*`run: \{ resolvers, createContext \}`/);
  });

  test('shows no claim value', async () => {
    const { stdout } = await ask('--as', 'manager', '--format', 'json', '{ orders { margin } }');
    const { caller, ...rest } = JSON.parse(stdout);
    expect(caller.subject).toBe('manager');
    expect(JSON.stringify(rest)).not.toContain('"manager"');
  });

  test.each<readonly [readonly string[], RegExp]>([
    [['--as', 'clerk', '{ nme\n  orders { di } }'], /^QUERY:1:3: .*"nme".*\nQUERY:2:12: .*"di"/],
    [['--as', 'clerk', 'query {'], /^QUERY:1:8: /],
    [['--as', 'clerk', 'missing.graphql'], /; got missing\.graphql\b/],
    [['--as', 'clerk', '.'], /; got \.,/],
    [['--as', 'clerk', ''], /; got nothing\b/],
    [['--as', 'clerk', 'claimgraph.config.ts'], /^claimgraph\.config\.ts:1:1: .*"import"/],
    [['--as', 'clerk', 'mutation { open }'], /^QUERY: .*\bmutation\b/],
    [['--as', 'clerk', 'orders.graphql'], /^--operation: .* got several\b/],
    [['--as', 'clerk', '--operation', 'Nothing', 'orders.graphql'], /^--operation: .*\bNothing\b/],
    [['--as', 'clerk', '--variables', '[1]', '{ name }'], /^--variables: .*\[1\]/],
    [['--as', 'clerk', '--variables', '{first', '{ name }'], /^--variables: .*\{first/],
    [
      ['--as', 'clerk', '--operation', 'Orders', '--variables', '{"first":"x"}', 'orders.graphql'],
      /^--variables: .*"\$first".*"x"/,
    ],
    [['{ name }'], /^--as: .* anonymous, manager, clerk, newcomer; got nothing\b/],
    [['--as', 'clerk'], /claimgraph explain FILE\|QUERY \[options\]/],
  ])('%j is wrong use', async (words, message) => {
    const { exitCode, stdout, stderr } = await ask(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('See: claimgraph explain --help\n');
  });
});
