import { Amplify } from 'aws-amplify';
import { fetchAuthSession, signIn, signInWithRedirect, signOut } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import 'aws-amplify/auth/enable-oauth-listener';
import { Hub } from 'aws-amplify/utils';
import { createAmplifyTokenManager } from '../../../packages/client/src/amplify.ts';
import { createAuthFetch } from '../../../packages/client/src/fetch.ts';
import { readRefusals, type SubjectChange } from '../../../packages/client/src/index.ts';
import './appSettings.ts';

/** An application without a face, for tests to drive: aws-amplify, fetch and the kit between them. */
export interface AmplifyApp {
  /** Signs in here, with SRP. */
  signIn(username: string): Promise<void>;
  /** Leaves for the user pool's pages. */
  signInWithRedirect(): void;
  signOut(): Promise<void>;
  /** Asks so many queries at once that need no scope, or with the viewer; `ok`, or why not, for each. */
  ask(times: number, query?: string): Promise<readonly string[]>;
  replaceToken(accessToken: string): void;
  accessToken(): Promise<string | undefined>;
  readonly changes: readonly SubjectChange[];
}

declare global {
  interface Window {
    amplifyApp: AmplifyApp;
  }
}

const { apiUrl, poolUrl, domain } = window.settings;
const clientId = 'investments-spa';

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: 'local_claimgraph',
      userPoolClientId: clientId,
      userPoolEndpoint: poolUrl,
      loginWith: {
        oauth: {
          domain,
          scopes: ['openid', 'investments/read'],
          redirectSignIn: [`${location.origin}/callback`],
          redirectSignOut: [`${location.origin}/`],
          responseType: 'code',
        },
      },
    },
  },
});

const manager = createAmplifyTokenManager({ fetchAuthSession, cognitoUserPoolsTokenProvider, Hub });
const authFetch = createAuthFetch(manager, { url: apiUrl });
const changes: SubjectChange[] = [];
manager.onSubjectChange((change) => changes.push(change));

window.amplifyApp = {
  async signIn(username) {
    await signIn({ username, password: 'demo' });
  },
  signInWithRedirect: () => void signInWithRedirect(),
  signOut: () => signOut(),
  ask: (times, query = '{ health }') =>
    Promise.all(
      Array.from({ length: times }, async () => {
        const headers = { 'content-type': 'application/json' };
        const request = { method: 'POST', headers, body: JSON.stringify({ query }) };
        const result = await authFetch(apiUrl, request).then(
          (response) => response.json(),
          (error: unknown) => ({ error }),
        );
        return result.data && !result.errors ? 'ok' : readRefusals(result).why('viewer');
      }),
    ),
  replaceToken(accessToken) {
    const key = Object.keys(localStorage).find((name) => name.endsWith('.accessToken'));
    if (key === undefined) throw new Error('expected somebody who is signed in');
    localStorage.setItem(key, accessToken);
  },
  accessToken: () => manager.getToken(),
  changes,
};
window.settings.isReady = true;
