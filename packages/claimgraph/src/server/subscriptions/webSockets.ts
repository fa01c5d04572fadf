import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { AppError, BadUserInputError, ConfigurationError, RateLimitedError } from '../../errors.ts';
import type { CallerWatch } from '../../guard/callerWatch.ts';
import { type EventResults, releaseAtEnd } from '../../guard/subscription.ts';
import { authorizationHeadersOf } from '../../token/bearerToken.ts';
import type { ContextRequest, RequestContext } from '../context.ts';
import { readRequestId } from '../http/requestId.ts';
import { type Closing, closingOf, closings } from './closeCodes.ts';
import type { ConnectionLimits } from './connectionLimits.ts';
import { createLiveCaller, type LiveCaller } from './liveCaller.ts';
import { type LiveOperations, type LiveResult, toGraphqlErrors } from './liveOperations.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface WebSocketsOptions {
  readonly settings: SubscriptionSettings;
  readonly limits: ConnectionLimits;
  readonly watch: CallerWatch;
  readonly live: LiveOperations;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly logger: Logger;
}

export interface WebSockets {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, release: () => void): void;
  /** Closes all with 1001; who has not gone within a second is cut off. */
  close(): Promise<void>;
}

const subprotocol = 'graphql-transport-ws';
const maxIdLength = 200;
const closeGraceMs = 1_000;

/** What a connection knows of itself, beside what graphql-ws does. */
interface Connection {
  readonly requestId: string;
  readonly headers: readonly string[];
  readonly gone: AbortController;
  readonly close: (closing: Closing) => void;
  caller?: LiveCaller;
  /** Operations that are not over: also those whose id graphql-ws has given free before they began. */
  readonly running: Set<object>;
  readonly releases: (() => void)[];
}

/** What `onSubscribe` hands to `subscribe` and `execute`, as the context value. */
interface Answered {
  readonly events?: EventResults;
  readonly result?: ExecutionResult;
}

/**
 * graphql-transport-ws by graphql-ws, whose protocol is its own, over ws. Nothing is compressed, so that a small message is
 * never a large one. Throws ConfigurationError where one of both packages is not installed.
 */
