import { NotFoundError } from 'claimgraph';
import type { InvestmentsContext } from '../context.ts';
import type { OutboxEvent } from '../data/outbox/outboxQueries.ts';
import type { SubscriptionResolvers } from '../generated/resolvers.ts';

export const Subscription: SubscriptionResolvers = {
  transactionAdded: {
    subscribe: (_subscription, { companyId, after }, { events }) =>
      events().transactionAdded(companyId, after ?? undefined),
    // By the rows of this moment: who does not see it hears nothing of it.
    async resolve({ transactionId }: OutboxEvent, _args: unknown, { data }: InvestmentsContext) {
      const transaction = await data().transaction(transactionId);
      if (transaction) return transaction;
      throw new NotFoundError('expected a transaction that the caller sees');
    },
  },
  viewerChanged: {
    subscribe: (_subscription, _args, { events }) => events().viewerChanged(),
    resolve: (_change: unknown, _args: unknown, { authorization: { principal } }: InvestmentsContext) =>
      principal.kind === 'anonymous' ? null : principal,
  },
};
