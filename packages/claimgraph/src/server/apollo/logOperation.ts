import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from 'pino';
import { explainClaims } from '../../inspect/explain.ts';
import { describeClaims } from '../../logic/decisionInput.ts';
import type { Authorization } from '../../operation/authorization.ts';
import { describePrincipal } from '../../token/principal.ts';
import type { RequestContext } from '../context.ts';
import { auditDecisions } from './auditDecisions.ts';
import { describeShadow, shadowReport } from './shadowDecisions.ts';

interface LogOptions {
  readonly auditSample?: number | undefined;
  /** The groups of claims that rules read; none unless given. */
  readonly claimGroups?: readonly string[] | undefined;
}

/**
 * One log line for each operation: who asked for what, what was refused where and by which rule, and the ids of masked
 * errors; how it was decided, when something was refused and in a sample of the other operations (`auditSample`, 0 to 1).
 * With a candidate map, also where that would have decided otherwise. Never a token, a variable, a claim value or a result.
 */
export function logOperation(
  logger: Logger,
  { auditSample = 0, claimGroups = [] }: LogOptions = {},
): ApolloServerPlugin<RequestContext> {
  return {
    async unexpectedErrorProcessingRequest({ error, requestContext: { contextValue } }) {
      logger.error({ requestId: contextValue.requestId, err: error }, 'a request ended unexpectedly');
    },
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async willSendResponse({ operation, operationName, response, contextValue }) {
          // The line costs more than what it is about, where nobody reads it. A logger that is not pino's may not say.
          if (logger.isLevelEnabled?.('info') === false) return;
          const { requestId, authorization } = contextValue;
          const shadow = shadowReport(contextValue);
          const claims = authorization.claims();
          const errors = response.body.kind === 'single' ? (response.body.singleResult.errors ?? []) : [];
          logger.info(
            {
              requestId,
              operation: operation?.operation,
              // Chosen by the client, so bounded.
              operationName: operationName?.slice(0, 100),
              ...describePrincipal(authorization.principal),
              claims: describeClaims(claims),
              ...('asOf' in claims && { claimsAsOf: claims.asOf, claimsAgeMs: Date.now() - claims.asOf.getTime() }),
              ...(claimGroups.length > 0 && { claimGroups: describeGroups(authorization, claimGroups) }),
              status: response.http.status ?? 200,
              durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
              refusals: authorization.refusals(),
              decisions: auditDecisions(contextValue, Math.random() < auditSample),
              ...(shadow && describeShadow(shadow)),
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

/** The groups that the operation loaded. */
function describeGroups(authorization: Authorization, names: readonly string[]) {
  const loaded = names.flatMap((name) => {
    const claims = authorization.claims(name);
    return claims.state === 'not-loaded' ? [] : [[name, explainClaims(claims)] as const];
  });
  return Object.fromEntries(loaded);
}
