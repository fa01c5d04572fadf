import { once } from 'node:events';
import { createServer } from 'node:http';
import { createTokenIssuer, type TokenIssuer } from './cognitoTokens.ts';
import { testKey } from './testKey.ts';

/** A user pool that is made up: who has its keys takes its tokens for real ones. */
export interface TestPool extends TokenIssuer {
  /** Where this machine serves its keys: `jwksUri` of `cognitoUserPool`. */
  readonly jwksUri: string;
  close(): Promise<void>;
}

/** Serves a key of its own over HTTP on this machine, and signs tokens with it in the name of the issuer. */
export async function startTestPool({
  issuer,
  port = 0,
}: {
  readonly issuer: string;
  /** A free one unless given. */
  readonly port?: number;
}): Promise<TestPool> {
  const key = await testKey();
  const jwks = JSON.stringify({ keys: [key.jwk] });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(jwks);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new TypeError('a server on a port has an address');
  return {
    ...createTokenIssuer({ issuer, key, now: Date.now }),
    jwksUri: `http://127.0.0.1:${address.port}/.well-known/jwks.json`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
