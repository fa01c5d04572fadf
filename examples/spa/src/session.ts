import { createOidcTokenManager } from 'claimgraph-client/oidc-client-ts';
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { settings } from './settings.ts';

const userManager = new UserManager({
  authority: settings.issuer,
  client_id: settings.clientId,
  redirect_uri: `${location.origin}/callback`,
  scope: 'openid email investments/read investments/pay',
  // All tabs are signed in together.
  userStore: new WebStorageStateStore({ store: localStorage }),
  // The token manager refreshes: once for all tabs, and when the API says so.
  automaticSilentRenew: false,
});

/** Knows who is signed in, refreshes, and has payments that need it step up, in a popup. */
export const manager = createOidcTokenManager(userManager);

/** Leaves for the user pool, whose session signs in whoever is there. */
export const signIn = (): Promise<void> => userManager.signinRedirect();

/** As somebody else: the user pool asks for credentials. */
export const signInAnew = (): Promise<void> => userManager.signinRedirect({ prompt: 'login' });

/** Forgets the tokens and ends the session at the user pool. */
export async function signOut(): Promise<void> {
  // Offline, the refresh token lives on until it expires; here it is forgotten all the same.
  await userManager.revokeTokens(['refresh_token']).catch(() => {});
  await userManager.removeUser();
  const logout = new URLSearchParams({ client_id: settings.clientId, logout_uri: `${location.origin}/` });
  location.assign(`${settings.poolUrl}/logout?${logout}`);
}

/** Takes the code when the browser comes back from the user pool. Resolves with false in a popup, which then closes. */
export async function completeSignIn(): Promise<boolean> {
  if (location.pathname === '/callback') {
    await userManager.signinCallback();
    if (window.opener) return false;
    history.replaceState(undefined, '', '/');
  }
  await manager.sync();
  return true;
}
