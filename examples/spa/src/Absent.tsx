import type { Absence } from 'claimgraph-client';
import type { ReactNode } from 'react';

const words: Readonly<Record<Absence, string>> = {
  none: 'none',
  mayNot: 'not for you',
  signIn: 'sign in to see it',
  signInAgain: 'sign in again to see it',
  tryAgain: 'not available now, try again',
  failed: 'could not be read',
};

/** What stands where a field is null: whether there is nothing, or why it is not shown; undefined while that is not known yet. */
export function Absent({ why }: { readonly why: Absence | undefined }): ReactNode {
  if (why === undefined) return '…';
  return (
    <span className={`absent ${why}`} data-why={why}>
      {words[why]}
    </span>
  );
}
