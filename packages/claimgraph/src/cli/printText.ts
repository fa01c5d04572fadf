import type { Colorize } from './colorize.ts';
import type { Block, Cell, Report } from './report.ts';

/** For a terminal: blocks apart by an empty line, columns aligned. The title is what was asked for, so it is not repeated. */
export function printText({ blocks }: Report, paint: Colorize): string {
  return `${blocks.map((block) => printBlock(block, paint)).join('\n\n')}\n`;
}

function printBlock(block: Block, paint: Colorize): string {
  switch (block.kind) {
    case 'heading':
      return paint('strong', block.text);
    case 'paragraph':
      return paint(block.tone ?? 'plain', block.text);
    case 'list':
      return block.items
        .map(({ text, tone = 'plain', code }) => {
          return [`  ${paint(tone, text)}`, ...(code?.split('\n').map((line) => `      ${line}`) ?? [])].join('\n');
        })
        .join('\n');
    case 'table':
      return printTable(block.head, block.rows, paint);
    case 'code':
      return block.text.trimEnd();
    default:
      return block satisfies never;
  }
}

function printTable(head: readonly string[], rows: readonly (readonly Cell[])[], paint: Colorize): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  const printRow = (cells: readonly Cell[], paintCell: (cell: Cell) => string) =>
    cells
      .map((cell, column) => {
        // Padded after painting, for colours have no width; the last column is not padded at all.
        const missing = column === cells.length - 1 ? 0 : (widths[column] ?? 0) - cell.text.length;
        return paintCell(cell) + ' '.repeat(missing);
      })
      .join('  ');
  const titles = head.map((text) => ({ text }));
  return [
    printRow(titles, ({ text }) => paint('strong', text)),
    ...rows.map((row) => printRow(row, ({ text, tone = 'plain' }) => paint(tone, text))),
  ].join('\n');
}
