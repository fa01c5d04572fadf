const region = { alias: null, args: null, kind: 'ScalarField', name: 'region', storageKey: null } as const;
const totalCount = { alias: null, args: null, kind: 'ScalarField', name: 'totalCount', storageKey: null } as const;
const selections = [
  {
    alias: null,
    args: null,
    concreteType: 'RegionSummary',
    kind: 'LinkedField',
    name: 'regionSummary',
    plural: true,
    selections: [region],
    storageKey: null,
  },
  {
    alias: null,
    args: null,
    concreteType: 'AuditEventConnection',
    kind: 'LinkedField',
    name: 'auditLog',
    plural: false,
    selections: [totalCount],
    storageKey: null,
  },
] as const;

/** What relay-compiler 21 makes of a query for something that a manager may read, and something that they may not. */
export const summaryQuery = {
  kind: 'Request',
  fragment: {
    argumentDefinitions: [],
    kind: 'Fragment',
    metadata: null,
    name: 'summaryQuery',
    selections,
    type: 'Query',
    abstractKey: null,
  },
  operation: { argumentDefinitions: [], kind: 'Operation', name: 'summaryQuery', selections },
  params: {
    cacheID: 'summary',
    id: null,
    metadata: {},
    name: 'summaryQuery',
    operationKind: 'query',
    text: 'query summaryQuery { regionSummary { region } auditLog { totalCount } }',
  },
} as const;
