import { callersOf, describeExecutors } from '../../packages/claimgraph/test/support/executors/describeExecutors.ts';
import { createInvestmentsWorld, investmentsWords } from '../support/executors/investmentsWorld.ts';

const callers = callersOf(
  ['investments/read', 'investments/pii'],
  [
    { role: 'admin', regions: [] },
    { role: 'manager', managerId: 'man_0', regions: ['USA'] },
    { role: 'investor', investorId: 'inv_1', regions: [] },
  ],
);

describeExecutors('the investments domain', { make: createInvestmentsWorld, words: investmentsWords, callers });
