import type { Contender } from '../contenders/contenders.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { Scene } from '../workloads/world.ts';
import { checkAnswers, checkContender } from './checkContender.ts';
import type { LoadGenerator } from './loadGenerator.ts';
import { type RunningContender, runContender } from './runningContender.ts';

/** A contender that is ready to be measured. */
export interface PreparedContender {
  readonly running: RunningContender;
  /** Requests per second by workload, roughly. */
  readonly rates: Map<string, number>;
}

export interface Preparation {
  readonly contenders: readonly Contender[];
  readonly workloads: readonly Workload[];
  readonly scene: Scene;
  readonly generator: LoadGenerator;
  readonly warmUpSeconds: number;
  readonly tell: (progress: string) => void;
}

export interface LeftOut {
  readonly contender: string;
  readonly reason: string;
}

const connections = 10;

/** Starts, checks and warms up each contender; one that cannot be started or does not answer as it must is left out. */
export async function prepareContenders(preparation: Preparation): Promise<{
  readonly prepared: readonly PreparedContender[];
  readonly leftOut: readonly LeftOut[];
}> {
  const prepared: PreparedContender[] = [];
  const leftOut: LeftOut[] = [];
  for (const contender of preparation.contenders) {
    preparation.tell(`start, check and warm up ${contender.name}`);
    try {
      prepared.push(await prepareContender(contender, preparation));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      preparation.tell(`LEFT OUT ${contender.name}: ${reason}`);
      leftOut.push({ contender: contender.name, reason: reason.split('\n')[0] ?? reason });
    }
  }
  return { prepared, leftOut };
}

async function prepareContender(contender: Contender, preparation: Preparation): Promise<PreparedContender> {
  const { scene, workloads, generator, warmUpSeconds } = preparation;
  const running = await runContender(contender, scene.world);
  try {
    await checkContender(running, scene, workloads);
    const rates = new Map<string, number>();
    for (const workload of workloads) {
      const request = scene.requestOf(workload.name);
      const { p50 } = await running.time(request, warmUpSeconds);
      const load = { connections, slowConnections: connections, seconds: warmUpSeconds, expectedRate: 1_000_000 / p50 };
      const { value } = await generator.load({ url: running.url, request }, load);
      rates.set(workload.name, value);
      await running.settle();
      // Again, because what a contender compiles once it is warm must not change its answer.
      await checkAnswers(running, scene, workload);
    }
    return { running, rates };
  } catch (error) {
    await running.stop();
    throw error;
  }
}
