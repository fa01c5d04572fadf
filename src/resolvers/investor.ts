import type { InvestorResolvers } from '../generated/resolvers.ts';
import { toPageRequest } from './connection.ts';

export const Investor: InvestorResolvers = {
  totalInvestedUsd: ({ id }, _args, { data }) => data().totalInvestedUsd(id),
  async transactions({ id }, { first, after }, context, info) {
    const data = context.data();
    const page = await data.investorTransactionsPage(id, toPageRequest({ first, after }, info));
    return { page, countAll: () => data.countInvestorTransactions(id) };
  },
};
