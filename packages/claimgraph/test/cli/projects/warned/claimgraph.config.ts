import { defineConfig, exposes, publicField, requireClaims, requireScope } from '../../../../src/index.ts';

const canRead = requireScope('shop/read');

/** What starts and is probably not meant. */
export default defineConfig({
  typeDefs: [
    `type Query { name: String orders(orderBy: OrderField): [Order] }
     enum OrderField { MARGIN NOTE }
     type Order { id: ID margin: Float note: String! }`,
  ],
  permissions: {
    Query: { name: publicField(''), orders: exposes(canRead, { 'orderBy=NOTE': 'Order.note' }) },
    Order: { id: canRead, margin: requireClaims('is a manager', () => true), note: requireScope('shop/notes') },
  },
});
