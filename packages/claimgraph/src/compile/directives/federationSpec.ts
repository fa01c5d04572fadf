/** Apollo's directives that say who may read what they are put on. */
export const securityDirectives = ['authenticated', 'requiresScopes', 'policy'] as const;

export type SecurityDirective = (typeof securityDirectives)[number];

/** The minor version of Federation 2 that brought the directive. */
export const sinceMinorVersion: Readonly<Record<SecurityDirective, number>> = {
  authenticated: 5,
  requiresScopes: 5,
  policy: 6,
};

/** Where the three can stand, and be enforced. */
export const protectablePlaces = ['FIELD_DEFINITION', 'OBJECT', 'INTERFACE', 'SCALAR', 'ENUM'] as const;

const places = protectablePlaces.join(' | ');

const taggable = `${places} | UNION | ARGUMENT_DEFINITION | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION`;

/**
 * What follows `directive @name` for each directive of Apollo's subgraph specification, by its own name. The three that
 * protect are repeatable here, so that an extension of a type can ask for more.
 */
export const federationDirectives: ReadonlyMap<string, (namespace: string) => string> = new Map([
  ['authenticated', () => `repeatable on ${places}`],
  ['requiresScopes', (namespace) => `(scopes: [[${namespace}__Scope!]!]!) repeatable on ${places}`],
  ['policy', (namespace) => `(policies: [[${namespace}__Policy!]!]!) repeatable on ${places}`],
  [
    'key',
    (namespace) => `(fields: ${namespace}__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE`,
  ],
  ['requires', (namespace) => `(fields: ${namespace}__FieldSet!) on FIELD_DEFINITION`],
  ['provides', (namespace) => `(fields: ${namespace}__FieldSet!) on FIELD_DEFINITION`],
  ['external', () => '(reason: String) on OBJECT | FIELD_DEFINITION'],
  ['shareable', () => 'repeatable on OBJECT | FIELD_DEFINITION'],
  ['override', () => '(from: String!, label: String) on FIELD_DEFINITION'],
  ['extends', () => 'on OBJECT | INTERFACE'],
  ['interfaceObject', () => 'on OBJECT'],
  ['tag', () => `(name: String!) repeatable on ${taggable} | SCHEMA`],
  ['inaccessible', () => `on ${taggable}`],
  ['cacheTag', () => '(format: String!) repeatable on OBJECT | FIELD_DEFINITION'],
  ['composeDirective', () => '(name: String!) repeatable on SCHEMA'],
  ['context', () => '(name: String!) repeatable on OBJECT | INTERFACE | UNION'],
  ['fromContext', (namespace) => `(field: ${namespace}__ContextFieldValue) on ARGUMENT_DEFINITION`],
  ['cost', () => `(weight: Int!) on ${places} | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION`],
  [
    'listSize',
    () =>
      '(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION',
  ],
] as const);

/**
 * The same for Apollo's connectors (https://specs.apollo.dev/connect), which say where a router gets data from; nothing here
 * does. What their versions nest differently is taken as any value.
 */
export const connectDirectives: ReadonlyMap<string, string> = new Map([
  [
    'connect',
    '(source: String, id: String, http: connect__ConnectHTTP, batch: connect__ConnectBatch, errors: connect__ConnectorErrors, selection: connect__JSONSelection, entity: Boolean = false, isSuccess: connect__JSONSelection) repeatable on FIELD_DEFINITION | OBJECT',
  ],
  [
    'source',
    '(name: String!, http: connect__SourceHTTP, errors: connect__ConnectorErrors, isSuccess: connect__JSONSelection) repeatable on SCHEMA',
  ],
]);

const connectTypes = ['ConnectHTTP', 'ConnectBatch', 'ConnectorErrors', 'JSONSelection', 'SourceHTTP'];

export const linkDefinition =
  'directive @link(url: String!, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA';

/** Types that the definitions above refer to, and that SDL may leave out. */
export function definitionOfSpecType(name: string, namespace: string): string | undefined {
  if (name === 'link__Purpose') return 'enum link__Purpose { SECURITY EXECUTION }';
  const scalars = [
    ...['Scope', 'Policy', 'FieldSet', 'ContextFieldValue'].map((scalar) => `${namespace}__${scalar}`),
    ...connectTypes.map((scalar) => `connect__${scalar}`),
  ];
  return name === 'link__Import' || scalars.includes(name) ? `scalar ${name}` : undefined;
}

export function isSecurityDirective(name: string | undefined): name is SecurityDirective {
  return securityDirectives.some((known) => known === name);
}

/** The directive that protects which a name would stand for if it were imported, or in federation's namespace. */
export function unimported(name: string): SecurityDirective | undefined {
  const bareName = name.replace(/^.*__/, '');
  return isSecurityDirective(bareName) ? bareName : undefined;
}
