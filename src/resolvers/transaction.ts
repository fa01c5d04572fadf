import type { TransactionResolvers } from '../generated/resolvers.ts';

export const Transaction: TransactionResolvers = {
  company: ({ companyId }, _args, { data }) => data().company(companyId),
  investor: ({ investorId }, _args, { data }) => data().investor(investorId),
};
