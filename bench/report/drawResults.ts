import { formatFigure } from './formatFigure.ts';
import { type Mode, modeOrder, type Results, type Row } from './results.ts';
import type { Names } from './table.ts';

// Greys and mid-tones that can be read on white and on black.
const colours = { text: '#6e7781', baseline: '#8b949e', peer: '#4c8dd6', own: '#2da44e' };
const size = { width: 1_000, margin: 16, label: 250, bar: 14, gap: 5, head: 30, panelGap: 18, value: 62 };

/** The results as an SVG of its own: a row of panels for each workload, bars on a logarithmic scale within each. */
export function drawResults(results: Results, names: Names): string {
  const columns = modeOrder.filter((mode) => results.rows.some((row) => row.mode === mode));
  const barsWidth = (size.width - 2 * size.margin - size.label) / Math.max(1, columns.length) - size.value;
  let y = 62;
  const panels: string[] = [];
  for (const workload of names.workloads) {
    const shown = results.rows.filter((row) => row.workload === workload.name);
    const listed = names.contenders.filter(({ name }) => shown.some((row) => row.contender === name));
    if (listed.length === 0) continue;
    panels.push(text(size.margin, y + 16, `${workload.name} · ${workload.title}`, 'bold'));
    listed.forEach(({ title }, index) => {
      panels.push(text(size.margin, barTop(y, index) + 11, title));
    });
    columns.forEach((mode, column) => {
      const x = size.margin + size.label + column * (barsWidth + size.value);
      const rows = shown.filter((row) => row.mode === mode);
      const scale = createLogScale(rows, barsWidth);
      for (const row of rows) {
        const top = barTop(
          y,
          listed.findIndex(({ name }) => name === row.contender),
        );
        panels.push(drawBar(row, x, top, scale, names.baseline));
      }
    });
    y = barTop(y, listed.length) + size.panelGap;
  }
  const heads = columns.map((mode, column) =>
    text(size.margin + size.label + column * (barsWidth + size.value), 50, headOf[mode], 'bold'),
  );
  const title = text(size.margin, 24, `Node.js ${results.node}, medians of ${results.rounds} rounds, min to max`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${y}" width="${size.width}" height="${y}" role="img" aria-label="Speed of GraphQL authorisation, by workload" font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}">`,
    title,
    ...heads,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

const headOf: Readonly<Record<Mode, string>> = {
  http: 'requests/s over HTTP (log scale, longer is better)',
  process: 'µs per operation (log scale, shorter is better)',
};

type Scale = (value: number) => number;

function drawBar(row: Row, x: number, top: number, scale: Scale, baseline: string): string {
  const middle = top + size.bar / 2;
  const [low, end, high] = [scale(row.min), scale(row.median), scale(row.max)];
  return [
    `<rect x="${x}" y="${top}" width="${fixed(end)}" height="${size.bar}" rx="2" fill="${colourOf(row.contender, baseline)}"/>`,
    `<path d="M${fixed(x + low)} ${middle}H${fixed(x + high)}" stroke="${colours.text}"/>`,
    text(x + Math.max(end, high) + 5, top + 11, formatFigure(row.median)),
  ].join('');
}

function colourOf(contender: string, baseline: string): string {
  if (contender.startsWith('claimgraph')) return colours.own;
  return contender.startsWith(baseline) ? colours.baseline : colours.peer;
}

/** From the power of ten below the smallest value to the largest. */
function createLogScale(rows: readonly Row[], width: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...rows.map(({ min }) => min))));
  const high = Math.log10(Math.max(...rows.map(({ max }) => max)));
  return (value) => (high > low ? ((Math.log10(value) - low) / (high - low)) * width : width);
}

function barTop(panelTop: number, index: number): number {
  return panelTop + size.head - 4 + index * (size.bar + size.gap);
}

function text(x: number, y: number, content: string, weight = 'normal'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${fixed(x)}" y="${fixed(y)}" font-weight="${weight}">${escaped}</text>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
