import type { CallerClaims } from '../claims/readClaims.ts';
import { AppError, InternalError, UnauthenticatedError } from '../errors.ts';
import { aFunction, byName, either, type OptionKinds, required, withMethods } from '../options.ts';
import { readBearerToken } from '../token/bearerToken.ts';
import { anonymous, type Principal } from '../token/principal.ts';

/** Who calls, and where the guard learns what they may do today. */
export interface SessionCaller<C> {
  readonly principal: Principal;
  /** Called at most once, and only when a rule of the operation reads claims; needed where some rule of the map does. */
  readonly claims?: CallerClaims<C> | undefined;
  /** The same for each group of claims, by its name: see `inGroup`. */
  readonly claimGroups?: Readonly<Record<string, CallerClaims<unknown>>> | undefined;
}

/** How the guard learns who sent a request, and what they may do today. */
export interface CallerOptions<C = unknown> {
  /**
   * The principal of an access token: `verify` of `createAccessTokenVerifier`, or a function of your own. A token that it
   * rejects is answered with 401 and never taken for no token. Let it reject with an AuthenticationUnavailableError while it
   * cannot tell: that is 503.
   */
  readonly verifyToken: (token: string) => Promise<Principal>;
  /** The caller's business claims; needed where some rule of the map reads claims. */
  readonly claims?: CallerClaims<C> | undefined;
  /** The same for each group of claims, by its name. */
  readonly claimGroups?: Readonly<Record<string, CallerClaims<unknown>>> | undefined;
}

const callerClaims = either(aFunction, withMethods('get', 'peek'));

/** What whoever makes sessions of requests is held to at the start. */
export const callerKinds: OptionKinds<CallerOptions> = {
  verifyToken: required(aFunction),
  claims: callerClaims,
  claimGroups: byName(callerClaims),
};

/** The caller of a request with these Authorization headers; rejects with an AppError that answers the whole request. */
export async function readCaller<C>(
  { verifyToken, claims, claimGroups }: CallerOptions<C>,
  authorizationHeaders: readonly string[],
): Promise<SessionCaller<C>> {
  const token = readBearerToken(authorizationHeaders);
  const principal = token === undefined ? anonymous : await verify(verifyToken, token);
  return { principal, claims, claimGroups };
}

async function verify(verifyToken: CallerOptions['verifyToken'], token: string): Promise<Principal> {
  let principal: Principal;
  try {
    principal = await verifyToken(token);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new UnauthenticatedError('invalid', 'the token was not accepted', { cause: error });
  }
  if (principal.kind === 'anonymous') throw new InternalError('verifyToken took a token for no token');
  return principal;
}
