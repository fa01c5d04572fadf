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

/** How long a tab waits to see what another one has stored: 2 s. */
const lookMs = 50;
const maxLooks = 40;

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
        if (readNavigator().onLine === false || !(await retries.again())) {
          throw new TokenRefreshError('the access token could not be refreshed; the sign-in is kept', { cause });
        }
      }
    }
  }

  async function refreshOnce(rejected: string): Promise<string | undefined> {
    const token = await readUntilRefreshed(rejected);
    if (token !== rejected) return token;
    const subject = current.subject();
    const refreshed = (await refresh()) ?? undefined;
    // Somebody else may have signed in meanwhile.
    if (current.subject() !== subject) return current.read();
    unproven = refreshed;
    await current.adopt(refreshed, refreshed === undefined);
    await tabs.markRefreshed(rejected);
    tabs.announce(refreshed === undefined ? subject : undefined);
    return refreshed;
  }

  /** The token that another tab got for this one, though storage may still have the old one; this one if no tab did. */
  async function readUntilRefreshed(rejected: string): Promise<string | undefined> {
    for (let looks = 0; ; looks += 1) {
      const token = await current.read();
      if (token !== rejected || looks === maxLooks || !(await tabs.isRefreshed(rejected))) return token;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }

  return {
    async renew(rejected) {
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
