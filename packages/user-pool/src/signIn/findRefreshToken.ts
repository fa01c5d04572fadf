import type { PoolContext } from '../poolContext.ts';
import type { RefreshTokenLookup } from '../state/refreshTokens.ts';
import { endSignIn } from './endSignIns.ts';

/**
 * The refresh token that a client presents; one of another client is not known to it. Reuse ends the sign-in (RFC 9700
 * section 4.14.2): the pool cannot tell whether the thief or the client came first.
 */
export function findRefreshToken(
  context: Pick<PoolContext, 'refreshTokens' | 'endedSignIns'>,
  token: string,
  clientId: string,
): RefreshTokenLookup {
  const found = context.refreshTokens.find(token);
  if (found.outcome === 'unknown' || found.stored.clientId !== clientId) return { outcome: 'unknown' };
  if (found.outcome === 'reused') endSignIn(context, found.stored.originTokenId);
  return found;
}
