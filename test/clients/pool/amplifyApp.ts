import { Amplify } from 'aws-amplify';
import { fetchAuthSession, fetchUserAttributes, signIn, signInWithRedirect, signOut } from 'aws-amplify/auth';
import 'aws-amplify/auth/enable-oauth-listener';
import type {} from './settings.ts';

/** What the test reads of a session. */
export interface AmplifySession {
  readonly accessToken: Readonly<Record<string, unknown>> | undefined;
  readonly idToken: Readonly<Record<string, unknown>> | undefined;
}

declare global {
  interface Window {
    amplifyOnPool?: typeof app;
  }
}

const { poolUrl, domain, appUrl } = window.poolSettings;

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: 'local_claimgraph',
      userPoolClientId: 'investments-spa',
      userPoolEndpoint: poolUrl,
      loginWith: {
        oauth: {
          domain,
          scopes: ['openid', 'aws.cognito.signin.user.admin', 'investments/read'],
          redirectSignIn: [`${appUrl}/`],
          redirectSignOut: [`${appUrl}/`],
          responseType: 'code',
        },
      },
    },
  },
});

const app = {
  /** The name of the step that comes next, or of the error. */
  async signIn(username: string, password: string, authFlowType: 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH') {
    try {
      const { nextStep } = await signIn({ username, password, options: { authFlowType } });
      return nextStep.signInStep;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  },
  async session(forceRefresh = false): Promise<AmplifySession> {
    const { tokens } = await fetchAuthSession({ forceRefresh });
    return { accessToken: tokens?.accessToken.payload, idToken: tokens?.idToken?.payload };
  },
  attributes: () => fetchUserAttributes(),
  redirect: () => signInWithRedirect(),
  signOut: (isGlobal: boolean) => signOut({ global: isGlobal }),
  /** What Amplify keeps in this browser. */
  refreshToken: () => Object.entries(localStorage).find(([key]) => key.endsWith('.refreshToken'))?.[1],
};

window.amplifyOnPool = app;
