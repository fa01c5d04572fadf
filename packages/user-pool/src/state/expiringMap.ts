/** A map that forgets its entries after a while, and its oldest ones when it is full. */
export interface ExpiringMap<V> {
  set(key: string, value: V): void;
  get(key: string): V | undefined;
  delete(key: string): void;
}

export function createExpiringMap<V>(options: {
  readonly lifetimeSeconds: number;
  readonly maxEntries: number;
  /** Milliseconds since the epoch, as `Date.now`. */
  readonly now: () => number;
}): ExpiringMap<V> {
  const { lifetimeSeconds, maxEntries, now } = options;
  const entries = new Map<string, { readonly value: V; readonly expiresAt: number }>();
  return {
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, expiresAt: now() + lifetimeSeconds * 1000 });
      // All entries live equally long, so the first is the oldest.
      for (const [oldest, { expiresAt }] of entries) {
        if (entries.size <= maxEntries && expiresAt > now()) break;
        entries.delete(oldest);
      }
    },
    get(key) {
      const entry = entries.get(key);
      return entry !== undefined && entry.expiresAt > now() ? entry.value : undefined;
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
