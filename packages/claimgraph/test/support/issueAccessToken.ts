import { createHmac } from 'node:crypto';
import {
  issueAccessToken as issueToken,
  issueMachineToken as issueTokenOfMachine,
  type Members,
  type SigningOptions,
  withSignature,
} from '../../src/testing/issueAccessToken.ts';

export {
  issueIdToken,
  type Members,
  type SigningOptions,
  signWithRsa,
  testIssuer,
  testMachineClientId,
  testSubject,
  testUserClientId,
  withSignature,
} from '../../src/testing/issueAccessToken.ts';
export { type TestKey, testKey } from '../../src/testing/testKey.ts';

// The kit's tokens, with the scope that reads investments.

export function issueAccessToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  return issueToken({ scope: 'investments/read', username: 'global-admin', ...claims }, options);
}

export function issueMachineToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  return issueTokenOfMachine({ scope: 'investments/read', ...claims }, options);
}

/** What an attacker makes of a public key when the verifier lets the token choose the algorithm. */
export function signWithHmac(header: Members, payload: Members, secret: string | Buffer): string {
  return withSignature(header, payload, (input) => createHmac('sha256', secret).update(input).digest());
}

/** The decoded claims of a token, to be changed and signed anew. */
export function readClaims(token: string): Members {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
