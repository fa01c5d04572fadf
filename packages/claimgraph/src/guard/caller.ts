import type { CallerClaims } from '../claims/readClaims.ts';
import { aFunction, byName, either, type OptionKinds, required, withMethods } from '../options.ts';
import { readBearerToken } from '../token/bearerToken.ts';
import { anonymous, type Principal } from '../token/principal.ts';
import { type VerifyToken, verifyWith } from '../token/verifyWith.ts';

/** Who calls, and where the guard learns what they may do today. */
export interface SessionCaller<C> {
  readonly principal: Principal;
  /** Called at most once, and only when a rule of the operation reads claims; needed where some rule of the map does. */
  readonly claims?: CallerClaims<C> | undefined;
  /** The same for each group of claims, by its name: see `inGroup`. */
  readonly claimGroups?: Readonly<Record<string, CallerClaims<unknown>>> | undefined;
  /**
   * Who it is now, for a subscription: asked before each event, and at least every second. Rejects with an AppError when their
   * token is not accepted any more. Unless given, a subscription ends when the principal expires, and not before.
   */
  readonly recheck?: (() => Promise<Principal>) | undefined;
}

/** How the guard learns who sent a request, and what they may do today. */
export interface CallerOptions<C = unknown> {
  /** `verify` of `createAccessTokenVerifier`, or a function of your own: see `VerifyToken` for what it may reject with. */
  readonly verifyToken: VerifyToken;
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
  if (token === undefined) return { principal: anonymous, claims, claimGroups };
  const recheck = () => verifyWith(verifyToken, token);
  return { principal: await recheck(), claims, claimGroups, recheck };
}
