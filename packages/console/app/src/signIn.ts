import type { SignIn } from '../../src/wire.ts';
import { type Person, readTokenClaims } from './people.ts';

const key = 'claimgraph.signIn';

interface Pending {
  readonly state: string;
  readonly verifier: string;
  /** The fragment to come back to. */
  readonly hash: string;
}

/** Leaves for the user pool: authorization code with PKCE (RFC 7636). `prompt=login`, or whoever was there comes back. */
export async function beginSignIn({ authorizeUrl, clientId, scope }: SignIn, username?: string): Promise<void> {
  const pending: Pending = { state: randomText(), verifier: randomText(), hash: location.hash };
  sessionStorage.setItem(key, JSON.stringify(pending));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope,
    state: pending.state,
    code_challenge: toBase64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    prompt: 'login',
    ...(username !== undefined && { login_hint: username }),
  });
  location.assign(`${authorizeUrl}?${query}`);
}

/** What came of a sign-in, when this page is where it came back to. The code is taken out of the address at once. */
export async function completeSignIn(
  signIn: SignIn | null,
): Promise<Person | { readonly problem: string } | undefined> {
  const query = new URLSearchParams(location.search);
  const pending: Pending | null = JSON.parse(sessionStorage.getItem(key) ?? 'null');
  if (!signIn || !(query.has('code') || query.has('error'))) return undefined;
  sessionStorage.removeItem(key);
  history.replaceState(undefined, '', `${location.pathname}${pending?.hash ?? ''}`);
  const failure = query.get('error_description') ?? query.get('error');
  if (failure !== null) return { problem: `The sign-in came to nothing: ${failure}` };
  if (!pending || query.get('state') !== pending.state) {
    return { problem: 'The sign-in came back to another tab than it left. Sign in again.' };
  }
  return fetchTokens(signIn, {
    grant_type: 'authorization_code',
    code: query.get('code') ?? '',
    redirect_uri: redirectUri(),
    code_verifier: pending.verifier,
  });
}

const renewals = new Map<string, Promise<Person>>();

/** A new access token by the refresh token: once, however many ask at the same time. Whoever gets none is over. */
export function renew(signIn: SignIn, person: Person): Promise<Person> {
  const { refreshToken, name } = person;
  if (refreshToken === undefined) return Promise.resolve({ ...person, isOver: true });
  const running = renewals.get(name);
  if (running) return running;
  const renewal = fetchTokens(signIn, { grant_type: 'refresh_token', refresh_token: refreshToken })
    .then((renewed) => {
      if ('problem' in renewed) return { ...person, isOver: true };
      return { ...renewed, name, refreshToken: renewed.refreshToken ?? refreshToken };
    })
    // Also when the user pool cannot be reached: the next who asks tries again.
    .finally(() => renewals.delete(name));
  renewals.set(name, renewal);
  return renewal;
}

async function fetchTokens(
  { tokenUrl, clientId }: SignIn,
  parameters: Readonly<Record<string, string>>,
): Promise<Person | { readonly problem: string }> {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...parameters, client_id: clientId }),
  });
  const answer = await response.json();
  if (!response.ok) return { problem: `The user pool gave no token: ${answer.error_description ?? answer.error}` };
  const { username, sub } = readTokenClaims(answer.access_token) ?? {};
  return {
    name: String(username ?? sub),
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: Date.now() + Number(answer.expires_in) * 1000,
  };
}

function redirectUri(): string {
  return `${location.origin}${location.pathname}`;
}

function randomText(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
