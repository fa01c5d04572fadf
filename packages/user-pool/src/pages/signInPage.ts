import type { PoolConfig, PoolUser } from '../config/poolConfig.ts';
import { describeScope, scopesOfUser } from '../config/scopes.ts';
import { type Html, html } from './html.ts';
import { toPage } from './layout.ts';

export interface SignInPageContent {
  readonly config: PoolConfig;
  readonly transactionId: string;
  readonly clientId: string;
  /** What the client asks for. */
  readonly scopes: readonly string[];
  readonly username: string;
  readonly failure: SignInFailure | undefined;
}

export type SignInFailure =
  | { readonly reason: 'wrong' }
  | { readonly reason: 'too-many'; readonly waitSeconds: number };

export function toSignInPage(content: SignInPageContent): string {
  const { config, clientId } = content;
  const people = config.oneClickSignIn && config.users.length > 0 ? toPeople(content) : html``;
  const body = html`<div class="cards sign-in">
${toPasswordForm(content)}
${people}
${toScopes(content)}
</div>`;
  return toPage({ title: 'Sign in', subtitle: `to ${clientId}`, body });
}

function toPasswordForm({ config, transactionId, username, failure }: SignInPageContent): Html {
  const alert =
    failure === undefined ? html`` : html`<div id="failure"><p role="alert">${toFailureMessage(failure)}</p></div>`;
  // Where the next key is to be pressed: after a mistake that is most likely the password.
  const [atUsername, atPassword] = username === '' ? [html` autofocus`, html``] : [html``, html` autofocus`];
  const described = failure === undefined ? html`` : html` aria-describedby="failure" aria-invalid="true"`;
  const isDemo = config.oneClickSignIn && config.users.every(({ password }) => password === 'demo');
  const hint = isDemo ? html`<p class="soft">The password of everybody is <code>demo</code>.</p>` : html``;
  return html`<section class="card form" aria-labelledby="by-password">
<h2 id="by-password">With a password</h2>
${alert}
<form method="post" action="/login">
<input type="hidden" name="transaction" value="${transactionId}">
<label for="username">Username</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${atUsername}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described}${atPassword}>
<button class="main" type="submit">Sign in</button>
</form>
${hint}
</section>`;
}

function toFailureMessage(failure: SignInFailure): string {
  if (failure.reason === 'wrong') return 'Incorrect username or password.';
  const unit = failure.waitSeconds === 1 ? 'second' : 'seconds';
  return `Too many wrong passwords. Wait ${String(failure.waitSeconds)} ${unit}, then try again.`;
}

function toScopes({ config, clientId, scopes }: SignInPageContent): Html {
  const items = scopes.map((scope) => {
    const words = describeScope(config, scope);
    return words === scope
      ? html`<li><code>${scope}</code></li>`
      : html`<li>${words} <code class="soft">${scope}</code></li>`;
  });
  return html`<section class="card asked" aria-labelledby="asked">
<h2 id="asked"><code>${clientId}</code> asks to</h2>
<ul>${items}</ul>
<p class="soft">It gets what the person who signs in may have of it.</p>
</section>`;
}

function toPeople({ config, transactionId, scopes }: SignInPageContent): Html {
  const people = config.users.map((user) => toPerson(user, scopes));
  return html`<section class="card one-click" aria-labelledby="one-click">
<h2 id="one-click">Or with one click, as</h2>
<form method="post" action="/login">
<input type="hidden" name="transaction" value="${transactionId}">
<ul class="people">${people}</ul>
</form>
</section>`;
}

function toPerson(user: PoolUser, asked: readonly string[]): Html {
  const { username, name = username, description = '' } = user;
  const allowed = scopesOfUser(user);
  const missing = asked.filter((scope) => !allowed.includes(scope));
  const words = missing.length === asked.length ? 'Gets none of what is asked for' : 'Will not get';
  const note =
    missing.length === 0
      ? html``
      : html`<p class="missing">${words}: ${missing.map((scope) => html`<code>${scope}</code> `)}</p>`;
  return html`<li>
<div class="who"><h3>${name} <code class="soft">${username}</code></h3><p>${description}</p>${note}</div>
<button type="submit" name="as" value="${username}" aria-label="Sign in as ${username}">Sign in</button>
</li>`;
}
