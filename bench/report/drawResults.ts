import { type Bar, barHeight, drawBars } from './drawBars.ts';
import { type Mode, modeOrder, type Results } from './results.ts';
import { colours, svgText } from './svg.ts';
import type { Names } from './table.ts';

const width = 1_000;
const margin = 16;
const labelWidth = 250;
const figureWidth = 62;
const barPitch = 19;

const columnTitles: Readonly<Record<Mode, string>> = {
  http: 'requests/s over HTTP (log scale, longer is better)',
  process: 'µs per operation (log scale, shorter is better)',
};

/** The results as an SVG of its own: a panel for each workload, in it a column for each mode and a line per contender. */
export function drawResults(results: Results, names: Names): string {
  const modes = modeOrder.filter((mode) => results.rows.some((row) => row.mode === mode));
  const columns = modes.map((mode, index) => {
    const pitch = (width - 2 * margin - labelWidth) / modes.length;
    return { mode, left: margin + labelWidth + index * pitch, barsWidth: pitch - figureWidth };
  });
  const subtitle = `Node.js ${results.node}, medians of ${results.rounds} rounds, lines from min to max`;
  const parts = [
    svgText(margin, 24, `${subtitle}. Green is claimgraph; grey guards no fields.`),
    ...columns.map(({ mode, left }) => svgText(left, 50, columnTitles[mode], 'bold')),
  ];
  let top = 62;
  for (const workload of names.workloads) {
    const rows = results.rows.filter((row) => row.workload === workload.name);
    const shown = names.contenders.filter(({ name }) => rows.some((row) => row.contender === name));
    if (shown.length === 0) continue;
    const barTops = new Map(shown.map(({ name }, index) => [name, top + 26 + index * barPitch]));
    parts.push(svgText(margin, top + 16, `${workload.name} · ${workload.title}`, 'bold'));
    parts.push(...shown.map(({ name, title }) => svgText(margin, (barTops.get(name) ?? 0) + 11, title)));
    for (const { mode, left, barsWidth } of columns) {
      const bars = rows.flatMap((row): readonly Bar[] => {
        const barTop = barTops.get(row.contender);
        if (barTop === undefined || row.mode !== mode) return [];
        return [{ row, top: barTop, colour: colourOf(row.contender, names) }];
      });
      parts.push(...drawBars(bars, left, barsWidth));
    }
    top += 26 + (shown.length - 1) * barPitch + barHeight + 23;
  }
  const size = `viewBox="0 0 ${width} ${top}" width="${width}" height="${top}"`;
  const font = `font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}"`;
  const label = 'role="img" aria-label="Speed of GraphQL authorisation, by workload"';
  return [`<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} ${label}>`, ...parts, '</svg>', ''].join('\n');
}

function colourOf(contender: string, { contenders }: Names): string {
  if (contender.startsWith('claimgraph')) return colours.own;
  const { protects } = contenders.find(({ name }) => name === contender) ?? {};
  return protects === 'fields' ? colours.peer : colours.unguarded;
}
