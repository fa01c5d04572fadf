import { formatFigure } from './formatFigure.ts';
import type { Row } from './results.ts';
import { colours, svgNumber, svgText } from './svg.ts';

export interface Bar {
  readonly row: Row;
  readonly top: number;
  readonly colour: string;
}

export const barHeight = 14;

/** Bars to the medians with a line from min to max, on one logarithmic scale, from `left` over `width`. */
export function drawBars(bars: readonly Bar[], left: number, width: number): readonly string[] {
  const toX = createLogScale(
    bars.map(({ row }) => row),
    left,
    width,
  );
  return bars.map(({ row, top, colour }) => {
    const [low, end, high] = [toX(row.min), toX(row.median), toX(row.max)];
    const [x, length, middle] = [svgNumber(left), svgNumber(end - left), svgNumber(top + barHeight / 2)];
    return [
      `<rect x="${x}" y="${top}" width="${length}" height="${barHeight}" rx="2" fill="${colour}"/>`,
      `<path d="M${svgNumber(low)} ${middle}H${svgNumber(high)}" stroke="${colours.text}"/>`,
      svgText(Math.max(end, high) + 5, top + 11, formatFigure(row.median)),
    ].join('');
  });
}

/** From the power of ten below the smallest value to the largest. */
function createLogScale(rows: readonly Row[], left: number, width: number): (value: number) => number {
  const low = Math.ceil(Math.log10(Math.min(...rows.map(({ min }) => min)))) - 1;
  const high = Math.log10(Math.max(...rows.map(({ max }) => max)));
  return (value) => left + ((Math.log10(value) - low) / (high - low)) * width;
}
