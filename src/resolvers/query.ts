import { BadUserInputError } from 'claimgraph';
import type { CompanyFilter, CompanyOrder } from '../data/rows.ts';
import type { QueryResolvers } from '../generated/resolvers.ts';
import { anyNode } from './anyNode.ts';
import { toPageRequest } from './connection.ts';

const maximumIds = 100;

export const Query: QueryResolvers = {
  health: () => 'ok',

  viewer: (_query, _args, { authorization: { principal } }) => (principal.kind === 'anonymous' ? null : principal),

  async companies(_query, { first, after, filter, orderBy }, context, info) {
    const data = context.data();
    const which: CompanyFilter = {
      region: filter?.region ?? undefined,
      nameContains: filter?.nameContains ?? undefined,
    };
    const order: CompanyOrder = { field: orderBy?.field ?? 'NAME', direction: orderBy?.direction ?? 'ASC' };
    const page = await data.companiesPage(toPageRequest({ first, after }, info), which, order);
    return { page, countAll: () => data.countCompanies(which) };
  },

  company: (_query, { id }, { data }) => data().company(id),

  node: (_query, { id }, { data }) => anyNode(data(), id),

  nodes(_query, { ids }, context) {
    if (ids.length > maximumIds) {
      throw new BadUserInputError({ field: 'ids', expected: `at most ${maximumIds} ids`, got: `${ids.length} ids` });
    }
    const data = context.data();
    return Promise.all(ids.map((id) => anyNode(data, id)));
  },

  search: (_query, { text }, { data }) => data().search(text),

  investor: (_query, { id }, { data }) => data().investor(id),

  regionSummary: (_query, _args, { data }) => data().regionSummary(),

  async auditLog(_query, page, context, info) {
    const data = context.data();
    return {
      page: await data.auditEventsPage(toPageRequest(page, info)),
      countAll: () => data.countAuditEvents(),
    };
  },
};
