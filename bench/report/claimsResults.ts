import { inspect } from 'node:util';
import { formatFigure } from './formatFigure.ts';

/** What `bench/claims.json` holds. */
export interface ClaimsResults {
  readonly node: string;
  /** As many cold users as the cache takes; the source answers at once. */
  readonly coldBurst: { readonly usersPerSecond: number; readonly usersPerStatement: number };
  /** Cold users spread over one second; the source takes 5 ms. */
  readonly coldSecond: {
    readonly users: number;
    readonly statements: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
  };
  readonly warmHits: { readonly nanoseconds: number };
  readonly memory: { readonly subjects: number; readonly megabytes: number; readonly bytesPerSubject: number };
}

/** Throws a TypeError that names the figure that is missing. */
export function parseClaimsResults(given: Readonly<Record<keyof ClaimsResults, unknown>>): ClaimsResults {
  const { node, coldBurst, coldSecond, warmHits, memory } = given;
  return {
    node: String(node),
    coldBurst: readNumbers('coldBurst', coldBurst, ['usersPerSecond', 'usersPerStatement']),
    coldSecond: readNumbers('coldSecond', coldSecond, ['users', 'statements', 'p50Ms', 'p99Ms']),
    warmHits: readNumbers('warmHits', warmHits, ['nanoseconds']),
    memory: readNumbers('memory', memory, ['subjects', 'megabytes', 'bytesPerSubject']),
  };
}

function readNumbers<Name extends string>(at: string, given: unknown, names: readonly Name[]): Record<Name, number> {
  const entries = names.map((name) => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return [name, Number(value.toPrecision(4))];
    throw new TypeError(`claims benchmark: "${at}.${name}" must be a number; got ${inspect(value)}`);
  });
  return Object.fromEntries(entries) as Record<Name, number>;
}

export function claimsToMarkdown({ node, coldBurst, coldSecond, warmHits, memory }: ClaimsResults): string {
  const rows = [
    ['cold users per second', `${formatFigure(coldBurst.usersPerSecond)}`],
    ['cold users per SQL statement, then', formatFigure(coldBurst.usersPerStatement)],
    [
      `SQL statements for ${formatFigure(coldSecond.users)} cold users in one second`,
      formatFigure(coldSecond.statements),
    ],
    [
      'their wait, with a database that takes 5 ms',
      `p50 ${formatFigure(coldSecond.p50Ms)} ms, p99 ${formatFigure(coldSecond.p99Ms)} ms`,
    ],
    ['a warm hit', `${formatFigure(warmHits.nanoseconds)} ns`],
    [
      `memory of ${formatFigure(memory.subjects)} subjects`,
      `${formatFigure(memory.megabytes)} MB, ${formatFigure(memory.bytesPerSubject)} bytes each`,
    ],
  ];
  const lines = rows.map(([what, figure]) => `| ${what} | ${figure} |`);
  return ['### Claims cache', '', `Node.js ${node}.`, '', '| | |', '|---|--:|', ...lines, ''].join('\n');
}
