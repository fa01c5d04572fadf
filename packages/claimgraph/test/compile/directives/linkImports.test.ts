import { expect, test } from 'vitest';
import { answers, federate, problemsOf, problemsOfBuilt, withRead, withToken } from './federated.ts';

const v2 = 'https://specs.apollo.dev/federation/v2';

test.each([
  ['without any @link', '', '@authenticated', withToken],
  ['without any @link, scopes', '', '@requiresScopes(scopes: [["read"]])', withRead],
  ['imported', `extend schema @link(url: "${v2}.5", import: ["@authenticated"])`, '@authenticated', withToken],
  [
    'imported as another name',
    `extend schema @link(url: "${v2}.9", import: ["@authenticated", { name: "@requiresScopes", as: "@scopes" }])`,
    '@scopes(scopes: [["read"]])',
    withRead,
  ],
  [
    'imported by an object without another name',
    `extend schema @link(url: "${v2}.9", import: [{ name: "@authenticated" }])`,
    '@authenticated',
    withToken,
  ],
  [
    'on the definition of the schema',
    `schema @link(url: "${v2}.9", import: [{ name: "@authenticated", as: "@signedIn" }]) { query: Query }`,
    '@signedIn',
    withToken,
  ],
  ['not imported', `extend schema @link(url: "${v2}.9")`, '@federation__authenticated', withToken],
  [
    'not imported, beside one that is',
    `extend schema @link(url: "${v2}.9/", import: ["@authenticated"])`,
    '@federation__requiresScopes(scopes: [["read"]])',
    withRead,
  ],
  ['in a namespace', `extend schema @link(url: "${v2}.9", as: "apollo")`, '@apollo__authenticated', withToken],
  [
    'with the link specification linked too',
    `extend schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "${v2}.9", import: ["@authenticated"])`,
    '@authenticated',
    withToken,
  ],
  [
    'with another specification linked that takes other names',
    'extend schema @link(url: "https://example.com/geo/v1.0", import: ["@geo"])',
    '@authenticated',
    withToken,
  ],
  [
    'with another specification linked that takes a type of almost its name',
    'extend schema @link(url: "https://example.com/geo/v1.0", import: ["_authenticated"])',
    '@authenticated',
    withToken,
  ],
  [
    'with a type imported under almost its name',
    `extend schema @link(url: "${v2}.9", import: ["@authenticated", { name: "_key", as: "_authenticated" }])`,
    '@authenticated',
    withToken,
  ],
  [
    'in a @link that says null',
    `extend schema @link(url: "${v2}.9", as: null, import: null)`,
    '@federation__authenticated',
    withToken,
  ],
])('a directive %s protects', (_how, link, directive, expected) => {
  const guarded = federate(`${link} type Query { name: String ${directive} }`);
  expect(answers(guarded, 'Query.name')).toEqual(expected);
});

test('the @link may stand in another file than the directives', () => {
  const guarded = federate([
    'type Query { name: String @signedIn }',
    `extend schema @link(url: "${v2}.9", import: [{ name: "@authenticated", as: "@signedIn" }])`,
  ]);
  expect(answers(guarded, 'Query.name')).toEqual(withToken);
});

test.each([
  ['authenticated', '@authenticated', 4, 5],
  ['requiresScopes', '@requiresScopes(scopes: [["read"]])', 4, 5],
  ['policy', '@policy(policies: [["p"]])', 5, 6],
])('@%s cannot be imported from a federation that does not have it yet', (name, directive, older, since) => {
  const boot = (minor: number) =>
    problemsOf(
      `extend schema @link(url: "${v2}.${minor}", import: ["@${name}", "@key"]) type Query { name: String ${directive} }`,
      { policies: {} },
    ).filter((problem) => problem.startsWith('schema'));
  expect(boot(older)).toEqual(['schema: INVALID_LINK']);
  expect(boot(since)).toEqual([]);
  expect(boot(12)).toEqual([]);
});

const unknown = 'Query.name: UNKNOWN_DIRECTIVE';

