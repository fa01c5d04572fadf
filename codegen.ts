import type { CodegenConfig } from '@graphql-codegen/cli';
import * as permissionTree from './codegen/permission-tree.ts';

const config: CodegenConfig = {
  schema: './schema/**/*.graphql',
  emitLegacyCommonJSImports: false,
  pluginLoader: async (n: string) => (n.includes('permission-tree') ? permissionTree : import(n)) as never,
  generates: {
    './src/generated/resolvers.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        useIndexSignature: false,
        enumsAsTypes: true,
        useTypeImports: true,
        contextType: '../context.js#Context',
      },
    },
    './src/generated/permissions.ts': { plugins: ['permission-tree'] },
  },
};
export default config;
