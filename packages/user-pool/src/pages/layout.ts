import { createHash } from 'node:crypto';
import { type Html, html, toMarkup } from './html.ts';
import { style } from './style.ts';

/** Lets the one style sheet through the content security policy. */
export const styleHash = `sha256-${createHash('sha256').update(toMarkup(style)).digest('base64')}`;

/** A whole page: its heading, a line below it, and what follows. */
export function toPage(page: { readonly title: string; readonly subtitle?: string; readonly body: Html }): string {
  const { title, subtitle = '', body } = page;
  return toMarkup(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} – local user pool</title><style>${style}</style></head>
<body>
<header><p class="badge">Local user pool, for development only</p><h1>${title}</h1><p>${subtitle}</p></header>
<main>
${body}
</main>
</body>
</html>
`);
}
