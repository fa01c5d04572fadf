import { setTimeout as wait } from 'node:timers/promises';
import { type Changer, recordOf } from './changeRecords.ts';
import type { Answer } from './history.ts';
import { answerFor, parseAnswer, question } from './question.ts';
import type { FreshnessFigures, NodesResults } from './scalingResults.ts';
import { quantile } from './staleness.ts';
import { type Cluster, nodeNames } from './startCluster.ts';
import type { ApiNode } from './startNode.ts';

const changeCount = 1_000;
const maxSeenMs = 10_000;

/** What one node answered after a change, in milliseconds from the moment it was known to be committed. */
interface Seen {
  readonly isOwn: boolean;
  /** When the last request was sent that was answered with the state before; 0 when there was none. */
  readonly staleMs: number;
  /** When the first answer with the new state arrived. */
  readonly seenMs: number;
}

/** A thousand changes, each asked for at every node from its commit on until it is known there. */
export async function measureFreshness(cluster: Cluster, changer: Changer): Promise<NodesResults['freshness']> {
  const seen: Seen[] = [];
  for (let count = 1; count <= changeCount; count += 1) {
    const record = recordOf(count, changer);
    const { madeBy } = await changer.change(record);
    const committedAt = performance.now();
    const expected = answerFor(record);
    const found = nodeNames.map(async (name) => {
      const times = await askUntil(cluster.node(name), cluster.token, expected, committedAt);
      return { ...times, isOwn: name === madeBy };
    });
    seen.push(...(await Promise.all(found)));
  }
  return {
    nodes: nodeNames.length,
    changes: changeCount,
    byTheNodeThatMadeIt: toFigures(seen.filter(({ isOwn }) => isOwn)),
    byEveryOtherNode: toFigures(seen.filter(({ isOwn }) => !isOwn)),
  };
}

async function askUntil(node: ApiNode, token: string, expected: Answer, committedAt: number) {
  let staleMs = 0;
  while (true) {
    const sentMs = performance.now() - committedAt;
    const answer = parseAnswer(await node.ask(token, question));
    const seenMs = performance.now() - committedAt;
    if (answer.viewer === expected.viewer && answer.notes === expected.notes) return { staleMs, seenMs };
    if (seenMs > maxSeenMs)
      throw new Error(`expected node ${node.name} to know a change after ${maxSeenMs} ms; got none`);
    staleMs = sentMs;
    await wait(1);
  }
}

function toFigures(seen: readonly Seen[]): FreshnessFigures {
  const figures = (values: readonly number[]) => {
    const at = (share: number) => Math.round(quantile(values, share) * 10) / 10;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  };
  return {
    observations: seen.length,
    staleMs: figures(seen.map(({ staleMs }) => staleMs)),
    seenMs: figures(seen.map(({ seenMs }) => seenMs)),
  };
}
