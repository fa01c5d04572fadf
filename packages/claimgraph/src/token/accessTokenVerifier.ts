import { inspect } from 'node:util';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { InternalError } from '../errors.ts';
import { aFunction, anyNumber, describeProblem, type OptionKinds, objects, parseOptions } from '../options.ts';
import { type AccessTokenIssuer, findAccessTokenIssuerProblems } from './accessTokenIssuer.ts';
import { createJwksFetcher, type FetchJwks } from './fetchJwks.ts';
import { createIssuerNames } from './issuerNames.ts';
import { cognitoProfile, createIssuerVerifier, type IssuerVerifier, issuerProfile } from './issuerVerifier.ts';
import { describePrincipal, type MachinePrincipal, type UserPrincipal } from './principal.ts';
import { invalidToken, toTokenError } from './tokenError.ts';
import { parseUnverifiedToken } from './unverifiedToken.ts';
import { acceptedIssuersOf, findUserPoolProblems, InvalidUserPoolError, type UserPool } from './userPool.ts';
import { createVerifiedTokenCache } from './verifiedTokenCache.ts';

/** Turns access tokens of the configured user pools and other issuers into principals. */
export interface AccessTokenVerifier {
  /**
   * Fetches the keys of every issuer and goes on refreshing them; resolves even when that fails, see `isReady`. Without it the
   * first token of an issuer does.
   */
  start(): Promise<void>;
  /** True once every issuer has keys. */
  isReady(): boolean;
  /**
   * The principal of a token. Rejects with UnauthenticatedError (`expired` or `invalid`), AuthenticationUnavailableError
   * when the keys that would tell cannot be had, or InternalError.
   */
  verify(token: string): Promise<UserPrincipal | MachinePrincipal>;
  /** Ends the refreshing of keys. */
  close(): void;
}

export interface AccessTokenVerifierOptions {
  /** Cognito user pools; there are some, or issuers, or both. */
  readonly pools?: readonly UserPool[] | undefined;
  /** Issuers other than Cognito. */
  readonly issuers?: readonly AccessTokenIssuer[] | undefined;
  /** How far our clock and the issuers' may differ: 5 unless given. */
  readonly graceSeconds?: number;
  /** The longest life of a token that is accepted; Cognito's own maximum, a day, unless given. */
  readonly maxLifetimeSeconds?: number;
  /** How old the keys of a pool become before they are fetched again: 300 unless given. */
  readonly jwksRefreshSeconds?: number;
  /** How long requests cannot cause another fetch after one in vain: 10 unless given. */
  readonly jwksPenaltySeconds?: number;
  /**
   * Of how many accepted tokens the signature check is remembered: 10,000 unless given, about 1 KB each. Nothing else
   * is: times, client and audience are checked on each request.
   */
  readonly maxCachedTokens?: number;
  /**
   * The revocation list, such as `createRevocationList` keeps: whether the token of this principal no longer counts, for
   * example since they signed out everywhere after `issuedAt`. Asked on each request, also for tokens that are
   * remembered; whatever is not `false` refuses the token. Throws an AppError such as AuthenticationUnavailableError
   * when it cannot tell. None unless given.
   */
  readonly isRevoked?: (principal: UserPrincipal | MachinePrincipal) => boolean | TokenRejection;
  /** Unless given: HTTPS with a time-out of 3 s, 64 KiB at most, and no redirects. */
  readonly fetchJwks?: FetchJwks;
  /** Milliseconds since the epoch; `Date.now` unless given. aws-jwt-verify checks `exp` and `nbf` with `Date.now` as well. */
  readonly now?: () => number;
  /** Told of each fetch of keys that failed, for the log; must not throw. Unless given, the process emits a warning. */
  readonly onJwksFailure?: (failure: { readonly issuer: string; readonly error: unknown }) => void;
}

/** Why a revocation list refuses a token: `message` for the log, `hint` for the client. */
export interface TokenRejection {
  readonly message: string;
  readonly hint: string;
}

// Numbers are held to their bounds below.
const verifierKinds: OptionKinds<AccessTokenVerifierOptions> = {
  pools: objects,
  issuers: objects,
  graceSeconds: anyNumber,
  maxLifetimeSeconds: anyNumber,
  jwksRefreshSeconds: anyNumber,
  jwksPenaltySeconds: anyNumber,
  maxCachedTokens: anyNumber,
  isRevoked: aFunction,
  fetchJwks: aFunction,
  now: aFunction,
  onJwksFailure: aFunction,
};

