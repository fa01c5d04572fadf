import { contenders } from '../contenders/contenders.ts';
import { type Results, toRows } from '../report/results.ts';
import { workloads } from '../workloads/workloads.ts';
import { createScene } from '../workloads/world.ts';
import { startLoadGenerator } from './loadGenerator.ts';
import { measureRounds } from './measureRounds.ts';
import type { BenchOptions } from './options.ts';
import { prepareContenders } from './prepareContenders.ts';

/** The benchmark of requests: HTTP and in process. `startedAt` is when the budget of time began. */
export async function measureRequests(
  options: BenchOptions,
  startedAt: number,
  tell: (progress: string) => void,
): Promise<Results> {
  const deadline = startedAt + options.budgetSeconds * 1000;
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
    return {
      node: process.version,
      rounds: measured.rounds,
      rows: toRows(measured.measurements),
      leftOut: [...leftOut, ...measured.leftOut],
    };
  } finally {
    await Promise.all([generator.stop(), ...prepared.map(({ running }) => running.stop())]);
  }
}
