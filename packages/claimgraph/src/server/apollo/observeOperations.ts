import type { ApolloServerPlugin } from '@apollo/server';
import { type ClaimsResult, describeClaims } from '../../logic/decisionInput.ts';
import type { RequestContext } from '../context.ts';

/** What can be counted of one operation that got as far as being parsed: nothing of it names a person or a value. */
export interface OperationObservation {
  /** `unknown` when the document could not be understood. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly durationSeconds: number;
  /** How far the business claims were needed and known. */
  readonly claims: ReturnType<typeof describeClaims>;
  /** How old the claims were that it was decided by; undefined when it needed none. */
  readonly claimsAgeSeconds: number | undefined;
  /** The same for each group of claims that it loaded, by its name. */
  readonly claimGroups: Readonly<Record<string, Pick<OperationObservation, 'claims' | 'claimsAgeSeconds'>>>;
}

/**
 * Tells of each operation, when its response is ready. The observer must not throw. `groups` are those that rules read.
 */
export function observeOperations(
  onOperation: (observation: OperationObservation) => void,
  groups: readonly string[],
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async willSendResponse({ operation, contextValue: { authorization } }) {
          const loaded = groups.flatMap((group) => {
            const claims = authorization.claims(group);
            return claims.state === 'not-loaded' ? [] : [[group, observeClaims(claims)] as const];
          });
          onOperation({
            type: operation?.operation ?? 'unknown',
            durationSeconds: (performance.now() - startedAt) / 1000,
            ...observeClaims(authorization.claims()),
            claimGroups: Object.fromEntries(loaded),
          });
        },
      };
    },
  };
}

export function observeClaims(
  claims: ClaimsResult<unknown>,
): Pick<OperationObservation, 'claims' | 'claimsAgeSeconds'> {
  return {
    claims: describeClaims(claims),
    claimsAgeSeconds: 'asOf' in claims ? Math.max(0, Date.now() - claims.asOf.getTime()) / 1000 : undefined,
  };
}
