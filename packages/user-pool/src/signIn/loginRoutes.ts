import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findUser } from '../config/poolConfig.ts';
import { toBaseUrl } from '../http/localIssuer.ts';
import { readForm, readQuery } from '../oauth/oauthParameters.ts';
import { toMessagePage } from '../pages/messagePage.ts';
import { sendPage } from '../pages/pageReply.ts';
import { type SignInFailure, toSignInPage } from '../pages/signInPage.ts';
import type { PoolContext } from '../poolContext.ts';
import { completeSignIn } from './completeSignIn.ts';
import { checkPassword, type PasswordCheck } from './passwordCheck.ts';
import type { SignInTransaction } from './signInTransactions.ts';

/** The sign-in page and its form. The form brings a transaction id and credentials; all else stays on the server. */
export function registerLoginRoutes(app: FastifyInstance, context: PoolContext): void {
  const { sessions, transactions } = context;

  app.get('/login', (request, reply) => {
    const parameters = readQuery(request.url);
    const id = parameters.get('transaction') ?? '';
    // Cognito's sign-in page takes the parameters of an authorization request, too.
    if (id === '' && parameters.get('client_id') !== undefined) {
      return reply.redirect(request.url.replace('/login', '/oauth2/authorize'), 302);
    }
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
    const chosen = form.get('as');
    const check =
      chosen === undefined
        ? checkPassword(context, username, form.get('password') ?? '')
        : checkOneClick(context, chosen);
    const id = () => transactions.begin(transaction);
    switch (check.outcome) {
      case 'right': {
        const signedIn = { user: check.user, authTime: Math.floor(context.now() / 1000) };
        const { authTime } = signedIn;
        reply.header('set-cookie', sessions.begin({ username: check.user.username, authTime }));
        return reply.redirect(completeSignIn(context, transaction.request, signedIn), 303);
      }
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

/** Somebody whom the page offers is believed to be whom they choose; no password is asked for, and none guessed. */
function checkOneClick({ config }: PoolContext, username: string): PasswordCheck {
  const user = config.oneClickSignIn ? findUser(config, username) : undefined;
  return user === undefined ? { outcome: 'wrong' } : { outcome: 'right', user };
}

/**
 * Refuses forms of other pages, those on other ports of this machine too. Browsers send Sec-Fetch-Site; the Origin of our
 * own form is `null`, because the page is sent with Referrer-Policy no-referrer (Fetch standard, "append a request Origin header").
 */
function isFromOwnPage(request: FastifyRequest, url: string): boolean {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const ownOrigins = [undefined, 'null', url, toBaseUrl(request)];
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
    readonly failure: SignInFailure | undefined;
  },
): FastifyReply {
  const { request } = attempt.transaction;
  const page = toSignInPage({
    config,
    transactionId: attempt.id,
    clientId: request.clientId,
    scopes: request.scopes,
    username: attempt.username || (request.loginHint ?? ''),
    failure: attempt.failure,
  });
  return sendPage(reply, status, page, request.redirectUri);
}

function sendOver(reply: FastifyReply): FastifyReply {
  const message = 'It was used already or is too old. Go back to the application and start again.';
  return sendPage(reply, 400, toMessagePage('This sign-in is over', message));
}
