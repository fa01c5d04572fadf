import { formatFigure } from '../../../bench/report/formatFigure.ts';
import type { FreshnessFigures, NodesResults, ScalingResults } from './scalingResults.ts';

type Row = readonly (string | number)[];

/** The tables of docs/scaling.md. */
export function scalingToMarkdown({ machine, apart, shared }: ScalingResults): string {
  const kinds = [
    ['without Redis', apart],
    ['with Redis', shared],
  ] as const;
  const { nodes, changes } = apart.freshness;
  return [
    `Node.js ${machine.node}, ${machine.cpu}, ${machine.cores} cores, on which the nodes, the databases and the clients run.`,
    '',
    `### How long a change is not known (ms, ${formatFigure(changes)} changes, ${nodes} nodes)`,
    '',
    ...table(
      ['asked', 'last old answer: p50', 'p99', 'max', 'first new answer: p50', 'p99', 'max'],
      kinds.flatMap(([kind, results]) => toFreshnessRows(kind, results)),
    ),
    '',
    '### SQL statements for the claims of cold users, who ask every node',
    '',
    ...table(
      ['', 'users', 'asking at once', 'statements', 'statements per user'],
      kinds.map(([kind, { coldUsers }]) => [
        kind,
        coldUsers.users,
        coldUsers.askingAtOnce,
        coldUsers.statements,
        coldUsers.statementsPerUser,
      ]),
    ),
    ...kinds.flatMap(([kind, { faults }]) => [
      '',
      `### Faults, ${kind}`,
      '',
      ...table(
        ['fault', 'TTL s', 'oldest answer ms', 'at most ms', 'answers', 'unavailable', 'wrong', 'over after ms'],
        faults.map((fault) => [
          fault.name,
          fault.claimsTtlSeconds,
          fault.staleMs.max,
          fault.boundMs,
          fault.answersJudged,
          fault.answersUnavailable,
          fault.violations,
          fault.recoveryMs,
        ]),
      ),
    ]),
    '',
  ].join('\n');
}

function toFreshnessRows(kind: string, { freshness }: NodesResults): readonly Row[] {
  const figures = ({ staleMs, seenMs }: FreshnessFigures) =>
    [staleMs, seenMs].flatMap(({ p50, p99, max }) => [p50, p99, max]);
  return [
    [`${kind}: the node that made it`, ...figures(freshness.byTheNodeThatMadeIt)],
    [`${kind}: every other node`, ...figures(freshness.byEveryOtherNode)],
  ];
}

function table([first = '', ...others]: readonly string[], rows: readonly Row[]): readonly string[] {
  const line = (cells: Row) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? formatFigure(cell) : cell)).join(' | ')} |`;
  return [line([first, ...others]), `|---|${others.map(() => '--:|').join('')}`, ...rows.map(line)];
}
