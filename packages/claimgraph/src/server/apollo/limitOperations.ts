import type { ApolloServerPlugin } from '@apollo/server';
import type { OperationTooComplexError } from '../../errors.ts';
import { toRequestError } from '../../operation/httpError.ts';
import { checkLimits, type OperationLimits } from '../../operation/limits.ts';
import { mergeEqualFields } from '../../operation/mergeEqualFields.ts';
import type { RequestContext } from '../context.ts';

/**
 * Refuses a document with an operation that is too large, before it is validated: comparing fields that share a name
 * takes validation time that grows with the square of their number.
 *
 * Apollo Server 5.5.1 takes no refusal before validation (whatever a hook throws there is answered with 500). So the
 * document is emptied, which leaves nothing to validate and nothing to execute, and refused at the next hook that may.
 */
export function limitOperations(limits: OperationLimits): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      let excess: OperationTooComplexError | undefined;
      return {
        async validationDidStart({ document }) {
          excess = checkLimits(document, limits);
          const { definitions } = excess ? { definitions: [] } : mergeEqualFields(document);
          if (definitions !== document.definitions) Object.assign(document, { definitions });
        },
        async didResolveOperation() {
          if (excess) throw toRequestError(excess);
        },
      };
    },
  };
}
