import type { CodegenConfig } from '@graphql-codegen/cli';
import * as fieldCoordinates from './src/codegen/fieldCoordinates.ts';
import * as permissionTree from './src/codegen/permissionTree.ts';

// What a library user writes as 'claimgraph/codegen' and 'claimgraph/codegen/field-coordinates'.
const permissionTreePlugin = './src/codegen/permissionTree.ts';
const fieldCoordinatesPlugin = './src/codegen/fieldCoordinates.ts';
const ownPlugins = new Map<string, object>([
  [permissionTreePlugin, permissionTree],
  [fieldCoordinatesPlugin, fieldCoordinates],
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
    './src/generated/fieldCoordinates.ts': { plugins: [fieldCoordinatesPlugin] },
    './src/generated/permissionTree.ts': {
      plugins: [{ [permissionTreePlugin]: { rulesFrom: '../permissions/vocabulary.ts' } }],
    },
  },
};

export default config;
