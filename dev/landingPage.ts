import type { OpenUserPools } from './openUserPools.ts';
import { type Html, html, toMarkup } from './userPool/pages/html.ts';

/** What a browser reads at /graphql of the local API. */
export interface LandingPage {
  /** Tells where the API has come to listen. */
  servedAt(url: string): void;
  readonly html: () => string;
}

/** None for an API that accepts the tokens of Cognito: who opens that in a browser reads a sentence. */
export function createLandingPage({ local }: OpenUserPools): LandingPage | undefined {
  if (!local) return undefined;
  let url = '';
  const [person] = local.config.users;
  return {
    servedAt(served) {
      url = served;
    },
    html: () => toMarkup(toLandingPage({ url, poolUrl: local.url, username: person?.username })),
  };
}

interface Content {
  readonly url: string;
  readonly poolUrl: string;
  readonly username: string | undefined;
}

function toLandingPage({ url, poolUrl, username }: Content): Html {
  const post = `curl -s ${url}/graphql -H 'content-type: application/json'`;
  const anonymous = `${post} -d '{"query":"{ health }"}'`;
  const query = '{"query":"{ viewer { title } companies { totalCount nodes { name } } }"}';
  const signedIn = `${post} \\
  -H "authorization: Bearer $(npm run --silent token -- ${username ?? 'USERNAME'})" \\
  -d '${query}'`;
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>GraphQL API</title><style>${style}</style></head>
<body>
<main>
<h1>This is a GraphQL API</h1>
<p>Programs ask it at this address by <code>POST</code>. It runs on this machine, with demo data and a user pool of its own.</p>
<h2>Ask it</h2>
<p>What needs no token:</p>
<pre>${anonymous}</pre>
<p>As somebody who may read something, from the folder of this project:</p>
<pre>${signedIn}</pre>
<h2>Go on</h2>
<ul>
<li><a href="${poolUrl}/">The local user pool</a> says who there is, what they may do, and where an app has them sign in.</li>
<li><code>README.md</code> and <code>docs/</code> of this project say the rest; <code>docs/add-a-field.md</code> is the first thing to do.</li>
</ul>
</main>
</body>
</html>
`;
}

const style = html`
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin-top: 2rem }
code, pre { font: .875em ui-monospace, monospace }
pre { padding: .75rem; border: 1px solid; border-radius: .5rem; white-space: pre-wrap }
`;
