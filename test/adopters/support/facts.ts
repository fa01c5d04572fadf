import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToSuccess } from '../../../packages/claimgraph/test/support/runCommand.ts';

/** Runs a script of facts/ beside what is installed in the folder, and gives what it prints. */
export async function readFacts(name: string, folder: string, environment = {}): Promise<unknown> {
  const file = `${name}.facts.js`;
  await cp(fileURLToPath(new URL(`../facts/${name}.js`, import.meta.url)), join(folder, file));
  return JSON.parse(await runToSuccess(`node ${file}`, folder, environment));
}

/** Of facts/yoga.js, with either graphql. */
export const yogaFacts = {
  mine: 'mine POST bob',
  lost: [200, ['NOT_FOUND'], false],
  broken: [200, ['INTERNAL_SERVER_ERROR'], false],
  teapot: [200, ['TEAPOT'], false],
  batch: [
    [null, ['FORBIDDEN']],
    ['hush', ['FORBIDDEN']],
    ['hush', []],
  ],
  rings: [200, true],
  takingsOfBob: [403, false],
  takingsOfAda: [200, true],
  // What Yoga has masked.
  logged: 1,
};
