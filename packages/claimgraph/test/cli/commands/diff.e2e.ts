import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { terminal } from '../askCommandLine.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'claimgraph-test-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
    expect(stderr).toMatch(/\bwithout-rule: .*\(1\):/);
    expect(stderr).toContain('NO_RULE Query.a: ');
  });

  test('refuses claims that no other process can be given', () => {
    const file = join(project, 'claimgraph.config.ts');
    const before = readFileSync(file, 'utf8');
    onTestFinished(() => writeFileSync(file, before));
    writeFileSync(file, before.replace('since: new Date(1)', 'since: () => 1'));
    const { status, stdout, stderr } = start('diff', 'with-rule');
    expect({ status, stdout, left: leftovers() }).toEqual({ status: 64, stdout: '', left: [] });
    expect(stderr).toMatch(/^personas: .*could not be cloned/);
  });

  test.each(['nonsense', '--output=x'])('refuses %s, which is no commit', async (name) => {
    const { status, stderr } = start('diff', '--', name);
    expect(status).toBe(64);
    expect(stderr).toContain(`; got ${name}`);
  });

  function start(...args: readonly string[]) {
    const [node, ...flags] = terminal.self.node;
    const words = [...flags, terminal.self.entry, args[0] ?? '', '--project', project, ...args.slice(1)];
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
