import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { JwtInvalidSignatureError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { validateJwtFields } from 'aws-jwt-verify/jwt';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { InternalError } from '../errors.ts';
import type { FetchJwks } from './fetchJwks.ts';
import { createIssuerKeys } from './jwks.ts';
import type { TrustedKey } from './parseJwks.ts';
import { parsePrincipal } from './parsePrincipal.ts';
import type { MachinePrincipal, UserPrincipal } from './principal.ts';
import type { IssuerAlias, UserPool } from './userPool.ts';
import type { VerifiedTokenCache } from './verifiedTokenCache.ts';

/** Verifies the tokens of one user pool that name one of its issuers. */
export interface PoolVerifier {
  start(): Promise<void>;
  isReady(): boolean;
  /** `keyId` is the token's `kid`; rejects with errors of ours and of aws-jwt-verify. */
  verify(token: string, keyId: string): Promise<UserPrincipal | MachinePrincipal>;
  /** Checks verified claims against the pool and the clock, for each request anew; throws as `verify` does. */
  toPrincipal(claims: JwtPayload): UserPrincipal | MachinePrincipal;
  close(): void;
}

export interface PoolVerifierOptions {
  readonly graceSeconds: number;
  readonly maxLifetimeSeconds: number;
  readonly jwksRefreshSeconds: number;
  readonly jwksPenaltySeconds: number;
  readonly fetchJwks: FetchJwks;
  readonly now: () => number;
  readonly verifiedTokens: VerifiedTokenCache<JwtPayload>;
  readonly onJwksFailure: (failure: { readonly issuer: string; readonly error: unknown }) => void;
}

/** aws-jwt-verify checks the signature and what it checks well; `parsePrincipal` checks what it leaves open. */
export function createPoolVerifier(pool: UserPool, named: IssuerAlias, options: PoolVerifierOptions): PoolVerifier {
  const { issuer, jwksUri } = named;
  const { graceSeconds, maxLifetimeSeconds, fetchJwks, now, verifiedTokens } = options;
  const clientId = [...pool.userClientIds, ...pool.machineClientIds];
  // In words: `parsePrincipal` checks the audience, since here a token for another API would pass when none is set.
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

  async function verify(token: string, keyId: string): Promise<UserPrincipal | MachinePrincipal> {
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
    validateCognitoJwtFields(claims, { tokenUse: 'access', clientId });
    return parsePrincipal(claims, { pool, graceSeconds, maxLifetimeSeconds, nowSeconds: now() / 1000 });
  }

  return { start: keys.start, isReady: keys.isReady, verify, toPrincipal, close: keys.close };
}

/** A new key can come under the id of an old one. */
function isSameKey(a: TrustedKey, b: TrustedKey): boolean {
  return a.kid === b.kid && a.n === b.n && a.e === b.e;
}

async function neverFetch(): Promise<never> {
  throw new InternalError('aws-jwt-verify must not fetch keys; it is given them');
}
