import { beforeEach, expect, test } from 'vitest';
import type { UserClient } from '../../../../dev/userPool/config/poolClients.ts';
import { authorizationCodeGrant } from '../../../../dev/userPool/oauth/authorizationCodeGrant.ts';
import { parseOAuthParameters } from '../../../../dev/userPool/oauth/oauthParameters.ts';
import { refreshTokenGrant } from '../../../../dev/userPool/oauth/refreshTokenGrant.ts';
import type { PoolContext } from '../../../../dev/userPool/poolContext.ts';
import { createSignInTransactions } from '../../../../dev/userPool/signIn/signInTransactions.ts';
import { createAuthorizationCodes } from '../../../../dev/userPool/state/authorizationCodes.ts';
import type { PoolState } from '../../../../dev/userPool/state/poolState.ts';
import { createRefreshTokens } from '../../../../dev/userPool/state/refreshTokens.ts';
import { generatePrivateJwks, importSigningKeys } from '../../../../dev/userPool/state/signingKeys.ts';
import { createTokenIssuer } from '../../../../src/testing/cognitoTokens.ts';
import { challenge, redirectUri, verifier } from '../../../support/localPool.ts';

// The pool has one client for people; what belongs to one must be of no use to another all the same.
const client = (clientId: string): UserClient => ({
  kind: 'user',
  clientId,
  redirectUris: [redirectUri],
  logoutUris: [],
  scopes: ['investments/read'],
});
const signIn = {
  username: 'auditor',
  clientId: 'first',
  scopes: ['investments/read'],
  authTime: 0,
  originTokenId: 'origin-1',
  eventId: 'event-1',
};
let context: PoolContext;

beforeEach(async () => {
  const keys = await importSigningKeys(await generatePrivateJwks());
  let state: Pick<PoolState, 'refreshTokens'> = { refreshTokens: [] };
  const save = (changes: Partial<PoolState>) => {
    state = { ...state, ...changes };
  };
  const now = Date.now;
  context = {
    url: 'http://localhost:4010',
    issuer: 'http://localhost:4010/local_claimgraph',
    keys,
    tokens: createTokenIssuer({ issuer: 'http://localhost:4010/local_claimgraph', key: keys.signingKey, now }),
    transactions: createSignInTransactions({ now }),
    codes: createAuthorizationCodes({ now }),
    refreshTokens: createRefreshTokens({ store: { state: () => state, save }, now }),
    now,
  };
});

test('an authorization code works for the client it was issued to, and for no other', () => {
  const exchange = (clientId: string) => {
    const grant = { signIn, requestedScopes: signIn.scopes, redirectUri, codeChallenge: challenge, nonce: undefined };
    const form = new URLSearchParams({
      code: context.codes.issue(grant),
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    return authorizationCodeGrant(context, client(clientId), parseOAuthParameters(form.toString()));
  };
  expect(() => exchange('second')).toThrow('the code was issued to another client');
  expect(exchange('first')).toHaveProperty('access_token');
});

test('a refresh token works for the client it was issued to, and for no other', () => {
  const form = parseOAuthParameters(`refresh_token=${context.refreshTokens.issue(signIn)}`);
  const refused = () => refreshTokenGrant(context, client('second'), form);
  expect(refused).toThrow('the refresh token is unknown, revoked or expired');
  expect(refreshTokenGrant(context, client('first'), form)).toHaveProperty('access_token');
});
