import type { RequestContext } from '../graphql/context.ts';
import type { InvestmentsClaims } from './claims.ts';
import type { InvestmentsData } from './data/investmentsData.ts';

/** What the resolvers of this domain get. */
export interface InvestmentsContext extends RequestContext<InvestmentsClaims> {
  /** The data, limited to the rows that the caller's claims allow; only for fields whose rule reads claims. */
  data(): InvestmentsData;
}
