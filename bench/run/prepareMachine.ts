import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Installs the peers when they are missing, and builds the product: what is measured is the production build. */
export async function prepareMachine(tell: (progress: string) => void): Promise<void> {
  if (!existsSync(new URL('../node_modules', import.meta.url))) {
    tell('install the peers: npm ci --prefix bench');
    await npm('ci', '--prefix', 'bench', '--no-audit', '--no-fund');
  }
  tell('build: npm run build');
  await npm('run', 'build');
}

async function npm(...args: readonly string[]): Promise<void> {
  // Standard output is for the tables.
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`npm ${args.join(' ')}: expected exit code 0; got ${code}`);
}
