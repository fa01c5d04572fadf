/** What the tests of a guarded schema need, with any test runner. */
export type { AnonymousPersona, MachinePersona, Persona, Personas, UserPersona } from '../inspect/persona.ts';
export { printAccessMatrix } from './accessMatrix.ts';
export { createTokenIssuer, defaultTokenLifetimeSeconds, type TokenIssuer } from './cognitoTokens.ts';
export {
  issueAccessToken,
  issueIdToken,
  issueMachineToken,
  type SigningOptions,
  testIssuer,
  testMachineClientId,
  testUserClientId,
} from './issueAccessToken.ts';
export type { Decisions } from './readDecisions.ts';
export type { Members, TokenSigningKey } from './signToken.ts';
export {
  type ClaimsSourceHarness,
  type ClaimsSourceTests,
  type MalformedClaims,
  testClaimsSource,
} from './testClaimsSource.ts';
export {
  createTestClient,
  type QueryOptions,
  type TestClient,
  type TestClientOptions,
  type TestResponse,
} from './testClient.ts';
export { type TestJwk, type TestKey, testKey } from './testKey.ts';
export { startTestPool, type TestPool } from './testPool.ts';
export { createTestServer, type TestServer, type TestServerOptions } from './testServer.ts';
