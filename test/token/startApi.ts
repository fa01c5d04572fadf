import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, AuthenticationUnavailableError, InternalError, UnauthenticatedError } from '../../src/errors.ts';
import { type AccessTokenVerifier, createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import { readBearerToken } from '../../src/token/bearerToken.ts';
import { toChallenge } from '../../src/token/challenge.ts';
import { anonymous } from '../../src/token/principal.ts';
import type { UserPool } from '../../src/token/userPool.ts';
import type { TokenAnswer } from './accessTokenTable.ts';
import type { TokenResponse } from './sendRequest.ts';

export interface ApiOptions {
  /** Keys are fetched when the first token needs them, as on AWS Lambda. */
  readonly coldStart?: boolean;
}

/** An API under test. `readPrincipal` is there when its answers show whom it took the caller for. */
export interface Api {
  readonly url: string;
  readonly readPrincipal?: (response: TokenResponse) => TokenAnswer['principal'];
  close(): Promise<void>;
}

/** The least of a host around `src/token`: headers in, principal or error out. */
export async function startApi(pools: readonly UserPool[], options: ApiOptions = {}): Promise<Api> {
  const verifier = createAccessTokenVerifier({ pools, graceSeconds: 5, jwksRefreshSeconds: 300 });
  if (!options.coldStart) await verifier.start();
  const server = createServer((request, response) => void answer(verifier, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    readPrincipal: ({ body }) => (body as { extensions: { principal: TokenAnswer['principal'] } }).extensions.principal,
    async close() {
      verifier.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  verifier: AccessTokenVerifier,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  response.setHeader('content-type', 'application/json');
  try {
    const token = readBearerToken(request.headersDistinct.authorization ?? []);
    const { kind, scopes } = token === undefined ? anonymous : await verifier.verify(token);
    const principal = { kind, scopes: [...scopes] };
    response.end(JSON.stringify({ data: { __typename: 'Query' }, extensions: { principal } }));
  } catch (error) {
    refuse(response, error instanceof AppError ? error : new InternalError('not an AppError', { cause: error }));
  }
}

const statuses: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  BAD_USER_INPUT: 400,
  AUTHENTICATION_UNAVAILABLE: 503,
};

function refuse(response: ServerResponse, error: AppError): void {
  response.statusCode = statuses[error.code] ?? 500;
  const challenge = toChallenge(error);
  if (challenge !== undefined) response.setHeader('www-authenticate', challenge);
  if (error instanceof AuthenticationUnavailableError) response.setHeader('retry-after', error.retryAfterSeconds);
  const reason = error instanceof UnauthenticatedError ? error.reason : undefined;
  response.end(JSON.stringify({ errors: [{ message: error.code, extensions: { code: error.code, reason } }] }));
}
