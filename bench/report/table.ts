import { formatFigure } from './formatFigure.ts';
import { type Mode, modeOrder, type Results, type Row, speedOf } from './results.ts';

/** What the report needs to know of contenders and workloads. */
export interface Names {
  readonly baseline: string;
  readonly contenders: readonly {
    readonly name: string;
    readonly title: string;
    readonly protects: 'nothing' | 'token' | 'fields';
  }[];
  readonly workloads: readonly { readonly name: string; readonly title: string }[];
}

const modeTitles: Readonly<Record<Mode, string>> = {
  http: 'over HTTP, 50 connections (requests/s, more is better)',
  process: 'in one process (µs per operation, less is better)',
};

/** The results as markdown: a table for each workload and mode. */
export function toMarkdown({ node, rounds, rows, leftOut }: Results, names: Names): string {
  const tables = names.workloads.flatMap((workload) =>
    modeOrder.flatMap((mode) => {
      const shown = rows.filter((row) => row.workload === workload.name && row.mode === mode);
      const title = `### ${workload.name}: ${workload.title}, ${modeTitles[mode]}`;
      return shown.length === 0 ? [] : [[title, '', ...toTable(shown, rows, names)].join('\n')];
    }),
  );
  const head = `Node.js ${node}, ${rounds} rounds. × is the speed beside ${titleOf(names.baseline, names)}.`;
  const absent = leftOut.map(({ contender, reason }) => `Left out: ${titleOf(contender, names)}. ${reason}`);
  return `${[head, ...tables, ...absent].join('\n\n')}\n`;
}

function toTable(shown: readonly Row[], all: readonly Row[], names: Names): readonly string[] {
  const unit = shown[0]?.latencyUnit;
  return [
    `| contender | median | min | max | p50 ${unit} | p99 ${unit} | × |`,
    '|---|--:|--:|--:|--:|--:|--:|',
    ...shown.map((row) => {
      const figures = [row.median, row.min, row.max, row.p50, row.p99].map(formatFigure);
      const speed = speedOf(row, all, names.baseline);
      const cells = [titleOf(row.contender, names), ...figures, speed === undefined ? '–' : speed.toFixed(2)];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

function titleOf(contender: string, { contenders }: Names): string {
  return contenders.find(({ name }) => name === contender)?.title ?? contender;
}
