import { createTokenManager, type TokenManager, type TokenManagerOptions } from './index.ts';

interface OidcUser {
  readonly access_token: string;
  readonly profile: Readonly<Record<string, unknown>>;
}

/** The members of oidc-client-ts' UserManager that are used. */
export interface OidcUserManager {
  getUser(): Promise<OidcUser | null>;
  signinSilent(): Promise<OidcUser | null>;
  signinPopup(
    request: PopupOptions & { readonly prompt: string; readonly max_age: number; readonly login_hint?: string },
  ): Promise<unknown>;
  removeUser(): Promise<void>;
  readonly events: {
    addUserLoaded(callback: () => void): () => void;
    addUserUnloaded(callback: () => void): () => void;
  };
}

export interface PopupOptions {
  /**
   * Whether a popup that is closed ends the step-up; true unless given. Say false where sign-in goes through pages that isolate
   * themselves (Cross-Origin-Opener-Policy, some identity providers): such a popup looks closed from the start.
   */
  readonly popupAbortOnClose?: boolean;
}

/** What OAuth 2.0 (RFC 6749 section 5.2) and OpenID Connect (Core section 3.1.2.6) say when a sign-in cannot go on by itself. */
const isOverCodes: readonly unknown[] = [
  'invalid_grant',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
];

export type OidcOptions = Omit<TokenManagerOptions, 'refresh' | 'getToken'>;

/**
 * A token manager over oidc-client-ts or react-oidc-context, which keep the tokens. Set `automaticSilentRenew: false` there:
 * it refreshes by the device's clock, in each tab for itself. A step-up opens a popup unless `stepUp` says otherwise.
 */
export function createOidcTokenManager(userManager: OidcUserManager, options: OidcOptions = {}): TokenManager {
  let isRefreshing = false;

  async function signInSilently(): Promise<string | null> {
    const before = await userManager.getUser();
    try {
      return (await userManager.signinSilent())?.access_token ?? null;
    } catch (error) {
      if (!isOver(error)) throw error;
      // Something else may have refreshed meanwhile, and used up the refresh token.
      const now = await userManager.getUser();
      if (now && now.access_token !== before?.access_token) return now.access_token;
      await userManager.removeUser();
      return null;
    }
  }

  const manager = createTokenManager({
    stepUp: createPopupStepUp(userManager),
    ...options,
    getToken: async () => (await userManager.getUser())?.access_token,
    async refresh() {
      isRefreshing = true;
      return signInSilently().finally(() => {
        isRefreshing = false;
      });
    },
  });

  function sync(): void {
    // What fails here fails again, and is told, when an operation looks.
    if (!isRefreshing) manager.sync().catch(() => {});
  }
  const stopListening = [userManager.events.addUserLoaded(sync), userManager.events.addUserUnloaded(sync)];
  return {
    ...manager,
    close() {
      for (const stop of stopListening) stop();
      manager.close();
    },
  };
}

/**
 * Steps up in a popup. `prompt=login` makes the user pool ask for credentials: without it, a sign-in session that is still there
 * gives a new token of the old sign-in, and the API refuses again.
 */
export function createPopupStepUp(
  userManager: OidcUserManager,
  { popupAbortOnClose = true }: PopupOptions = {},
): NonNullable<TokenManagerOptions['stepUp']> {
  return async ({ maxAgeSeconds }) => {
    const { profile = {} } = (await userManager.getUser()) ?? {};
    const hint = profile['cognito:username'] ?? profile.preferred_username ?? profile.email;
    try {
      await userManager.signinPopup({
        prompt: 'login',
        max_age: maxAgeSeconds,
        popupAbortOnClose,
        ...(typeof hint === 'string' && { login_hint: hint }),
      });
      return true;
    } catch (error) {
      // Error of oidc-client-ts 3.5, which has no class or code for it.
      if (error instanceof Error && error.message === 'Popup closed by user') return false;
      throw error;
    }
  };
}

function isOver(error: unknown): boolean {
  return error instanceof Error && error.name === 'ErrorResponse' && isOverCodes.includes(Reflect.get(error, 'error'));
}
