import type { PermissionMap } from '../../../packages/claimgraph/src/compile/compilePermissions.ts';
import { readTypeDefs } from '../../../packages/claimgraph/src/compile/readTypeDefs.ts';
import { guard } from '../../../packages/claimgraph/test/support/guardedExecution.ts';
import { orderRows } from './callers.ts';
import { permissions } from './permissions.ts';
import type { OrderRow } from './rows.ts';

const [sdl] = readTypeDefs(new URL('.', import.meta.url));
export const shopTypeDefs = sdl?.body ?? '';

const findOrder = (_root: unknown, { id }: { readonly id: string }) => orderRows.find((order) => order.id === id);

/** The schema of docs/permissions.md, with a map of another's making if there is one. */
export function openShop(map: object = permissions) {
  return guard(shopTypeDefs, { ...map } satisfies PermissionMap, {
    Query: {
      shopName: () => 'Tea & Tools',
      catalogue: () => 'spring',
      order: findOrder,
      orders: () => orderRows,
      yearEnd: () => ({ revenue: 400, profit: 70 }),
    },
    Mutation: { refundOrder: findOrder },
    Node: { __resolveType: () => 'Order' },
    Order: {
      marginPercent: ({ margin, total }: OrderRow) => Math.round((100 * margin) / total),
    },
  });
}
