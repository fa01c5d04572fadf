import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExplainedRule, FieldReport } from 'claimgraph/inspect';
import type { RuleSource } from './wire.ts';

const run = promisify(execFile);

/** So many places of one field are looked up. */
const maxSources = 12;

/**
 * Where the rules of a field are written, and since when: its entry in the permission map, and each rule by its name or
 * scope as a text in the code. A rule whose name is put together by code is not found.
 */
export function createRuleSources(
  project: string,
  ruleFiles: readonly string[],
): (report: Pick<FieldReport, 'coordinate' | 'explained'>) => Promise<readonly RuleSource[]> {
  return async ({ coordinate, explained: { permission, masks } }) => {
    const files = await Promise.all(ruleFiles.map(async (file) => ({ file, lines: await readLines(project, file) })));
    const names = [...new Set([permission, ...masks].flatMap(leavesOf))];
    const places = [
      placeIn(files, coordinate, (lines) => lineOfEntry(lines, coordinate)),
      ...names.map((name) => placeIn(files, name, (lines) => lineOfText(lines, name))),
    ].flatMap((place) => place ?? []);
    return Promise.all(places.slice(0, maxSources).map((place) => withCommit(project, place)));
  };
}

interface SourceFile {
  readonly file: string;
  readonly lines: readonly string[];
}

async function readLines(project: string, file: string): Promise<readonly string[]> {
  return (await readFile(join(project, file), 'utf8')).split('\n');
}

function leavesOf(rule: ExplainedRule): readonly string[] {
  return rule.of ? rule.of.flatMap(leavesOf) : rule.name === undefined ? [] : [rule.name];
}

function placeIn(
  files: readonly SourceFile[],
  what: string,
  find: (lines: readonly string[]) => number,
): RuleSource | undefined {
  for (const { file, lines } of files) {
    const index = find(lines);
    if (index !== -1) return { what, file, line: index + 1, text: (lines[index] ?? '').trim().slice(0, 200) };
  }
  return undefined;
}

/** `Type: {` and then, before the next such type at the same depth, `field:`; `Type: { field: … }` in one line too. */
function lineOfEntry(lines: readonly string[], coordinate: string): number {
  const [type = '', field = ''] = coordinate.split('.');
  const start = lines.findIndex((line) => new RegExp(`^\\s*${type}: \\{`).test(line));
  if (start === -1) return -1;
  const depth = indentOf(lines[start]);
  const entry = new RegExp(`(?:^|[\\s{])${field}: `);
  for (let index = start; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (index > start && line.trim() !== '' && indentOf(line) <= depth) return -1;
    if (entry.test(line)) return index;
  }
  return -1;
}

function indentOf(line = ''): number {
  return line.length - line.trimStart().length;
}

function lineOfText(lines: readonly string[], name: string): number {
  const quoted = (text: string) => [`'${text}'`, `"${text}"`, `\`${text}\``];
  // A rule that is made of scopes is called by them.
  const wanted = [...quoted(name), ...name.split(/[\s,]+/).flatMap((word) => (/[/:.]/.test(word) ? quoted(word) : []))];
  for (const text of wanted) {
    const index = lines.findIndex((line) => line.includes(text));
    if (index !== -1) return index;
  }
  return -1;
}

/** Without one where there is no git, no repository, or the line is not committed yet. */
async function withCommit(project: string, place: RuleSource): Promise<RuleSource> {
  try {
    const { file, line } = place;
    const range = `${line},${line}`;
    const { stdout } = await run('git', ['-C', project, 'blame', '--porcelain', '-L', range, '--', file]);
    const [id = ''] = stdout.split(' ');
    if (/^0+$/.test(id)) return place;
    const told = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(stdout)?.[1] ?? '';
    const date = new Date(Number(told('author-time')) * 1000).toISOString().slice(0, 10);
    return { ...place, commit: { id: id.slice(0, 10), date, subject: told('summary'), author: told('author') } };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return place;
    throw error;
  }
}
