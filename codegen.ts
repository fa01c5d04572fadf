import type { CodegenConfig } from '@graphql-codegen/cli';
import * as fieldCoordinates from './codegen/field-coordinates.ts';
import * as permissionTree from './codegen/permission-tree.ts';

const ownPlugins = new Map<string, object>([
  ['./codegen/permission-tree.ts', permissionTree],
  ['./codegen/field-coordinates.ts', fieldCoordinates],
]);

const config: CodegenConfig = {
  schema: './schema/**/*.graphql',
  emitLegacyCommonJSImports: false,
  // A plugin written in TypeScript loads on Node 20 only when it is handed over already loaded.
  pluginLoader: async (name: string) => (ownPlugins.get(name) ?? import(name)) as never,
  generates: {
    './src/generated/resolvers.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        useIndexSignature: false,
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        contextType: '../investments/context.ts#InvestmentsContext',
        scalars: { ID: 'string', DateTime: 'Date', Usd: 'number', JSON: 'unknown' },
        mappers: {
          Viewer: '../permissions/vocabulary.ts#Caller',
          FieldPermission: '../permissions/can.ts#CanAnswer',
          Company: '../investments/data/rows.ts#CompanyRow',
          CompanyConnection: '../investments/connection.ts#Connection<CompanyRow>',
          CompanyEdge: '../investments/data/rows.ts#Edge<CompanyRow>',
          Transaction: '../investments/data/rows.ts#TransactionRow',
          TransactionConnection: '../investments/connection.ts#Connection<TransactionRow>',
          TransactionEdge: '../investments/data/rows.ts#Edge<TransactionRow>',
          Investor: '../investments/data/rows.ts#InvestorRow',
          RegionSummary: '../investments/data/rows.ts#RegionSummaryRow',
          AuditEvent: '../investments/data/rows.ts#AuditEventRow',
          AuditEventConnection: '../investments/connection.ts#Connection<AuditEventRow>',
          AuditEventEdge: '../investments/data/rows.ts#Edge<AuditEventRow>',
        },
      },
    },
    './src/generated/permissionTree.ts': { plugins: ['./codegen/permission-tree.ts'] },
    './src/generated/fieldCoordinates.ts': { plugins: ['./codegen/field-coordinates.ts'] },
  },
};

export default config;
