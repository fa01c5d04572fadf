import type { ApolloServerPlugin } from '@apollo/server';
import type { ShadowReport } from '../../operation/operationShadow.ts';
import type { RequestContext } from '../context.ts';
import type { Observers } from '../observers.ts';

/** A log line is read by people, and paid for by its length. */
const maxDifferences = 50;

/** Where the candidate map would have decided otherwise; undefined for an operation that was not compared. */
export function shadowReport({ authorization }: RequestContext): ShadowReport | undefined {
  return authorization.operation?.shadow?.report();
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