export async function createWebSockets(options: WebSocketsOptions): Promise<WebSockets> {
  const { settings, limits, watch, live, buildContext, logger } = options;
  const [{ makeServer }, { WebSocketServer }] = await loadPackages();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: settings.maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
  });
  const protocol = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: settings.connectionInitMs,
    async onConnect({ extra, connectionParams }) {
      try {
        await identify(extra, connectionParams);
        return true;
      } catch (error) {
        refuseConnection(extra, error);
        return false;
      }
    },
    async onSubscribe({ extra }, id, payload): Promise<readonly GraphQLError[] | ExecutionArgs> {
      if (id.length > maxIdLength) {
        extra.close(closings.badRequest);
        return [
          toError(new BadUserInputError({ field: 'id', expected: `at most ${maxIdLength} characters`, got: 'more' })),
        ];
      }
      if (extra.running.size >= settings.maxSubscriptionsPerConnection) {
        return [toError(new RateLimitedError('too many operations run on the connection already'))];
      }
      const operation = {};
      const end = () => void extra.running.delete(operation);
      extra.running.add(operation);
      try {
        return await answer(extra, payload, end);
      } catch (error) {
        end();
        // A caller who is refused is so for all operations of the connection.
        if (error instanceof AppError && !(error instanceof BadUserInputError)) extra.close(closingOf(error));
        return [toError(error)];
      }
    },
    // What is answered is known already: graphql-ws is to send it.
    subscribe: (args) => answerOf(args).events ?? { data: null },
    execute: (args) => answerOf(args).result ?? { data: null },
  });

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const connection = createConnection(socket, request);
    const onClosed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, connection, data),
        close: (code, reason) => connection.close({ code: code ?? 1000, reason: reason ?? '' }),
        onMessage: (handle) => receive(socket, connection, handle),
        onPing: (payload) => renew(socket, connection, payload),
      },
      connection,
    );
    socket.on('error', () => {});
    socket.once('close', (code, reason) => {
      connection.gone.abort();
      for (const release of connection.releases) release();
      Promise.resolve(onClosed(code, String(reason))).catch((error: unknown) => {
        logger.error({ requestId: connection.requestId, err: error }, 'closing a WebSocket failed');
      });
    });
  });

  /** Those that have said nothing since they were last asked whether they are there. */
  const silent = new WeakSet<WebSocket>();
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, settings.heartbeatMs).unref();

  return {
    accept(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
    },
    async close() {
      clearInterval(heartbeat);
      const clients = [...sockets.clients];
      const allGone = Promise.all(clients.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      for (const socket of clients) socket.close(closings.goingAway.code, closings.goingAway.reason);
      const cutOff = setTimeout(() => {
        for (const socket of clients) socket.terminate();
      }, closeGraceMs);
      await allGone;
      clearTimeout(cutOff);
      sockets.close();
    },
  };

  function createConnection(socket: WebSocket, request: IncomingMessage): Connection {
    socket.on('pong', () => silent.delete(socket));
    return {
      requestId: readRequestId(request.headers),
      headers: authorizationHeadersOf(request.rawHeaders),
      gone: new AbortController(),
      running: new Set(),
      releases: [],
      close({ code, reason }) {
        if (socket.readyState > socket.OPEN) return;
        socket.close(code, reason);
        // A client that does not read never answers.
        setTimeout(() => socket.terminate(), closeGraceMs).unref();
      },
    };
  }

  async function identify(connection: Connection, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { authorization } = params;
    if (authorization !== undefined && typeof authorization !== 'string') throw notAText;
    const authorizationHeaders = [...connection.headers, ...(authorization === undefined ? [] : [authorization])];
    const { requestId, gone } = connection;
    const caller = await createLiveCaller({
      buildContext,
      request: { requestId, authorizationHeaders, signal: gone.signal },
    });
    const principal = caller.principal();
    if (gone.signal.aborted) return;
    connection.releases.push(limits.identify(principal));
    connection.caller = caller;
    if (principal.kind === 'anonymous') return;
    const recheck = async () => void (await caller.contextNow());
    connection.releases.push(watch.watch(recheck, (error) => refuseConnection(connection, error)));
  }

  function refuseConnection(connection: Connection, error: unknown): void {
    const closing = closingOf(error);
    const line = { requestId: connection.requestId, closing };
    if (!(error instanceof AppError)) logger.error({ ...line, err: error }, 'connection ended');
    else logger.info({ ...line, code: error.code, reason: error.message }, 'connection ended');
    connection.close(closing);
  }

  async function answer(
    { caller, gone }: Connection,
    payload: unknown,
    end: () => void,
  ): Promise<readonly GraphQLError[] | ExecutionArgs> {
    if (!caller) throw new TypeError('an operation came before the connection had said who it is');
    const answered = await live.begin(caller, payload, gone.signal);
    if (answered.kind !== 'events') end();
    if (answered.kind === 'refused') return toGraphqlErrors(answered.response);
    if (answered.kind === 'result' && (!answered.document || answered.result.data === undefined)) {
      return (answered.result.errors ?? []).map(toGraphqlError);
    }
    const { document } = answered;
    if (!document) throw new TypeError('an operation without a document was answered');
    const contextValue: Answered =
      answered.kind === 'events'
        ? { events: releaseAtEnd(answered.events, end) }
        : { result: toExecutionResult(answered.result) };
    return { schema: live.schema, document, operationName: nameOf(payload), contextValue, rootValue: undefined };
  }

  function toError(error: unknown): GraphQLError {
    return toGraphqlError(live.formatError({ message: error instanceof AppError ? error.code : 'error' }, error));
  }

  /** A `ping` with a newer token renews the connection; it is never sent back. */
  async function renew(socket: WebSocket, connection: Connection, payload: unknown): Promise<void> {
    const { authorization } = Object(payload);
    try {
      if (authorization !== undefined) {
        if (typeof authorization !== 'string') throw notAText;
        await connection.caller?.renewToken(authorization);
      }
    } catch (error) {
      return refuseConnection(connection, error);
    }
    await send(socket, connection, JSON.stringify({ type: 'pong' }));
  }

  function receive(socket: WebSocket, connection: Connection, handle: (data: string) => Promise<void>): void {
    let windowStart = 0;
    let count = 0;
    const isOneTooMany = () => {
      const now = performance.now();
      if (now - windowStart >= 1_000) {
        windowStart = now;
        count = 0;
      }
      count += 1;
      return count > settings.maxMessagesPerSecond;
    };
    // ws answers these by itself, and older ones keep whatever answers a client does not read.
    socket.on('ping', () => {
      if (isOneTooMany()) connection.close(closings.tooManyMessages);
      else if (socket.bufferedAmount > settings.maxBufferedBytes) connection.close(closings.slowConsumer);
    });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      silent.delete(socket);
      if (isOneTooMany()) return connection.close(closings.tooManyMessages);
      if (isBinary || socket.readyState !== socket.OPEN) return connection.close(closings.badRequest);
      handle(String(data)).catch((error: unknown) => {
        // What could not be sent any more.
        if (socket.readyState > socket.OPEN) return;
        logger.error({ requestId: connection.requestId, err: error }, 'a message of a WebSocket could not be answered');
        connection.close(closings.internalError);
      });
    });
  }

  function send(socket: WebSocket, connection: Connection, data: string): Promise<void> {
    if (socket.bufferedAmount + data.length > settings.maxBufferedBytes && socket.bufferedAmount > 0) {
      connection.close(closings.slowConsumer);
    }
    return new Promise((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      socket.send(data, (error) => (error ? reject(error) : resolve()));
    });
  }
}

const notAText = new BadUserInputError({
  field: 'authorization',
  expected: '"Bearer" and an access token, as a text',
  got: 'something else',
});

function nameOf(payload: unknown): string | undefined {
  const { operationName } = Object(payload);
  return typeof operationName === 'string' ? operationName : undefined;
}

function answerOf({ contextValue }: ExecutionArgs): Answered {
  return Object(contextValue);
}

function toExecutionResult({ data, errors, extensions }: LiveResult): ExecutionResult {
  return {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map(toGraphqlError) }),
    ...(extensions && { extensions }),
  };
}

function toGraphqlError({ message, path, extensions }: GraphQLFormattedError): GraphQLError {
  return new GraphQLError(message, { path, extensions });
}

async function loadPackages() {
  try {
    return await Promise.all([import('graphql-ws'), import('ws')]);
  } catch (cause) {
    throw new ConfigurationError(
      'subscriptions over WebSockets: expected the packages graphql-ws and ws; got none or one of them. ' +
        "Install both (npm install graphql-ws ws), or set subscriptions to { transports: ['sse'] } or 'off'",
      { cause },
    );
  }
}
