import { PermissionMapError } from '../../compile/compilePermissions.ts';
import { SdlError } from '../../compile/parseSdl.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { count } from '../plural.ts';
import type { Block, Item } from '../report.ts';

/** What is wrong with a permission map, as the server's start would say it, with the line to write. */
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

interface Finding {
  /** Where it is, as far as that can be said. */
  readonly coordinate?: string;
  readonly message: string;
  /** The line to write. */
  readonly write?: string;
}

interface Inspection {
  /** How many fields have a rule, when all have one. */
  readonly fields: number | null;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

function inspectProject(config: Parameters<typeof compileProject>[0]): Inspection {
  try {
    const { plans, warnings } = compileProject(config);
    return { fields: plans.size, problems: [], warnings: warnings.map(toFinding) };
  } catch (error) {
    if (error instanceof PermissionMapError) {
      return { fields: null, problems: error.problems.map(toFinding), warnings: [] };
    }
    if (error instanceof SdlError) {
      return { fields: null, problems: error.problems.map((message) => ({ message })), warnings: [] };
    }
    throw error;
  }
}

function toFinding(problem: string): Finding {
  const [, coordinate, message = problem] = /^([^\s:]+): (.*)$/s.exec(problem) ?? [];
  const write = coordinate === undefined ? undefined : lineToWrite(coordinate, message);
  return { ...(coordinate !== undefined && { coordinate }), message, ...(write !== undefined && { write }) };
}

/** The sentences are the compiler's own; those that are not known here stand without a line. */
function lineToWrite(coordinate: string, message: string): string | undefined {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  if (message.startsWith('has no rule;')) return `${typeName}: { ${fieldName}: requireScope('…') },`;
  if (message.startsWith('is public without a reason;')) return `${typeName}: { ${fieldName}: publicField('why') },`;
  const exposing = /declare exposes\(…, (\{.*\})\)$/.exec(message);
  if (exposing) return `${typeName}: { ${fieldName}: exposes(…, ${exposing[1]}) },`;
  return undefined;
}

function listUnder(title: string, findings: readonly Finding[], tone: Item['tone'] & string): readonly Block[] {
  if (findings.length === 0) return [];
  const items = findings.map(({ coordinate, message, write }): Item => {
    const text = coordinate === undefined ? message : `${coordinate}: ${message}`;
    return { text, tone, ...(write !== undefined && { code: write }) };
  });
  return [
    { kind: 'heading', text: `${title} (${findings.length})` },
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