test.each([
  ['a plain name that is not imported', `@link(url: "${v2}.9")`, '@authenticated', unknown],
  [
    'the own name of what is imported under another',
    `@link(url: "${v2}.9", import: [{ name: "@authenticated", as: "@signedIn" }])`,
    '@authenticated',
    unknown,
  ],
  [
    'the long name of what is imported',
    `@link(url: "${v2}.9", import: ["@authenticated"])`,
    '@federation__authenticated',
    unknown,
  ],
  [
    'the usual namespace where there is another',
    `@link(url: "${v2}.9", as: "apollo")`,
    '@federation__authenticated',
    unknown,
  ],
  [
    'the long name in a federation that does not have it yet',
    `@link(url: "${v2}.3")`,
    '@federation__authenticated',
    unknown,
  ],
  [
    'a name that another specification takes',
    '@link(url: "https://example.com/safety/v1.0", import: ["@authenticated"])',
    '@authenticated',
    unknown,
  ],
  [
    'a name that another specification takes as its namespace',
    '@link(url: "https://example.com/authenticated/v1.0")',
    '@authenticated',
    unknown,
  ],
  [
    'a name that another specification is given as its namespace',
    '@link(url: "https://example.com/safety/v1.0", as: "authenticated")',
    '@authenticated',
    unknown,
  ],
  [
    "a name that another of Apollo's specifications takes",
    '@link(url: "https://specs.apollo.dev/tag/v0.3", import: [{ name: "@tag", as: "@authenticated" }])',
    '@authenticated',
    unknown,
  ],
])('%s stops the boot', (_name, link, directive, problem) => {
  expect(problemsOf(`extend schema ${link} type Query { name: String ${directive} }`)).toEqual([
    problem,
    'Query.name: NO_RULE',
  ]);
});

test.each([
  ['@authenticated', '@link'],
  ['@rounded', 'harmlessDirectives'],
])('of a directive that is not imported it is told what to do: %s', (directive, fix) => {
  const sdl = `extend schema @link(url: "${v2}.9") directive @rounded on FIELD_DEFINITION
    type Query { name: String ${directive} }`;
  expect(problemsOf(sdl)).toContain(unknown);
  expect(() => federate(sdl)).toThrow(fix);
});

test('what the federation that we know does not have is imported, and protects nothing', () => {
  const sdl = `extend schema @link(url: "${v2}.99", import: ["@confidential"])
    directive @confidential on FIELD_DEFINITION
    type Query { name: String @confidential @federation__authenticated }`;
  expect(problemsOf(sdl)).toEqual(['Query.name: UNKNOWN_DIRECTIVE']);
  expect(answers(federate(sdl, { harmlessDirectives: ['confidential'] }), 'Query.name')).toEqual(withToken);
});

test.each([
  `@link(url: "${v2}")`,
  '@link(url: "https://specs.apollo.dev/federation/v3.0")',
  '@link(url: "http://specs.apollo.dev/federation/v2.9")',
  '@link(url: "https://SPECS.apollo.dev/Federation/v2.9")',
  '@link(url: "https://specs.apollo.dev/federation/v3.0", import: ["@policy"])',
  `@link(url: "${v2}.9") @link(url: "${v2}.5", as: "old")`,
  `@link(url: "${v2}.9", import: [{ name: "@key", as: "@authenticated" }])`,
  `@link(url: "${v2}.9", import: [{ name: "@protect", as: "@tag" }])`,
  `@link(url: "${v2}.9", import: [{ name: "@key", as: "@federation__authenticated" }])`,
  `@link(url: "${v2}.9", import: [{ name: "@authenticated", as: "@a" }, { name: "@policy", as: "@a" }])`,
  `@link(url: "${v2}.9", import: ["@authenticated"]) @link(url: "https://example.com/geo/v1.0", import: ["@authenticated"])`,
  '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)',
  '@link(url: "https://specs.apollo.dev/policy/v0.1")',
  '@link(url: "https://example.com/safety/v1.0", for: SECURITY)',
  `@link(url: "${v2}.9", import: "@key")`,
  `@link(url: "${v2}.9", import: [KEY])`,
  `@link(url: "${v2}.9", import: [{as: "@key"}])`,
  `@link(url: "${v2}.9", import: [{name: "@key", as: "key"}])`,
  `@link(url: "${v2}.9", import: [{name: "@key", as: null}])`,
])('schema %s stops the boot', (link) => {
  const sdl = `extend schema ${link} type Query { name: String @federation__authenticated }`;
  expect(problemsOf(sdl).filter((found) => found.startsWith('schema'))).toEqual(['schema: INVALID_LINK']);
});

test.each(['@link(as: "apollo")', '@link(url: FEDERATION)', `@link(url: "${v2}.9", as: apollo)`])(
  '%s stops the boot also where graphql did not check the arguments',
  (link) => {
    expect(problemsOfBuilt(`extend schema ${link} type Query { name: String }`)).toEqual([
      'schema: INVALID_LINK',
      'Query.name: NO_RULE',
    ]);
  },
);
