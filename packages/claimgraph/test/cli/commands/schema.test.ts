import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { askCommandLine } from '../askCommandLine.ts';

describe('claimgraph schema', () => {
  test('prints what the caller can reach', async () => {
    expect(await askCommandLine('shop', 'schema --as clerk')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `type Query {
  name: String!
  orders(first: Int): [Order]
}

type Order {
  id: ID
  note: String
  card: String
}
`,
    });
  });

  test('leaves out a type that nothing leads to', async () => {
    const { stdout } = await askCommandLine('shop', 'schema --as anonymous');
    expect(stdout).toBe('type Query {\n  name: String!\n}\n');
  });

  test('takes other scopes in place of the persona own', async () => {
    const [without, anonymous] = await Promise.all([
      askCommandLine('shop', 'schema --as manager --scope shop/write'),
      askCommandLine('shop', 'schema --as anonymous'),
    ]);
    expect(without.stdout).toBe(anonymous.stdout);
    const { stdout } = await askCommandLine('shop', 'schema --as manager --scope shop/write --scope shop/read');
    expect(stdout).toContain('margin: Float');
  });

  test('prints JSON, and SDL in it that can be built', async () => {
    const { stdout } = await askCommandLine('shop', 'schema --as clerk --format json');
    const { caller, sdl } = JSON.parse(stdout);
    expect(caller).toBe('clerk');
    expect(printSchema(lexicographicSortSchema(buildSchema(sdl)))).toContain('orders(first: Int): [Order]');
  });

  test('says so when nothing can be reached', async () => {
    const words = 'schema --as clerk --personas ../personas/kindless.json';
    const { exitCode, stdout } = await askCommandLine('closed', words);
    const message = '# clerk can reach nothing: no field of the query type is left.\n';
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: message });
    const json = await askCommandLine('closed', `${words} --format json`);
    expect(JSON.parse(json.stdout)).toEqual({ caller: 'clerk', sdl: null });
  });

  test('prints the whole SDL without a caller, as text and as JSON', async () => {
    const [text, json] = await Promise.all([
      askCommandLine('shop', 'schema'),
      askCommandLine('shop', 'schema --format json'),
    ]);
    expect({ ...text, stdout: printSchema(buildSchema(text.stdout)) }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: text.stdout.trimEnd(),
    });
    expect(text.stdout).toContain('margin: Float');
    expect(JSON.parse(json.stdout)).toEqual({ caller: null, sdl: text.stdout.trimEnd() });
  });

  test.each([
    ['schema --scope shop/read', 'nothing'],
    ['schema --as toString', 'toString'],
  ])('%s is wrong use', async (words, got) => {
    const { exitCode, stderr } = await askCommandLine('shop', words);
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(
      /^--as: .* anonymous, manager, clerk, newcomer; got (\w+)\nSee: claimgraph schema --help\n$/,
    );
    expect(stderr).toContain(`; got ${got}\n`);
  });
});
