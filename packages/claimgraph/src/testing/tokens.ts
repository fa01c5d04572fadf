/** Tokens of Cognito's shape, and a user pool to take them: needs no server library. */
export {
  createTokenIssuer,
  defaultTokenLifetimeSeconds,
  type TokenIssuer,
  type TokenSigningKey,
} from './cognitoTokens.ts';
export { startTestPool, type TestPool } from './testPool.ts';
