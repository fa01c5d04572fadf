import { publicField, requireScope } from '../../../../src/index.ts';

/** Fields without rules, a rule without a field, and a public field without a reason. */
export default {
  typeDefs: ['type Query { name: String orders: [Order] } type Order { id: ID margin: Float }'],
  permissions: {
    Query: { name: publicField(''), order: requireScope('shop/read') },
    Order: { id: requireScope('shop/read') },
  },
};
