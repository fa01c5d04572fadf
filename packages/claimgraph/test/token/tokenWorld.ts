import type { UserPool } from '../../src/token/userPool.ts';
import { testIssuer, testKey, testMachineClientId, testUserClientId } from '../support/issueAccessToken.ts';
import { type JwksServer, startJwksServer } from '../support/jwksServer.ts';

/** The issuer of a second user pool that the API accepts, with its own keys (`testKey('second')`) and client. */
export const secondIssuer = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Second001';
export const secondClientId = 'spa8example';

/** What surrounds the API under test: the user pools it trusts, and a host that only hostile tokens name. */
export interface TokenWorld {
  readonly pools: readonly UserPool[];
  /** Serves the keys of `testIssuer`. */
  readonly jwks: JwksServer;
  /** Serves the attacker's key; nobody may ever ask it. */
  readonly foreign: JwksServer;
  /** Requests to all the servers of the world together. */
  fetchCount(): number;
  close(): Promise<void>;
}

export async function createTokenWorld(audience?: string, tenant?: UserPool['tenant']): Promise<TokenWorld> {
  const jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
  const second = await startJwksServer({ kind: 'keys', keys: [(await testKey('second')).jwk] });
  const foreign = await startJwksServer({ kind: 'keys', keys: [(await testKey('attacker')).jwk] });
  const servers = [jwks, second, foreign];
  return {
    pools: [
      {
        issuer: testIssuer,
        jwksUri: jwks.jwksUri,
        userClientIds: [testUserClientId],
        machineClientIds: [testMachineClientId],
        audience,
        tenant,
      },
      {
        issuer: secondIssuer,
        jwksUri: second.jwksUri,
        userClientIds: [secondClientId],
        machineClientIds: [],
        audience,
      },
    ],
    jwks,
    foreign,
    fetchCount: () => servers.reduce((sum, server) => sum + server.fetchCount(), 0),
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
