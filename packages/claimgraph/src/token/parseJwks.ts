import { createHash, createPublicKey } from 'node:crypto';

/** A public key that access tokens may be verified with. A type, not an interface: aws-jwt-verify wants an index signature. */
export type TrustedKey = {
  readonly kid: string;
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly n: string;
  readonly e: string;
};

/** Whether a key without `alg` is left out, or used for RS256. */
export type KeysWithoutAlg = 'ignored' | 'trusted';

/** RFC 7638 thumbprints of keys whose private half is printed somewhere, so that anybody can sign with them. */
export const publishedKeyThumbprints: readonly string[] = [
  // The one key of every cognito-local, from its source.
  'jS8J3RuOy291lpsiFe2NfKV6VkdfMF4Q_840qOLXAjs',
];

/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1: members that only private and symmetric keys have. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Parses a JWKS into the keys that sign RS256 tokens; throws an Error that names the key and the member.
 *
 * Public keys for other purposes are left out, and so untrusted (RFC 7517 section 5: ignore keys that are not
 * understood). A set that shows a secret, an unsound signing key or two keys under one id is refused as a whole: its
 * publisher is not who we think, or has made a mistake that we should not guess about.
 */
export function parseJwks(
  jwks: unknown,
  keysWithoutAlg: KeysWithoutAlg = 'ignored',
  refusedThumbprints = publishedKeyThumbprints,
): readonly TrustedKey[] {
  if (!isObject(jwks) || !Array.isArray(jwks.keys)) {
    throw new Error('JWKS: expected an object with an array "keys"; got something else');
  }
  const keys = jwks.keys
    .map((jwk, index) => parseJwk(`JWKS keys[${index}]`, jwk, keysWithoutAlg, refusedThumbprints))
    .filter((key) => key !== undefined);
  if (keys.length === 0) {
    throw new Error('JWKS: expected at least one key with kty RSA, use sig and alg RS256; got none');
  }
  const ids = keys.map(({ kid }) => kid);
  const repeated = ids.find((kid, index) => ids.indexOf(kid) !== index);
  if (repeated !== undefined)
    throw new Error(`JWKS: expected one key per "kid"; got two with ${JSON.stringify(repeated)}`);
  return keys;
}

function parseJwk(
  at: string,
  jwk: unknown,
  keysWithoutAlg: KeysWithoutAlg,
  refusedThumbprints: readonly string[],
): TrustedKey | undefined {
  if (!isObject(jwk)) throw new Error(`${at}: expected an object; got ${typeof jwk}`);
  const secret = jwk.kty === 'oct' ? 'kty' : secretMembers.find((member) => Object.hasOwn(jwk, member));
  if (secret !== undefined) throw new Error(`${at}: expected a public key; got a secret one, as its "${secret}" says`);
  const { kty, use, kid, n, e } = jwk;
  const alg = jwk.alg === undefined && keysWithoutAlg === 'trusted' ? 'RS256' : jwk.alg;
  if (kty !== 'RSA') return undefined;
  if (typeof n !== 'string' || typeof e !== 'string')
    throw new Error(`${at}: expected strings "n" and "e"; got another type`);
  const { modulusLength, publicExponent, thumbprint } = inspectRsaKey(at, n, e);
  if (refusedThumbprints.includes(thumbprint)) {
    throw new Error(
      `${at}: expected a key that its pool keeps to itself; got one whose private half is published (cognito-local's?)`,
    );
  }
  if (use !== 'sig' || alg !== 'RS256') return undefined;
  if (typeof kid !== 'string' || kid === '')
    throw new Error(`${at}: expected a non-empty string "kid"; got ${typeof kid}`);
  // RFC 7518 section 3.3: 2048 bits or more. NIST SP 800-56B: an odd exponent of at least 65537.
  if (modulusLength < 2048)
    throw new Error(`${at}: expected an RSA modulus of 2048 bits or more; got ${modulusLength}`);
  if (publicExponent < 65537n || publicExponent % 2n === 0n) {
    throw new Error(`${at}: expected an odd RSA exponent of 65537 or more; got ${publicExponent}`);
  }
  return { kid, kty, use, alg, n, e };
}

function inspectRsaKey(at: string, n: string, e: string) {
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    // From the key's own export, so that another spelling of the same numbers has the same thumbprint.
    const canonical = key.export({ format: 'jwk' });
    return { modulusLength, publicExponent, thumbprint: toThumbprint(canonical) };
  } catch (error) {
    throw new Error(`${at}: expected an RSA public key; "n" and "e" make none`, { cause: error });
  }
}

/** RFC 7638 section 3: the required members in this order, without spaces. */
function toThumbprint({ e, n }: { readonly e?: string; readonly n?: string }): string {
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
