import type { SignIn } from '../signIn/signIn.ts';
import { hashOpaqueToken, newOpaqueToken } from './opaqueToken.ts';
import type { PoolState, StoredRefreshToken } from './poolState.ts';
import type { PoolStore } from './poolStore.ts';

/** Cognito's default. */
const lifetimeSeconds = 30 * 24 * 3600;
const maxRefreshTokens = 1000;

/**
 * Refresh tokens, on disk as hashes. As in a Cognito pool without rotation, one stays valid until it expires or is
 * revoked, and a refresh does not prolong it.
 */
export interface RefreshTokens {
  issue(signIn: SignIn): string;
  find(token: string): StoredRefreshToken | undefined;
  /** Revokes what came from one sign-in. */
  revokeSignIn(originTokenId: string): void;
}

export function createRefreshTokens(options: {
  readonly store: Pick<PoolStore, 'save'> & { state(): Pick<PoolState, 'refreshTokens'> };
  readonly now: () => number;
}): RefreshTokens {
  const { store } = options;
  const nowSeconds = () => Math.floor(options.now() / 1000);
  const valid = () => store.state().refreshTokens.filter(({ expiresAt }) => expiresAt > nowSeconds());
  return {
    issue(signIn) {
      const token = newOpaqueToken();
      const stored = { ...signIn, hash: hashOpaqueToken(token), expiresAt: nowSeconds() + lifetimeSeconds };
      store.save({ refreshTokens: [...valid(), stored].slice(-maxRefreshTokens) });
      return token;
    },
    find(token) {
      const hash = hashOpaqueToken(token);
      return valid().find((stored) => stored.hash === hash);
    },
    revokeSignIn(originTokenId) {
      const before = store.state().refreshTokens;
      const kept = before.filter((stored) => stored.originTokenId !== originTokenId);
      if (kept.length < before.length) store.save({ refreshTokens: kept });
    },
  };
}
