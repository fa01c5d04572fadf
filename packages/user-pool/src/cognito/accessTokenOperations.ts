import { z } from 'zod';
import { jsonApiScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';
import { endSignIn, endSignInsOf } from '../signIn/endSignIns.ts';
import { type VerifiedAccessToken, verifyAccessToken } from '../tokens/verifyAccessToken.ts';
import { CognitoError } from './cognitoError.ts';
import { type Operation, parseInput } from './operation.ts';

const accessTokenSchema = z.object({ AccessToken: z.string().min(1) });

/** Who an access token is of. */
export const getUser: Operation = async (context, input) => {
  const { user } = await authorize(context, input);
  const attributes = { sub: user.subject, email: user.email, email_verified: 'true' };
  return {
    Username: user.username,
    UserAttributes: Object.entries({ ...attributes, ...(user.name !== undefined && { name: user.name }) }).map(
      ([Name, Value]) => ({ Name, Value }),
    ),
  };
};

/** Ends all sign-ins of the user, through whichever client. The session of the sign-in page stays, as with Cognito. */
export const globalSignOut: Operation = async (context, input) => {
  const { user, originTokenId } = await authorize(context, input);
  endSignInsOf(context, user.username);
  endSignIn(context, originTokenId);
  return {};
};

type ValidAccessToken = Extract<VerifiedAccessToken, { readonly outcome: 'valid' }>;

const refusals = {
  invalid: 'Invalid Access Token',
  expired: 'Access Token has expired',
  revoked: 'Access Token has been revoked',
} as const;

async function authorize(context: PoolContext, input: unknown): Promise<ValidAccessToken> {
  const verified = await verifyAccessToken(context, parseInput(accessTokenSchema, input).AccessToken);
  if (verified.outcome !== 'valid') throw new CognitoError('NotAuthorizedException', refusals[verified.outcome]);
  if (verified.scopes.includes(jsonApiScope)) return verified;
  throw new CognitoError('NotAuthorizedException', 'Access Token does not have required scopes');
}
