import type { Logger } from 'pino';
import type { Session } from '../../guard/session.ts';
import { type EventResults, releaseAtEnd, type SubscriptionStart } from '../../guard/subscription.ts';
import { describeClaims } from '../../logic/decisionInput.ts';
import type { DenialSummary } from '../../operation/authorization.ts';
import { describePrincipal } from '../../token/principal.ts';
import { observeClaims } from '../apollo/observeOperations.ts';
import type { RequestContext } from '../context.ts';
import type { Observers } from '../observers.ts';

/** Tells the log of subscriptions: a line when one begins or is refused, and one when it is over. */
export interface LogSubscription {
  begin(context: RequestContext, operationName: string | undefined): ToldSubscription;
}

interface ToldSubscription {
  onStart(session: Session, start: SubscriptionStart): void;
  onEvent(session: Session): void;
  /** The same events, whose end is told. */
  follow(events: EventResults): EventResults;
}

/** Never a token, a variable, a claim value or a result. */
export function createSubscriptionLog(logger: Logger, onOperation: Observers['onOperation']): LogSubscription {
  return {
    begin({ requestId, authorization }, operationName) {
      const startedAt = performance.now();
      const refusals = new Map<string, DenialSummary>();
      let eventCount = 0;
      let isOver = false;
      const line = () => ({
        requestId,
        operation: 'subscription',
        // Chosen by the client, so bounded.
        operationName: operationName?.slice(0, 100),
        ...describePrincipal(authorization.principal),
        durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      });
      const noteRefusals = (session: Session) => {
        for (const refusal of session.refusals()) {
          const key = `${refusal.coordinate} ${refusal.code} ${refusal.rule}`;
          refusals.set(key, { ...refusal, count: refusal.count + (refusals.get(key)?.count ?? 0) });
        }
      };
      const end = () => {
        if (isOver) return;
        isOver = true;
        logger.info({ ...line(), events: eventCount, refusals: [...refusals.values()] }, 'subscription ended');
      };

      return {
        onStart(session, start) {
          const claims = authorization.claims();
          onOperation?.({
            type: 'subscription',
            durationSeconds: (performance.now() - startedAt) / 1000,
            ...observeClaims(claims),
            claimGroups: {},
          });
          const errors = start.refused ? start.response.body.errors : [];
          logger.info(
            {
              ...line(),
              claims: describeClaims(claims),
              status: start.refused ? start.response.status : 200,
              refusals: session.refusals(),
              errorCodes: [...new Set(errors.map(({ extensions }) => extensions?.code))],
              errorIds: errors.flatMap(({ extensions }) => extensions?.errorId ?? []),
            },
            'operation',
          );
        },
        onEvent(session) {
          eventCount += 1;
          noteRefusals(session);
        },
        follow: (events) => releaseAtEnd(events, end),
      };
    },
  };
}
