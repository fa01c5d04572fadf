import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Cluster, type NodeName, nodeNames } from './startCluster.ts';
import type { ApiNode } from './startNode.ts';

export interface Revocation {
  /** The node that is asked to revoke. */
  readonly at: NodeName;
  /** A mutation with one variable, `input`. */
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of whom it is about; accepted by every node until then. */
  readonly token: string;
}

const maxMs = 10_000;

/**
 * Has a token revoked and asks every node with it until it is refused. Gives, by node, when the last request was sent that
 * was still accepted, in milliseconds from the answer to the mutation; undefined where none was.
 */
export async function measureRefusal(cluster: Cluster, { at, mutation, input, token }: Revocation) {
  await Promise.all(nodeNames.map((name) => askUntil(cluster.node(name), token, 'accepted')));
  const { body } = await cluster.node(at).ask(await cluster.tokenOf('global-admin'), mutation, { input });
  const revokedAt = performance.now();
  withoutErrors.parse(body);
  const asked = nodeNames.map(async (name) => {
    const lastAt = await askUntil(cluster.node(name), token, 'refused');
    return [name, lastAt && lastAt - revokedAt] as const;
  });
  return new Map(await Promise.all(asked));
}

const withoutErrors = z.object({ data: z.object({}), errors: z.never().optional() });

/** Gives when the last request was sent that was not answered so; undefined when all were. */
export async function askUntil(node: ApiNode, token: string, expected: 'accepted' | 'refused') {
  const end = performance.now() + maxMs;
  let lastAt: number | undefined;
  while (true) {
    const sentAt = performance.now();
    const { status } = await node.ask(token, '{ viewer { subject } }');
    if (status === (expected === 'refused' ? 401 : 200)) return lastAt;
    if (sentAt > end) throw new Error(`expected node ${node.name} to have a token ${expected}; got HTTP ${status}`);
    lastAt = sentAt;
    await wait(1);
  }
}
