import { contenders } from '../contenders/contenders.ts';
import { type Results, toRows } from '../report/results.ts';
import { workloads } from '../workloads/workloads.ts';
import { createScene } from '../workloads/world.ts';
import { startLoadGenerator } from './loadGenerator.ts';
import { measureRounds } from './measureRounds.ts';
import type { BenchOptions } from './options.ts';
import { prepareContenders } from './prepareContenders.ts';

/** The benchmark of requests: HTTP and in process. */
export async function measureRequests(options: BenchOptions, tell: (progress: string) => void): Promise<Results> {
  const deadline = performance.now() + options.budgetSeconds * 1000;
  const generator = startLoadGenerator();
  const shared = {
    scene: createScene(),
    generator,
    workloads: workloads.filter(({ name }) => options.workloads.includes(name)),
    tell,
  };
  const chosen = contenders.filter(({ name }) => options.contenders.includes(name));
  const { prepared, leftOut } = await prepareContenders({ ...options, ...shared, contenders: chosen });
  try {
    const measured = await measureRounds({ ...options, ...shared, prepared, deadline });
    const rows = toRows(measured.measurements).toSorted((a, b) => placeOf(a) - placeOf(b));
    return { node: process.version, rounds: measured.rounds, rows, leftOut: [...leftOut, ...measured.leftOut] };
  } finally {
    await Promise.all([generator.stop(), ...prepared.map(({ running }) => running.stop())]);
  }
}

/** A round in reverse comes second, but who measures one contender alone begins with it. */
function placeOf({ contender }: { readonly contender: string }): number {
  return contenders.findIndex(({ name }) => name === contender);
}
