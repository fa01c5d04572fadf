import type { Change } from './change.ts';
import type { WhatWouldChange } from './whatWouldChange.ts';

/** Whether values of claims, arguments and rows may be told: `hidden` wherever others than developers read. */
export type ValuesShown = 'shown' | 'hidden';

/** One change in words, the same wherever people read it. */
export function describeChange(change: Change, values: ValuesShown): string {
  const value = (one: unknown) => (values === 'shown' ? JSON.stringify(one) : 'another value');
  switch (change.kind) {
    case 'signIn':
      return 'sign in';
    case 'scope':
      return change.has ? `the scope ${change.scope}` : `without the scope ${change.scope}`;
    case 'recentSignIn':
      return `a sign-in no older than ${change.maxAgeSeconds} s`;
    case 'record': {
      const record = `${change.group === undefined ? '' : `${change.group} `}business record`;
      if (change.claims === undefined) return `no ${record}`;
      return change.like === undefined || values === 'hidden' ? `a ${record}` : `a ${record} like ${change.like}'s`;
    }
    case 'claim': {
      const name = change.group === undefined ? change.name : `${change.group}.${change.name}`;
      const like = change.like === undefined || values === 'hidden' ? '' : ` (as ${change.like} has)`;
      return `the claim ${name} with ${value(change.value)}${like}`;
    }
    case 'argument':
      return `the argument ${change.path.join('.')} with ${value(change.value)}`;
    case 'row':
      return `a row whose ${change.property} is the caller's own ${change.equals}`;
    default:
      return change satisfies never;
  }
}

/** All of it, a line for each set and one for what cannot be told. Sets that read alike, values hidden, are told once. */
export function describeWhatWouldChange(
  { sets, complete, untold }: WhatWouldChange,
  values: ValuesShown,
): readonly string[] {
  const lines = sets.map(
    ({ changes, state }) => `${state} with ${changes.map((one) => describeChange(one, values)).join(', and ')}`,
  );
  return [
    ...new Set(lines),
    ...(sets.length === 0 && untold.length === 0 ? ['nothing that was tried changes it'] : []),
    ...untold.map((what) => `cannot be told: ${what}`),
    ...(complete ? [] : ['there may be more: the search was cut short']),
  ];
}
