import { escapeHtml, printPage } from './page.ts';
import type { Block, Report } from './report.ts';

/** One self-contained page. */
export function printHtml({ title, blocks, page }: Report): string {
  return page
    ? page()
    : printPage({ title, body: `<h1>${escapeHtml(title)}</h1>\n${blocks.map(printBlock).join('\n')}` });
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`;
    case 'paragraph':
      return `<p class="${block.tone ?? 'plain'}">${escapeHtml(block.text)}</p>`;
    case 'list': {
      const items = block.items.map(({ text, tone = 'plain', code }) => {
        const example = code === undefined ? '' : `<pre><code>${escapeHtml(code)}</code></pre>`;
        return `<li class="${tone}">${escapeHtml(text)}${example}</li>`;
      });
      return `<ul>\n${items.join('\n')}\n</ul>`;
    }
    case 'table': {
      const head = block.head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
      const rows = block.rows.map((row) => {
        return `<tr>${row.map(({ text, tone = 'plain' }) => `<td class="${tone}">${escapeHtml(text)}</td>`).join('')}</tr>`;
      });
      return `<div class="scroll"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
    }
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    default:
      return block satisfies never;
  }
}
