import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PoolContext } from '../poolContext.ts';
import { getUser, globalSignOut } from './accessTokenOperations.ts';
import { CognitoError, type CognitoErrorName } from './cognitoError.ts';
import { initiateAuth, respondToAuthChallenge } from './initiateAuth.ts';
import type { Operation } from './operation.ts';
import { getTokensFromRefreshToken, revokeToken } from './refreshTokenOperations.ts';

const operations: Readonly<Record<string, Operation>> = {
  InitiateAuth: initiateAuth,
  RespondToAuthChallenge: respondToAuthChallenge,
  GetTokensFromRefreshToken: getTokensFromRefreshToken,
  RevokeToken: revokeToken,
  GetUser: getUser,
  GlobalSignOut: globalSignOut,
};

const contentType = 'application/x-amz-json-1.1';
const targetPrefix = 'AWSCognitoIdentityProviderService.';

/** Cognito's JSON API, as far as clients of people use it: `POST /` with the operation in `X-Amz-Target`. */
export async function registerJsonApiRoutes(app: FastifyInstance, context: PoolContext): Promise<void> {
  // A scope of its own, for its bodies and errors have another shape than those of the OAuth endpoints.
  await app.register(async (api) => {
    api.removeAllContentTypeParsers();
    api.addContentTypeParser(contentType, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    api.addHook('onRequest', async (_request, reply) => {
      reply.header('x-amzn-requestid', randomUUID());
    });
    api.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
      if (error instanceof CognitoError) return sendError(reply, 400, error.errorName, error.message);
      if (error.statusCode !== undefined && error.statusCode < 500) {
        const message = `expected a body of type ${contentType}, of at most 16 KB`;
        return sendError(reply, 400, 'SerializationException', message);
      }
      request.log.error(error);
      return sendError(reply, 500, 'InternalErrorException', 'the local user pool failed');
    });
    api.post('/', async (request, reply) => {
      const operation = findOperation(request.headers['x-amz-target']);
      return sendJson(reply, 200, await operation(context, parseJson(request.body)));
    });
  });
}

function findOperation(target: string | readonly string[] | undefined): Operation {
  const name = typeof target === 'string' && target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation !== undefined) return operation;
  const known = Object.keys(operations).join(', ');
  throw new CognitoError('UnknownOperationException', `expected X-Amz-Target ${targetPrefix} with one of ${known}`);
}

function parseJson(body: unknown): unknown {
  try {
    if (typeof body === 'string') return JSON.parse(body);
  } catch {
    // Told below; the message of JSON.parse quotes the body, which holds secrets.
  }
  throw new CognitoError('SerializationException', 'expected a body of JSON');
}

function sendError(
  reply: FastifyReply,
  status: number,
  name: CognitoErrorName | 'InternalErrorException',
  message: string,
): FastifyReply {
  return sendJson(reply.header('x-amzn-errortype', name), status, { __type: name, message });
}

function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  // As bytes: to text Fastify would add a charset, which Cognito does not name.
  return reply
    .code(status)
    .type(contentType)
    .send(Buffer.from(JSON.stringify(body)));
}
