import type { InvestorResolvers } from '../generated/resolvers.ts';

export const Investor: InvestorResolvers = {
  totalInvestedUsd: ({ id }, _args, { data }) => data().totalInvestedUsd(id),
  async transactions({ id }, { first, after }, context) {
    const data = context.data();
    const page = await data.investorTransactionsPage(id, { first, after: after ?? undefined });
    return { page, countAll: () => data.countInvestorTransactions(id) };
  },
};
