import { Writable } from 'node:stream';
import { demoMachineClient, demoUserClientId } from '../../dev/demoUsers.ts';
import { createLogger } from '../../packages/claimgraph/src/server/createLogger.ts';
import { defaultTimeouts } from '../../packages/claimgraph/src/server/http/timeouts.ts';
import { issueTokenOf } from '../../packages/claimgraph/src/testing/persona.ts';
import {
  createTestClient,
  type TestClient,
  type TestResponse,
} from '../../packages/claimgraph/src/testing/testClient.ts';
import type { UserPool } from '../../packages/claimgraph/src/token/userPool.ts';
import { testIssuer, testKey } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { startJwksServer } from '../../packages/claimgraph/test/support/jwksServer.ts';
import { createServer, type Server, type ServerDependencies, type ServerSettings } from '../../src/server.ts';
import { demoPersonas, type Persona } from './personas.ts';
import { openTestDatabase, type TestDatabase } from './testDatabase.ts';

export { type Persona, personas } from './personas.ts';
export type { TestResponse };

/** The whole API over real HTTP, on a database of its own with the demo data, and a user pool with real keys. */
export interface Api extends TestClient<Persona> {
  readonly url: string;
  readonly database: TestDatabase;
  tokenOf(persona: Persona, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** What `viewer` must say about the persona, as far as its token says it. */
  identityOf(persona: Persona): {
    readonly subject: string;
    readonly clientId: string;
    readonly scopes: readonly string[];
  };
  /** The SQL statements since the last call, but for those that read the revocation list, which no request waits for. */
  takeStatements(): readonly string[];
  readonly server: Server;
  /** The log lines since the last call. */
  takeLog(): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

const settings: ServerSettings = {
  claims: { ttlSeconds: 30, negativeTtlSeconds: 5, staleIfErrorSeconds: 0, maxEntries: 1_000, timeoutMs: 2_000 },
  tokens: { graceSeconds: 5, jwksRefreshSeconds: 300 },
  timeouts: defaultTimeouts,
  corsOrigins: ['http://localhost:3000'],
  corsAllowedHeaders: [],
  resource: undefined,
  introspection: 'open',
  executor: 'jit',
  auditSample: 0,
  explain: 'never',
  drainSeconds: 0,
};

export interface ApiParts
  extends Pick<ServerDependencies, 'metrics' | 'sharedClaims'>,
    Pick<UserPool, 'tenant' | 'impliedScopes'> {
  /** Other names of the user pool, with the same keys. */
  readonly issuerAliases?: readonly string[];
  /** Another API's, to be its second process; it stays open when this one is closed. */
  readonly database?: TestDatabase;
}

export async function startApi(overrides: Partial<ServerSettings> = {}, parts: ApiParts = {}): Promise<Api> {
  let lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const database = parts.database ?? (await openTestDatabase({ issuer: testIssuer }));
  const jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
  const server = await createServer({
    pools: [
      {
        issuer: testIssuer,
        jwksUri: jwks.jwksUri,
        userClientIds: [demoUserClientId],
        machineClientIds: [demoMachineClient.clientId],
        audience: undefined,
        tenant: parts.tenant,
        impliedScopes: parts.impliedScopes,
        aliases: parts.issuerAliases?.map((issuer) => ({ issuer, jwksUri: jwks.jwksUri })),
      },
    ],
    database,
    logger: createLogger('info', log),
    settings: { ...settings, ...overrides },
    ...parts,
    // Each query is asked once or twice.
    compiling: { compileAfter: 0 },
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  database.takeStatements();

  const client = createTestClient<Persona>({ url, tokenOf });
  return {
    ...client,
    url,
    database,
    server,
    tokenOf,
    identityOf,
    takeStatements: () => database.takeStatements().filter((statement) => !statement.includes('"deny_list"')),
    takeLog() {
      const taken = lines;
      lines = [];
      return taken;
    },
    async close() {
      await server.close();
      if (!parts.database) await database.close();
      await jwks.close();
    },
  };
}

function tokenOf(name: Persona, claims?: Readonly<Record<string, unknown>>): Promise<string> {
  return issueTokenOf(name, demoPersonas[name], claims);
}

function identityOf(name: Persona): ReturnType<Api['identityOf']> {
  const persona = demoPersonas[name];
  const { clientId, scopes } = persona;
  return { subject: persona.kind === 'user' ? persona.subject : clientId, clientId, scopes };
}
