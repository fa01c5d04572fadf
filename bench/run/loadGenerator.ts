import type { BenchRequest } from '../workloads/world.ts';
import { startChildProcess } from './childProcess.ts';
import { type Figures, parseFigures } from './parseFigures.ts';

/** autocannon in a process of its own. */
export interface LoadGenerator {
  load(target: Target, load: Load): Promise<Figures>;
  stop(): Promise<void>;
}

export interface Target {
  readonly url: string;
  readonly request: BenchRequest;
}

export interface Load {
  readonly connections: number;
  /** Instead, where the target is slow. */
  readonly slowConnections: number;
  readonly seconds: number;
  /** Requests per second that the target will probably answer. */
  readonly expectedRate: number;
}

const maxLoadSeconds = 120;

export function startLoadGenerator(): LoadGenerator {
  const child = startChildProcess('processes/load.mjs');
  return {
    async load({ url, request }, wanted) {
      const load = { url, ...request, ...toShape(wanted), maxSeconds: maxLoadSeconds };
      return parseFigures(await child.ask({ load }, maxLoadSeconds + 10));
    },
    stop: child.stop,
  };
}

/**
 * A slow target gets a number of requests instead of a time, the same for each connection: when the time is up it would
 * have answered too few to tell, and would go on working on requests that nobody waits for any more.
 */
function toShape({ connections, slowConnections, seconds, expectedRate }: Load) {
  if (expectedRate * seconds >= 2 * connections) return { connections, seconds };
  const requestsEach = Math.max(1, Math.round((expectedRate * seconds) / slowConnections));
  return { connections: slowConnections, amount: slowConnections * requestsEach };
}
