import { type SigninRedirectArgs, type SignoutRedirectArgs, UserManager } from 'oidc-client-ts';
import type {} from './settings.ts';

declare global {
  interface Window {
    oidcOnPool?: typeof oidc;
  }
}

const { issuer, appUrl } = window.poolSettings;
const manager = new UserManager({
  authority: issuer,
  client_id: 'investments-spa',
  redirect_uri: `${appUrl}/callback`,
  scope: 'openid investments/read investments/pay',
  // So that the profile has auth_time.
  filterProtocolClaims: false,
});

const oidc = {
  signIn: (args: SigninRedirectArgs = {}) => manager.signinRedirect(args),
  /** What the ID token says, and what was granted. */
  async user(): Promise<Readonly<Record<string, unknown>>> {
    const user = await manager.getUser();
    return { ...user?.profile, scopes: user?.scopes, refreshToken: user?.refresh_token };
  },
  /** By the refresh token, if there is one. */
  refresh: () => manager.signinSilent(),
  /** By the session of the pool alone, in a hidden frame with prompt=none. */
  async silent() {
    const user = await manager.getUser();
    if (user !== null) await manager.storeUser(null);
    try {
      return (await manager.signinSilent({ silentRequestTimeoutInSeconds: 20 }))?.profile.sub ?? 'nobody';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  revoke: () => manager.revokeTokens(['refresh_token']),
  signOut: (args: SignoutRedirectArgs = {}) => manager.signoutRedirect(args),
};

if (window !== window.parent) await manager.signinSilentCallback();
else if (window.location.pathname === '/callback') {
  await manager.signinRedirectCallback();
  window.history.replaceState({}, '', '/');
}
window.oidcOnPool = oidc;
