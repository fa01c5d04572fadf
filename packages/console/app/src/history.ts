export interface HistoryEntry {
  readonly query: string;
  readonly variables: string;
}

const key = 'claimgraph.history';
const maxEntries = 30;

/** What was run last comes first. On this machine only; nobody's token or answer is in it. */
export function readHistory(): readonly HistoryEntry[] {
  const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
  return Array.isArray(stored) ? stored : [];
}

export function addToHistory({ query, variables }: HistoryEntry): void {
  const others = readHistory().filter((entry) => entry.query !== query || entry.variables !== variables);
  localStorage.setItem(key, JSON.stringify([{ query, variables }, ...others].slice(0, maxEntries)));
}
