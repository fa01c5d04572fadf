import { printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { publicField } from '../../../src/rules/index.ts';
import { answers, federate, problemsOf, withRead, withToken } from './federated.ts';

const open = publicField('is a test');
const v2 = 'https://specs.apollo.dev/federation/v2.9';

describe('SDL written for a subgraph', () => {
  const body = (prefix: string) => /* GraphQL */ `
    type Query @${prefix}shareable {
      product(id: ID!): Product @${prefix}authenticated
      all(first: Int): [Product] @${prefix}listSize(assumedSize: 10, slicingArguments: ["first"]) @${prefix}authenticated
    }
    type Product @${prefix}key(fields: "id") @${prefix}key(fields: "name", resolvable: false) @${prefix}tag(name: "shop") @${prefix}authenticated
      @${prefix}context(name: "shop") {
      id: ID! @${prefix}external
      name: String @${prefix}inaccessible @${prefix}override(from: "old", label: "percent(5)")
      price(currency: String @${prefix}fromContext(field: "$shop { currency }")): Int
        @${prefix}requires(fields: "name") @${prefix}cost(weight: 2) @${prefix}requiresScopes(scopes: [["read"]])
      seller: Seller @${prefix}provides(fields: "id") @${prefix}cacheTag(format: "seller-{$args.id}")
    }
    extend type Shop @${prefix}key(fields: "id") @${prefix}cacheTag(format: "shop") @${prefix}cacheTag(format: "all") @${prefix}authenticated {
      id: ID! @${prefix}external
    }
    type Seller @${prefix}extends @${prefix}policy(policies: [["known"]]) { id: ID }
    type Part @${prefix}interfaceObject @${prefix}key(fields: "id") { id: ID @${prefix}authenticated }
  `;
  const names =
    'key shareable authenticated requiresScopes policy tag context external inaccessible override fromContext requires cost listSize provides extends interfaceObject composeDirective cacheTag';
  const imports = JSON.stringify(names.split(' ').map((name) => `@${name}`));

  test.each([
    ['without @link', body('')],
    ['with imports', `extend schema @link(url: "${v2}", import: ${imports}) @composeDirective(name: "@x") ${body('')}`],
    ['with long names', `extend schema @link(url: "${v2}", for: EXECUTION) ${body('federation__')}`],
    ['with a namespace', `schema @link(url: "${v2}", as: "fed") { query: Query } ${body('fed__')}`],
  ])('loads %s', (_how, sdl) => {
    const guarded = federate(sdl, { policies: { known: publicField('sellers are public') } });
    expect(answers(guarded, 'Product.price')).toEqual(withRead);
    expect(answers(guarded, 'Query.all')).toEqual(withToken);
    expect(answers(guarded, 'Product.id')).toEqual(withToken);
    expect(answers(guarded, 'Shop.id')).toEqual(withToken);
    expect(answers(guarded, 'Seller.id')).toEqual(['allowed', 'allowed', 'allowed']);
  });
});

describe('SDL with connectors', () => {
  const connect = 'https://specs.apollo.dev/connect/v0.4';
  const body = (connectName: string, sourceName: string) => /* GraphQL */ `
    extend schema @${sourceName}(name: "shop", http: { baseURL: "https://example.com", headers: [{ name: "x", from: "y" }] })
    extend type Query {
      product(id: ID!): Product @authenticated
        @${connectName}(source: "shop", http: { GET: "/products/{$args.id}" }, selection: "id", entity: true)
    }
    type Product @${connectName}(batch: { maxSize: 5 }, http: { POST: "/products" }, selection: "id", isSuccess: "$status->eq(200)") {
      id: ID @authenticated
    }
  `;
  const link = (rest: string) =>
    `extend schema @link(url: "${v2}", import: ["@authenticated"]) @link(url: "${connect}"${rest})`;

  test.each([
    ['imported', `${link(', import: ["@connect", "@source"]')} ${body('connect', 'source')}`],
    [
      'imported by other names',
      `${link(', import: [{ name: "@connect", as: "@rest" }, { name: "@source", as: "@at" }]')} ${body('rest', 'at')}`,
    ],
    ['not imported', `${link('')} ${body('connect', 'connect__source')}`],
    ['in a namespace', `${link(', as: "rest"')} ${body('rest', 'rest__source')}`],
    [
      'without a @link to federation',
      `extend schema @link(url: "${connect}", import: ["@connect", "@source"]) ${body('connect', 'source')}`,
    ],
  ])('loads %s, and protects what it protects', (_how, sdl) => {
    const guarded = federate(sdl);
    expect(answers(guarded, 'Query.product')).toEqual(withToken);
    expect(answers(guarded, 'Product.id')).toEqual(withToken);
  });

  test.each([
    ['authenticated', 'schema: INVALID_LINK'],
    ['key', 'schema: INVALID_LINK'],
  ])('that takes the name @%s is refused', (name, problem) => {
    const sdl = `extend schema @link(url: "${connect}", import: [{ name: "@connect", as: "@${name}" }])
      type Query { name: String }`;
    expect(problemsOf(sdl, { permissions: { Query: { name: open } } })).toEqual([problem]);
  });

  test('without a @link to them is of unknown meaning', () => {
    const sdl =
      'directive @connect(to: String) on FIELD_DEFINITION type Query { name: String @connect @authenticated }';
    expect(problemsOf(sdl)).toEqual(['Query.name: UNKNOWN_DIRECTIVE']);
    expect(() => federate('type Query { name: String @connect }')).toThrow(/"@connect"/);
  });
});

test('definitions that the SDL brings are kept, and their missing types are added', () => {
  const sdl = /* GraphQL */ `
    extend schema @link(url: "${v2}", import: ["@requiresScopes", "@authenticated"])
    directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
    directive @requiresScopes(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION | OBJECT
    directive @authenticated on FIELD_DEFINITION
    type Query { name: String @requiresScopes(scopes: [["read"]]) other: String @authenticated }
  `;
  const guarded = federate(sdl);
  expect(answers(guarded, 'Query.name')).toEqual(withRead);
  expect(answers(guarded, 'Query.other')).toEqual(withToken);
  const printed = printSchema(guarded.schema);
  expect(printed).toContain('directive @authenticated on FIELD_DEFINITION');
  expect(printed).toContain('directive @requiresScopes(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION | OBJECT');
  expect(printed).toContain('scalar federation__Scope');
});

test('types that are added go by the namespace of the @link', () => {
  const { schema } = federate(`schema @link(url: "${v2}", as: "fed") { query: Query }
    type Query { name: String @fed__requiresScopes(scopes: [["read"]]) }`);
  const printed = printSchema(schema);
  expect(printed).toContain('directive @fed__requiresScopes(scopes: [[fed__Scope!]!]!)');
  expect(printed).toContain('scalar fed__Scope');
});

test('types that the SDL brings are kept', () => {
  const guarded = federate(/* GraphQL */ `
    "ours"
    scalar federation__Scope
    type Query { name: authenticated @requiresScopes(scopes: [["read"]]) }
    type authenticated @authenticated { id: ID }
  `);
  expect(answers(guarded, 'Query.name')).toEqual(withRead);
  expect(answers(guarded, 'authenticated.id')).toEqual(withToken);
  expect(guarded.schema.getType('federation__Scope')).toMatchObject({ description: 'ours' });
});

test('a directive on the schema that is no @link says nothing about names', () => {
  const sdl = /* GraphQL */ `
    directive @contact(url: String) on SCHEMA
    extend schema @contact(url: "${v2}")
    type Query @tag(name: "x") { name: String @authenticated }
  `;
  expect(answers(federate(sdl, { harmlessDirectives: ['contact'] }), 'Query.name')).toEqual(withToken);
});

test('nothing is added to SDL without such directives', () => {
  const sdl = 'type Query {\n  name: String @deprecated(reason: "is a test")\n}';
  expect(printSchema(federate(sdl, { permissions: { Query: { name: open } } }).schema)).toBe(sdl);
});

describe('a definition of another shape stops the boot', () => {
  test.each([
    ['authenticated', '(role: String)', 'OBJECT'],
    ['authenticated', '', 'OBJECT | UNION'],
    ['authenticated', '', 'FIELD'],
    ['requiresScopes', '(scopes: [String!]!)', 'OBJECT'],
    ['requiresScopes', '(scopes: [[String!]!])', 'OBJECT'],
    ['requiresScopes', '(any: [[String!]!]!)', 'OBJECT'],
    ['requiresScopes', '(scopes: [[String!]!]! = [["read"]])', 'OBJECT'],
    ['policy', '(policies: [[String!]!]!, strict: Boolean)', 'OBJECT'],
  ])('@%s%s on %s', (name, args, locations) => {
    const sdl = `directive @${name}${args} on ${locations} type Query { name: String }`;
    expect(problemsOf(sdl, { permissions: { Query: { name: open } } })).toEqual([
      `@${name}: INVALID_DIRECTIVE_DEFINITION`,
    ]);
  });

  test('under the name that it was imported by, and only then', () => {
    const sdl = (as: string) =>
      `extend schema @link(url: "${v2}", import: [{ name: "@policy", as: "${as}" }])
       directive @rule(name: String) on OBJECT type Query { name: String }`;
    const permissions = { Query: { name: open } };
    expect(problemsOf(sdl('@rule'), { permissions })).toEqual(['@rule: INVALID_DIRECTIVE_DEFINITION']);
    expect(problemsOf(sdl('@other'), { permissions })).toEqual([]);
  });
});

test('a directive or a type that nobody defined is refused by graphql', () => {
  expect(() => federate('type Query { name: Strnig @authenticated }')).toThrow(/"Strnig"/);
  expect(() => federate('type Query @auth { name: String }')).toThrow(/"@auth"/);
});

test('a directive that its own definition does not repeat cannot be repeated', () => {
  const sdl = 'directive @authenticated on OBJECT type Query @authenticated { a: ID } extend type Query @authenticated';
  expect(() => federate(sdl)).toThrow(/"@authenticated".*\bonce\b/);
});