/** Throws InvalidUserPoolError when pools or issuers cannot be used, and InternalError for a duration that is none. */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  const settings = {
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
    maxLifetimeSeconds: 86_400,
    jwksPenaltySeconds: 10,
    maxCachedTokens: 10_000,
    fetchJwks: createJwksFetcher({ timeoutMs: 3_000, maxBytes: 65_536 }),
    now: Date.now,
    isRevoked: () => false,
    onJwksFailure: warnOfJwksFailure,
    ...parseOptions('access token verifier', options, verifierKinds),
  };
  const { pools = [], issuers = [] } = options;
  checkIssuers(pools, issuers);
  checkDurations(settings);
  checkMaxRememberedTokens(settings.maxCachedTokens);
  const verifiedTokens = createVerifiedTokenCache<JwtPayload>(settings.maxCachedTokens);
  const accepted = [
    ...pools.flatMap((pool) => acceptedIssuersOf(pool).map((named) => [named, cognitoProfile(pool)] as const)),
    ...issuers.map((issuer) => [issuer, issuerProfile(issuer)] as const),
  ];
  const verifiers: ReadonlyMap<unknown, IssuerVerifier> = new Map(
    accepted.map(([named, profile]) => {
      return [named.issuer, createIssuerVerifier(named, profile, { ...settings, verifiedTokens })] as const;
    }),
  );

  function verifierOf(issuer: unknown): IssuerVerifier {
    const verifier = verifiers.get(issuer);
    if (verifier) return verifier;
    throw invalidToken(`"iss" must be one of ${[...verifiers.keys()].join(', ')}; got another`);
  }

  /** At once, for a token whose signature is remembered. */
  function principalFromCache(token: string): UserPrincipal | MachinePrincipal | undefined {
    const known = verifiedTokens.get(token, settings.now() / 1000);
    return known && verifierOf(known.issuer).toPrincipal(known.claims);
  }

  function verifyToken(token: string): Promise<UserPrincipal | MachinePrincipal> {
    const { issuer, ...header } = parseUnverifiedToken(token);
    return verifierOf(issuer).verify(token, header);
  }

  return {
    async start() {
      await Promise.all([...verifiers.values()].map((verifier) => verifier.start()));
    },
    isReady: () => [...verifiers.values()].every((verifier) => verifier.isReady()),
    async verify(token) {
      try {
        const principal = principalFromCache(token) ?? (await verifyToken(token));
        const refusal = settings.isRevoked(principal);
        if (refusal === false) return principal;
        const { message, hint } = isTokenRefusal(refusal) ? refusal : onRevocationList;
        throw invalidToken(message, { hint, caller: describePrincipal(principal) });
      } catch (error) {
        throw toTokenError(error);
      }
    },
    close() {
      for (const verifier of verifiers.values()) verifier.close();
    },
  };
}

function warnOfJwksFailure({ issuer, error }: { readonly issuer: string; readonly error: unknown }): void {
  process.emitWarning(`the keys of ${issuer} could not be fetched`, {
    type: 'ClaimgraphError',
    code: 'AUTHENTICATION_UNAVAILABLE',
    detail: inspect(error),
  });
}

const onRevocationList: TokenRejection = {
  message: 'the token was revoked: it is on the revocation list',
  hint: 'sign in again',
};

/** Whatever else a revocation list gives refuses too, and tells no more than that. */
function isTokenRefusal(refusal: unknown): refusal is TokenRejection {
  if (typeof refusal !== 'object' || refusal === null) return false;
  return typeof Reflect.get(refusal, 'message') === 'string' && typeof Reflect.get(refusal, 'hint') === 'string';
}

function checkIssuers(pools: readonly UserPool[], others: readonly AccessTokenIssuer[]): void {
  const problems = [
    ...pools.flatMap((pool) => findUserPoolProblems(pool).map((problem) => `${pool.issuer}: ${problem}`)),
    ...others.flatMap((other) => {
      return findAccessTokenIssuerProblems(other).map((problem) => `${other.issuer}: ${describeProblem(problem)}`);
    }),
  ];
  if (pools.length + others.length === 0) {
    problems.push('pools: expected at least one user pool, or one issuer in issuers; got none');
  }
  const issuers = [...pools.flatMap(acceptedIssuersOf), ...others].map(({ issuer }) => issuer);
  for (const issuer of new Set(issuers.filter((issuer, index) => issuers.indexOf(issuer) !== index))) {
    problems.push(`pools: expected one user pool per issuer; got ${issuer} twice`);
  }
  const { canonical } = createIssuerNames(pools);
  for (const { issuer } of [...pools, ...others].filter(({ issuer }) => canonical(issuer) !== issuer)) {
    problems.push(`pools: expected an issuer of its own for each user pool; got ${issuer} also as an alias of another`);
  }
  if (problems.length > 0) throw new InvalidUserPoolError(problems);
}

/** A NaN or a negative number would turn a check off instead of failing. */
function checkDurations(settings: Required<Omit<AccessTokenVerifierOptions, 'pools' | 'issuers'>>): void {
  const { graceSeconds, maxLifetimeSeconds, jwksRefreshSeconds, jwksPenaltySeconds } = settings;
  const durations = { graceSeconds, maxLifetimeSeconds, jwksRefreshSeconds, jwksPenaltySeconds };
  const wrong = Object.entries(durations).filter(
    ([name, seconds]) => !(seconds >= 0 && seconds <= 86_400) || (seconds === 0 && name !== 'graceSeconds'),
  );
  if (wrong.length === 0) return;
  const got = wrong.map(([name, seconds]) => `${name} ${seconds}`).join(', ');
  throw new InternalError(`expected durations above 0 (graceSeconds: from 0) up to 86400 s; got ${got}`);
}

function checkMaxRememberedTokens(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1 && count <= 1_000_000) return;
  throw new InternalError(`maxCachedTokens: expected a whole number from 1 to 1000000; got ${count}`);
}
