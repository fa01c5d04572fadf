import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cancellationOf } from '../../operation/resultMeter.ts';
import { fixedHeaders } from './fixedHeaders.ts';
import type { GraphqlRequestHandler } from './handleGraphqlRequest.ts';

/** HTML, or what makes it anew for each visit. */
export type LandingPage = string | (() => string);

/** Where a visitor is sent. */
export interface Redirect {
  readonly redirectTo: string;
}

/** Answers a POST by a stream of events, or refuses it; hands the reply back. */
export type EventStreamHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export interface GraphqlRouteOptions {
  readonly landingPage: LandingPage | Redirect | undefined;
  /** Where streams of events are served. */
  readonly eventStream?: EventStreamHandler | undefined;
}

/** GET and POST /graphql by way of Fastify; `plainPost.ts` answers most POSTs before they come here. */
export function serveGraphql(
  app: FastifyInstance,
  handleGraphqlRequest: GraphqlRequestHandler,
  { landingPage, eventStream }: GraphqlRouteOptions,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler(request, reply) {
      const { id, method, url, body, raw } = request;
      const { headers, rawHeaders } = raw;
      if (eventStream && method === 'POST' && wantsEvents(headers.accept, body)) return eventStream(request, reply);
      const start = url.indexOf('?');
      const search = start === -1 ? '' : url.slice(start);
      if (method === 'GET' && isVisit(search, headers.accept)) return welcome(reply, landingPage);
      const signal = cancellationOf(raw.socket);
      const answer = await handleGraphqlRequest({ requestId: id, method, search, headers, rawHeaders, body, signal });
      reply.code(answer.status).headers(Object.fromEntries(answer.headers));
      return answer.body;
    },
  });
}

/** Whether a request may be answered by events; some clients accept them for whatever they ask. */
export function acceptsEvents(accept = ''): boolean {
  return accept.includes('text/event-stream');
}

function wantsEvents(accept: string | undefined, body: unknown): boolean {
  if (!acceptsEvents(accept)) return false;
  const { query } = Object(body);
  return !/json|\*\/\*/.test(accept ?? '') || (typeof query === 'string' && /\bsubscription\b/.test(query));
}

/** Somebody has opened the address in a browser, and asks nothing. */
function isVisit(search: string, accept = ''): boolean {
  return /\btext\/html\b/.test(accept) && !/[?&](?:query|extensions)=/.test(search);
}

function welcome(reply: FastifyReply, landingPage: LandingPage | Redirect | undefined): FastifyReply {
  if (landingPage === undefined) return reply.type('text/plain; charset=utf-8').send(howToAsk);
  if (typeof landingPage === 'object') return reply.redirect(landingPage.redirectTo, 302);
  const page = typeof landingPage === 'string' ? landingPage : landingPage();
  return reply.header('content-security-policy', policyFor(page)).type('text/html; charset=utf-8').send(page);
}

/** Lets a page have the style sheets that stand in it; nothing else is loaded, run, sent or framed. */
function policyFor(page: string): string {
  const sheets = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, sheet = '']) => `'sha256-${sha256(sheet)}'`);
  const policy = `${fixedHeaders['content-security-policy']};base-uri 'none';form-action 'none'`;
  return sheets.length === 0 ? policy : `${policy};style-src ${sheets.join(' ')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

const howToAsk = `This is a GraphQL API. Ask it with a client, or so:

POST /graphql
content-type: application/json

{"query":"{ __typename }"}
`;
