import { defineConfig, requireScope } from '../../../../src/index.ts';

/** Nobody without the scope reaches anything. */
export default defineConfig({
  typeDefs: ['type Query { name: String }'],
  permissions: { Query: { name: requireScope('shop/read') } },
});
