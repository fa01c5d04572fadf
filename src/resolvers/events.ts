import { BadUserInputError, NotFoundError, type Principal } from 'claimgraph';
import { toActor } from '../access/actor.ts';
import { toTenant } from '../access/tenant.ts';
import type { ViewerChanges } from '../access/viewerChanges.ts';
import type { InvestmentsData } from '../data/investmentsData.ts';
import type { OutboxEvent } from '../data/outbox/outboxQueries.ts';
import type { OutboxTail } from '../data/outbox/outboxTail.ts';
import { quoteInput } from '../data/quoteInput.ts';

/** What somebody can listen to. */
export interface Events {
  /**
   * The transactions of a company from now on, or all after one that the caller sees. Rejects with NotFoundError for an
   * invisible company, and with BadUserInputError for an `after` that is no visible transaction of it.
   */
  transactionAdded(companyId: string, after: string | undefined): Promise<AsyncIterable<OutboxEvent>>;
  viewerChanged(): AsyncIterable<unknown>;
}

export interface EventsDependencies {
  readonly outbox: Pick<OutboxTail, 'follow' | 'lastPosition' | 'positionOf'>;
  readonly viewerChanges: Pick<ViewerChanges, 'follow'>;
  readonly caller: Principal;
  readonly data: () => InvestmentsData;
}

export function createEvents({ outbox, viewerChanges, caller, data }: EventsDependencies): Events {
  return {
    async transactionAdded(companyId, after) {
      if (!(await data().company(companyId))) throw new NotFoundError('expected a company that the caller sees');
      const key = { tenant: toTenant(toActor(caller)), companyId };
      if (after === undefined) return outbox.follow(key, await outbox.lastPosition(key));
      const known = await data().transaction(after);
      const position = known?.companyId === companyId ? await outbox.positionOf(key, after) : undefined;
      if (position === undefined) {
        throw new BadUserInputError({
          field: 'after',
          expected: 'the id of a transaction of this company that the caller sees',
          got: quoteInput(after),
        });
      }
      return outbox.follow(key, position);
    },
    viewerChanged() {
      if (caller.kind === 'anonymous') throw new NotFoundError('nobody has no rights that could change');
      return viewerChanges.follow(caller);
    },
  };
}
