import { readNavigator } from './browser.ts';
import type { CurrentToken } from './currentToken.ts';
import { TokenRefreshError } from './errors.ts';
import type { Retries } from './retryPolicy.ts';
import type { Tabs } from './tabs.ts';

export interface TokenRenewal {
  /**
   * A token newer than this one: one that is already there, or a refreshed one. However many ask, there is one refresh for one
   * token. Undefined when the sign-in is over. Throws TokenRefreshError.
   */
  renew(rejected: string): Promise<string | undefined>;
  /** Whether a token is fresh from a refresh and was not accepted by the API yet. */
  isUnproven(token: string | undefined): boolean;
  /** The API has accepted this token. */
  prove(token: string | undefined): void;
}

export interface TokenRenewalParts {
  readonly current: CurrentToken;
  readonly tabs: Tabs;
  readonly refresh: () => Promise<string | null>;
  readonly newRetries: () => Retries;
}

/** Refreshes each token once, in one tab at a time, and again only where nobody answered. */
export function createTokenRenewal({ current, tabs, refresh, newRetries }: TokenRenewalParts): TokenRenewal {
  const running = new Map<string, Promise<string | undefined>>();
  let unproven: string | undefined;

  async function refreshUntilAnswered(rejected: string): Promise<string | undefined> {
    const retries = newRetries();
    for (;;) {
      try {
        // The lock is held for one attempt: while this tab waits, another has its turn.
        return await tabs.exclusively(() => refreshOnce(rejected));
      } catch (cause) {
        if (readNavigator().onLine === false || !(await retries.again())) throw new TokenRefreshError({ cause });
      }
    }
  }

  async function refreshOnce(rejected: string): Promise<string | undefined> {
    // Another tab may have been faster.
    const token = await current.read();
    if (token !== rejected) return token;
    const subject = current.subject();
    const refreshed = (await refresh()) ?? undefined;
    // Somebody else may have signed in meanwhile.
    if (current.subject() !== subject) return current.read();
    unproven = refreshed;
    await current.adopt(refreshed, refreshed === undefined);
    tabs.announce(refreshed === undefined ? subject : undefined);
    return refreshed;
  }

  return {
    async renew(rejected) {
      const token = await current.read();
      if (token !== rejected) return token;
      const refreshed = running.get(rejected) ?? refreshUntilAnswered(rejected).finally(() => running.delete(rejected));
      running.set(rejected, refreshed);
      return refreshed;
    },
    isUnproven: (token) => token !== undefined && token === unproven,
    prove(token) {
      if (token === unproven) unproven = undefined;
    },
  };
}
