import type { CodegenConfig } from '@graphql-codegen/cli';
import * as fieldCoordinates from './packages/claimgraph/src/codegen/fieldCoordinates.ts';
import * as permissionTree from './packages/claimgraph/src/codegen/permissionTree.ts';

// What a library user writes as 'claimgraph/codegen' and 'claimgraph/codegen/field-coordinates'.
const permissionTreePlugin = './packages/claimgraph/src/codegen/permissionTree.ts';
const fieldCoordinatesPlugin = './packages/claimgraph/src/codegen/fieldCoordinates.ts';
const schemaTypesImport = 'import-schema-types';
const ownPlugins = new Map<string, object>([
  [permissionTreePlugin, permissionTree],
  [fieldCoordinatesPlugin, fieldCoordinates],
  [
    schemaTypesImport,
    {
      plugin: () => ({
        prepend: ["import type * as schema from './schemaTypes.ts';", "export type * from './schemaTypes.ts';"],
        content: '',
      }),
    },
  ],
]);

const scalars = { ID: 'string', DateTime: 'Date', Usd: 'number', JSON: 'unknown' };

const config: CodegenConfig = {
  schema: './schema/**/*.{graphql,graphqls,gql,gqls}',
  emitLegacyCommonJSImports: false,
  // A plugin written in TypeScript loads on Node 20 only when it is handed over already loaded.
  pluginLoader: async (name: string) => (ownPlugins.get(name) ?? import(name)) as never,
  generates: {
    './src/generated/resolvers.ts': {
      plugins: [schemaTypesImport, 'typescript-resolvers'],
      config: {
        useIndexSignature: false,
        namespacedImportName: 'schema',
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        contextType: '../context.ts#InvestmentsContext',
        scalars,
        mappers: {
          Viewer: 'claimgraph#Caller',
          FieldPermission: 'claimgraph#CanAnswer',
          Company: '../data/rows.ts#CompanyRow',
          CompanyConnection: '../resolvers/connection.ts#Connection<CompanyRow>',
          CompanyEdge: '../data/rows.ts#Edge<CompanyRow>',
          Transaction: '../data/rows.ts#TransactionRow',
          TransactionConnection: '../resolvers/connection.ts#Connection<TransactionRow>',
          TransactionEdge: '../data/rows.ts#Edge<TransactionRow>',
          Investor: '../data/rows.ts#InvestorRow',
          RegionSummary: '../data/rows.ts#RegionSummaryRow',
          AuditEvent: '../data/rows.ts#AuditEventRow',
          AuditEventConnection: '../resolvers/connection.ts#Connection<AuditEventRow>',
          AuditEventEdge: '../data/rows.ts#Edge<AuditEventRow>',
        },
      },
    },
    // Apart, since the types of resolvers know the context, and what is in the context knows the schema.
    './src/generated/schemaTypes.ts': {
      plugins: ['typescript'],
      config: {
        enumsAsTypes: true,
        immutableTypes: true,
        scalars,
      },
    },
    './src/generated/fieldCoordinates.ts': { plugins: [fieldCoordinatesPlugin] },
    './src/generated/permissionTree.ts': {
      plugins: [{ [permissionTreePlugin]: { rulesFrom: 'claimgraph' } }],
    },
  },
};

export default config;
