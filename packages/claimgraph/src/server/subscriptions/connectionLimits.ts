import { RateLimitedError } from '../../errors.ts';
import { type Principal, toSubjectKey } from '../../token/principal.ts';
import type { SubscriptionSettings } from './settings.ts';

/** How many connections there are, of all and of each subject. */
export interface ConnectionLimits {
  /** Counts one that is open; the returned function counts it off. Throws RateLimitedError when there are enough. */
  open(): () => void;
  /** Counts one that has said whose it is, in the same way. */
  identify(principal: Principal): () => void;
}

export function createConnectionLimits({
  maxConnections,
  maxConnectionsPerSubject,
}: Pick<SubscriptionSettings, 'maxConnections' | 'maxConnectionsPerSubject'>): ConnectionLimits {
  let open = 0;
  const bySubject = new Map<string, number>();
  return {
    open() {
      if (open >= maxConnections) throw new RateLimitedError(`${open} connections are open already`);
      open += 1;
      return once(() => {
        open -= 1;
      });
    },
    identify(principal) {
      if (principal.kind === 'anonymous') return () => {};
      const key = toSubjectKey(principal);
      const count = bySubject.get(key) ?? 0;
      if (count >= maxConnectionsPerSubject) {
        throw new RateLimitedError(`the subject has ${count} connections open already`);
      }
      bySubject.set(key, count + 1);
      return once(() => {
        const left = (bySubject.get(key) ?? 1) - 1;
        if (left === 0) bySubject.delete(key);
        else bySubject.set(key, left);
      });
    },
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
