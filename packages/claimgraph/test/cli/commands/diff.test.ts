import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Access, AccessMatrix } from '../../../src/inspect/accessMatrix.ts';
import { askCommandLine, folderOf, self } from '../askCommandLine.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'claimgraph-test-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const denied: Access = { outcome: 'denied', code: 'FORBIDDEN', rule: 'has scope shop/read' };
const allowed: Access = { outcome: 'allowed', masked: 'no' };
const masked: Access = { outcome: 'allowed', masked: 'yes' };

describe('claimgraph diff with an earlier matrix', () => {
  test('says nothing when nothing changes', async () => {
    const base = await fileOf('same', (matrix) => matrix);
    const stdout = 'Nothing changes for anybody.\n';
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toEqual({ exitCode: 0, stderr: '', stdout });
  });

  test('says in words what is given and taken, gains first', async () => {
    const base = await fileOf('other', withEarlierAccess);
    expect(await askCommandLine('shop', `diff ${base}`)).toEqual({
      exitCode: 0,
      stderr: 'not compared: auditor, whom only one of the two sides has\n',
      stdout: `Gains (3)

  newcomer gains Order.id
  manager and clerk gain Order.note (per row)
  manager gains Order.card (allowed; was masked)

Losses (1)

  clerk and newcomer lose Order.margin

Narrower (2)

  manager, clerk and newcomer read Query.orders now only with some arguments
  clerk and newcomer read Order.card now masked

New fields (1)

  Query.name: read by anonymous, manager, clerk and newcomer

Removed fields (1)

  Order.vat

Rules that read otherwise (1)

  Order.id: everybody → has scope shop/read
`,
    });
  });

  test('prints JSON with both sides of each change', async () => {
    const base = await fileOf('other', withEarlierAccess);
    const changes = JSON.parse((await askCommandLine('shop', `diff ${base} --format json`)).stdout);
    expect(changes.base).toBe(base);
    expect(changes.gains).toHaveLength(4);
    expect(changes.gains[0]).toEqual({ persona: 'newcomer', coordinate: 'Order.id', before: denied, after: allowed });
    expect(changes.notCompared).toEqual(['auditor']);
  });

  test.each([
    ['a field that is no longer refused', 'Order.id', denied],
    ['a value that is no longer masked', 'Order.id', masked],
    ['every row instead of some', 'Order.id', { outcome: 'perRow', masked: 'no' }],
    // Which of the two is more cannot be told.
    ['the row decides instead of the arguments', 'Order.note', { outcome: 'perArguments', masked: 'no' }],
    ['less of the rows and more of the value', 'Order.note', masked],
  ] as const)('counts %s as a gain', async (_what, coordinate, before) => {
    const base = await fileOf('gain', (matrix) => withAccess(matrix, coordinate, { clerk: before }));
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toMatchObject({ exitCode: 2 });
  });

  test('counts a new field as a gain when somebody reads it', async () => {
    const withFields = (matrix: AccessMatrix, change: (fields: AccessMatrix['fields']) => AccessMatrix['fields']) => {
      return { ...matrix, fields: change(matrix.fields) };
    };
    const base = await fileOf('new', (matrix) => withFields(matrix, (fields) => fields.slice(1)));
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toMatchObject({ exitCode: 2 });
    const personas = '--personas ../personas/kindless.json';
    const { stdout } = await askCommandLine('shop', `matrix --format json ${personas}`);
    const file = join(folder, 'unread.json');
    writeFileSync(file, JSON.stringify(withFields(JSON.parse(stdout), (fields) => fields.slice(0, -1))));
    const unread = await askCommandLine('shop', `diff ${file} --no-gains ${personas}`);
    expect(unread).toEqual({ exitCode: 0, stderr: '', stdout: 'New fields (1)\n\n  Order.card: read by nobody\n' });
  });

  test.each([
    ['a field that is refused now', 'Order.margin', allowed],
    ['a value that is masked now', 'Order.card', allowed],
    ['every value masked instead of some', 'Order.card', { outcome: 'allowed', masked: 'perRow' }],
    ['some rows instead of every one', 'Order.note', allowed],
    ['a field that fails in another way', 'Order.margin', { ...denied, outcome: 'indeterminate' }],
  ] as const)('does not count %s as a gain', async (_what, coordinate, before) => {
    const base = await fileOf('loss', (matrix) => withAccess(matrix, coordinate, { clerk: before }));
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['{}', 'expected what `claimgraph matrix --format json` prints; got something else'],
    ['matrix', 'expected what `claimgraph matrix --format json` prints; got something else'],
    [
      '{"personas":["nobody"],"fields":[]}',
      'expected some of the personas anonymous, manager, clerk, newcomer; got none',
    ],
  ])('refuses the file %s', async (text, message) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, text);
    const { exitCode, stderr } = await askCommandLine('shop', `diff ${file}`);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(message);
  });
});

