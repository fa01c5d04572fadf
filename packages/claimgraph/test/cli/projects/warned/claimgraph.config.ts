import {
  allOf,
  column,
  defineConfig,
  exposes,
  limitedBy,
  publicField,
  requireClaims,
  requireScope,
  rowFilter,
  rowTable,
  where,
} from '../../../../src/index.ts';

const canRead = requireScope('shop/read');

const orders = rowTable('orders', { id: column.text('id') });
const filter = rowFilter('the orders of their shop', { table: orders, where: () => where.and() });

/** What starts and is probably not meant. */
export default defineConfig({
  typeDefs: [
    `type Query { name: String orders(orderBy: OrderField): [Order] }
     enum OrderField { MARGIN NOTE }
     type Order { id: ID margin: Float note: String! }`,
  ],
  rowFilters: [filter, rowFilter('the orders of today', { table: orders, where: () => where.or() })],
  permissions: {
    Query: {
      name: publicField(''),
      orders: exposes(allOf(canRead, limitedBy(filter)), { 'orderBy=NOTE': 'Order.note' }),
    },
    Order: { id: canRead, margin: requireClaims('is a manager', () => true), note: requireScope('shop/notes') },
  },
});
