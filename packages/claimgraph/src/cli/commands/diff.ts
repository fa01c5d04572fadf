import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTextFile } from '../../files/readTextFile.ts';
import { toAccessMatrix } from '../../inspect/accessMatrix.ts';
import { givesSomething, toMatrixChanges } from '../../inspect/matrixChanges.ts';
import { choosePersonas } from '../choosePersonas.ts';
import { defineCommand, personasOption } from '../command.ts';
import { describeChanges } from '../describeChanges.ts';
import { exitCodes, UsageError } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { matrixOfCommit } from '../matrixOfCommit.ts';
import { parseMatrix } from '../parseMatrix.ts';
import { unusedGroupWarnings } from '../unusedGroupWarnings.ts';

/** What the working tree gives and takes, compared with a commit or an earlier matrix. */
export const diff = defineCommand({
  name: 'diff',
  summary: 'Says in words what a change to schema or rules gives or takes',
  positionals: ['BASE'],
  options: {
    'no-gains': { type: 'boolean', help: 'exit with 2 when somebody gains something' },
    ...personasOption,
  },
  details: [
    'BASE is a commit (main, HEAD~1, …) or a file that `claimgraph matrix --format json` has printed. Both sides are looked\nat with the personas of today. A new field that somebody reads is a gain.',
  ],
  async run({ project, terminal, values, positionals: [base = ''] }) {
    const config = await loadProject(project);
    const personas = choosePersonas(config, terminal.folder, values.personas);
    const { plans } = compileProject(config);
    const after = toAccessMatrix(plans, personas);
    const file = resolve(terminal.folder, base);
    const isFile = existsSync(file) && statSync(file).isFile();
    const before = isFile
      ? parseMatrix(base, readTextFile(file))
      : await matrixOfCommit(base, { project, personas, terminal });
    const changes = toMatrixChanges(before, after);
    if (changes.notCompared.length === new Set([...before.personas, ...after.personas]).size) {
      throw new UsageError(`${base}: expected some of the personas ${after.personas.join(', ')}; got none of them`);
    }
    return {
      exitCode: values['no-gains'] && givesSomething(changes) ? exitCodes.gains : exitCodes.ok,
      report: { title: `Access compared with ${base}`, blocks: describeChanges(changes), json: { base, ...changes } },
      notes: [
        ...changes.notCompared.map((name) => `not compared: ${name}, whom only one of the two sides has`),
        ...unusedGroupWarnings(personas, plans),
      ],
    };
  },
});
