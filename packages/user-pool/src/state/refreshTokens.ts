import type { SignIn } from '../signIn/signIn.ts';
import { hashOpaqueToken, newOpaqueToken } from './opaqueToken.ts';
import type { PoolState, StoredRefreshToken } from './poolState.ts';
import type { PoolStore } from './poolStore.ts';

/** Cognito's default. */
const lifetimeSeconds = 30 * 24 * 3600;
const maxRefreshTokens = 1000;
/** Where tokens are rotated: the used ones are remembered, to notice that somebody comes with one of them. */
const maxOfSignIn = 40;

export type RefreshTokenLookup =
  | { readonly outcome: 'valid'; readonly stored: StoredRefreshToken }
  /** It was rotated away, and its grace period is over: whoever has it, one of the two is a thief. */
  | { readonly outcome: 'reused'; readonly stored: StoredRefreshToken }
  | { readonly outcome: 'unknown' };

/**
 * Refresh tokens, on disk as hashes. One stays valid until it expires or is revoked; where tokens are rotated, until the
 * grace period after its first use ends. No refresh prolongs a sign-in.
 */
export interface RefreshTokens {
  issue(signIn: SignIn): string;
  find(token: string): RefreshTokenLookup;
  /** The token that takes the place of this one; undefined when tokens are not rotated. */
  rotate(stored: StoredRefreshToken): string | undefined;
  readonly areRotated: boolean;
  /** Revokes what came from one sign-in. */
  revokeSignIn(originTokenId: string): void;
  /** Revokes all sign-ins of a user; the ids of those. */
  revokeUser(username: string): readonly string[];
}

export function createRefreshTokens(options: {
  readonly store: Pick<PoolStore, 'save'> & { state(): Pick<PoolState, 'refreshTokens'> };
  /** From 0 to 60, as Cognito's; undefined for tokens that are not rotated. */
  readonly rotationGraceSeconds: number | undefined;
  readonly now: () => number;
}): RefreshTokens {
  const { store, rotationGraceSeconds } = options;
  const nowSeconds = () => Math.floor(options.now() / 1000);
  const live = () => store.state().refreshTokens.filter(({ expiresAt }) => expiresAt > nowSeconds());
  const save = (refreshTokens: readonly StoredRefreshToken[]) =>
    store.save({ refreshTokens: withinLimits(refreshTokens) });
  const revoke = (isRevoked: (stored: StoredRefreshToken) => boolean) => {
    const before = store.state().refreshTokens;
    const kept = before.filter((stored) => !isRevoked(stored));
    if (kept.length < before.length) store.save({ refreshTokens: kept });
  };
  return {
    areRotated: rotationGraceSeconds !== undefined,
    issue(signIn) {
      const token = newOpaqueToken();
      save([...live(), { ...signIn, hash: hashOpaqueToken(token), expiresAt: nowSeconds() + lifetimeSeconds }]);
      return token;
    },
    find(token) {
      const hash = hashOpaqueToken(token);
      const stored = live().find((one) => one.hash === hash);
      if (stored === undefined) return { outcome: 'unknown' };
      const isOver = stored.rotatedAt !== undefined && nowSeconds() >= stored.rotatedAt + (rotationGraceSeconds ?? 0);
      return { outcome: isOver ? 'reused' : 'valid', stored };
    },
    rotate(stored) {
      if (rotationGraceSeconds === undefined) return undefined;
      const token = newOpaqueToken();
      const { rotatedAt = nowSeconds(), ...signIn } = stored;
      const others = live().filter(({ hash }) => hash !== stored.hash);
      save([...others, { ...signIn, rotatedAt }, { ...signIn, hash: hashOpaqueToken(token) }]);
      return token;
    },
    revokeSignIn(originTokenId) {
      revoke((stored) => stored.originTokenId === originTokenId);
    },
    revokeUser(username) {
      const ofUser = store.state().refreshTokens.filter((stored) => stored.username === username);
      revoke((stored) => stored.username === username);
      return [...new Set(ofUser.map(({ originTokenId }) => originTokenId))];
    },
  };
}

/** The oldest are forgotten first, and those of one sign-in before they crowd out others. */
function withinLimits(refreshTokens: readonly StoredRefreshToken[]): readonly StoredRefreshToken[] {
  const counts = new Map<string, number>();
  const kept = refreshTokens.toReversed().filter(({ originTokenId }) => {
    const count = (counts.get(originTokenId) ?? 0) + 1;
    counts.set(originTokenId, count);
    return count <= maxOfSignIn;
  });
  return kept.slice(0, maxRefreshTokens).toReversed();
}
