#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { exitCodes } from './exitCodes.ts';
import { runCommandLine } from './runCommandLine.ts';

/** The entry of `claimgraph`: the only file that knows the process. */
async function main(): Promise<void> {
  const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const self = { node: [process.execPath, ...process.execArgv], entry: fileURLToPath(import.meta.url) } as const;
  const print = (text: string) => void process.stdout.write(text);
  const terminal = { folder: process.cwd(), colours, environment: process.env, print, untilStopped, self };
  // Whoever reads may have seen enough, as `| head` has: what is left is for nobody, and the exit code stands.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const { exitCode, stdout, stderr } = await runCommandLine(process.argv.slice(2), terminal);
  await write(process.stderr, stderr);
  await write(process.stdout, stdout);
  // What the project's own modules keep open must not keep the command from ending.
  process.exit(exitCode);
}

/** At a second signal, the process ends at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () =>
    process.exit(exitCodes.defect),
  );
});
