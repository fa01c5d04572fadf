import type { CompanyResolvers } from '../generated/resolvers.ts';
import { toPageRequest } from './connection.ts';

export const Company: CompanyResolvers = {
  async transactions({ id }, { first, after }, context, info) {
    const data = context.data();
    const page = await data.companyTransactionsPage(id, toPageRequest({ first, after }, info));
    return { page, countAll: () => data.countCompanyTransactions(id) };
  },
};
