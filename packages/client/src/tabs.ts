import { listenToStorage, readNavigator } from './browser.ts';

/** What browser tabs of one origin have in common. Where there are no other tabs, in Node and in apps, each part does nothing. */
export interface Tabs {
  /** Runs a task in one tab at a time. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** Says that a token has been refreshed, for as long as this tab lives or until it refreshes the next. */
  markRefreshed(token: string): Promise<void>;
  /** Whether a tab that lives has refreshed this token. */
  isRefreshed(token: string): Promise<boolean>;
  /** Has the other tabs look who is signed in, and says who just signed out here. No token travels this way. */
  announce(left: string | undefined): void;
  close(): void;
}

/** A tab that hangs while it has the lock must not keep the others from their tokens for good. */
const lockTimeoutMs = 20_000;

export function joinTabs(name: string, onAnnouncement: (left?: string) => void): Tabs {
  const key = `claimgraph:${name}`;
  const { locks } = readNavigator();
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(key) : undefined;
  let unmark = (): void => {};
  // Storage is not the same everywhere at once: what another tab wrote may be seen after it was announced.
  const listening = new AbortController();
  listenToStorage(() => onAnnouncement(), listening.signal);
  if (channel) {
    channel.onmessage = ({ data }) => onAnnouncement(typeof data === 'string' ? data : undefined);
    // In Node an open channel keeps the process running.
    if ('unref' in channel && typeof channel.unref === 'function') channel.unref();
  }
  // The end of its signature: enough to know a token by, and not to use it.
  const nameOf = (token: string): string => key + token.slice(-32);

  return {
    async exclusively(task) {
      if (!locks) return task();
      const signal = AbortSignal.timeout(lockTimeoutMs);
      let isHeld = false;
      try {
        return await locks.request(key, { signal }, () => {
          isHeld = true;
          return task();
        });
      } catch (error) {
        if (isHeld || !signal.aborted) throw error;
        return task();
      }
    },
    markRefreshed: (token) =>
      new Promise((resolve) => {
        if (!locks) return resolve();
        const lives = (): Promise<void> =>
          new Promise((end) => {
            unmark();
            unmark = end;
            resolve();
          });
        // A page that is being left gets no locks any more, and nobody waits for it.
        locks.request(nameOf(token), { mode: 'shared' }, lives).catch(() => resolve());
      }),
    isRefreshed: async (token) => (await locks?.query())?.held.some(({ name }) => name === nameOf(token)) ?? false,
    announce: (left) => channel?.postMessage(left),
    close() {
      unmark();
      listening.abort();
      channel?.close();
    },
  };
}
