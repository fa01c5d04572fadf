import { Amplify } from 'aws-amplify';
import { fetchAuthSession } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
// Only for signInWithRedirect: takes the code when the browser comes back.
import 'aws-amplify/auth/enable-oauth-listener';
import { Hub } from 'aws-amplify/utils';
import type { TokenManager } from 'claimgraph-client';
import { createAmplifyTokenManager } from 'claimgraph-client/amplify';

export interface PoolSettings {
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** Of the local user pool, `http://localhost:4010`; nothing for Cognito. */
  readonly userPoolEndpoint?: string;
  /** Host of the pool's own pages, without `https://`. */
  readonly domain: string;
}

export function startSession({ domain, ...pool }: PoolSettings): TokenManager {
  Amplify.configure({
    Auth: {
      Cognito: {
        ...pool,
        loginWith: {
          oauth: {
            domain,
            scopes: ['openid', 'investments/read', 'investments/pay'],
            redirectSignIn: [`${location.origin}/callback`],
            redirectSignOut: [`${location.origin}/`],
            responseType: 'code',
          },
        },
      },
    },
  });
  return createAmplifyTokenManager({ fetchAuthSession, cognitoUserPoolsTokenProvider, Hub });
}
