import cors from '@fastify/cors';
import fastify, { type FastifyInstance } from 'fastify';
import { registerJsonApiRoutes } from './cognito/jsonApiRoutes.ts';
import { toCorsPolicy } from './http/corsPolicy.ts';
import { registerAuthorizeRoutes } from './oauth/authorizeRoutes.ts';
import { registerLogoutRoutes } from './oauth/logoutRoutes.ts';
import { OAuthError } from './oauth/oauthError.ts';
import { registerTokenRoutes } from './oauth/tokenRoutes.ts';
import { registerUserInfoRoutes } from './oauth/userInfoRoutes.ts';
import { registerWellKnownRoutes } from './oauth/wellKnownRoutes.ts';
import { registerIndexRoutes } from './pages/indexRoutes.ts';
import type { PoolContext } from './poolContext.ts';
import { registerHostCheck } from './safety/hostCheck.ts';
import { registerLoginRoutes } from './signIn/loginRoutes.ts';

const formType = 'application/x-www-form-urlencoded';

/** The pool's HTTP application, ready to route requests. */
export async function createPoolApp(
  context: PoolContext,
  names: { readonly ports: readonly number[]; readonly hosts: readonly string[] },
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: 16 * 1024,
    exposeHeadRoutes: false,
    // Only failures of the pool itself, and never an address: its query holds codes and states.
    logger: { level: 'error', stream: process.stderr, serializers: { req: ({ method }) => ({ method }) } },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });
  registerHostCheck(app, { ...names, setting: context.settings.hosts });
  await app.register(cors, { delegator: (request, callback) => callback(null, toCorsPolicy(context.config, request)) });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(formType, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  registerErrorHandler(app);

  registerIndexRoutes(app, context);
  registerWellKnownRoutes(app, context);
  registerAuthorizeRoutes(app, context);
  registerLoginRoutes(app, context);
  registerTokenRoutes(app, context);
  registerUserInfoRoutes(app, context);
  registerLogoutRoutes(app, context);
  await registerJsonApiRoutes(app, context);
  await app.ready();
  return app;
}

/** RFC 6749 section 5.2 bodies for everything that goes wrong. */
function registerErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    if (error instanceof OAuthError) {
      if (error.status === 401) reply.header('www-authenticate', 'Basic realm="local user pool"');
      return reply.code(error.status).send({ error: error.code, error_description: error.message });
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      const description = `expected a body of type ${formType}, of at most 16 KB`;
      return reply.code(400).send({ error: 'invalid_request', error_description: description });
    }
    request.log.error(error);
    return reply.code(500).send({ error: 'server_error' });
  });
}
