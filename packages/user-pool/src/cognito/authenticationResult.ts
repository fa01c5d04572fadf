import { randomUUID } from 'node:crypto';
import type { PoolUser, UserClient } from '../config/poolConfig.ts';
import { jsonApiScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';
import { findRefreshToken } from '../signIn/findRefreshToken.ts';
import type { PasswordCheck } from '../signIn/passwordCheck.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { toUserTokens } from '../tokens/userTokens.ts';
import { CognitoError } from './cognitoError.ts';

/** What a sign-in or a refresh through the JSON API gives. */
interface AuthenticationResult {
  readonly AccessToken: string;
  readonly ExpiresIn: number;
  readonly IdToken: string;
  readonly RefreshToken?: string;
  readonly TokenType: 'Bearer';
}

export interface Authenticated {
  readonly AuthenticationResult: AuthenticationResult;
  readonly ChallengeParameters: Readonly<Record<string, never>>;
}

/** The tokens of somebody who proved to be who they say. @throws CognitoError when they did not */
export function signInThrough(context: PoolContext, client: UserClient, check: PasswordCheck): Authenticated {
  if (check.outcome === 'too-many') throw new CognitoError('NotAuthorizedException', 'Password attempts exceeded');
  if (check.outcome === 'wrong') throw new CognitoError('NotAuthorizedException', 'Incorrect username or password.');
  const signIn = newSignIn(context, client, check.user);
  return toAuthenticated(context, signIn, context.refreshTokens.issue(signIn));
}

/** The tokens of a sign-in anew. @throws CognitoError for a refresh token that is no good */
export function refreshThrough(context: PoolContext, client: UserClient, refreshToken: string): Authenticated {
  const found = findRefreshToken(context, refreshToken, client.clientId);
  if (found.outcome === 'unknown') throw new CognitoError('NotAuthorizedException', 'Invalid Refresh Token');
  if (found.outcome === 'reused') {
    throw new CognitoError('RefreshTokenReuseException', 'Refresh token was used before; the sign-in is revoked');
  }
  return toAuthenticated(context, found.stored, context.refreshTokens.rotate(found.stored));
}

function newSignIn({ now }: PoolContext, { clientId }: UserClient, { username }: PoolUser): SignIn {
  return {
    username,
    clientId,
    // As with Cognito: scopes of resource servers come of the OAuth endpoints only.
    scopes: [jsonApiScope],
    authTime: Math.floor(now() / 1000),
    originTokenId: randomUUID(),
    eventId: randomUUID(),
  };
}

function toAuthenticated(context: PoolContext, signIn: SignIn, refreshToken: string | undefined): Authenticated {
  const tokens = toUserTokens(context, signIn, 'alone');
  if (tokens === undefined) throw new CognitoError('NotAuthorizedException', 'User does not exist.');
  return {
    AuthenticationResult: {
      AccessToken: tokens.accessToken,
      ExpiresIn: context.tokenSeconds,
      IdToken: tokens.idToken,
      ...(refreshToken !== undefined && { RefreshToken: refreshToken }),
      TokenType: 'Bearer',
    },
    ChallengeParameters: {},
  };
}
