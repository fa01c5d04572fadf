import pg from 'pg';

/** Counts from now on how often a client of pg sends when nothing that it has sent waits for an answer. */
export function countRoundTrips(): { take(): number } {
  let count = 0;
  const waiting = new WeakMap<pg.Client, number>();
  const { query } = pg.Client.prototype;
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...given: readonly unknown[]): unknown {
      const before = waiting.get(this) ?? 0;
      if (before === 0) count += 1;
      waiting.set(this, before + 1);
      const answer: unknown = Reflect.apply(query, this, given);
      const settle = () => void waiting.set(this, (waiting.get(this) ?? 1) - 1);
      if (answer instanceof Promise) answer.then(settle, settle);
      else settle();
      return answer;
    },
  });
  return {
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
