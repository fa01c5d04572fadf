import { callersOf, describeExecutors } from '../support/executors/describeExecutors.ts';
import { createHostileWorld, hostileWords } from '../support/executors/hostileWorld.ts';
import { createRoughWorld, roughWords } from '../support/executors/roughWorld.ts';

const callers = callersOf(
  ['depot/read', 'depot/write'],
  [
    { role: 'manager', region: 'north' },
    { role: 'clerk', region: 'north' },
  ],
);

describeExecutors('the hostile schema', { make: createHostileWorld, words: hostileWords, callers });
// A sixth, for most of the time is spent in graphql-shield's rules.
describeExecutors('the rough schema', { make: createRoughWorld, words: roughWords, callers, share: 1 / 6 });
