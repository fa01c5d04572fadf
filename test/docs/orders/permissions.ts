import {
  allOf,
  anyOf,
  denyMode,
  exposes,
  fresh,
  inherit,
  masked,
  needsClaims,
  publicField,
  requireAnyScope,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireRowByToken,
  requireScope,
  requireToken,
} from '../../../packages/claimgraph/src/rules/index.ts';
import type { PageArgs, PermissionTree, RefundArgs } from './permissionTree.ts';
import type { OrderLineRow, OrderRow, OrdersClaims } from './rows.ts';

const canRead = requireScope('orders/read');
const canReadOrRefund = requireAnyScope('orders/read', 'orders/refund');
const canRefund = requireScope('orders/refund');

const isInFinance = requireClaims('is in finance', ({ department }: OrdersClaims) => department === 'finance');

const servesTheRegion = requireRow(
  "serves the order's region",
  (order: OrderRow, { region }: OrdersClaims) => order.region === region,
);

const placedTheOrder = requireRowByToken(
  'placed the order',
  (order: OrderRow, caller) => order.customerSubject === caller.subject,
);

const asksForFew = requireArguments('asks for at most 100 orders', ({ first }: PageArgs) => first <= 100);

const staysWithinTheirLimit = requireArgumentsByClaims(
  'stays within their refund limit',
  ({ amount }: RefundArgs, { refundLimit }: OrdersClaims) => amount <= refundLimit,
);

const signedInJustNow = requireRecentSignIn(5 * 60);

const readsMargins = allOf(canRead, isInFinance);
const readsNotes = allOf(canRead, anyOf(placedTheOrder, servesTheRegion));

const seesTheirOrders = allOf(canRead, needsClaims('sees the orders of their region'));

const readsEmails = anyOf(isInFinance, placedTheOrder);

const seesTheLine = requireRow(
  'sees the line',
  (line: OrderLineRow, { department }: OrdersClaims) => !line.isSecret || department === 'finance',
);

export const permissions: PermissionTree = {
  Query: {
    shopName: publicField('it is written over the door'),
    catalogue: requireToken(),
    order: seesTheirOrders,
    orders: exposes(allOf(seesTheirOrders, asksForFew), { 'orderBy=MARGIN': 'Order.margin' }),
    node: seesTheirOrders,
    yearEnd: denyMode('failOperation', readsMargins),
  },
  Mutation: {
    refundOrder: allOf(canRead, canRefund, signedInJustNow, fresh(staysWithinTheirLimit)),
  },
  Node: { id: canRead },
  Order: {
    id: canRead,
    number: canRead,
    total: canReadOrRefund,
    margin: readsMargins,
    marginPercent: inherit('Order.margin', 'Order.total'),
    customerEmail: allOf(canRead, masked(readsEmails, hideName)),
    note: readsNotes,
    lines: canRead,
  },
  OrderLine: {
    '*': canRead,
    product: denyMode('dropItem', allOf(canRead, seesTheLine)),
  },
  YearEnd: { '*': readsMargins },
  RefundOptions: {
    reason: publicField('refundOrder says who may refund'),
    keepsGoods: isInFinance,
  },
  RefundReason: {
    BROKEN: publicField('refundOrder says who may refund'),
    GOODWILL: isInFinance,
  },
};

/** `ada@example.com` → `***@example.com`. */
function hideName(email: string): string {
  return email.replace(/^[^@]*/, '***');
}
