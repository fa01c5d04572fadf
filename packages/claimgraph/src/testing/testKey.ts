import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** An RSA key pair of a made-up user pool. */
export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As a JWKS shows it (RFC 7517). */
  readonly jwk: TestJwk;
}

export interface TestJwk {
  readonly kty: string;
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'RS256';
}

const keys = new Map<string, Promise<TestKey>>();

/** The key of that name, made on first use and kept for the process; the pool signs with `current`. */
export function testKey(name = 'current'): Promise<TestKey> {
  const key = keys.get(name) ?? makeKey();
  keys.set(name, key);
  return key;
}

async function makeKey(): Promise<TestKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { kty = '', n = '', e = '' } = publicKey.export({ format: 'jwk' });
  // The thumbprint of RFC 7638: the members that make the key, in the order of their names.
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return { kid, privateKey, publicKey, jwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' } };
}
