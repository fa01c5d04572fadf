/** What has been opened so far. */
export interface Opened {
  add(close: () => unknown): void;
  /** Closes it in the reverse order; a second call has nothing left to close. */
  close(): Promise<void>;
}

export function createDisposalStack(): Opened {
  const closes: (() => unknown)[] = [];
  return {
    add: (close) => closes.push(close),
    async close() {
      for (const close of closes.splice(0).reverse()) await close();
    },
  };
}
