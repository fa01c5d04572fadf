import type { MachineClient, PoolConfig, PoolUser, UserClient } from '../config/poolConfig.ts';
import type { PoolSettingNames } from '../poolSettings.ts';
import { type Html, html } from './html.ts';
import { toPage } from './layout.ts';

export interface IndexPageContent {
  readonly config: PoolConfig;
  readonly settings: PoolSettingNames;
  readonly issuer: string;
  /** Where the reader reached the pool. */
  readonly url: string;
  /** Where it answers with TLS, if it does. */
  readonly httpsUrl: string | undefined;
}

/** Everything that a client has to be told of the pool. */
export function toIndexPage(content: IndexPageContent): string {
  const { config, settings, issuer, url, httpsUrl } = content;
  const { clients, users, source } = config;
  const endpoints: readonly (readonly [string, string])[] = [
    ['Issuer', issuer],
    ['Pool id', config.poolId],
    ['Discovery', `${url}/${config.poolId}/.well-known/openid-configuration`],
    ['Keys', `${url}/${config.poolId}/.well-known/jwks.json`],
    ['Authorize', `${url}/oauth2/authorize`],
    ['Token', `${url}/oauth2/token`],
    ['User info', `${url}/oauth2/userInfo`],
    ['Revoke', `${url}/oauth2/revoke`],
    ['Sign out', `${url}/logout`],
    ["Cognito's JSON API", `${url}/`],
    ['With TLS, for Amplify', httpsUrl ?? `set ${settings.httpsPort}`],
  ];
  const rows = endpoints.map(([term, value]) => html`<dt>${term}</dt><dd><code>${value}</code></dd>`);
  const body = html`<div class="cards"><section class="card" aria-labelledby="endpoints"><h2 id="endpoints">Endpoints</h2><dl>${rows}</dl></section>
<section class="card" aria-labelledby="clients"><h2 id="clients">Clients</h2>
${clients.map((client) => (client.kind === 'user' ? toUserClient(client) : toMachineClient(client, config)))}
</section>
<section class="card" aria-labelledby="people"><h2 id="people">People</h2>${toUsers(users, config)}</section></div>
<p class="soft">Clients and people stand in <code>${source}</code>. They are others with another <code>${settings.config}</code>.</p>`;
  return toPage({
    title: 'What this pool knows and serves',
    subtitle: 'It stands in for a Cognito user pool and its domain.',
    body,
  });
}

function toUserClient({ clientId, redirectUris, logoutUris, scopes }: UserClient): Html {
  return html`<h3><code>${clientId}</code></h3>
<dl><dt>For</dt><dd>people: authorization code with PKCE, the JSON API, refresh tokens; no secret</dd>
<dt>Redirect URIs</dt><dd>${toList(redirectUris)}</dd>
<dt>Sign-out URIs</dt><dd>${toList(logoutUris)}</dd>
<dt>Scopes</dt><dd><code>${scopes.join(' ')}</code></dd></dl>`;
}

function toMachineClient({ clientId, clientSecret, scopes }: MachineClient, { oneClickSignIn }: PoolConfig): Html {
  return html`<h3><code>${clientId}</code></h3>
<dl><dt>For</dt><dd>programs: client credentials</dd>
<dt>Secret</dt><dd>${oneClickSignIn ? html`<code>${clientSecret}</code>` : html`not shown`}</dd>
<dt>Scopes</dt><dd><code>${scopes.join(' ')}</code></dd></dl>`;
}

function toUsers(users: readonly PoolUser[], { oneClickSignIn }: PoolConfig): Html {
  if (!oneClickSignIn) return html`<p>${String(users.length)}, who are not shown.</p>`;
  const items = users.map(({ username, name = username, description = '', password, subject, scopes }) => {
    return html`<li><div class="who"><h3>${name}</h3><p>${description}</p>
<dl><dt>Username</dt><dd><code>${username}</code></dd><dt>Password</dt><dd><code>${password}</code></dd>
<dt>Subject</dt><dd><code>${subject}</code></dd><dt>Scopes</dt><dd><code>${scopes.join(' ')}</code></dd></dl></div></li>`;
  });
  return html`<ul class="people">${items}</ul>`;
}

function toList(uris: readonly string[]): Html {
  return html`<ul>${uris.map((uri) => html`<li><code>${uri}</code></li>`)}</ul>`;
}
