import type { ApolloServerPlugin } from '@apollo/server';
import { describeClaims } from '../permissions/facts.ts';
import type { RequestContext } from './context.ts';

/** What can be counted of one operation that got as far as being parsed: nothing of it names a person or a value. */
export interface OperationObservation {
  /** `unknown` when the document could not be understood. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly durationSeconds: number;
  /** How far the business claims were needed and known. */
  readonly claims: ReturnType<typeof describeClaims>;
  /** How old the claims were that it was decided by; undefined when it needed none. */
  readonly claimsAgeSeconds: number | undefined;
}

/** Tells of each operation, when its response is ready. The observer must not throw. */
export function observeOperations(
  onOperation: (observation: OperationObservation) => void,
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async willSendResponse({ operation, contextValue: { authorization } }) {
          const claims = authorization.claims();
          onOperation({
            type: operation?.operation ?? 'unknown',
            durationSeconds: (performance.now() - startedAt) / 1000,
            claims: describeClaims(claims),
            claimsAgeSeconds: 'asOf' in claims ? Math.max(0, Date.now() - claims.asOf.getTime()) / 1000 : undefined,
          });
        },
      };
    },
  };
}
