import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type DocBlock, readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';
import { installTarball, packProject } from '../../packages/claimgraph/test/support/installTarball.ts';
import { runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { withoutMessages } from './withoutMessages.ts';

// docs/use-your-own-schema.md is followed word by word; only `npm install` is done without a registry.

const blocks = readBlocks('use-your-own-schema.md');
let folder: string;
let project: string;
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-own-'));
  project = join(folder, 'library');
  await mkdir(project);
  tarball = await packProject(folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('the page installs the versions that this project is tested with', () => {
  const named = installedBy(blocks[0]?.text ?? '');
  const versions: Readonly<Record<string, string>> = { ...packageJson.dependencies, ...packageJson.devDependencies };
  expect(named.length).toBeGreaterThan(6);
  expect(named).toEqual(named.map(({ name }) => ({ name, major: versions[name]?.split('.')[0] })));
  expect(blocks[0]?.text).toContain(`../claimgraph-${packageJson.version}.tgz`);
});

test('whoever follows the page has a guarded API, and every answer on it is the real one', async () => {
  let answers: readonly string[] = [];
  let variables = '';
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  let printed = '';
  try {
    for (const { language, label, text } of blocks) {
      if (language === 'sh' && label === 'server') {
        server = await startServer(text);
        variables = server.variables;
      } else if (language === 'sh' && label === 'asks') {
        const told = await runToSuccess(`${variables}\n${text}`, project);
        answers = told.split('\n').filter((line) => line !== '');
      } else if (language === 'sh') {
        printed = await runInstead(text);
      } else if (label === 'answer') {
        expect(withoutMessages(answers[0] ?? 'null')).toEqual(withoutMessages(text));
        answers = answers.slice(1);
      } else if (label === 'matrix') {
        expect(printed).toContain(text);
        expect(printed).toMatch(/^. pass 2$/m);
      } else if (label === 'says') {
        expect(printed).toBe(`${text.trimEnd()}\n`);
      } else {
        await writeBlock({ language, label, text });
      }
    }
  } finally {
    await server?.stop();
  }
  expect(answers).toEqual([]);
  expect(variables).toContain('BOB=');
});

/** Runs the lines; those that install packages do so without a registry. */
async function runInstead(text: string): Promise<string> {
  const lines = text.split('\n');
  const isInstall = (line: string) => line.startsWith('npm install ');
  if (lines.some(isInstall))
    await installTarball(
      tarball,
      project,
      installedBy(text).map(({ name }) => name),
    );
  return runToSuccess(lines.filter((line) => !isInstall(line)).join('\n'), project);
}

/** The packages of the registry that its lines install. */
function installedBy(text: string) {
  return [...text.matchAll(/ (@?[\w/-]+)@(\d+)/g)].map(([, name = '', major = '']) => ({ name, major }));
}

async function writeBlock({ label, text }: DocBlock): Promise<void> {
  const path = join(project, label);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function startServer(command: string) {
  // A group of its own, because npx and tsx are parents of the process that serves.
  const child = spawn('bash', ['-c', command], { cwd: project, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const closed = once(child, 'close');
  const variables = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      if (/^API=.*\nADA=.*\nBOB=.*\n$/.test(stdout)) resolve(stdout);
    });
    closed.then(() => reject(new Error(`the server ended:\n${stdout}${stderr}`)));
  });
  return {
    variables,
    async stop() {
      if (child.pid !== undefined) process.kill(-child.pid);
      await closed;
    },
  };
}
