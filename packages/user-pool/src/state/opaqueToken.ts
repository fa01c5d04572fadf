import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits that mean nothing to who holds them: codes, transactions, refresh tokens. */
export function newOpaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept in place of an opaque token, and what it is found by. */
export function hashOpaqueToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Compares in a time that depends on neither value: their hashes have one length. */
export function secretsEqual(expected: string, actual: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(expected), digest(actual));
}
