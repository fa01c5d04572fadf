import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { InternalError } from '../errors.ts';
import type { FetchJwks } from './fetchJwks.ts';
import { createIssuerKeys } from './jwks.ts';
import { parsePrincipal } from './parsePrincipal.ts';
import type { MachinePrincipal, UserPrincipal } from './principal.ts';
import type { UserPool } from './userPool.ts';

/** Verifies the tokens of one user pool. */
export interface PoolVerifier {
  start(): Promise<void>;
  isReady(): boolean;
  /** `keyId` is the token's `kid`; rejects with errors of ours and of aws-jwt-verify. */
  verify(token: string, keyId: string): Promise<UserPrincipal | MachinePrincipal>;
  close(): void;
}

export interface PoolVerifierOptions {
  readonly graceSeconds: number;
  readonly maxLifetimeSeconds: number;
  readonly jwksRefreshSeconds: number;
  readonly jwksPenaltySeconds: number;
  readonly fetchJwks: FetchJwks;
  readonly now: () => number;
  readonly onJwksFailure: (failure: { readonly issuer: string; readonly error: unknown }) => void;
}

/** aws-jwt-verify checks the signature and what it checks well; `parsePrincipal` checks what it leaves open. */
export function createPoolVerifier(pool: UserPool, options: PoolVerifierOptions): PoolVerifier {
  const { issuer, jwksUri } = pool;
  const { graceSeconds, maxLifetimeSeconds, fetchJwks, now } = options;
  const clientId = [...pool.userClientIds, ...pool.machineClientIds];

  // JwtVerifier, because CognitoJwtVerifier would also accept the pool's other issuer name.
  const verifier = JwtVerifier.create(
    {
      issuer,
      jwksUri,
      // In words: `parsePrincipal` checks the audience, since here a token for another API would pass when none is set.
      audience: null,
      graceSeconds,
      customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, { tokenUse: 'access', clientId }),
    },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: neverFetch } }) },
  );

  const keys = createIssuerKeys({
    jwksUri,
    fetchJwks,
    now,
    refreshSeconds: options.jwksRefreshSeconds,
    penaltySeconds: options.jwksPenaltySeconds,
    // Replaces the whole set and drops the key objects made of the last one, which are kept by key id otherwise.
    onKeys: (trusted) => verifier.cacheJwks({ keys: [...trusted] }),
    onFailure: (error) => options.onJwksFailure({ issuer, error }),
  });

  return {
    start: keys.start,
    isReady: keys.isReady,
    async verify(token, keyId) {
      await keys.requireKey(keyId);
      // Synchronous, so that no refresh can come between looking up a key and keeping the key object made of it.
      const claims = verifier.verifySync(token);
      return parsePrincipal(claims, { pool, graceSeconds, maxLifetimeSeconds, nowSeconds: now() / 1000 });
    },
    close: keys.close,
  };
}

async function neverFetch(): Promise<never> {
  throw new InternalError('aws-jwt-verify must not fetch keys; it is given them');
}
