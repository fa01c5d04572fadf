import { pino } from 'pino';
import { createClaimsCache } from '../../src/claims/claimsCache.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { publicField } from '../../src/rules/index.ts';
import { createApolloServer } from '../../src/server/apollo/apolloServer.ts';
import { createContextBuilder, type RequestContext } from '../../src/server/context.ts';
import { createHttpServer } from '../../src/server/http/httpServer.ts';
import type { AccessTokenIssuer } from '../../src/token/accessTokenIssuer.ts';
import { createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import type { UserPool } from '../../src/token/userPool.ts';
import type { TokenAnswer } from './accessTokenTable.ts';
import type { TokenResponse } from './sendRequest.ts';

export interface ApiOptions {
  /** Keys are fetched when the first token needs them, as on AWS Lambda. */
  readonly coldStart?: boolean;
  readonly now?: () => number;
  /** Issuers other than Cognito; none unless given. */
  readonly issuers?: readonly AccessTokenIssuer[];
}

export interface Api {
  readonly url: string;
  readonly readPrincipal: (response: TokenResponse) => TokenAnswer['principal'];
  close(): Promise<void>;
}

/** What `sendRequest` asks. */
export const principalQuery = '{ principal { kind scopes } }';

const tellsCallersOfThemselves = publicField('tells the tests whom the API takes the caller for');

/** The API's own HTTP host, Apollo Server, context builder and verifier, around a schema that shows the principal. */
export async function startApi(pools: readonly UserPool[], options: ApiOptions = {}): Promise<Api> {
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { principal: Principal! } type Principal { kind: String! scopes: [String!]! }'],
    resolvers: {
      Query: {
        principal: (_query: unknown, _args: unknown, { authorization }: RequestContext) => authorization.principal,
      },
      Principal: { scopes: ({ scopes }: { scopes: ReadonlySet<string> }) => [...scopes] },
    },
    permissions: {
      Query: { principal: tellsCallersOfThemselves },
      Principal: { kind: tellsCallersOfThemselves, scopes: tellsCallersOfThemselves },
    },
  });
  const { now = Date.now, issuers } = options;
  const verifier = createAccessTokenVerifier({ pools, issuers, graceSeconds: 5, jwksRefreshSeconds: 300, now });
  if (!options.coldStart) await verifier.start();
  const logger = pino({ level: 'silent' });
  const apollo = createApolloServer(guarded, { introspection: 'off', logger });
  await apollo.start();
  const app = await createHttpServer({
    apollo,
    buildContext: createContextBuilder({ verifyToken: verifier.verify, claims: noClaims, onClaimsUnavailable() {} }),
    healthChecks: {},
    corsOrigins: [],
    logger,
  });
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    readPrincipal: ({ body }) => (body as { data: { principal: TokenAnswer['principal'] } }).data.principal,
    async close() {
      verifier.close();
      app.server.closeAllConnections();
      await app.close();
      await apollo.stop();
    },
  };
}

const noClaims = createClaimsCache({
  source: {
    async fetchClaims() {
      throw new Error('no operation of these tests needs claims');
    },
  },
  ttlSeconds: 1,
  negativeTtlSeconds: 1,
  maxEntries: 1,
  maxBatchSize: 1,
  timeoutMs: 1_000,
});
