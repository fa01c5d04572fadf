import { AuthenticationUnavailableError } from '../errors.ts';
import type { FetchJwks } from './fetchJwks.ts';
import { type KeysWithoutAlg, parseJwks, type TrustedKey } from './parseJwks.ts';
import { invalidToken } from './tokenError.ts';

/** The signing keys of one issuer, kept fresh. */
export interface IssuerKeys {
  /** Fetches the keys and goes on refreshing them. Resolves after the first attempt, whatever came of it. */
  start(): Promise<void>;
  /** True once the issuer's keys have been fetched; they are kept when it fails later. */
  isReady(): boolean;
  /**
   * Resolves when the issuer has a key with this id; the first request for one starts the refreshing too. Rejects with UnauthenticatedError when it has not, and with
   * AuthenticationUnavailableError when that cannot be told.
   */
  requireKey(keyId: string): Promise<void>;
  /**
   * For a signature that the known key of its id did not make: fetches once more, unless a fetch in vain is not long ago,
   * and resolves with whether `isReplaced` says then that there is another key.
   */
  recheckKey(isReplaced: () => boolean): Promise<boolean>;
  /** Ends the refreshing and any fetch under way. */
  close(): void;
}

export interface IssuerKeysOptions {
  readonly jwksUri: string;
  readonly fetchJwks: FetchJwks;
  readonly keysWithoutAlg?: KeysWithoutAlg;
  readonly refreshSeconds: number;
  /** How long requests cannot cause another fetch after one that failed or that brought no key for its token. */
  readonly penaltySeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with each set that was fetched, before any request is told of it. */
  readonly onKeys: (keys: readonly TrustedKey[]) => void;
  /** Called for each fetch that failed; must not throw. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps the keys of one issuer: at most one fetch at a time, the last good set while the endpoint fails, and the fetched
 * set whole, so a key that left it is no longer trusted. aws-jwt-verify's own cache never refreshes and penalises
 * unknown key ids only, not failed fetches.
 */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { jwksUri, fetchJwks, now, onKeys, onFailure } = options;
  const penaltyMs = options.penaltySeconds * 1000;
  const closing = new AbortController();
  let keyIds: ReadonlySet<string> | undefined;
  let fetching: Promise<void> | undefined;
  let lastFetchFailed = false;
  let penalisedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    await refresh();
    if (closing.signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(onTimer, lastFetchFailed ? penaltyMs : options.refreshSeconds * 1000);
    timer.unref();
  }

  function onTimer(): void {
    // A request may have fetched in vain since, and so begun another penalty.
    const waitMs = lastFetchFailed ? penaltyLeftMs() : 0;
    if (waitMs === 0) void start();
    else timer = setTimeout(onTimer, waitMs).unref();
  }

  function refresh(): Promise<void> {
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function fetchKeys(): Promise<void> {
    try {
      const keys = parseJwks(await fetchJwks(jwksUri, closing.signal), options.keysWithoutAlg);
      onKeys(keys);
      keyIds = new Set(keys.map(({ kid }) => kid));
      lastFetchFailed = false;
    } catch (error) {
      if (closing.signal.aborted) return;
      lastFetchFailed = true;
      penalisedAt = now();
      onFailure(error);
    }
  }

  async function requireKey(keyId: string): Promise<void> {
    if (keyIds?.has(keyId)) return;
    if (fetching !== undefined || penaltyLeftMs() === 0) {
      // Keys that nobody refreshes would be trusted for ever.
      await (timer === undefined ? start() : refresh());
      if (keyIds?.has(keyId)) return;
      if (!lastFetchFailed) penalisedAt = now();
    }
    if (keyIds === undefined || lastFetchFailed) {
      const retryAfterSeconds = Math.max(1, Math.ceil(penaltyLeftMs() / 1000));
      const message = `the keys of ${jwksUri} could not be fetched, so a token could not be checked`;
      throw new AuthenticationUnavailableError(message, { retryAfterSeconds });
    }
    throw invalidToken(`the token names a key that ${jwksUri} does not have: ${JSON.stringify(keyId)}`);
  }

  async function recheckKey(isReplaced: () => boolean): Promise<boolean> {
    if (fetching === undefined && penaltyLeftMs() > 0) return false;
    await refresh();
    if (isReplaced()) return true;
    if (!lastFetchFailed) penalisedAt = now();
    return false;
  }

  /** Zero when a clock that was set back makes the penalty seem to lie ahead. */
  function penaltyLeftMs(): number {
    const elapsedMs = now() - penalisedAt;
    return elapsedMs >= 0 && elapsedMs < penaltyMs ? penaltyMs - elapsedMs : 0;
  }

  return {
    start,
    isReady: () => keyIds !== undefined,
    requireKey,
    recheckKey,
    close() {
      clearTimeout(timer);
      closing.abort();
    },
  };
}
