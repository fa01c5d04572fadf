/** What `bench/results.json` holds. */
export interface Results {
  /** The Node.js version. */
  readonly node: string;
  /** How many rounds each figure comes from. */
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** Contenders that could not be set up or answered otherwise than the rest, and why. */
  readonly leftOut: readonly { readonly contender: string; readonly reason: string }[];
}

export type Mode = 'http' | 'process';

export const modeOrder: readonly Mode[] = ['http', 'process'];

/** `median`, `min` and `max` are over the rounds. `p50` and `p99` of single requests are medians over the rounds. */
export interface Row {
  readonly workload: string;
  readonly contender: string;
  readonly mode: Mode;
  readonly unit: 'requests/s' | 'µs/operation';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly latencyUnit: 'ms' | 'µs';
  readonly p50: number;
  readonly p99: number;
}

/** What one round of one contender on one workload gave. */
export interface Measurement {
  readonly workload: string;
  readonly contender: string;
  readonly mode: Mode;
  readonly value: number;
  readonly p50: number;
  readonly p99: number;
}

/** One row per workload, contender and mode, in the order in which they were first measured. */
export function toRows(measurements: readonly Measurement[]): readonly Row[] {
  const groups = new Map<string, Measurement[]>();
  for (const one of measurements) {
    const key = `${one.mode} ${one.workload} ${one.contender}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].flatMap(([first, ...rest]) => (first ? [toRow(first, [first, ...rest])] : []));
}

function toRow({ workload, contender, mode }: Measurement, rounds: readonly Measurement[]): Row {
  const values = rounds.map(({ value }) => value);
  return {
    workload,
    contender,
    mode,
    unit: mode === 'http' ? 'requests/s' : 'µs/operation',
    median: round(medianOf(values)),
    min: round(Math.min(...values)),
    max: round(Math.max(...values)),
    latencyUnit: mode === 'http' ? 'ms' : 'µs',
    p50: round(medianOf(rounds.map(({ p50 }) => p50))),
    p99: round(medianOf(rounds.map(({ p99 }) => p99))),
  };
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

/** How many times as fast as the baseline; undefined where there is none. */
export function speedOf(row: Row, rows: readonly Row[], baseline: string): number | undefined {
  const base = rows.find((one) => one.contender === baseline && one.workload === row.workload && one.mode === row.mode);
  if (!base) return undefined;
  return row.mode === 'http' ? row.median / base.median : base.median / row.median;
}

/** Four significant digits are more than any of this is worth. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}
