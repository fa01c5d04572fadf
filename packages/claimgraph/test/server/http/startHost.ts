import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { UnauthenticatedError } from '../../../src/errors.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { createAuthorization } from '../../../src/operation/authorization.ts';
import { publicField } from '../../../src/rules/index.ts';
import { createApolloServer } from '../../../src/server/apollo/apolloServer.ts';
import { createDrain, type Drain } from '../../../src/server/http/drain.ts';
import { createHttpServer } from '../../../src/server/http/httpServer.ts';
import type { HttpTimeouts } from '../../../src/server/http/timeouts.ts';
import { readBearerToken } from '../../../src/token/bearerToken.ts';
import { anonymous } from '../../../src/token/principal.ts';

export const trustedOrigin = 'https://app.example.com';

/** The HTTP host around a schema without a domain, where every token but none is refused. */
export interface Host {
  readonly app: FastifyInstance;
  readonly drain: Drain;
  readonly port: number;
  /** Requests that Fastify has begun to answer itself. */
  fastifyRequests(): number;
  /** Resolves when `{ slow }` is being answered. */
  slowBegun(): Promise<void>;
  /** Lets `{ slow }` end. */
  endSlow(): void;
  /** Resolves when the host has begun to close. */
  closingBegun(): Promise<void>;
  takeLog(): readonly Readonly<Record<string, unknown>>[];
  /** Sends bytes as they stand, and gives the bytes that come until the host closes the connection. */
  send(raw: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

export async function startHost(listenOn = '127.0.0.1', timeouts?: Partial<HttpTimeouts>): Promise<Host> {
  const rule = publicField('tells nothing of anybody');
  const begun = createGate();
  const ended = createGate();
  const closing = createGate();
  let lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const logger = pino({ level: 'info' }, log);
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { hello(name: String): String slow: String }'],
    resolvers: {
      Query: {
        hello: (_query: unknown, { name = 'you' }: { name?: string }) => `hello ${name}`,
        async slow() {
          begun.open();
          await ended.passed;
          return 'at last';
        },
      },
    },
    permissions: { Query: { hello: rule, slow: rule } },
  });
  const apollo = createApolloServer(guarded, { introspection: 'off', logger });
  await apollo.start();
  const drain = createDrain();
  let count = 0;
  // Before the host watches for hooks that others add, with which it would leave every request to Fastify.
  const countRequests = (message: unknown) =>
    (message as { readonly fastify: FastifyInstance }).fastify.addHook('onRequest', (_request, _reply, done) => {
      count += 1;
      done();
    });
  subscribe('fastify.initialization', countRequests);
  const app = await createHttpServer({
    apollo,
    async buildContext({ requestId, authorizationHeaders }) {
      if (readBearerToken(authorizationHeaders) !== undefined) throw new UnauthenticatedError('invalid', 'no token is');
      const refuse = () => Promise.reject(new TypeError('nobody has claims here'));
      return { requestId, authorization: createAuthorization(anonymous, refuse) };
    },
    healthChecks: {},
    corsOrigins: ['http://localhost:3000', trustedOrigin],
    timeouts,
    logger,
    drain,
  });
  unsubscribe('fastify.initialization', countRequests);
  app.addHook('preClose', (done) => {
    closing.open();
    done();
  });
  const port = Number(new URL(await app.listen({ host: listenOn, port: 0 })).port);

  return {
    app,
    drain,
    port,
    fastifyRequests: () => count,
    slowBegun: () => begun.passed,
    endSlow: () => ended.open(),
    closingBegun: () => closing.passed,
    takeLog() {
      const taken = lines;
      lines = [];
      return taken;
    },
    async send(raw) {
      const socket = connect(port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', () => {});
      socket.write(raw);
      await once(socket, 'close');
      return Buffer.concat(chunks).toString('utf8');
    },
    async close() {
      ended.open();
      app.server.closeAllConnections();
      await app.close();
      await apollo.stop();
    },
  };
}

function createGate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

export interface RawPost {
  readonly method?: string;
  readonly body?: string | Buffer;
  /** Beside Host, Content-Type and Content-Length. */
  readonly headers?: readonly string[];
  readonly contentType?: string;
  readonly path?: string;
  readonly connection?: 'close' | 'keep-alive';
}

export const helloBody = JSON.stringify({ query: '{ hello }' });

/** The bytes of a POST; plain unless told otherwise. */
export function rawPost(post: RawPost = {}): Buffer {
  const { body = helloBody, headers = [], contentType = 'application/json', path = '/graphql' } = post;
  const head = [
    `${post.method ?? 'POST'} ${path} HTTP/1.1`,
    'Host: localhost',
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Connection: ${post.connection ?? 'close'}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

export interface RawAnswer {
  readonly status: number;
  /** Without date and with a constant request id, sorted by name. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The one answer in these bytes. */
export function parseAnswer(raw: string): RawAnswer {
  const end = raw.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = raw.slice(0, end).split('\r\n');
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  const headers = lines
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()).replace(uuid, '<uuid>'))
    .filter((line) => !line.startsWith('date:'))
    .sort();
  return { status: Number(statusLine.split(' ')[1]), headers, body: raw.slice(end + 4).replace(uuid, '<uuid>') };
}
