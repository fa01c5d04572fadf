import type { ApolloServerPlugin } from '@apollo/server';
import { explainOperation } from '../../inspect/explainOperation.ts';
import { createDecisionRecorder } from '../../operation/decisionRecorder.ts';
import type { RequestContext } from '../context.ts';

export const explainHeader = 'x-claimgraph-explain';

/**
 * For development: with the header `x-claimgraph-explain: 1` the response tells in `extensions.decisions` how each field was
 * decided. Callers learn the rules by it, so whether the header means anything is settled when the process starts.
 */
export function explainDecisions(): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart({ request, contextValue }) {
      if (request.http?.headers.get(explainHeader) !== '1') return;
      const { authorization } = contextValue;
      const recorder = createDecisionRecorder();
      authorization.record(recorder);
      return {
        async willSendResponse({ response: { body } }) {
          const { operation } = authorization;
          if (!operation || body.kind !== 'single') return;
          const explained = explainOperation(operation.plan, authorization.facts(), operation.variables);
          const decisions = { ...explained, executed: recorder.executed() };
          body.singleResult = {
            ...body.singleResult,
            extensions: { ...body.singleResult.extensions, decisions },
          };
        },
      };
    },
  };
}
