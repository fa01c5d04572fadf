import { createTokenManager, type TokenManager, type TokenManagerOptions } from '../../../packages/client/src/index.ts';
import type { Persona } from './api.ts';
import type { RotatingPool } from './rotatingPool.ts';

/** Somebody who is signed in, with both tokens in memory; their access token has just expired unless told otherwise. */
export interface Session {
  readonly manager: TokenManager;
  /** How long it would have waited, in milliseconds. */
  readonly waits: readonly number[];
  /** Signs somebody else in, or again. */
  signIn(persona: Persona, claims?: Readonly<Record<string, unknown>>): Promise<void>;
}

let sessions = 0;

/** What an application without any library for it would write. */
export async function startSession(
  pool: RotatingPool,
  persona: Persona,
  options: Partial<TokenManagerOptions> & { readonly claims?: Readonly<Record<string, unknown>> } = {},
): Promise<Session> {
  const waits: number[] = [];
  let refreshToken = '';
  sessions += 1;
  const { claims, ...others } = options;
  const manager = createTokenManager({
    name: `session-${sessions}`,
    retry: { wait: async (ms) => void waits.push(ms) },
    async refresh() {
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
      const response = await fetch(pool.url, { method: 'POST', body });
      if (response.status >= 500) throw new Error(`the user pool answered ${response.status}`);
      const tokens = await response.json();
      if (tokens.error === 'invalid_grant') return null;
      refreshToken = tokens.refresh_token;
      return tokens.access_token;
    },
    ...others,
  });
  async function signIn(whom: Persona, theirClaims?: Readonly<Record<string, unknown>>): Promise<void> {
    const tokens = await pool.signIn(whom, theirClaims);
    refreshToken = tokens.refreshToken;
    await manager.setToken(tokens.accessToken);
  }
  await signIn(persona, claims);
  return { manager, waits, signIn };
}
