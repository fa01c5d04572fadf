import { html } from './html.ts';
import { toPage } from './layout.ts';

/** What is wrong or over, and below it what would be right, if there are choices. */
export function toMessagePage(title: string, message: string, choices: readonly string[] = []): string {
  const items = choices.map((choice) => html`<li><code>${choice}</code></li>`);
  const list = items.length === 0 ? html`` : html`<ul>${items}</ul>`;
  const body = html`<div class="cards"><div class="card"><p>${message}</p>${list}</div></div>
<p><a href="/">What this pool knows and serves</a></p>`;
  return toPage({ title, body });
}
