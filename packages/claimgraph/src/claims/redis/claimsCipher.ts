import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps what leaves the process from being read, made up or moved by whoever has not the secret. */
export interface ClaimsCipher {
  /** A name that tells nothing of this text, and is the same wherever the secret is. */
  keyFor(text: string): string;
  /** Encrypts content as belonging to this text, which is needed to open it. */
  encrypt(belongsTo: string, content: Uint8Array): string;
  /** The content; undefined when it was not closed with this secret, for this text and in this namespace. */
  decrypt(belongsTo: string, sealed: string): Uint8Array | undefined;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, under a key for each text that is derived from the secret by
 * HKDF (RFC 5869) and HMAC-SHA-256: the bound of 2^32 messages per key is then one per text, and a value belongs to its
 * text by its key as well as by what is authenticated beside it. The namespace is part of every key.
 */
export function createClaimsCipher(secret: Uint8Array, namespace: string): ClaimsCipher {
  const nameKey = deriveKey(secret, namespace, 'names');
  const contentKey = deriveKey(secret, namespace, 'content');
  const keyOf = (text: string) => createHmac('sha256', contentKey).update(text).digest();
  const authenticated = (text: string) => Buffer.from(JSON.stringify([formatVersion, namespace, text]));

  function close(belongsTo: string, content: Uint8Array): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, keyOf(belongsTo), nonce, { authTagLength: tagBytes });
    cipher.setAAD(authenticated(belongsTo));
    return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  function open(belongsTo: string, sealed: string): Uint8Array | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < nonceBytes + tagBytes) return undefined;
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv(algorithm, keyOf(belongsTo), bytes.subarray(0, nonceBytes), options);
    decipher.setAAD(authenticated(belongsTo));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  return {
    keyFor: (text) => createHmac('sha256', nameKey).update(text).digest('base64url'),
    encrypt: close,
    decrypt: open,
  };
}

/** Of everything that processes share: what differs in it is never understood. */
export const formatVersion = 1;

function deriveKey(secret: Uint8Array, namespace: string, purpose: string): Buffer {
  const info = JSON.stringify(['claimgraph', formatVersion, namespace, purpose]);
  return Buffer.from(hkdfSync('sha256', secret, '', info, 32));
}
