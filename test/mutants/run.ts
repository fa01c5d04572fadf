import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject } from '../../packages/claimgraph/test/support/projectCopy.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';

// `npm run mutants`: breaks the engine in one place at a time, in copies of the project, and runs the tests that are likely
// to tell, then the others. Every mutant must make one fail. `npm run mutants -- kleene` takes those whose file or
// description has that in it.

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Seconds each, and needed by few mutants: run when the others have passed. */
const slowTests = ['--config', 'vitest.properties.config.ts'];
const otherTests = ['packages/claimgraph/test'];
const parallel = 2;
const timeoutMs = 300_000;
const copies = new Set<string>();
const running = new Set<ChildProcess>();

type Result = 'killed' | 'survived';

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const chosen = mutants.filter(({ file, breaks }) => wanted.every((word) => `${file} ${breaks}`.includes(word)));
  const stale = mutants.flatMap((mutant) => faultsOf(mutant).map((fault) => `STALE     ${describe(mutant)}: ${fault}`));
  for (const line of stale) print(line);
  if (chosen.length === 0) print(`expected words that stand in some mutant; got ${wanted.join(' ')}`);
  if (stale.length > 0 || chosen.length === 0) process.exit(1);

  const queue = [...chosen];
  const results = new Map<Mutant, Result>();
  const work = async (isFirst: boolean) => {
    const { folder: copy } = await copyProject();
    copies.add(copy);
    if (isFirst && (await runTests(copy, testsOf(chosen))) === 'killed')
      throw new Error('expected the tests to pass without a mutant');
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const original = readSource(copy, mutant);
      writeFileSync(
        sourceOf(copy, mutant),
        original.replace(mutant.text, () => mutant.replacement),
      );
      const result = await runTests(copy, testsOf([mutant]));
      writeFileSync(sourceOf(copy, mutant), original);
      results.set(mutant, result);
      print(`${labelOf(mutant, result)} ${describe(mutant)}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, (_, index) => work(index === 0)));
  report(results);
}

function faultsOf(mutant: Mutant): readonly string[] {
  const missing = testsOf([mutant]).filter((path) => !existsSync(join(root, path)));
  if (!existsSync(sourceOf(root, mutant)))
    return [...missing.map((path) => `there is no ${path}`), 'there is no such file'];
  const stands = readSource(root, mutant).split(mutant.text).length - 1;
  return [
    ...(stands === 1 ? [] : [`the text must stand exactly once, and stands ${stands} times: ${mutant.text}`]),
    ...missing.map((path) => `there is no ${path}`),
  ];
}

function testsOf(chosen: readonly Mutant[]): readonly string[] {
  return [...new Set(chosen.flatMap(({ tests }) => tests.map((path) => `packages/claimgraph/test/${path}`)))];
}

function labelOf({ equivalent }: Mutant, result: Result): string {
  if (result === 'killed') return 'killed    ';
  return equivalent === undefined ? 'SURVIVED  ' : 'equivalent';
}

function report(results: ReadonlyMap<Mutant, Result>): void {
  const survivors = [...results].filter(([, result]) => result === 'survived').map(([mutant]) => mutant);
  const unexplained = survivors.filter(({ equivalent }) => equivalent === undefined);
  const wrong = [...results].filter(([{ equivalent }, result]) => equivalent !== undefined && result === 'killed');
  for (const [mutant] of wrong) print(`not equivalent, for a test fails: ${describe(mutant)}`);
  const killed = results.size - survivors.length;
  print(
    `${killed} of ${results.size} killed, ${survivors.length - unexplained.length} equivalent, ${unexplained.length} survived`,
  );
  process.exitCode = unexplained.length + wrong.length > 0 ? 1 : 0;
}

async function runTests(copy: string, likely: readonly string[]): Promise<Result> {
  for (const tests of [likely, otherTests, slowTests]) {
    if ((await vitest(copy, tests)) === 'killed') return 'killed';
  }
  return 'survived';
}

/** Killed also when the tests do not end. */
function vitest(copy: string, options: readonly string[]): Promise<Result> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...options, '--bail=1', '--maxWorkers=1', '--reporter=dot'],
    {
      cwd: copy,
      stdio: 'ignore',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    },
  );
  running.add(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code === 0 ? 'survived' : 'killed');
    });
  });
}

function sourceOf(folder: string, { file }: Mutant): string {
  return join(folder, 'packages/claimgraph/src', file);
}

function readSource(folder: string, mutant: Mutant): string {
  return readFileSync(sourceOf(folder, mutant), 'utf8');
}

function describe({ file, breaks }: Mutant): string {
  return `${file}: ${breaks}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.once('exit', () => {
  for (const child of running) child.kill();
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await main();
