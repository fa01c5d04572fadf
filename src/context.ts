import type { FieldIndex, RequestContext } from 'claimgraph';
import { type Can, type CanFailure, createCan, getClaims } from 'claimgraph';
import { type InvestmentsClaims, toRowFilter } from './access/claims.ts';
import type { ClaimsInvalidator } from './access/claimsInvalidator.ts';
import { toTenant } from './access/tenant.ts';
import type { ViewerChanges } from './access/viewerChanges.ts';
import { createInvestmentsData } from './data/createInvestmentsData.ts';
import type { InvestmentsData } from './data/investmentsData.ts';
import type { OpenDatabase } from './data/openDatabase.ts';
import type { OutboxTail } from './data/outbox/outboxTail.ts';
import { isVisibleToStaff } from './data/queries/visibleRows.ts';
import type { CompanyRow, RowFilter } from './data/rows.ts';
import { anyNode } from './resolvers/anyNode.ts';
import { createEvents, type Events } from './resolvers/events.ts';
import { createTransactions, type Transactions } from './resolvers/transactions.ts';
import { createUsers, type Users } from './resolvers/users.ts';

/** What the resolvers of this domain get. */
export interface InvestmentsContext extends RequestContext<InvestmentsClaims> {
  /** The data, limited to the rows that the caller's claims allow; only for fields whose rule reads claims. */
  data(): InvestmentsData;
  /** What the caller may do; only for a field whose rule reads claims. */
  readonly can: Can;
  /** Enters transactions; only for fields whose rule asks for a token. */
  transactions(): Transactions;
  /** What can be listened to; only for fields whose rule reads claims. */
  events(): Events;
  /** Changes what others may do; only for fields whose rule asks for an admin. */
  users(): Users;
}

export interface InvestmentsDependencies {
  readonly database: Pick<OpenDatabase, 'forRowFilter' | 'forTenant'>;
  readonly fields: FieldIndex;
  readonly freshness: ClaimsInvalidator;
  readonly outbox: OutboxTail;
  readonly viewerChanges: ViewerChanges;
  /** Told of a rule that threw when somebody asked what they can do, for the log. */
  readonly onRuleThrew: (failure: CanFailure & { readonly requestId: string }) => void;
}

/**
 * One data layer for the whole request, until something is entered: its loaders batch across all fields, and its row filter
 * cannot change midway.
 */
export function withInvestmentsData(
  context: RequestContext<InvestmentsClaims>,
  { database, fields, freshness, outbox, viewerChanges, onRuleThrew }: InvestmentsDependencies,
): InvestmentsContext {
  let known: InvestmentsData | undefined;
  const { authorization, requestId } = context;
  return {
    ...context,
    data,
    can: createCan({
      fields,
      authorization,
      loadNode: (id) => anyNode(data(), id),
      onRuleThrew: (failure) => onRuleThrew({ requestId, ...failure }),
    }),
    transactions: () => createTransactions({ database, caller: authorization.principal, onEntered }),
    events: () => createEvents({ outbox, viewerChanges, caller: authorization.principal, data }),
    users: () => createUsers({ database, caller: authorization.principal, freshness }),
  };

  function data(): InvestmentsData {
    known ??= createData();
    return known;
  }

  /** What has been loaded so far may not be what there is any more, but for the company; and others may wait for it. */
  function onEntered(company: CompanyRow | undefined): void {
    known = undefined;
    if (company && isVisibleToStaff(toFilter(authorization), company)) data().rememberCompany(company);
    outbox.announce();
  }

  function createData(): InvestmentsData {
    const filter = toFilter(authorization);
    return createInvestmentsData(database.forRowFilter(filter), filter);
  }
}

/** The tenant is the token's alone: no argument, header or business record has a say in it. */
function toFilter({ principal, claims }: RequestContext<InvestmentsClaims>['authorization']): RowFilter {
  return principal.kind === 'anonymous' ? { rows: 'none' } : toRowFilter(getClaims(claims()), toTenant(principal));
}