describe('claimgraph diff with a commit', () => {
  const repository = join(folder, 'repository');
  const project = join(repository, 'api');
  /** Where the process keeps what it makes for the time of the comparison. */
  const temporary = join(folder, 'temporary');

  beforeAll(() => {
    for (const made of [project, temporary]) mkdirSync(made, { recursive: true });
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    git('init', '--quiet', '--initial-branch=main');
    writeConfig("a: requireScope('shop/read')", 'a: String');
    commit('with-rule');
    writeConfig('', 'a: String');
    commit('without-rule');
    writeConfig("a: publicField('it is on the door'), b: requireClaims('is new', isNew)", 'a: String b: Int');
  });

  test('compares two states of the code, with claims that JSON could not keep', () => {
    const { status, stdout, stderr } = start('diff', 'with-rule', '--no-gains');
    expect({ status, stderr, left: leftovers() }).toEqual({ status: 2, stderr: '', left: [] });
    expect(stdout).toBe(`Gains (1)

  visitor gains Query.a

New fields (1)

  Query.b: read by clerk

Rules that read otherwise (1)

  Query.a: has scope shop/read → public: it is on the door
`);
  });

  test('says what is wrong with the commit, and leaves nothing behind', () => {
    const { status, stdout, stderr } = start('diff', 'without-rule');
    expect({ status, stdout, left: leftovers() }).toEqual({ status: 64, stdout: '', left: [] });
    expect(stderr).toContain('no matrix of without-rule: the permission map does not cover the schema (1):');
    expect(stderr).toContain('Query.a: has no rule');
  });

  test('refuses claims that no other process can be given', () => {
    const file = join(project, 'claimgraph.config.ts');
    const before = readFileSync(file, 'utf8');
    onTestFinished(() => writeFileSync(file, before));
    writeFileSync(file, before.replace('since: new Date(1)', 'since: () => 1'));
    const { status, stdout, stderr } = start('diff', 'with-rule');
    expect({ status, stdout, left: leftovers() }).toEqual({ status: 64, stdout: '', left: [] });
    expect(stderr).toMatch(/^personas: expected plain data, .*; got: .*could not be cloned/);
  });

  test.each(['nonsense', '--output=x'])('refuses %s, which is no commit', async (name) => {
    const { status, stderr } = start('diff', '--', name);
    expect(status).toBe(64);
    expect(stderr).toContain(`expected a file or a commit; got ${name}`);
  });

  function start(...args: readonly string[]) {
    const [node, ...flags] = self.node;
    const words = [...flags, self.entry, args[0] ?? '', '--project', project, ...args.slice(1)];
    const env = { PATH: process.env.PATH, TMPDIR: temporary };
    const { status, stdout, stderr } = spawnSync(node, words, { cwd: root, env, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  /** tsx keeps a cache of its own there. */
  function leftovers(): readonly string[] {
    return readdirSync(temporary).filter((name) => !name.startsWith('tsx-'));
  }

  function writeConfig(rules: string, fields: string): void {
    const engine = JSON.stringify(join(root, 'packages/claimgraph/src/index.ts'));
    writeFileSync(
      join(project, 'claimgraph.config.ts'),
      `import { defineConfig, publicField, requireClaims, requireScope } from ${engine};
      const isNew = ({ since }: { since: Date }) => since.getTime() > 0;
      void [publicField, requireClaims, requireScope, isNew];
      export default defineConfig({
        typeDefs: ['type Query { ${fields} }'],
        permissions: { Query: { ${rules} } },
        personas: { clerk: { scopes: ['shop/read'], claims: { since: new Date(1) } }, visitor: { kind: 'anonymous' } },
      });`,
    );
  }

  function commit(tag: string): void {
    git('add', '--all');
    git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', tag);
    git('tag', tag);
  }

  function git(...args: readonly string[]): void {
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    execFileSync('git', ['-C', repository, ...args], { env });
  }
});

function withEarlierAccess({ personas, fields }: AccessMatrix): AccessMatrix {
  const matrix = {
    personas: [...personas, 'auditor'],
    fields: fields.filter((field) => field.coordinate !== 'Query.name'),
  };
  const id = withAccess(matrix, 'Order.id', { newcomer: denied });
  const note = withAccess(id, 'Order.note', { manager: denied, clerk: denied });
  const margin = withAccess(note, 'Order.margin', { clerk: allowed, newcomer: allowed });
  const card = withAccess(margin, 'Order.card', { manager: masked, clerk: allowed, newcomer: allowed });
  const orders = withAccess(card, 'Query.orders', { manager: allowed, clerk: allowed, newcomer: allowed });
  const renamed = orders.fields.map((field) =>
    field.coordinate === 'Order.id' ? { ...field, rule: 'everybody' } : field,
  );
  return { ...orders, fields: [...renamed, { coordinate: 'Order.vat', rule: 'everybody', access: {} }] };
}

function withAccess(matrix: AccessMatrix, coordinate: string, access: Readonly<Record<string, Access>>): AccessMatrix {
  return {
    ...matrix,
    fields: matrix.fields.map((field) =>
      field.coordinate === coordinate ? { ...field, access: { ...field.access, ...access } } : field,
    ),
  };
}

/** A file as `matrix --format json` printed it, when the shop was another. */
async function fileOf(name: string, change: (matrix: AccessMatrix) => AccessMatrix): Promise<string> {
  const { stdout } = await askCommandLine('shop', `matrix --format json --project ${folderOf('shop')}`);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(change(JSON.parse(stdout))));
  return file;
}
