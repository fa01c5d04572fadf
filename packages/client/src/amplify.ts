import { createTokenManager, type TokenManager, type TokenManagerOptions } from './index.ts';

interface Tokens {
  readonly accessToken: { toString(): string };
}

/** What is used of aws-amplify 6, as its modules export it. */
export interface AmplifyParts {
  /** Of `aws-amplify/auth`. */
  readonly fetchAuthSession: (options: {
    readonly forceRefresh: boolean;
  }) => Promise<{ readonly tokens?: Tokens | undefined }>;
  /** Of `aws-amplify/auth/cognito`. */
  readonly cognitoUserPoolsTokenProvider: {
    readonly authTokenStore: { loadTokens(): Promise<Tokens | null> };
  };
  /** Of `aws-amplify/utils`. */
  readonly Hub: {
    listen(channel: 'auth', listener: (message: { readonly payload: { readonly event: string } }) => void): () => void;
  };
}

/** Names of Cognito's errors by which a refresh token is known to be good for nothing: Amplify 6.22 clears the tokens then. */
const isOverNames: readonly string[] = [
  'NotAuthorizedException',
  'TokenRevokedException',
  'UserNotFoundException',
  'PasswordResetRequiredException',
  'UserNotConfirmedException',
  'RefreshTokenReuseException',
];

const signInEvents: readonly string[] = ['signedIn', 'signedOut', 'signInWithRedirect'];

export type AmplifyOptions = Omit<TokenManagerOptions, 'refresh' | 'getToken'>;

/**
 * A token manager over aws-amplify 6, which keeps the tokens. Take tokens from here and no longer from `fetchAuthSession`: that
 * refreshes by the device's clock, in each tab for itself.
 */
export function createAmplifyTokenManager(amplify: AmplifyParts, options: AmplifyOptions = {}): TokenManager {
  const { fetchAuthSession, cognitoUserPoolsTokenProvider, Hub } = amplify;
  const manager = createTokenManager({
    ...options,
    getToken: async () => (await cognitoUserPoolsTokenProvider.authTokenStore.loadTokens())?.accessToken.toString(),
    async refresh() {
      try {
        const { tokens } = await fetchAuthSession({ forceRefresh: true });
        return tokens?.accessToken.toString() ?? null;
      } catch (error) {
        if (error instanceof Error && isOverNames.some((name) => error.name.startsWith(name))) return null;
        throw error;
      }
    },
  });
  const stopListening = Hub.listen('auth', ({ payload }) => {
    // What fails here fails again, and is told, when an operation looks.
    if (signInEvents.includes(payload.event)) manager.sync().catch(() => {});
  });
  return {
    ...manager,
    close() {
      stopListening();
      manager.close();
    },
  };
}
