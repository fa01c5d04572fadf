import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { cancellationOf } from '../../operation/resultMeter.ts';
import { answerWhileClosing } from './connectionErrors.ts';
import { type CorsOrigins, createCorsHeaders } from './cors.ts';
import { toInternalErrorResponse } from './errorHandlers.ts';
import { fixedHeaders } from './fixedHeaders.ts';
import { acceptsEvents } from './graphqlRoute.ts';
import type { GraphqlHttpResponse, GraphqlRequestHandler } from './handleGraphqlRequest.ts';
import { problemOfHeaders } from './requestChecks.ts';
import { readRequestId } from './requestId.ts';

export interface PlainPostOptions {
  readonly handleGraphqlRequest: GraphqlRequestHandler;
  readonly corsOrigins: CorsOrigins;
  readonly maxBodyBytes: number;
  readonly logger: Logger;
  /** Whether somebody has added to the app what would be passed by here, so that all is left to Fastify. */
  readonly isPassedBy: () => boolean;
  /** Whether what may be answered by a stream of events is left to Fastify. */
  readonly servesEvents?: boolean;
}

/**
 * Answers a plain `POST /graphql` before Fastify sees it, whose routing, parsing and reply cost about as much as a small
 * query does. Plain is a JSON body of a stated length within the limit. What is said to anything else is Fastify's to
 * say, also when a body turns out not to be plain once it has been read.
 *
 * Not by Fastify's `serverFactory`: given one, Fastify 5.12 listens on one address of `localhost` only. Those addresses
 * beyond the first have servers of their own, which leave all to Fastify.
 */
export function installFastPath(app: FastifyInstance, options: PlainPostOptions): void {
  const answer = createAnswer(options);
  const bodiesRead = new WeakMap<IncomingMessage, Buffer>();
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const read = bodiesRead.get(request.raw);
    done(null, read === undefined ? payload : Readable.from([read]));
  });

  const { server } = app;
  const listeners = server.listeners('request');
  const passToFastify: RequestListener = (...args) => {
    for (const listener of listeners) Reflect.apply(listener, server, args);
  };
  server.removeAllListeners('request').on('request', (request, response) => {
    if (closing) return answerWhileClosing(request, response);
    if (options.isPassedBy() || !isFastPathRequest(request, options.maxBodyBytes))
      return passToFastify(request, response);
    if (options.servesEvents && acceptsEvents(request.headers.accept)) return passToFastify(request, response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Not emitted for a body that breaks off: then nobody waits for an answer.
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = parsePlainJson(bytes.toString('utf8'));
      if (body !== undefined) return void answer(request, response, body);
      bodiesRead.set(request, bytes);
      passToFastify(request, response);
    });
  });
}

const longBody = 16_384;

const plainTypes: readonly unknown[] = ['application/json', 'application/json; charset=utf-8'];

function isFastPathRequest({ method, url, headers, rawHeaders }: IncomingMessage, maxBodyBytes: number): boolean {
  return (
    method === 'POST' &&
    url === '/graphql' &&
    plainTypes.includes(headers['content-type']) &&
    // Node lets through digits only, and none beside a transfer-encoding.
    Number(headers['content-length']) <= maxBodyBytes &&
    headers['content-encoding'] === undefined &&
    problemOfHeaders(rawHeaders) === undefined
  );
}

/** Undefined for what Fastify's own parser refuses or may refuse, such as keys that reach for prototypes. */
function parsePlainJson(text: string): unknown {
  if (/__proto__|constructor|\\u/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function createAnswer({ handleGraphqlRequest, corsOrigins, logger }: PlainPostOptions) {
  const fixed = Object.entries(fixedHeaders).flat();
  const corsHeadersFor = createCorsHeaders(corsOrigins);

  return async (request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> => {
    const { headers, rawHeaders } = request;
    const requestId = readRequestId(headers);
    const send = (answer: GraphqlHttpResponse) => {
      const head = [...fixed, ...corsHeadersFor(headers.origin), 'x-request-id', requestId];
      for (const [name, value] of answer.headers) head.push(name, value);
      // Node measures and copies a long string more than once, a short one together with the head.
      const body = answer.body.length > longBody ? Buffer.from(answer.body) : answer.body;
      head.push('content-length', String(Buffer.byteLength(body)));
      response.writeHead(answer.status, head).end(body);
    };
    try {
      const signal = cancellationOf(request.socket);
      send(await handleGraphqlRequest({ requestId, method: 'POST', search: '', headers, rawHeaders, body, signal }));
    } catch (error) {
      send(toInternalErrorResponse(error, requestId, logger));
    }
  };
}
