import type { ApolloServerPlugin } from '@apollo/server';
import { type CandidatePlans, createShadow, type ShadowReport, shadowOf, startShadow } from '../../inspect/shadow.ts';
import { argumentsOf } from '../../operation/authorizeBeforeExecution.ts';
import type { RequestContext } from '../context.ts';
import type { Observers } from '../observers.ts';
import type { PlannedOperation } from './plannedOperations.ts';

/** A log line is read by people, and paid for by its length. */
const maxDifferences = 50;

/** Has the operation's decisions compared with what the candidate map says. Its claims must be settled. */
export function shadowOperation(
  context: RequestContext,
  { plan, variables }: PlannedOperation,
  candidates: CandidatePlans,
): void {
  const roots = [...plan.rootFields.values()].map((root) => ({ plan: root.plan, args: argumentsOf(root, variables) }));
  const below = [...plan.nestedFields.keys()];
  startShadow(context, createShadow(candidates, { roots, below }, context.authorization.facts()));
}

/** Where the candidate map would have decided otherwise; undefined for an operation that was not compared. */
export function shadowReport(context: RequestContext): ShadowReport | undefined {
  return shadowOf(context)?.report();
}

/** The report for the operation's log line: nothing where there is nothing to tell. */
export function describeShadow({ differences, notCompared }: ShadowReport) {
  return {
    ...(differences.length > 0 && { shadow: differences.slice(0, maxDifferences) }),
    ...(notCompared > 0 && { shadowNotCompared: notCompared }),
  };
}

/** Tells of the differences of each operation that has some, when its response is ready. The observer must not throw. */
export function observeShadow(
  onShadowDifferences: NonNullable<Observers['onShadowDifferences']>,
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ contextValue }) {
          const { differences = [] } = shadowReport(contextValue) ?? {};
          if (differences.length > 0) onShadowDifferences(differences);
        },
      };
    },
  };
}
