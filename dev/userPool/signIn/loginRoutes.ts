import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PoolUser } from '../config/poolConfig.ts';
import { describeScope, scopesOfUser } from '../config/scopes.ts';
import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts';
import { readForm, readQuery } from '../oauth/oauthParameters.ts';
import { toRedirectBack } from '../oauth/redirectBack.ts';
import { sendPage } from '../pages/pageReply.ts';
import { type SignInPageContent, toMessagePage, toSignInPage } from '../pages/pages.ts';
import type { PoolContext } from '../poolContext.ts';
import { checkPassword } from './passwordCheck.ts';
import type { SignInTransaction } from './signInTransactions.ts';

/** The sign-in page and its form. The form brings a transaction id and credentials; all else stays on the server. */
export function registerLoginRoutes(app: FastifyInstance, context: PoolContext): void {
  const { transactions } = context;

  app.get('/login', (request, reply) => {
    const id = readQuery(request.url).get('transaction') ?? '';
    const transaction = transactions.peek(id);
    if (transaction === undefined) return sendOver(reply);
    return sendSignIn(context, reply, 200, { id, transaction, username: '', failure: undefined });
  });

  app.post('/login', (request, reply) => {
    if (!isFromOwnPage(request, context.url)) {
      return sendPage(reply, 403, toMessagePage('Sign-in refused', 'The form was not sent from the sign-in page.'));
    }
    const form = readForm(request.body);
    const transaction = transactions.take(form.get('transaction') ?? '');
    if (transaction === undefined) return sendOver(reply);
    const username = form.get('username') ?? '';
    const check = checkPassword(context, username, form.get('password') ?? '');
    const id = () => transactions.begin(transaction);
    switch (check.outcome) {
      case 'right':
        return reply.redirect(signIn(context, check.user, transaction.request), 303);
      case 'wrong':
        return sendSignIn(context, reply, 403, { id: id(), transaction, username, failure: { reason: 'wrong' } });
      case 'too-many': {
        const { waitSeconds } = check;
        const failure = { reason: 'too-many', waitSeconds } as const;
        reply.header('retry-after', String(waitSeconds));
        return sendSignIn(context, reply, 429, { id: id(), transaction, username, failure });
      }
      default:
        return check satisfies never;
    }
  });
}

/** The address to return to: with a code, or with an error when the user may have none of the scopes. */
function signIn(context: PoolContext, user: PoolUser, request: AuthorizationRequest): string {
  const allowed = scopesOfUser(user);
  // RFC 6749 section 3.3: the server may grant less than was asked, and then says so in the token response.
  const scopes = request.scopes.filter((scope) => allowed.includes(scope));
  if (scopes.length === 0) return toError(request, 'invalid_scope', 'the user may have none of the scopes');
  const code = context.codes.issue({
    signIn: {
      username: user.username,
      clientId: request.clientId,
      scopes,
      authTime: Math.floor(context.now() / 1000),
      originTokenId: randomUUID(),
      eventId: randomUUID(),
    },
    requestedScopes: request.scopes,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    nonce: request.nonce,
  });
  return toRedirectBack(request.redirectUri, { code, state: request.state });
}

function toError(request: AuthorizationRequest, error: 'invalid_scope', description: string): string {
  return toRedirectBack(request.redirectUri, { error, error_description: description, state: request.state });
}

/**
 * Refuses forms of other pages, those on other ports of this machine too. Browsers send Sec-Fetch-Site; the Origin of our
 * own form is `null`, because the page is sent with Referrer-Policy no-referrer (Fetch standard, "append a request Origin header").
 */
function isFromOwnPage(request: FastifyRequest, url: string): boolean {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const ownOrigins = [undefined, 'null', url, `http://${request.headers.host}`];
  return (site === undefined || site === 'same-origin') && ownOrigins.includes(origin);
}

function sendSignIn(
  { config }: PoolContext,
  reply: FastifyReply,
  status: number,
  attempt: {
    readonly id: string;
    readonly transaction: SignInTransaction;
    readonly username: string;
    readonly failure: SignInPageContent['failure'];
  },
): FastifyReply {
  const { request } = attempt.transaction;
  const page = toSignInPage({
    transactionId: attempt.id,
    clientId: request.clientId,
    scopes: request.scopes.map((scope) => ({ scope, words: describeScope(config, scope) })),
    usernames: config.oneClickSignIn ? config.users.map(({ username }) => username) : [],
    username: attempt.username || (request.loginHint ?? ''),
    failure: attempt.failure,
  });
  return sendPage(reply, status, page, request.redirectUri);
}

function sendOver(reply: FastifyReply): FastifyReply {
  const message = 'It was used already or is too old. Go back to the application and start again.';
  return sendPage(reply, 400, toMessagePage('This sign-in is over', message));
}
