import { ConfigurationError } from 'claimgraph/errors';
import { z } from 'zod';
import { privateJwkSchema } from './signingKeys.ts';

const seconds = z.int().nonnegative();

const refreshTokenSchema = z
  .strictObject({
    /** SHA-256 of the token; the token itself is never kept. */
    hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a base64url SHA-256'),
    clientId: z.string().min(1),
    username: z.string().min(1),
    scopes: z.array(z.string().min(1)).readonly(),
    /** When the person entered credentials, in seconds since the epoch. */
    authTime: seconds,
    originTokenId: z.string().min(1),
    eventId: z.string().min(1),
    expiresAt: seconds,
    /** When it was used first, where refresh tokens are rotated. */
    rotatedAt: seconds.optional(),
  })
  .readonly();

const poolStateSchema = z
  .strictObject({
    version: z.literal(1),
    /** Issuer of the pool that ran last with this file. */
    issuer: z.url(),
    /** All are published; the first one signs. */
    keys: z.array(privateJwkSchema).length(2).readonly(),
    refreshTokens: z.array(refreshTokenSchema).readonly(),
  })
  .readonly();

/** What the local user pool keeps between runs. */
export type PoolState = z.infer<typeof poolStateSchema>;
export type StoredRefreshToken = z.infer<typeof refreshTokenSchema>;

/** The state file cannot be used; the message says what to do about it. */
export class PoolStateError extends ConfigurationError {}

/**
 * Parses the content of the state file. No message quotes the content: it holds private keys.
 * @throws PoolStateError naming every field that is wrong
 */
export function parsePoolState(text: string, file: string): PoolState {
  const parsed = poolStateSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw new PoolStateError(`${file} is malformed: ${problems.join('; ')}. ${howToStartAfresh(file)}`);
}

export function howToStartAfresh(file: string): string {
  return `Delete it to start with new keys (everybody signs in again): rm ${file}`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the message of JSON.parse quotes the text around the mistake.
    throw new PoolStateError(`${file} is malformed: it is not JSON. ${howToStartAfresh(file)}`);
  }
}
