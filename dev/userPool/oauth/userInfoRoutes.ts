import type { FastifyInstance, FastifyReply } from 'fastify';
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { findUser } from '../config/poolConfig.ts';
import { splitScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';

/** OpenID Connect Core section 5.3, with Cognito's answer: `email_verified` is a string there. */
export function registerUserInfoRoutes(app: FastifyInstance, context: PoolContext): void {
  const keySet = createLocalJWKSet({ keys: [...context.keys.jwks.keys] });

  app.get('/oauth2/userInfo', async (request, reply) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // RFC 6750 section 3.1: a request without a token gets no error code.
    if (token === undefined) return reply.code(401).header('www-authenticate', 'Bearer').send();
    const claims = await verify(token);
    if (claims?.token_use !== 'access' || typeof claims.username !== 'string')
      return refuse(reply, 401, 'invalid_token');
    const user = findUser(context.config, claims.username);
    if (user === undefined) return refuse(reply, 401, 'invalid_token');
    const isForUserInfo = typeof claims.scope === 'string' && splitScope(claims.scope).includes('openid');
    if (!isForUserInfo) return refuse(reply, 403, 'insufficient_scope');
    return { sub: user.subject, email_verified: 'true', email: user.email, username: user.username };
  });

  async function verify(token: string): Promise<JWTPayload | undefined> {
    try {
      const options = { issuer: context.issuer, algorithms: ['RS256'], currentDate: new Date(context.now()) };
      return (await jwtVerify(token, keySet, options)).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

function refuse(reply: FastifyReply, status: number, error: 'invalid_token' | 'insufficient_scope'): FastifyReply {
  return reply.code(status).header('www-authenticate', `Bearer error="${error}"`).send({ error });
}
