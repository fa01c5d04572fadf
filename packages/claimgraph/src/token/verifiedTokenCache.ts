import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** That a key of an issuer signed these bytes, and what they claim: not whether the claims are acceptable now. */
export interface VerifiedToken<C> {
  readonly issuer: string;
  readonly keyId: string;
  readonly claims: C;
}

/** A bounded memory of tokens whose signature was found right, so that it is not checked on each request. */
export interface VerifiedTokenCache<C> {
  /** What was remembered of exactly these bytes, until their `exp`. */
  get(token: string, nowSeconds: number): VerifiedToken<C> | undefined;
  set(token: string, verified: VerifiedToken<C>): void;
  /** Forgets the tokens of an issuer that other keys than these signed. */
  retainKeys(issuer: string, keyIds: ReadonlySet<string>): void;
}

/**
 * The least recently used tokens give way to new ones. Neither a token nor its signature is kept: a token's key is the
 * SHA-256 of all its bytes, so that a token that differs in any of them is another one.
 */
export function createVerifiedTokenCache<C extends { readonly exp?: number }>(
  maxEntries: number,
): VerifiedTokenCache<C> {
  const verified = new LRUCache<string, VerifiedToken<C>>({ max: maxEntries });

  return {
    get(token, nowSeconds) {
      const digest = toDigest(token);
      const found = verified.get(digest);
      if (found === undefined || isBefore(nowSeconds, found.claims.exp)) return found;
      verified.delete(digest);
      return undefined;
    },
    set(token, entry) {
      verified.set(toDigest(token), entry);
    },
    retainKeys(issuer, keyIds) {
      // A copy, because lru-cache promises nothing of an iteration over what is being deleted.
      for (const [digest, entry] of [...verified.entries()]) {
        if (entry.issuer === issuer && !keyIds.has(entry.keyId)) verified.delete(digest);
      }
    },
  };
}

function isBefore(nowSeconds: number, exp: number | undefined): boolean {
  return exp !== undefined && nowSeconds < exp;
}

function toDigest(token: string): string {
  return hash('sha256', token, 'base64');
}
