import { Writable } from 'node:stream';
import { pino } from 'pino';
import { demoMachineClient, demoUserClientId, demoUsers } from '../../dev/demoUsers.ts';
import { createServer, type ServerSettings } from '../../src/server.ts';
import { issueAccessToken, issueMachineToken, testIssuer, testKey } from './issueAccessToken.ts';
import { startJwksServer } from './jwksServer.ts';
import { openTestDatabase, type TestDatabase } from './testDatabase.ts';

/** The demo users and the machine client. */
export const personas = [
  'global-admin',
  'usa-manager',
  'asia-europe-manager',
  'auditor',
  'newcomer',
  'investor-90',
  'reporting-job',
] as const;
export type Persona = (typeof personas)[number];

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly data?: unknown; readonly errors?: readonly AnswerError[] };
}

export interface Asking {
  readonly as?: Persona;
  /** Instead of the persona's own token. */
  readonly token?: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole API over real HTTP, on a database of its own with the demo data, and a user pool with real keys. */
export interface Api {
  readonly url: string;
  readonly database: TestDatabase;
  query(query: string, asking?: Asking): Promise<Answer>;
  tokenOf(persona: Persona, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** What `viewer` must say about the persona, as far as its token says it. */
  identityOf(persona: Persona): {
    readonly subject: string;
    readonly clientId: string;
    readonly scopes: readonly string[];
  };
  /** The SQL statements since the last call. */
  takeStatements(): readonly string[];
  /** The log lines since the last call. */
  takeLog(): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

const settings: ServerSettings = {
  claims: { ttlSeconds: 30, negativeTtlSeconds: 5, maxEntries: 1_000, timeoutMs: 2_000 },
  tokens: { graceSeconds: 5, jwksRefreshSeconds: 300 },
  corsOrigins: ['http://localhost:3000'],
  introspection: true,
  auditSample: 0,
  explain: 'never',
  executor: 'jit',
};

export async function startApi(overrides: Partial<ServerSettings> = {}): Promise<Api> {
  let lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const database = await openTestDatabase({ issuer: testIssuer });
  const jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
  const server = await createServer({
    pools: [
      {
        issuer: testIssuer,
        jwksUri: jwks.jwksUri,
        userClientIds: [demoUserClientId],
        machineClientIds: [demoMachineClient.clientId],
        audience: undefined,
      },
    ],
    database,
    logger: pino({ level: 'info' }, log),
    settings: { ...settings, ...overrides },
    // Each query is asked once or twice.
    compiling: { compileAfter: 0 },
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const tokens = new Map<Persona, Promise<string>>();
  database.takeStatements();

  const api: Api = {
    url,
    database,
    async query(query, { as, token, variables, operationName, headers } = {}) {
      const bearer = token ?? (as && (await (tokens.get(as) ?? remember(as))));
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify({ query, variables, operationName }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
    },
    tokenOf(persona, claims = {}) {
      const { subject, clientId, scopes } = identityOf(persona);
      const issue = persona === 'reporting-job' ? issueMachineToken : issueAccessToken;
      return issue({ sub: subject, client_id: clientId, scope: scopes.join(' '), ...claims });
    },
    identityOf,
    takeStatements: database.takeStatements,
    takeLog() {
      const taken = lines;
      lines = [];
      return taken;
    },
    async close() {
      await server.close();
      await database.close();
      await jwks.close();
    },
  };
  return api;

  function remember(persona: Persona): Promise<string> {
    const token = api.tokenOf(persona);
    tokens.set(persona, token);
    return token;
  }
}

function identityOf(persona: Persona): ReturnType<Api['identityOf']> {
  if (persona === 'reporting-job') {
    const { clientId, scopes } = demoMachineClient;
    return { subject: clientId, clientId, scopes };
  }
  const user = demoUsers.find(({ username }) => username === persona);
  if (!user) throw new RangeError(`no demo user is called ${persona}`);
  return { subject: user.subject, clientId: demoUserClientId, scopes: user.scopes };
}
