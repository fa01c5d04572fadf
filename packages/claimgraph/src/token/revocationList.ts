import { AuthenticationUnavailableError } from '../errors.ts';
import { aFunction, anObject, anyNumber, type OptionKinds, objects, parseOptions, required } from '../options.ts';
import type { TokenRejection } from './accessTokenVerifier.ts';
import { createIssuerNames } from './issuerNames.ts';
import { parseRevokedSignIns, parseSubjectRevocations, toSignInKey } from './parseRevocations.ts';
import {
  type MachinePrincipal,
  type Subject,
  type SubjectKey,
  signedInAt,
  toSubjectKey,
  type UserPrincipal,
} from './principal.ts';
import { createRevocationLoader } from './revocationLoader.ts';
import type { RevocationSource, SubjectRevocation } from './revocationSource.ts';
import type { UserPool } from './userPool.ts';

/** The revocation list of this process, asked on every request with a token. */
export interface RevocationList {
  /** Loads the list and goes on loading it. Resolves after the first attempt, whatever came of it; see `isFresh`. */
  start(): Promise<void>;
  /**
   * For `tokens.isRevoked`: `false`, or why the token of this caller is not accepted. Throws
   * AuthenticationUnavailableError when the list is not known, or no longer known to be current.
   */
  isRevoked(principal: UserPrincipal | MachinePrincipal): false | TokenRejection;
  /** Whether the whole list was read, not longer ago than `maxStalenessSeconds`. */
  isFresh(): boolean;
  /**
   * Resolves when what the source says of these identities after this call is in force. Rejects with
   * AuthenticationUnavailableError when they cannot be read now; it is then tried again.
   */
  changed(subjects: readonly Subject[]): Promise<void>;
  /** Reads an identity anew, and returns at once. */
  invalidate(subject: Subject): void;
  /** Reads everything anew, and returns at once. */
  invalidateAll(): void;
  /** Ends the loading; what is being loaded is given up. */
  close(): void;
}

export interface RevocationListOptions {
  readonly source: RevocationSource;
  /** The user pools: what the source holds against an alias of one's issuer holds against the pool's people. */
  readonly pools?: readonly Pick<UserPool, 'issuer' | 'aliases'>[];
  /** How old the last complete load may be, counted from its start. Beyond it no token is accepted, and none refused. */
  readonly maxStalenessSeconds: number;
  /** How often everything is read anew, which makes the list hold when every announcement is lost. */
  readonly refreshSeconds: number;
  /** Told of each load that failed, for the log; must not throw. */
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds since the epoch; `Date.now` unless given. */
  readonly now?: () => number;
}

const listKinds: OptionKinds<RevocationListOptions> = {
  source: required(anObject),
  pools: objects,
  maxStalenessSeconds: required(anyNumber),
  refreshSeconds: required(anyNumber),
  onFailure: required(aFunction),
  now: aFunction,
};

/**
 * Keeps the whole revocation list in memory, so that a request waits for nobody to be held against it. Entries never expire: a
 * sign-in can be refreshed for as long as its refresh token lives, which with Cognito is up to ten years. Throws
 * RangeError for unusable durations.
 */
export function createRevocationList(options: RevocationListOptions): RevocationList {
  const {
    source,
    pools = [],
    refreshSeconds,
    onFailure,
    now = Date.now,
  } = parseOptions('revocation list', options, listKinds);
  checkDurations(options);
  const names = createIssuerNames(pools);
  const maxStalenessMs = options.maxStalenessSeconds * 1000;
  let bySubject = new Map<SubjectKey, SubjectRevocation>();
  let signIns: ReadonlySet<string> = new Set();
  let confirmedAt = Number.NEGATIVE_INFINITY;

  const loader = createRevocationLoader({
    refreshMs: refreshSeconds * 1000,
    // What took longer would be too old when it came.
    timeoutMs: maxStalenessMs,
    onFailure,
    loadAll: async () => {
      const startedAt = now();
      const fetched = await source.fetchAll();
      const subjects = parseSubjectRevocations(fetched.subjects, names);
      const revokedSignIns = parseRevokedSignIns(fetched.signIns, names);
      return () => {
        bySubject = subjects;
        signIns = revokedSignIns;
        confirmedAt = startedAt;
      };
    },
    loadSubjects: async (subjects) => {
      const keys = new Set(subjects.map((subject) => toSubjectKey(names.toCanonical(subject))));
      const spelled = subjects.flatMap((subject) =>
        names.spellings(subject.issuer).map((issuer) => ({ ...subject, issuer })),
      );
      const fetched = parseSubjectRevocations(await source.fetchSubjects(spelled), names, keys);
      return () => {
        for (const key of keys) bySubject.delete(key);
        for (const [key, revocation] of fetched) bySubject.set(key, revocation);
      };
    },
  });

  function isFresh(): boolean {
    // A clock that was set far back tells no age, so then the list counts as old until it is loaded again.
    return Math.abs(now() - confirmedAt) <= maxStalenessMs;
  }

  function isRevoked(principal: UserPrincipal | MachinePrincipal): false | TokenRejection {
    if (!isFresh()) {
      throw new AuthenticationUnavailableError(
        'the revocation list could not be read for too long, so a token could not be held against it',
        { retryAfterSeconds: 1 },
      );
    }
    const { suspended, validAfterMs } = bySubject.get(toSubjectKey(principal)) ?? nothing;
    if (suspended) return refusals.suspended;
    if (validAfterMs !== undefined && signedInAt(principal) * 1000 < validAfterMs) return refusals.signedOut;
    return isOfRevokedSignIn(principal) ? refusals.signInRevoked : false;
  }

  function isOfRevokedSignIn(principal: UserPrincipal | MachinePrincipal): boolean {
    if (signIns.size === 0 || principal.kind === 'machine' || principal.originTokenId === undefined) return false;
    return signIns.has(toSignInKey(principal.issuer, principal.originTokenId));
  }

  return {
    start: loader.start,
    isRevoked,
    isFresh,
    changed: loader.load,
    invalidate: (subject) => void loader.load([subject]).catch(() => {}),
    invalidateAll: () => void loader.load('all').catch(() => {}),
    close: loader.close,
  };
}

const nothing: SubjectRevocation = { suspended: false, validAfterMs: undefined };

const refusals = {
  suspended: { message: 'the token was revoked: the account is suspended', hint: 'the account is suspended' },
  signedOut: { message: 'the token was revoked: everything before a later moment is', hint: 'sign in again' },
  signInRevoked: { message: 'the token was revoked: its sign-in is', hint: 'sign in again' },
} as const satisfies Record<string, TokenRejection>;

function checkDurations({ maxStalenessSeconds, refreshSeconds }: RevocationListOptions): void {
  for (const [name, seconds] of Object.entries({ maxStalenessSeconds, refreshSeconds })) {
    if (seconds > 0 && seconds <= 86_400) continue;
    throw new RangeError(`revocation list: "${name}" must be above 0 and at most 86400 s; got ${seconds}`);
  }
}
