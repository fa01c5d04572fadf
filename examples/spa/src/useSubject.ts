import { useSyncExternalStore } from 'react';
import { manager } from './session.ts';

let subject: string | undefined;
manager.onSubjectChange((change) => {
  subject = change.subject;
});

/** Who is signed in, as issuer and subject; undefined for nobody. Follows a sign-out in another tab. */
export function useSubject(): string | undefined {
  return useSyncExternalStore(
    (onChange) => manager.onSubjectChange(onChange),
    () => subject,
  );
}
