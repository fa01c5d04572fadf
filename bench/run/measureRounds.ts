import { formatFigure } from '../report/formatFigure.ts';
import type { Measurement } from '../report/results.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { Scene } from '../workloads/world.ts';
import type { LoadGenerator } from './loadGenerator.ts';
import type { LeftOut, PreparedContender } from './prepareContenders.ts';

export interface RoundsPlan {
  readonly prepared: readonly PreparedContender[];
  readonly workloads: readonly Workload[];
  readonly scene: Scene;
  readonly generator: LoadGenerator;
  readonly rounds: number;
  readonly loadSeconds: number;
  readonly processSeconds: number;
  readonly slowConnections: number;
  /** On the clock of `performance.now`: no round is begun that would probably end later, and nothing is measured after. */
  readonly deadline: number;
  readonly tell: (progress: string) => void;
}

const connections = 50;

/**
 * Each round visits every contender on every workload, so that whatever disturbs the machine disturbs all alike. A
 * contender that fails twice in a row is left out, with all that was measured of it.
 */
export async function measureRounds(plan: RoundsPlan): Promise<{
  readonly rounds: number;
  readonly measurements: readonly Measurement[];
  readonly leftOut: readonly LeftOut[];
}> {
  const measurements: Measurement[] = [];
  const leftOut: LeftOut[] = [];
  let rounds = 0;
  let roundMs = 0;
  while (rounds < plan.rounds && (rounds === 0 || performance.now() + roundMs < plan.deadline)) {
    const startedAt = performance.now();
    await measureRound(rounds);
    rounds += 1;
    roundMs = performance.now() - startedAt;
  }
  if (rounds < plan.rounds) plan.tell(`stopped after ${rounds} of ${plan.rounds} rounds: the time is up`);
  const isLeftOut = ({ contender }: Measurement) => leftOut.some((one) => one.contender === contender);
  return { rounds, measurements: measurements.filter((one) => !isLeftOut(one)), leftOut };

  async function measureRound(round: number): Promise<void> {
    // There and back, so that a machine that slows down does so for the first as for the last.
    const order = round % 2 === 0 ? plan.prepared : plan.prepared.toReversed();
    for (const workload of plan.workloads) {
      for (const prepared of order) {
        const { name } = prepared.running.contender;
        if (leftOut.some(({ contender }) => contender === name)) continue;
        if (performance.now() > plan.deadline) {
          plan.tell(`not measured in round ${round + 1}, the time is up: ${workload.name} ${name}`);
          continue;
        }
        const at = `round ${round + 1}/${plan.rounds}  ${workload.name}  ${name}`;
        try {
          const two = await measureTwice(prepared, workload, plan);
          measurements.push(...two);
          plan.tell(`${at}: ${two.map(describe).join(', ')}`);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          plan.tell(`${at}: LEFT OUT from here: ${reason}`);
          leftOut.push({ contender: name, reason: reason.split('\n')[0] ?? reason });
        }
      }
    }
  }
}

async function measureTwice(prepared: PreparedContender, workload: Workload, plan: RoundsPlan) {
  try {
    return await measureBothModes(prepared, workload, plan);
  } catch (error) {
    plan.tell(`once more: ${error instanceof Error ? error.message : String(error)}`);
    return await measureBothModes(prepared, workload, plan);
  }
}

async function measureBothModes(
  { running, rates }: PreparedContender,
  { name }: Workload,
  { scene, generator, loadSeconds, processSeconds, slowConnections }: RoundsPlan,
): Promise<readonly Measurement[]> {
  const request = scene.requestOf(name);
  const load = { connections, slowConnections, seconds: loadSeconds, expectedRate: rates.get(name) ?? 1 };
  const http = await generator.load({ url: running.url, request }, load);
  rates.set(name, http.value);
  await running.settle();
  const inProcess = await running.time(request, processSeconds);
  const who = { workload: name, contender: running.contender.name };
  return [
    { ...who, mode: 'http', ...http },
    { ...who, mode: 'process', ...inProcess },
  ];
}

function describe({ mode, value }: Measurement): string {
  return `${formatFigure(value)} ${mode === 'http' ? 'requests/s' : 'µs'}`;
}
