import { createHmac } from 'node:crypto';
import {
  issueAccessToken as issueToken,
  issueMachineToken as issueTokenOfMachine,
  type SigningOptions,
} from '../../src/testing/issueAccessToken.ts';
import { type Members, withSignature } from '../../src/testing/signToken.ts';

export {
  issueIdToken,
  type SigningOptions,
  testIssuer,
  testMachineClientId,
  testSubject,
  testUserClientId,
} from '../../src/testing/issueAccessToken.ts';
export { type Members, signWithRsa, withSignature } from '../../src/testing/signToken.ts';
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
