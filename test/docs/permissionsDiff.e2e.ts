import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installTarball, packProject } from '../../packages/claimgraph/test/support/installTarball.ts';
import { runCommand, runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { type Job, readWorkflow } from './workflow.ts';

// docs/examples/permissions-diff.yml is run as a runner of GitHub does, but for the actions of others: in a repository with
// a base branch and the merge of a pull request, with the real package. `npm ci` and `gh` are recorded.

const text = readFileSync(new URL('../../docs/examples/permissions-diff.yml', import.meta.url), 'utf8');
const { diff, comment } = readWorkflow(text);
let folder: string;
let project: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'claimgraph-action-'));
  project = join(folder, 'project');
  for (const made of [project, join(folder, 'stubs')]) mkdirSync(made);
  await installTarball(await packProject(folder), project, ['graphql-shield', 'graphql-middleware']);
  for (const name of ['npm', 'gh']) writeStub(name);
  write('package.json', '{ "type": "module" }');
  write('.gitignore', 'node_modules/\ndiff.md\n');
  writeRules("requireScope('shop/read')");
  await git('init --quiet --initial-branch=main', 'add --all', 'commit --quiet --message base', 'tag base');
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => git('checkout --quiet --force -B main base'));

describe('the workflow of docs/examples', () => {
  test('is the one that docs/command-line.md shows', () => {
    const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`yaml\n${text}\`\`\``);
  });

  test('gives no rights to the code of a pull request, and runs none of it where it may write', () => {
    expect(diff?.permissions).toEqual({ contents: 'read' });
    expect(comment?.permissions).toEqual({ 'pull-requests': 'write' });
    expect(text).toMatch(/^on: pull_request$/m);
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text).toMatch(/persist-credentials: false/);
    expect(comment?.steps.map(({ run }) => run.split(' ')[0])).toEqual(['gh']);
    // What a pull request brings along is a value of the environment, never a part of a script.
    for (const { run } of [...(diff?.steps ?? []), ...(comment?.steps ?? [])]) expect(run).not.toContain('${{');
    expect(text.slice(text.indexOf('  comment:'))).not.toContain('uses:');
  });

  test('takes actions by their full versions', () => {
    const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(actions.length).toBe(2);
    for (const action of actions) expect(action).toMatch(/^actions\/[a-z-]+@v\d+\.\d+\.\d+$/);
  });

  test('comments that nothing changes', async () => {
    await pullRequest(() => write('note.txt', 'nothing of permissions'));
    const { codes, summary, output } = await runDiff();
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(output.report).toContain('HEAD^1');
    expect(output.report).not.toContain('Query.');
    expect(summary.trim()).toBe(output.report);
    expect(await runComment(output.report)).toEqual(commentOf(output.report));
  });

  test('fails a pull request by which somebody gains, and comments what', async () => {
    await pullRequest(() => writeRules("publicField('it is on the door')"));
    const { codes, output } = await runDiff();
    expect(codes).toEqual([0, 0, 0, 2]);
    expect(output.report).toMatch(/visitor .*Query\.name/);
    expect(await runComment(output.report)).toEqual(commentOf(output.report));
  });

  test('lets one pass whose label says so', async () => {
    await pullRequest(() => writeRules("publicField('it is on the door')"));
    expect((await runDiff({ isMeant: true })).codes).toEqual([0, 0, 0]);
  });

  test('stops at a map that does not cover the schema, with nothing to comment', async () => {
    await pullRequest(() => writeRules(undefined));
    const { codes, output, printed } = await runDiff();
    expect(codes).toEqual([0, 1]);
    expect(printed).toContain('NO_RULE Query.name: ');
    expect(output.report).toBe('');
    expect(await runComment('')).toBeUndefined();
  });

  test('does not comment with the token of a fork, whose report is in the summary', async () => {
    await pullRequest(() => writeRules("publicField('it is on the door')"));
    const { summary, output } = await runDiff();
    expect(summary).toMatch(/visitor .*Query\.name/);
    expect(await runComment(output.report, { isFork: true })).toBeUndefined();
  });
});

const notMeant = "!contains(github.event.pull_request.labels.*.name, 'gives access')";
const commentable =
  "!cancelled() && needs.diff.outputs.report != '' && github.event.pull_request.head.repo.full_name == github.repository";

