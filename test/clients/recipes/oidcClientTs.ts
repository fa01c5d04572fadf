import type { TokenManager } from 'claimgraph-client';
import { createOidcTokenManager } from 'claimgraph-client/oidc-client-ts';
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

export function createUserManager(authority: string, clientId: string): UserManager {
  return new UserManager({
    authority,
    client_id: clientId,
    redirect_uri: `${location.origin}/callback`,
    scope: 'openid email investments/read investments/pay',
    // All tabs are signed in together. What a script of this origin can do, it can do with the tokens.
    userStore: new WebStorageStateStore({ store: localStorage }),
    // The token manager refreshes: once for all tabs, and when the API says so.
    automaticSilentRenew: false,
  });
}

/** Step-up opens a popup, which comes back to the same redirect URI. */
export async function startSession(userManager: UserManager): Promise<TokenManager> {
  if (location.pathname === '/callback') {
    // In a popup, this tells the page that opened it, and closes the popup.
    await userManager.signinCallback();
    history.replaceState(undefined, '', '/');
  }
  const manager = createOidcTokenManager(userManager);
  await manager.sync();
  return manager;
}

/** Forgets the tokens, revokes the refresh token, and ends the session at the user pool. */
export async function signOut(userManager: UserManager, poolUrl: string): Promise<void> {
  await userManager.revokeTokens(['refresh_token']).catch(() => {});
  await userManager.removeUser();
  const { client_id } = userManager.settings;
  const logout = new URLSearchParams({ client_id, logout_uri: `${location.origin}/` });
  location.assign(`${poolUrl}/logout?${logout}`);
}
