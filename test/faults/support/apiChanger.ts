import { z } from 'zod';
import type { Changer } from './changeRecords.ts';
import { observedManagerId } from './question.ts';
import type { ApiNode } from './startNode.ts';

export interface ApiChangerOptions {
  readonly nodes: () => readonly [ApiNode, ...ApiNode[]];
  /** Of somebody who may change others. */
  readonly adminToken: string;
  /** Tells what is committed when a node does not. */
  readonly read: Changer['read'];
}

const mutation = 'mutation ($input: SetUserClaimsInput!) { setUserClaims(input: $input) { user { managerId } } }';

const done = z.object({ data: z.object({ setUserClaims: z.object({ user: z.object({}) }) }) });

/** An admin who changes business records with `setUserClaims`, each time at a node by chance. */
export function createApiChanger({ nodes, adminToken, read }: ApiChangerOptions): Changer {
  return {
    canRemove: false,
    async change(record) {
      if (!record) throw new TypeError('expected a record, for the API takes none away; got none');
      const { role, regions, paymentLimitUsd } = record;
      const [first, ...others] = nodes();
      const node = others[Math.floor(Math.random() * (others.length + 1))] ?? first;
      const input = { managerId: observedManagerId, role: role.toUpperCase(), regions, paymentLimitUsd };
      const { body } = await node.ask(adminToken, mutation, { input });
      done.parse(body);
      return { madeBy: node.name };
    },
    read,
  };
}
