import type { PoolContext } from '../poolContext.ts';

type Context = Pick<PoolContext, 'refreshTokens' | 'endedSignIns'>;

/** Revokes all that came of one sign-in. */
export function endSignIn({ refreshTokens, endedSignIns }: Context, originTokenId: string): void {
  refreshTokens.revokeSignIn(originTokenId);
  endedSignIns.end(originTokenId);
}

/** Revokes all that came of a user's sign-ins through any client. */
export function endSignInsOf({ refreshTokens, endedSignIns }: Context, username: string): void {
  for (const originTokenId of refreshTokens.revokeUser(username)) endedSignIns.end(originTokenId);
  endedSignIns.endAllOf(username);
}
