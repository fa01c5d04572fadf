import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PoolContext } from '../poolContext.ts';
import { verifyAccessToken } from '../tokens/verifyAccessToken.ts';

/** OpenID Connect Core section 5.3, with Cognito's answer: `email_verified` is a string there. */
export function registerUserInfoRoutes(app: FastifyInstance, context: PoolContext): void {
  app.get('/oauth2/userInfo', async (request, reply) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // RFC 6750 section 3.1: a request without a token gets no error code.
    if (token === undefined) return reply.code(401).header('www-authenticate', 'Bearer').send();
    const verified = await verifyAccessToken(context, token);
    if (verified.outcome !== 'valid') return refuse(reply, 401, 'invalid_token');
    const { user, scopes } = verified;
    if (!scopes.includes('openid')) return refuse(reply, 403, 'insufficient_scope');
    return { sub: user.subject, email_verified: 'true', email: user.email, username: user.username };
  });
}

function refuse(reply: FastifyReply, status: number, error: 'invalid_token' | 'insufficient_scope'): FastifyReply {
  return reply.code(status).header('www-authenticate', `Bearer error="${error}"`).send({ error });
}
