import type { CompanyResolvers } from '../generated/resolvers.ts';

export const Company: CompanyResolvers = {
  async transactions({ id }, { first, after }, context) {
    const data = context.data();
    const page = await data.companyTransactionsPage(id, { first, after: after ?? undefined });
    return { page, countAll: () => data.countCompanyTransactions(id) };
  },
};
