import { createExpiringMap } from './expiringMap.ts';

/** The longest life of an access token that Cognito allows, and the pool too. */
const longestTokenLifeSeconds = 86_400;

/**
 * Sign-ins that were revoked: their access tokens are of no more use at this pool's own endpoints, as with Cognito. An API
 * that only verifies signatures takes them until they expire. Lives in memory: a restart forgets it.
 */
export interface EndedSignIns {
  end(originTokenId: string): void;
  /** Ends everything that the user signed in to before now. */
  endAllOf(username: string): void;
  isEnded(token: { readonly originTokenId: string; readonly username: string; readonly issuedAt: number }): boolean;
}

export function createEndedSignIns({ now }: { readonly now: () => number }): EndedSignIns {
  const limits = { lifetimeSeconds: longestTokenLifeSeconds, maxEntries: 10_000, now };
  const signIns = createExpiringMap<true>(limits);
  // No more than there are users.
  const users = new Map<string, number>();
  return {
    end(originTokenId) {
      signIns.set(originTokenId, true);
    },
    endAllOf(username) {
      users.set(username, Math.floor(now() / 1000));
    },
    isEnded({ originTokenId, username, issuedAt }) {
      // Tokens tell whole seconds: of those of this second only the ones whose sign-in was named are meant.
      return signIns.get(originTokenId) !== undefined || issuedAt < (users.get(username) ?? 0);
    },
  };
}
