import { createCurrentToken, type SubjectListener } from './currentToken.ts';
import { createTokenRenewal } from './renewToken.ts';
import { createRetryPolicy, type RetryOptions } from './retryPolicy.ts';
import { type Operation, runOperation } from './runOperation.ts';
import { subjectOf as subjectOfJwt } from './subjectOf.ts';
import { joinTabs } from './tabs.ts';

export interface TokenManagerOptions {
  /**
   * Gets a new access token with the refresh token. Resolves with null when whoever issues tokens says that the sign-in is
   * over (`invalid_grant`), and only then. Rejects when they could not be asked or did not answer: the sign-in is kept.
   */
  readonly refresh: () => Promise<string | null>;
  /**
   * The access token, where something else keeps it; nothing when nobody is signed in. Must not refresh it. Without this
   * option the manager keeps the token in memory, and is told of it by `setToken`.
   */
  readonly getToken?: () => string | null | undefined | Promise<string | null | undefined>;
  /**
   * Signs the person in anew, no longer ago than `maxAgeSeconds` (RFC 9470), and resolves with true once the new token is
   * there; with false when they would rather not. Then the refusal is handed out as it came.
   */
  readonly stepUp?: (request: { readonly maxAgeSeconds: number }) => Promise<boolean>;
  /** Whose token it is; issuer and subject of a JWT unless given. Caches are dropped when it changes. */
  readonly subjectOf?: (token: string) => string;
  /** What browser tabs lock and announce under: one for each application on an origin. */
  readonly name?: string;
  readonly retry?: RetryOptions;
}

export interface TokenManager {
  /** The access token, after caches were dropped if it is somebody else's than before. Never refreshes. */
  getToken(): Promise<string | undefined>;
  /**
   * A token newer than one that the API no longer accepts: one that is already there, or a refreshed one. However many ask,
   * there is one refresh for one token. Undefined when the sign-in is over. Throws TokenRefreshError.
   */
  renewToken(rejected: string): Promise<string | undefined>;
  /** Tells of a sign-in, or with undefined of a sign-out. Only without the option `getToken`; throws a TypeError otherwise. */
  setToken(token: string | undefined): Promise<void>;
  /** Looks who is signed in: to be called when what `getToken` asks has a new token, or none any more. */
  sync(): Promise<void>;
  /**
   * Sends an operation and does what its answers ask for: refreshes once, has the person sign in anew once, tries again what
   * failed for a while. Resolves with the last answer. Throws SubjectChangedError, TokenRefreshError, and what `send` throws.
   */
  run<A>(operation: Operation<A>): Promise<A>;
  /**
   * Calls a listener, which drops caches, before the first operation of somebody else is sent. It must not wait for operations
   * itself. Returns what takes the listener away again.
   */
  onSubjectChange(listener: SubjectListener): () => void;
  /** No longer listens to other tabs. */
  close(): void;
}

/**
 * Keeps a person signed in for as long as whoever issues their tokens says so. That a token is too old is told by the
 * API's answers, never by `exp` and the device's clock.
 */
export function createTokenManager(options: TokenManagerOptions): TokenManager {
  const { refresh, getToken, subjectOf = subjectOfJwt, name = 'tokens', retry } = options;
  const newRetries = createRetryPolicy(retry);
  const current = createCurrentToken(getToken, subjectOf);
  const tabs = joinTabs(name, (left) => {
    // What fails here fails again, and is told, when an operation looks.
    if (getToken) current.read().catch(() => {});
    else if (left !== undefined && left === current.subject()) current.adopt(undefined).catch(() => {});
  });
  const renewal = createTokenRenewal({ current, tabs, refresh, newRetries });
  let steppingUp: Promise<boolean> | undefined;

  /** One sign-in for all that ask for one. */
  function stepUp(maxAgeSeconds: number): Promise<boolean> {
    if (!options.stepUp) return Promise.resolve(false);
    steppingUp ??= options.stepUp({ maxAgeSeconds }).finally(() => {
      steppingUp = undefined;
    });
    return steppingUp;
  }

  async function change(update: () => Promise<unknown>): Promise<void> {
    const previous = current.subject();
    await update();
    tabs.announce(current.subject() === undefined ? previous : undefined);
  }

  return {
    getToken: current.read,
    renewToken: renewal.renew,
    async setToken(token) {
      if (getToken) throw new TypeError('with the option getToken, call sync() instead');
      await change(() => current.adopt(token));
    },
    sync: () => change(current.read),
    run: (operation) => runOperation({ current, renewal, stepUp, newRetries }, operation),
    onSubjectChange: current.onSubjectChange,
    close: tabs.close,
  };
}
