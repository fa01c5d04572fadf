import { z } from 'zod';
import { endSignIn } from '../signIn/endSignIns.ts';
import { refreshThrough } from './authenticationResult.ts';
import { CognitoError } from './cognitoError.ts';
import { type Operation, parseInput, requireUserClient } from './operation.ts';

const getTokensSchema = z.object({ RefreshToken: z.string().min(1), ClientId: z.string() });

/** New tokens of a sign-in; with a new refresh token where those are rotated. */
export const getTokensFromRefreshToken: Operation = (context, input) => {
  const { RefreshToken: refreshToken, ClientId: clientId } = parseInput(getTokensSchema, input);
  const client = requireUserClient(context, clientId, 'GetTokensFromRefreshToken');
  const { AuthenticationResult } = refreshThrough(context, client, refreshToken);
  return { AuthenticationResult };
};

const revokeTokenSchema = z.object({ Token: z.string().min(1), ClientId: z.string() });

/** Ends the sign-in that a refresh token belongs to. One that is not known is as good as revoked. */
export const revokeToken: Operation = (context, input) => {
  const { Token: token, ClientId: clientId } = parseInput(revokeTokenSchema, input);
  requireUserClient(context, clientId, 'RevokeToken');
  if (token.includes('.')) throw new CognitoError('UnsupportedTokenTypeException', 'expected a refresh token');
  const found = context.refreshTokens.find(token);
  if (found.outcome === 'unknown') return {};
  if (found.stored.clientId !== clientId) {
    throw new CognitoError('UnauthorizedException', 'the refresh token was issued to another client');
  }
  endSignIn(context, found.stored.originTokenId);
  return {};
};
