import { createHash } from 'node:crypto';
import { type Html, html, toMarkup } from './html.ts';

const style = html`
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; color: #1b1f24 }
label { display: block; margin: 1rem 0 .25rem }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem }
button { font: inherit; margin-top: 1.5rem; padding: .5rem 1.5rem }
[role=alert] { color: #a40e26 }
`;

/** Lets the one style sheet through the content security policy. */
export const styleHash = `sha256-${createHash('sha256').update(toMarkup(style)).digest('base64')}`;

export interface SignInPageContent {
  readonly transactionId: string;
  readonly clientId: string;
  readonly scopes: readonly { readonly scope: string; readonly words: string }[];
  readonly usernames: readonly string[];
  readonly username: string;
  readonly failure:
    | { readonly reason: 'wrong' }
    | { readonly reason: 'too-many'; readonly waitSeconds: number }
    | undefined;
}

export function toSignInPage(content: SignInPageContent): string {
  const alert = content.failure === undefined ? html`` : html`<p role="alert">${toFailureMessage(content.failure)}</p>`;
  const scopes = content.scopes.map(({ scope, words }) => html`<li>${words} (<code>${scope}</code>)</li>`);
  const options = content.usernames.map((username) => html`<option value="${username}"></option>`);
  return toPage(
    'Sign in',
    html`${alert}
<form method="post" action="/login">
<input type="hidden" name="transaction" value="${content.transactionId}">
<label for="username">Username</label>
<input id="username" name="username" value="${content.username}" list="users" autocomplete="username" required autofocus>
<datalist id="users">${options}</datalist>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>
<p><strong>${content.clientId}</strong> asks for</p>
<ul>${scopes}</ul>
<p><small>Local user pool, for development only. The password of every demo user is demo.</small></p>`,
  );
}

function toFailureMessage(failure: NonNullable<SignInPageContent['failure']>): string {
  if (failure.reason === 'wrong') return 'Incorrect username or password.';
  const unit = failure.waitSeconds === 1 ? 'second' : 'seconds';
  return `Too many wrong passwords. Wait ${failure.waitSeconds} ${unit}, then try again.`;
}

/** What is wrong or over, and below it what would be right, if there are choices. */
export function toMessagePage(title: string, message: string, choices: readonly string[] = []): string {
  const items = choices.map((choice) => html`<li><code>${choice}</code></li>`);
  return toPage(title, items.length === 0 ? html`<p>${message}</p>` : html`<p>${message}</p><ul>${items}</ul>`);
}

function toPage(title: string, body: Html): string {
  return toMarkup(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body><h1>${title}</h1>
${body}
</body>
</html>
`);
}
