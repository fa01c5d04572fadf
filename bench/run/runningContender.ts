import type { Contender } from '../contenders/contenders.ts';
import type { BenchRequest, World } from '../workloads/world.ts';
import { startChildProcess } from './childProcess.ts';
import { type Figures, parseFigures } from './parseFigures.ts';

/** A contender that listens, in a process of its own. */
export interface RunningContender {
  readonly contender: Contender;
  readonly url: string;
  /** The text it answers with in its process. */
  answer(request: BenchRequest): Promise<string>;
  /** Times its operations in its process, one after the other. */
  time(request: BenchRequest, seconds: number): Promise<Figures>;
  /** Resolves when it has nothing left to do: requests go on being worked on when their sender is gone. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const patienceSeconds = 60;
const idleMs = 20;

export async function runContender(contender: Contender, world: World): Promise<RunningContender> {
  const child = startChildProcess('processes/contender.mjs');
  const ask = (message: object) => child.ask(message, patienceSeconds);
  try {
    const { module, options } = contender;
    const url = readText(await ask({ command: 'start', module, options, world }), 'url');
    return {
      contender,
      url,
      answer: async (request) => readText(await ask({ command: 'answer', request }), 'text'),
      time: async (request, seconds) => parseFigures(await ask({ command: 'time', request, seconds })),
      async settle() {
        for (let idle = 0; idle < 3; ) {
          const askedAt = performance.now();
          await ask({ command: 'ping' });
          idle = performance.now() - askedAt < idleMs ? idle + 1 : 0;
        }
      },
      stop: child.stop,
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function readText(answer: unknown, name: string): string {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  if (typeof value === 'string') return value;
  throw new TypeError(`contender process: "${name}" must be a text; got ${typeof value}`);
}
