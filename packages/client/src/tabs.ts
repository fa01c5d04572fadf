import { readNavigator } from './browser.ts';

/** What browser tabs of one origin have in common. Where there are no other tabs, in Node and in apps, each part does nothing. */
export interface Tabs {
  /** Runs a task in one tab at a time. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** Has the other tabs look who is signed in, and says who just signed out here. No token travels this way. */
  announce(left: string | undefined): void;
  close(): void;
}

/** A tab that hangs while it has the lock must not keep the others from their tokens for good. */
const lockTimeoutMs = 20_000;

export function joinTabs(name: string, onAnnouncement: (left: string | undefined) => void): Tabs {
  const key = `claimgraph:${name}`;
  const { locks } = readNavigator();
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(key) : undefined;
  if (channel) {
    channel.onmessage = ({ data }) => onAnnouncement(typeof data === 'string' ? data : undefined);
    // In Node an open channel keeps the process running.
    if ('unref' in channel && typeof channel.unref === 'function') channel.unref();
  }
  return {
    async exclusively(task) {
      if (!locks) return task();
      const waiting = new AbortController();
      const timer = setTimeout(() => waiting.abort(), lockTimeoutMs);
      let isHeld = false;
      try {
        return await locks.request(key, { signal: waiting.signal }, () => {
          isHeld = true;
          return task();
        });
      } catch (error) {
        if (isHeld || !waiting.signal.aborted) throw error;
        return task();
      } finally {
        clearTimeout(timer);
      }
    },
    announce: (left) => channel?.postMessage(left),
    close: () => channel?.close(),
  };
}
