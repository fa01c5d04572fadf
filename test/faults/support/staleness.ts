import type { History, Observation } from './history.ts';
import { matches } from './judge.ts';

/** How long after its commit a change was still not known, by whom. */
export interface SeenChange {
  readonly node: string;
  readonly madeBy: string | undefined;
  /** From the commit to the sending of the last request that was answered with an older state; 0 when there was none. */
  readonly staleMs: number;
}

/**
 * One entry for each change and each node that, when asked after it, showed this state or an older one. An answer that
 * fits several states counts as the newest of them that there was; one with an error in it does not count.
 */
export function measureStaleness(observations: readonly Observation[], history: History): readonly SeenChange[] {
  const latest = new Map<string, number>();
  const asked = new Set<string>();
  for (const { node, sentAt, receivedAt, outcome } of observations) {
    if (outcome.kind === 'failure') continue;
    const shown = history.findLastIndex(
      (version) => version.sentAt <= receivedAt && matches(version.answer, outcome.answer),
    );
    if (shown < 0) continue;
    for (let index = 1; index < history.length; index += 1) {
      const committedAt = history[index]?.committedAt ?? 0;
      if (committedAt > sentAt) break;
      const key = `${node} ${index}`;
      if (index > shown) latest.set(key, Math.max(latest.get(key) ?? 0, sentAt - committedAt));
      if (index >= shown) asked.add(key);
    }
  }
  return [...asked].map((key) => {
    const [node = '', index] = key.split(' ');
    return { node, madeBy: history[Number(index)]?.madeBy, staleMs: latest.get(key) ?? 0 };
  });
}

/** The value that `share` (0 to 1) of the values do not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
