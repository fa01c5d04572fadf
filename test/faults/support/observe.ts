import { setTimeout as wait } from 'node:timers/promises';
import type { Observation } from './history.ts';
import { parseAnswer, question } from './question.ts';
import type { ApiNode } from './startNode.ts';

/** Asks one node again and again, whether it answers or not. */
export interface Observer {
  /** Resolves with everything it saw, once what it asked last is answered or given up. */
  stop(): Promise<readonly Observation[]>;
}

export interface ObserverOptions {
  /** Whoever has the name at the time: a node can be started anew. */
  readonly nodeOf: () => ApiNode;
  readonly token: string;
  /** Milliseconds from one request to the next. */
  readonly everyMs: number;
  /** Told of each answer. */
  readonly onAnswer?: (observation: Observation) => void;
}

// A node that stands still is asked on for a while: it answers all of it when it wakes.
const maxUnderWay = 400;

export function observe({ nodeOf, token, everyMs, onAnswer = () => {} }: ObserverOptions): Observer {
  const seen: Observation[] = [];
  const underWay = new Set<Promise<void>>();
  let isStopped = false;

  async function askOnce(node: ApiNode): Promise<void> {
    const sentAt = performance.now();
    const outcome = await askNode(node, token);
    const observation = { node: node.name, sentAt, receivedAt: performance.now(), outcome };
    seen.push(observation);
    onAnswer(observation);
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      const asking = askOnce(nodeOf());
      underWay.add(asking);
      void asking.finally(() => underWay.delete(asking));
      await wait(everyMs);
      if (underWay.size >= maxUnderWay) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  }

  const ended = run();
  return {
    async stop() {
      isStopped = true;
      await ended;
      return seen;
    },
  };
}

async function askNode(node: ApiNode, token: string): Promise<Observation['outcome']> {
  try {
    const answered = await node.ask(token, question);
    return { kind: 'answer', status: answered.status, answer: parseAnswer(answered) };
  } catch (error) {
    return { kind: 'failure', failure: error instanceof Error ? error.message : String(error) };
  }
}
