import type { Block, Report } from './report.ts';

/** For pull requests: GitHub Flavored Markdown. */
export function printMarkdown({ title, blocks }: Report): string {
  return `${[`## ${escapeMarkdown(title)}`, ...blocks.map(printBlock)].join('\n\n')}\n`;
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `### ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items
        .map(({ text, code }) => {
          return [`- ${escapeMarkdown(text)}`, ...(code === undefined ? [] : [indent(fence('', code))])].join('\n');
        })
        .join('\n');
    case 'table': {
      const lines = [block.head, block.head.map(() => '---'), ...block.rows.map((row) => row.map(({ text }) => text))];
      return lines.map((cells, at) => `| ${(at === 1 ? cells : cells.map(escapeMarkdown)).join(' | ')} |`).join('\n');
    }
    case 'code':
      return fence(block.language, block.text.trimEnd());
    default:
      return block satisfies never;
  }
}

/** Longer than any fence within, as CommonMark 4.5 wants it. */
function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** Names and sentences come from the project, and a comment on GitHub must not make mentions or HTML of them. */
function escapeMarkdown(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll(/[\\`*_[\]|~#]/g, '\\$&')
      // GitHub looks for mentions in what it has rendered, where an escape is gone and a zero-width space is not.
      .replaceAll('@', '@\u200b')
      .replaceAll(/\s*\n\s*/g, ' ')
  );
}
