import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs lines of a shell in a folder, as a person would, with nothing of the test's own environment but the path. */
export async function runCommand(
  script: string,
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  const child = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk;
  });
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, ...output };
}

/** The same for what must succeed: gives what it printed on stdout. */
export async function runToSuccess(
  script: string,
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(script, cwd, environment);
  if (code !== 0) throw new Error(`expected success of\n${script}\ngot exit code ${code}:\n${stdout}${stderr}`);
  return stdout;
}
