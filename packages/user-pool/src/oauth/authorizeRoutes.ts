import type { FastifyInstance } from 'fastify';
import { findUser, type PoolUser } from '../config/poolConfig.ts';
import { toMessagePage } from '../pages/messagePage.ts';
import { sendPage } from '../pages/pageReply.ts';
import type { PoolContext } from '../poolContext.ts';
import { completeSignIn } from '../signIn/completeSignIn.ts';
import type { Session } from '../signIn/sessions.ts';
import { type AuthorizationRequest, parseAuthorizationRequest } from './authorizationRequest.ts';
import { readQuery } from './oauthParameters.ts';
import { toRedirectBack } from './redirectBack.ts';

/**
 * The authorization endpoint (RFC 6749 section 3.1). Who is signed in already is sent back at once, with the `auth_time`
 * of then; for anybody else a valid request is kept, and the browser sent to the sign-in page.
 */
export function registerAuthorizeRoutes(app: FastifyInstance, context: PoolContext): void {
  const { config, transactions, sessions } = context;

  app.get('/oauth2/authorize', (request, reply) => {
    const parsed = parseAuthorizationRequest(config, readQuery(request.url));
    switch (parsed.outcome) {
      case 'refused': {
        const { reason, registered } = parsed;
        return sendPage(reply, 400, toMessagePage('This sign-in request is not valid', reason, registered));
      }
      case 'returned': {
        const { error, description } = parsed.error;
        const parameters = { error, error_description: description, state: parsed.state };
        return reply.redirect(toRedirectBack(parsed.redirectUri, parameters), 302);
      }
      case 'accepted': {
        const asked = parsed.request;
        const session = sessions.find(request.headers.cookie);
        const signedIn = session && toSignedIn(context, asked, session);
        if (signedIn) return reply.redirect(completeSignIn(context, asked, signedIn), 302);
        if (asked.prompts.includes('none')) return reply.redirect(toLoginRequired(asked), 302);
        // Whoever is to enter their password once more need not enter their name.
        const loginHint = asked.loginHint ?? (asked.prompts.includes('select_account') ? undefined : session?.username);
        const id = transactions.begin({ request: { ...asked, loginHint } });
        return reply.redirect(`/login?transaction=${id}`, 302);
      }
      default:
        return parsed satisfies never;
    }
  });
}

/** Who is signed in, if that will do: OpenID Connect Core section 3.1.2.1 for `prompt` and `max_age`. */
function toSignedIn(
  { config, now }: PoolContext,
  { prompts, maxAgeSeconds }: AuthorizationRequest,
  { username, authTime }: Session,
): { readonly user: PoolUser; readonly authTime: number } | undefined {
  const user = findUser(config, username);
  if (user === undefined || prompts.includes('login') || prompts.includes('select_account')) return undefined;
  const ageSeconds = Math.floor(now() / 1000) - authTime;
  const isTooOld = maxAgeSeconds !== undefined && (maxAgeSeconds === 0 || ageSeconds > maxAgeSeconds);
  return isTooOld ? undefined : { user, authTime };
}

function toLoginRequired({ redirectUri, state }: AuthorizationRequest): string {
  const description = 'nobody is signed in, or not recently enough';
  return toRedirectBack(redirectUri, { error: 'login_required', error_description: description, state });
}
