import type { Kysely } from 'kysely';
import type { RequestContext } from '../graphql/context.ts';
import { settledClaims } from '../permissions/facts.ts';
import { type InvestmentsClaims, toRowFilter } from './claims.ts';
import { createInvestmentsData } from './data/createInvestmentsData.ts';
import type { InvestmentsData } from './data/investmentsData.ts';
import type { Tables } from './data/tables.ts';

/** What the resolvers of this domain get. */
export interface InvestmentsContext extends RequestContext<InvestmentsClaims> {
  /** The data, limited to the rows that the caller's claims allow; only for fields whose rule reads claims. */
  data(): InvestmentsData;
}

/** One data layer for the whole request: its loaders batch across all fields, and its row filter cannot change midway. */
export function withInvestmentsData(
  context: RequestContext<InvestmentsClaims>,
  db: Kysely<Tables>,
): InvestmentsContext {
  let data: InvestmentsData | undefined;
  return {
    ...context,
    data() {
      data ??= createInvestmentsData(db, toRowFilter(settledClaims(context.authorization.claims())));
      return data;
    },
  };
}
