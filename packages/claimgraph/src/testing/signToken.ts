import { type KeyObject, sign } from 'node:crypto';

/** `undefined` leaves a claim or a header parameter out. */
export type Members = Readonly<Record<string, unknown>>;

/** A private key and the id under which its public half is published. */
export interface TokenSigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** A token with Cognito's header: `kid` and `alg` only, no `typ`; `header` is what is to differ. */
export function signToken(claims: Members, key: TokenSigningKey, header: Members = {}): string {
  return signWithRsa({ kid: key.kid, alg: 'RS256', ...header }, claims, key);
}

/** Any header and any payload (a string is taken as the JSON it is) with a signature that is right for them. */
export function signWithRsa(
  header: Members,
  payload: Members | string,
  key: Pick<TokenSigningKey, 'privateKey'>,
  digest = 'RSA-SHA256',
): string {
  return withSignature(header, payload, (input) => sign(digest, Buffer.from(input), key.privateKey));
}

/** A compact JWS (RFC 7515) with whatever signature `makeSignature` gives for its signing input. */
export function withSignature(
  header: Members,
  payload: Members | string,
  makeSignature: (signingInput: string) => Buffer,
): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(text).toString('base64url')}`;
  return `${input}.${makeSignature(input).toString('base64url')}`;
}
