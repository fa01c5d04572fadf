import { AppError, AuthenticationUnavailableError, InternalError } from '../errors.ts';
import { findPrincipalProblem } from './createPrincipal.ts';
import type { MachinePrincipal, Principal, UserPrincipal } from './principal.ts';

/**
 * The principal of an access token: `verify` of `createAccessTokenVerifier`, or a function of your own that makes principals
 * with `createPrincipal`. It rejects with UnauthenticatedError for a token that is not accepted: 401. Whatever else it rejects
 * with says nothing of the token, and counts as not being able to tell: AuthenticationUnavailableError, 503, so that an outage
 * signs nobody out. In neither case does the request go on, and a token is never taken for no token.
 */
export type VerifyToken = (token: string) => Promise<Principal>;

/** What came of a token, by the table of errors; rejects with AppErrors only. */
export async function verifyWith(verifyToken: VerifyToken, token: string): Promise<UserPrincipal | MachinePrincipal> {
  let principal: Principal;
  try {
    principal = await verifyToken(token);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AuthenticationUnavailableError(
      `verifyToken rejected with ${nameOf(error)}; expected UnauthenticatedError for a token that is not accepted`,
      { cause: error },
    );
  }
  const problem = findPrincipalProblem(principal);
  if (problem === undefined && principal.kind !== 'anonymous') return principal;
  throw new InternalError(`verifyToken resolved with what createPrincipal does not make: ${problem}`);
}

/** Its message may repeat what the token says, so the log gets no more than this. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = Reflect.get(error, 'code');
  const isCode = typeof code === 'string' && /^\w{1,64}$/.test(code);
  return isCode ? `${error.constructor.name} (${code})` : error.constructor.name;
}
