import type { ApolloServerPlugin } from '@apollo/server';
import { explainOperation } from '../../inspect/explainOperation.ts';
import type { KeptRuns } from '../../inspect/keptRuns.ts';
import { createDecisionRecorder } from '../../operation/decisionRecorder.ts';
import { costIn } from '../../operation/operationCost.ts';
import type { RequestContext } from '../context.ts';

export const explainHeader = 'x-claimgraph-explain';

export interface ExplainOptions {
  /** Where refused rows are kept for a console to ask about. */
  readonly runs?: KeptRuns | undefined;
  /** How many statements the process has sent to its database so far. */
  readonly countStatements?: (() => number) | undefined;
}

/**
 * For development: with the header `x-claimgraph-explain: 1` the response tells in `extensions.decisions` how each field was
 * decided. Callers learn the rules by it, so whether the header means anything is settled when the process starts.
 */
export function explainDecisions({ runs, countStatements }: ExplainOptions = {}): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart({ request, contextValue }) {
      if (request.http?.headers.get(explainHeader) !== '1') return;
      const startedAt = performance.now();
      const statementsBefore = countStatements?.();
      const { authorization } = contextValue;
      const recorder = createDecisionRecorder();
      authorization.record(recorder);
      return {
        async willSendResponse({ response: { body } }) {
          const { operation } = authorization;
          if (!operation || body.kind !== 'single') return;
          const { plan, variables } = operation;
          const decisions = {
            ...explainOperation(plan, authorization.facts(), variables),
            executed: recorder.executed(),
            ...(plan.cost !== undefined && { cost: costIn(plan.cost, variables) }),
            durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
            ...(countStatements && { statements: countStatements() - (statementsBefore ?? 0) }),
            ...(runs && { run: runs.keep(authorization) }),
          };
          body.singleResult = {
            ...body.singleResult,
            extensions: { ...body.singleResult.extensions, decisions },
          };
        },
      };
    },
  };
}
