import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from 'pino';
import type { Principal } from '../token/principal.ts';
import type { RequestContext } from './context.ts';

/**
 * One log line for each operation: who asked for what, what was refused where and by which rule, and the ids of masked
 * errors. Never a token, a variable, a claim value or a result.
 */
export function logOperation(logger: Logger): ApolloServerPlugin<RequestContext> {
  return {
    async unexpectedErrorProcessingRequest({ error, requestContext: { contextValue } }) {
      logger.error({ requestId: contextValue.requestId, err: error }, 'a request ended unexpectedly');
    },
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async willSendResponse({ operation, operationName, response, contextValue: { requestId, authorization } }) {
          const errors = response.body.kind === 'single' ? (response.body.singleResult.errors ?? []) : [];
          logger.info(
            {
              requestId,
              operation: operation?.operation,
              // Chosen by the client, so bounded.
              operationName: operationName?.slice(0, 100),
              ...describe(authorization.principal),
              claims: authorization.claims().state,
              status: response.http.status ?? 200,
              durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
              refusals: authorization.refusals(),
              errorCodes: [...new Set(errors.map((error) => error.extensions?.code))],
              errorIds: errors.flatMap((error) => error.extensions?.errorId ?? []),
            },
            'operation',
          );
        },
      };
    },
  };
}

function describe(principal: Principal) {
  if (principal.kind === 'anonymous') return { principal: 'anonymous' };
  const { kind, issuer, subject, clientId } = principal;
  return { principal: kind, issuer, subject, clientId };
}
