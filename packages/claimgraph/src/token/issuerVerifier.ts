import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { JwtInvalidSignatureError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { validateJwtFields } from 'aws-jwt-verify/jwt';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { InternalError } from '../errors.ts';
import { type AccessTokenIssuer, withDefaults } from './accessTokenIssuer.ts';
import type { FetchJwks } from './fetchJwks.ts';
import { createIssuerKeys } from './jwks.ts';
import { parseIssuerPrincipal } from './parseIssuerPrincipal.ts';
import type { KeysWithoutAlg, TrustedKey } from './parseJwks.ts';
import { parsePrincipal } from './parsePrincipal.ts';
import type { MachinePrincipal, UserPrincipal } from './principal.ts';
import type { TimeRules } from './tokenClaims.ts';
import { invalidToken } from './tokenError.ts';
import type { HeaderType, UnverifiedToken } from './unverifiedToken.ts';
import type { IssuerAlias, UserPool } from './userPool.ts';
import type { VerifiedTokenCache } from './verifiedTokenCache.ts';

/** What the tokens of an issuer are like, besides rightly signed. */
export interface TokenProfile {
  /** Which values of the header `typ` they may have. */
  readonly headerTypes: readonly HeaderType[];
  /** Whether a published key that names no algorithm may be used, for RS256 and nothing else. */
  readonly keysWithoutAlg: KeysWithoutAlg;
  /** Checks verified claims against settings and clock, for each request anew; throws UnauthenticatedError. */
  toPrincipal(claims: JwtPayload, rules: TimeRules): UserPrincipal | MachinePrincipal;
}

/** Verifies the tokens that name one issuer. */
export interface IssuerVerifier {
  start(): Promise<void>;
  isReady(): boolean;
  /** Rejects with errors of ours and of aws-jwt-verify. */
  verify(
    token: string,
    header: Pick<UnverifiedToken, 'keyId' | 'headerType'>,
  ): Promise<UserPrincipal | MachinePrincipal>;
  /** Checks verified claims against settings and clock, for each request anew; throws as `verify` does. */
  toPrincipal(claims: JwtPayload): UserPrincipal | MachinePrincipal;
  close(): void;
}

export interface IssuerVerifierOptions {
  readonly graceSeconds: number;
  readonly maxLifetimeSeconds: number;
  readonly jwksRefreshSeconds: number;
  readonly jwksPenaltySeconds: number;
  readonly fetchJwks: FetchJwks;
  readonly now: () => number;
  readonly verifiedTokens: VerifiedTokenCache<JwtPayload>;
  readonly onJwksFailure: (failure: { readonly issuer: string; readonly error: unknown }) => void;
}

/** aws-jwt-verify checks the signature and what it checks well; the profile checks what it leaves open. */
export function createIssuerVerifier(
  { issuer, jwksUri }: IssuerAlias,
  profile: TokenProfile,
  options: IssuerVerifierOptions,
): IssuerVerifier {
  const { graceSeconds, maxLifetimeSeconds, fetchJwks, now, verifiedTokens } = options;
  // In words: the profile checks the audience, since here a token for another API would pass when none is set.
  const fields = { issuer, audience: null, graceSeconds };

  // JwtVerifier, because CognitoJwtVerifier would also accept the pool's other issuer name.
  const verifier = JwtVerifier.create(
    { ...fields, jwksUri },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: neverFetch } }) },
  );
  let trusted: readonly TrustedKey[] = [];

  const keys = createIssuerKeys({
    jwksUri,
    fetchJwks,
    keysWithoutAlg: profile.keysWithoutAlg,
    now,
    refreshSeconds: options.jwksRefreshSeconds,
    penaltySeconds: options.jwksPenaltySeconds,
    onKeys: trustOnly,
    onFailure: (error) => options.onJwksFailure({ issuer, error }),
  });

  function trustOnly(fetched: readonly TrustedKey[]): void {
    const unchanged = fetched.filter((key) => trusted.some((old) => isSameKey(key, old)));
    verifiedTokens.retainKeys(issuer, new Set(unchanged.map(({ kid }) => kid)));
    // Replaces the whole set and drops the key objects made of the last one, which are kept by key id otherwise.
    verifier.cacheJwks({ keys: [...fetched] });
    trusted = fetched;
  }

  async function verify(
    token: string,
    { keyId, headerType }: Pick<UnverifiedToken, 'keyId' | 'headerType'>,
  ): Promise<UserPrincipal | MachinePrincipal> {
    if (!profile.headerTypes.includes(headerType)) {
      throw invalidToken(`header "typ" must be one of ${profile.headerTypes.join(', ')}; got ${headerType}`);
    }
    await keys.requireKey(keyId);
    const known = keyOf(keyId);
    try {
      return accept(token, keyId);
    } catch (error) {
      if (!(error instanceof JwtInvalidSignatureError)) throw error;
      if (!(await keys.recheckKey(() => keyOf(keyId) !== known))) throw error;
      return accept(token, keyId);
    }
  }

  /** What two fetched keys of one id are told apart by. */
  function keyOf(keyId: string): string | undefined {
    const key = trusted.find(({ kid }) => kid === keyId);
    return key && `${key.n} ${key.e}`;
  }

  /**
   * Synchronous, so that no refresh can come between looking up a key, keeping the key object made of it and remembering
   * what it signed.
   */
  function accept(token: string, keyId: string): UserPrincipal | MachinePrincipal {
    const claims = verifier.verifySync(token);
    const principal = toPrincipal(claims);
    verifiedTokens.set(token, { issuer, keyId, claims });
    return principal;
  }

  function toPrincipal(claims: JwtPayload): UserPrincipal | MachinePrincipal {
    validateJwtFields(claims, fields);
    return profile.toPrincipal(claims, { graceSeconds, maxLifetimeSeconds, nowSeconds: now() / 1000 });
  }

  return { start: keys.start, isReady: keys.isReady, verify, toPrincipal, close: keys.close };
}

/** Access tokens of a Cognito user pool. */
export function cognitoProfile(pool: UserPool): TokenProfile {
  const clientId = [...pool.userClientIds, ...pool.machineClientIds];
  return {
    // Cognito sends none.
    headerTypes: ['absent', 'JWT', 'at+jwt'],
    keysWithoutAlg: 'ignored',
    toPrincipal(claims, rules) {
      validateCognitoJwtFields(claims, { tokenUse: 'access', clientId });
      return parsePrincipal(claims, { pool, ...rules });
    },
  };
}

/** Access tokens of another issuer. */
export function issuerProfile(issuer: AccessTokenIssuer): TokenProfile {
  const settings = withDefaults(issuer);
  return {
    headerTypes: settings.headerTypes,
    // RFC 7517 section 4.4: "alg" is optional, and Entra leaves it out.
    keysWithoutAlg: 'trusted',
    toPrincipal: (claims, rules) => parseIssuerPrincipal(claims, settings, rules),
  };
}

/** A new key can come under the id of an old one. */
function isSameKey(a: TrustedKey, b: TrustedKey): boolean {
  return a.kid === b.kid && a.n === b.n && a.e === b.e;
}

async function neverFetch(): Promise<never> {
  throw new InternalError('aws-jwt-verify must not fetch keys; it is given them');
}
