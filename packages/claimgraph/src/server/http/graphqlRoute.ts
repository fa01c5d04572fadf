import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { cancellationOf } from '../../operation/resultMeter.ts';
import { fixedHeaders } from './fixedHeaders.ts';
import type { GraphqlRequestHandler } from './handleGraphqlRequest.ts';

/** HTML, or what makes it anew for each visit. */
export type LandingPage = string | (() => string);

/** Where a visitor is sent. */
export interface Redirect {
  readonly redirectTo: string;
}

/** GET and POST /graphql by way of Fastify; `plainPost.ts` answers most POSTs before they come here. */
export function serveGraphql(
  app: FastifyInstance,
  handleGraphqlRequest: GraphqlRequestHandler,
  landingPage: LandingPage | Redirect | undefined,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler({ id, method, url, body, raw }, reply) {
      const { headers, rawHeaders } = raw;
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
