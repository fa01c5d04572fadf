import { type AccessMatrix, describeAccess, toAccessMatrix } from '../../inspect/accessMatrix.ts';
import { choosePersonas } from '../choosePersonas.ts';
import { defineCommand, personasOption } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { matrixPage, toneOf } from '../matrixPage.ts';
import type { Block } from '../report.ts';
import { unusedGroupWarnings } from '../unusedGroupWarnings.ts';

/** Who reads what: every field × every persona. */
export const matrix = defineCommand({
  name: 'matrix',
  summary: 'Says for every field what every persona gets of it',
  options: personasOption,
  details: [
    'allowed, masked, per row (the row decides), per argument, denied, or indeterminate (a rule failed), as it is known before\na field is executed.',
  ],
  async run({ project, terminal, values }) {
    const config = await loadProject(project);
    const personas = choosePersonas(config, terminal.folder, values.personas);
    const { plans } = compileProject(config);
    const found = toAccessMatrix(plans, personas);
    return {
      exitCode: exitCodes.ok,
      report: { title: 'Access matrix', blocks: [toTable(found)], json: found, page: () => matrixPage(found) },
      notes: unusedGroupWarnings(personas, plans),
    };
  },
});

function toTable({ personas, fields }: AccessMatrix): Block {
  return {
    kind: 'table',
    head: ['field', ...personas],
    rows: fields.map(({ coordinate, access }) => [
      { text: coordinate },
      ...Object.values(access).map((cell) => ({ text: describeAccess(cell), tone: toneOf(cell) })),
    ]),
  };
}
