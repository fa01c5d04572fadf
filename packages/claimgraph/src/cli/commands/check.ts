import { type Problem, ProblemsError, type Warning } from '../../compile/problem.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { count } from '../plural.ts';
import type { Block, Item } from '../report.ts';
import { unappliedFilterWarnings } from '../unappliedFilterWarnings.ts';

/** What is wrong with a permission map, as the server's start would say it, with what to do about it. */
export const check = defineCommand({
  name: 'check',
  summary: 'Says which fields have no rule, and what else is wrong or probably not meant',
  options: {
    strict: { type: 'boolean', help: 'exit with 1 for warnings, too' },
  },
  details: ['Problems stop the start of the server, warnings do not. Exits with 1 when there are problems.'],
  async run({ project, values: { strict = false } }) {
    const { fields, problems, warnings } = inspectProject(await loadProject(project));
    const found = problems.length + (strict ? warnings.length : 0);
    return {
      exitCode: found > 0 ? exitCodes.findings : exitCodes.ok,
      report: {
        title: 'Permission check',
        blocks: [
          ...listUnder('Problems', problems, 'bad'),
          ...listUnder('Warnings', warnings, 'partly'),
          { kind: 'paragraph', ...summarize({ fields, problems, warnings }) },
        ],
        json: { fields, problems, warnings },
      },
    };
  },
});

interface Inspection {
  /** How many fields have a rule, when all have one. */
  readonly fields: number | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

function inspectProject(config: Parameters<typeof compileProject>[0]): Inspection {
  try {
    const { plans, warnings } = compileProject(config);
    const unapplied = unappliedFilterWarnings(config.rowFilters ?? [], plans);
    return { fields: plans.size, problems: [], warnings: [...warnings, ...unapplied] };
  } catch (error) {
    if (error instanceof ProblemsError) return { fields: null, problems: error.problems, warnings: [] };
    throw error;
  }
}

function listUnder(title: string, problems: readonly Problem<string>[], tone: Item['tone'] & string): readonly Block[] {
  if (problems.length === 0) return [];
  const items = problems.map(({ code, coordinate, message, fix }): Item => {
    return { text: `${code} ${coordinate}: ${message}`, tone, code: fix };
  });
  return [
    { kind: 'heading', text: `${title} (${problems.length})` },
    { kind: 'list', items },
  ];
}

function summarize({ fields, problems, warnings }: Inspection): {
  readonly text: string;
  readonly tone: Item['tone'] & string;
} {
  if (fields === null)
    return { text: `${count(problems.length, 'problem')}; the server would not start.`, tone: 'bad' };
  const text = `Every field has a rule (${count(fields, 'field')}); ${count(warnings.length, 'warning')}.`;
  return { text, tone: warnings.length === 0 ? 'good' : 'partly' };
}