/** The steps up to the first that fails, each by its exit code. */
async function runDiff({ isMeant = false } = {}) {
  const files = { GITHUB_OUTPUT: fileOf('output'), GITHUB_STEP_SUMMARY: fileOf('summary') };
  const environment = { ...files, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request' };
  const { codes, printed } = await runSteps(diff, environment, (condition) => {
    expect(condition).toBe(notMeant);
    return !isMeant;
  });
  const output = readOutput(readFileSync(files.GITHUB_OUTPUT, 'utf8'));
  return {
    codes,
    printed,
    output: { report: '', ...output },
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  };
}

/** What `gh` was called with; undefined when the job does not run. */
async function runComment(report: string, { isFork = false } = {}): Promise<unknown> {
  expect(comment?.if).toBe(commentable);
  if (report === '' || isFork) return undefined;
  const recorded = fileOf('gh.json');
  const { codes } = await runSteps(comment, { RECORD: recorded }, () => true, {
    'github.repository': 'acme/shop',
    'github.token': 'the token',
    'github.event.pull_request.number': '7',
    'needs.diff.outputs.report': report,
  });
  expect(codes).toEqual([0]);
  return JSON.parse(readFileSync(recorded, 'utf8'));
}

function commentOf(report: string) {
  const words = ['pr', 'comment', '7', '--body', report, '--edit-last', '--create-if-none'];
  return { words, GH_REPO: 'acme/shop', GH_TOKEN: 'the token' };
}

async function runSteps(
  job: Job | undefined,
  environment: Readonly<Record<string, string>>,
  holds: (condition: string) => boolean,
  values: Readonly<Record<string, string>> = {},
) {
  const codes: (number | null)[] = [];
  let printed = '';
  for (const { run, if: condition, env } of job?.steps ?? []) {
    if (condition !== undefined && !holds(condition)) continue;
    const own = Object.entries(env).map(([name, value]) => [
      name,
      value.replace(/^\$\{\{ (.*) \}\}$/, (_, of) => values[of] ?? ''),
    ]);
    const script = fileOf('step.sh');
    writeFileSync(script, run);
    const PATH = `${join(folder, 'stubs')}:${process.env.PATH}`;
    // As GitHub's runner does where no shell is named.
    const { code, stdout, stderr } = await runCommand(`bash -e '${script}'`, project, {
      ...environment,
      ...Object.fromEntries(own),
      PATH,
    });
    codes.push(code);
    printed += stdout + stderr;
    if (code !== 0) break;
  }
  return { codes, printed };
}

/** `name<<END`, lines, `END`: as GitHub reads the file of outputs. */
function readOutput(file: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = file.split('\n').slice(0, -1);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = '', end] = /^([^<=]+)(?:<<(.+)|=.*)$/.exec(line) ?? [];
    const at = end === undefined ? 0 : lines.indexOf(end);
    outputs[name] = lines
      .splice(0, at + 1)
      .slice(0, -1)
      .join('\n')
      .trim();
  }
  return outputs;
}

/** The merge of a branch with the change into main, which is its first parent. */
async function pullRequest(change: () => void): Promise<void> {
  await git('checkout --quiet -b change');
  change();
  await git('add --all', 'commit --quiet --message change', 'checkout --quiet main');
  await git('merge --quiet --no-ff --message merge change', 'branch --quiet -D change');
}

async function git(...commands: readonly string[]): Promise<void> {
  const identity = '-c user.name=Test -c user.email=test@example.com -c commit.gpgsign=false';
  for (const command of commands) await runToSuccess(`git ${identity} ${command}`, project);
}

function writeRules(rule: string | undefined): void {
  write(
    'claimgraph.config.mjs',
    `import { defineConfig, publicField, requireScope } from 'claimgraph';
    void [publicField, requireScope];
    export default defineConfig({
      typeDefs: ['type Query { name: String }'],
      permissions: { Query: { ${rule === undefined ? '' : `name: ${rule}`} } },
      personas: { clerk: { scopes: ['shop/read'] }, visitor: { kind: 'anonymous' } },
    });`,
  );
}

function write(name: string, content: string): void {
  writeFileSync(join(project, name), content);
}

/** A file that is empty before each use. */
function fileOf(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, '');
  return file;
}

/** Writes down what it was called with, where a file is named for it. */
function writeStub(name: string): void {
  const file = join(folder, 'stubs', name);
  writeFileSync(
    file,
    `#!${process.execPath}
    const { GH_REPO, GH_TOKEN, RECORD } = process.env;
    if (RECORD) require('node:fs').writeFileSync(RECORD, JSON.stringify({ words: process.argv.slice(2), GH_REPO, GH_TOKEN }));
    else if (process.argv.slice(2).join(' ') !== 'ci') process.exit(64);`,
  );
  chmodSync(file, 0o755);
}
