import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { TokenSigningKey } from 'claimgraph/testing/tokens';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

const base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

/** RFC 7518 section 6.3: an RSA private key with its factors. */
export const privateJwkSchema = z
  .strictObject({
    kty: z.literal('RSA'),
    n: base64Url.min(342, 'must be a modulus of at least 2048 bits'),
    e: base64Url,
    d: base64Url,
    p: base64Url,
    q: base64Url,
    dp: base64Url,
    dq: base64Url,
    qi: base64Url,
  })
  .readonly();

export type PrivateJwk = z.infer<typeof privateJwkSchema>;

/** The keys of the pool: all are published, the first one signs. */
export interface SigningKeys {
  readonly signingKey: TokenSigningKey;
  readonly jwks: { readonly keys: readonly JWK[] };
}

/** RFC 7638 thumbprint of the one key that every copy of cognito-local signs with: its private half is public. */
const cognitoLocalThumbprint = 'jS8J3RuOy291lpsiFe2NfKV6VkdfMF4Q_840qOLXAjs';

/** Two fresh RSA-2048 keys. */
export async function generatePrivateJwks(): Promise<readonly PrivateJwk[]> {
  return Promise.all([generatePrivateJwk(), generatePrivateJwk()]);
}

/**
 * Imports the keys and derives their ids and public halves.
 * @throws Error when one of them is cognito-local's, appears twice, or is not a usable RSA key
 */
export async function importSigningKeys(privateJwks: readonly PrivateJwk[]): Promise<SigningKeys> {
  const kids = await Promise.all(privateJwks.map((jwk) => calculateJwkThumbprint(jwk)));
  if (kids.includes(cognitoLocalThumbprint)) {
    throw new Error("one of the keys is cognito-local's, whose private half is published: anyone could sign with it");
  }
  if (new Set(kids).size !== kids.length) throw new Error('the keys must differ from each other');
  const [privateKey] = privateJwks.map(importPrivateJwk);
  const [kid] = kids;
  if (privateKey === undefined || kid === undefined) throw new Error('at least one key is needed');
  const keys = privateJwks.map(({ kty, n, e }, index) => ({
    alg: 'RS256',
    e,
    kid: kids[index] ?? '',
    kty,
    n,
    use: 'sig',
  }));
  return { signingKey: { kid, privateKey }, jwks: { keys } };
}

async function generatePrivateJwk(): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const { kty, n, e, d, p, q, dp, dq, qi } = await exportJWK(privateKey);
  return privateJwkSchema.parse({ kty, n, e, d, p, q, dp, dq, qi });
}

function importPrivateJwk(jwk: PrivateJwk): KeyObject {
  const { kty, n, e } = jwk;
  try {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    // Import does not check the halves against each other; with halves of two keys no signature could be verified.
    const publicKey = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    const signature = sign('RSA-SHA256', Buffer.alloc(0), key);
    if (!verify('RSA-SHA256', Buffer.alloc(0), publicKey, signature)) throw new Error('the signature is another');
    return key;
  } catch (error) {
    throw new Error('one of the keys does not verify what it signs', { cause: error });
  }
}
