import { Writable } from 'node:stream';
import { pino } from 'pino';
import { createClaimsCache } from '../../src/claims/claimsCache.ts';
import { createApolloServer } from '../../src/server/apollo/apolloServer.ts';
import { createContextBuilder } from '../../src/server/context.ts';
import { createHttpServer } from '../../src/server/http/httpServer.ts';
import type { TestResponse } from '../../src/testing/testClient.ts';
import { createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import { type SubjectKey, toSubjectKey } from '../../src/token/principal.ts';
import type { StaffClaims } from './callers.ts';
import { createHostileSchema, type HostileSchema } from './hostileSchema.ts';
import { issueAccessToken, testIssuer, testKey, testUserClientId } from './issueAccessToken.ts';
import { startJwksServer } from './jwksServer.ts';

/** Who calls: their scopes are in the token, their claims in the claims source. All are of the region `north`. */
const people = {
  manager: { scopes: 'depot/read depot/write', claims: { role: 'manager', region: 'north' } },
  clerk: { scopes: 'depot/read depot/write', claims: { role: 'clerk', region: 'north' } },
  /** Has no business record. */
  newcomer: { scopes: 'depot/read depot/write', claims: undefined },
  /** Would be a manager, but the client has no scope of this API. */
  outsider: { scopes: 'openid', claims: { role: 'manager', region: 'north' } },
} as const satisfies Readonly<Record<string, { scopes: string; claims: StaffClaims | undefined }>>;

export type HostilePerson = keyof typeof people;

export interface HostileAsking {
  readonly as?: HostilePerson;
  readonly variables?: object;
  readonly operationName?: string;
}

/** The hostile schema over real HTTP, with real tokens; whatever is taken is what came since it was taken last. */
export interface HostileApi extends Omit<HostileSchema, 'guarded'> {
  readonly url: string;
  query(query: string, asking?: HostileAsking): Promise<TestResponse>;
  /** Any body, as it stands. */
  send(body: string, asking?: Pick<HostileAsking, 'as'>): Promise<TestResponse>;
  /** The names of those whose claims were fetched. Nothing is remembered from one operation to the next. */
  takeFetches(): readonly string[];
  takeLog(): readonly Readonly<Record<string, unknown>>[];
  /** Whether the claims source answers; it does at first. */
  setClaimsStore(state: 'up' | 'down'): void;
  close(): Promise<void>;
}

type ApolloOptions = Parameters<typeof createApolloServer>[1];

export async function startHostileApi(options: Partial<Omit<ApolloOptions, 'logger'>> = {}): Promise<HostileApi> {
  const { guarded, ...schema } = createHostileSchema();
  let fetches: string[] = [];
  let log: Readonly<Record<string, unknown>>[] = [];
  let store: 'up' | 'down' = 'up';
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const logger = pino({ level: 'info' }, lines);
  const claims = createClaimsCache<StaffClaims>({
    source: {
      async fetchClaims(subjects) {
        fetches.push(...subjects.map(({ subject }) => subject));
        if (store === 'down') throw new Error('the claims store is down');
        const found = new Map<SubjectKey, StaffClaims>();
        for (const subject of subjects) {
          const person = Object.entries(people).find(([name]) => name === subject.subject)?.[1];
          if (person?.claims) found.set(toSubjectKey(subject), person.claims);
        }
        return found;
      },
    },
    ttlSeconds: 0,
    negativeTtlSeconds: 0,
    maxEntries: 10,
    maxBatchSize: 10,
    timeoutMs: 10_000,
  });
  const jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
  const verifier = createAccessTokenVerifier({
    pools: [
      {
        issuer: testIssuer,
        jwksUri: jwks.jwksUri,
        userClientIds: [testUserClientId],
        machineClientIds: [],
        audience: undefined,
      },
    ],
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
  });
  await verifier.start();
  const apollo = createApolloServer(guarded, { introspection: 'open', ...options, logger });
  await apollo.start();
  const app = await createHttpServer({
    apollo,
    buildContext: createContextBuilder({ verifyToken: verifier.verify, claims, onClaimsUnavailable() {} }),
    healthChecks: {},
    corsOrigins: [],
    logger,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  const api: HostileApi = {
    ...schema,
    url,
    query: (query, { as, ...rest } = {}) => api.send(JSON.stringify({ query, ...rest }), as ? { as } : {}),
    async send(body, { as } = {}) {
      const token = as && (await issueAccessToken({ sub: as, scope: people[as].scopes }));
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body,
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as TestResponse['body'],
      };
    },
    takeFetches() {
      const taken = fetches;
      fetches = [];
      return taken;
    },
    takeLog() {
      const taken = log;
      log = [];
      return taken;
    },
    setClaimsStore(state) {
      store = state;
    },
    async close() {
      verifier.close();
      claims.close();
      app.server.closeAllConnections();
      await app.close();
      await apollo.stop();
      await jwks.close();
    },
  };
  return api;
}
