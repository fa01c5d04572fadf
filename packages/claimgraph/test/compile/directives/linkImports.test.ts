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
  expect(boot(older)).toEqual([
    `schema: @link imports @${name}, which ${v2}.${older} does not have; link to v2.${since} or later`,
  ]);
  expect(boot(since)).toEqual([]);
  expect(boot(12)).toEqual([]);
});

const unknown = (name: string) =>
  `Query.name: the directive @${name} is not known here; import it by @link from a federation version that has it`;

test.each([
  ['a plain name that is not imported', `@link(url: "${v2}.9")`, '@authenticated', unknown('authenticated')],
  [
    'the own name of what is imported under another',
    `@link(url: "${v2}.9", import: [{ name: "@authenticated", as: "@signedIn" }])`,
    '@authenticated',
    unknown('authenticated'),
  ],
  [
    'the long name of what is imported',
    `@link(url: "${v2}.9", import: ["@authenticated"])`,
    '@federation__authenticated',
    unknown('federation__authenticated'),
  ],
  [
    'the usual namespace where there is another',
    `@link(url: "${v2}.9", as: "apollo")`,
    '@federation__authenticated',
    unknown('federation__authenticated'),
  ],
  [
    'the long name in a federation that does not have it yet',
    `@link(url: "${v2}.3")`,
    '@federation__authenticated',
    unknown('federation__authenticated'),
  ],
  [
    'a name that another specification takes',
    '@link(url: "https://example.com/safety/v1.0", import: ["@authenticated"])',
    '@authenticated',
    unknown('authenticated'),
  ],
  [
    'a name that another specification takes as its namespace',
    '@link(url: "https://example.com/authenticated/v1.0")',
    '@authenticated',
    unknown('authenticated'),
  ],
  [
    'a name that another specification is given as its namespace',
    '@link(url: "https://example.com/safety/v1.0", as: "authenticated")',
    '@authenticated',
    unknown('authenticated'),
  ],
  [
    "a name that another of Apollo's specifications takes",
    '@link(url: "https://specs.apollo.dev/tag/v0.3", import: [{ name: "@tag", as: "@authenticated" }])',
    '@authenticated',
    unknown('authenticated'),
  ],
])('%s stops the boot', (_name, link, directive, problem) => {
  expect(problemsOf(`extend schema ${link} type Query { name: String ${directive} }`)).toEqual([
    problem,
    expect.stringContaining('Query.name: has no rule'),
  ]);
});

test('what the federation that we know does not have is imported, and protects nothing', () => {
  const sdl = `extend schema @link(url: "${v2}.99", import: ["@confidential"])
    directive @confidential on FIELD_DEFINITION
    type Query { name: String @confidential @federation__authenticated }`;
  expect(problemsOf(sdl)).toEqual([expect.stringContaining('Query.name: the directive @confidential is not known')]);
  expect(answers(federate(sdl, { harmlessDirectives: ['confidential'] }), 'Query.name')).toEqual(withToken);
});

const expectedLink =
  'schema: expected @link(url: "…", as: "…", import: ["@name", { name: "@name", as: "@other" }]); got ';

test.each([
  [`@link(url: "${v2}")`, `schema: @link to ${v2} is not understood; expected ${v2}.<minor>`],
  [
    '@link(url: "https://specs.apollo.dev/federation/v3.0")',
    `schema: @link to https://specs.apollo.dev/federation/v3.0 is not understood; expected ${v2}.<minor>`,
  ],
  [
    '@link(url: "http://specs.apollo.dev/federation/v2.9")',
    `schema: @link to http://specs.apollo.dev/federation/v2.9 is not understood; expected ${v2}.<minor>`,
  ],
  [
    '@link(url: "https://SPECS.apollo.dev/Federation/v2.9")',
    `schema: @link to https://SPECS.apollo.dev/Federation/v2.9 is not understood; expected ${v2}.<minor>`,
  ],
  [
    '@link(url: "https://specs.apollo.dev/federation/v3.0", import: ["@policy"])',
    `schema: @link to https://specs.apollo.dev/federation/v3.0 is not understood; expected ${v2}.<minor>`,
  ],
  [
    `@link(url: "${v2}.9") @link(url: "${v2}.5", as: "old")`,
    `schema: @link goes to federation twice; keep one of ${v2}.9 and ${v2}.5`,
  ],
  [
    `@link(url: "${v2}.9", import: [{ name: "@key", as: "@authenticated" }])`,
    'schema: @link imports @key as @authenticated, which is the name of another directive; choose another name',
  ],
  [
    `@link(url: "${v2}.9", import: [{ name: "@protect", as: "@tag" }])`,
    'schema: @link imports @protect as @tag, which is the name of another directive; choose another name',
  ],
  [
    `@link(url: "${v2}.9", import: [{ name: "@key", as: "@federation__authenticated" }])`,
    'schema: @link imports a directive as @federation__authenticated, which stands for @authenticated already',
  ],
  [
    `@link(url: "${v2}.9", import: [{ name: "@authenticated", as: "@a" }, { name: "@policy", as: "@a" }])`,
    'schema: @link imports @policy as @a, which is the name of another directive; choose another name',
  ],
  [
    `@link(url: "${v2}.9", import: ["@authenticated"]) @link(url: "https://example.com/geo/v1.0", import: ["@authenticated"])`,
    'schema: @authenticated is imported by two @links; rename one of them',
  ],
  [
    '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)',
    'schema: @link to https://specs.apollo.dev/requiresScopes/v0.1 is not understood; import the directive from federation v2.6 or later',
  ],
  [
    '@link(url: "https://example.com/safety/v1.0", for: SECURITY)',
    'schema: @link to https://example.com/safety/v1.0 is for: SECURITY, and is not understood; protect its fields in the permission map',
  ],
  [`@link(url: "${v2}.9", import: "@key")`, `${expectedLink}@link(url: "${v2}.9", import: "@key")`],
  [`@link(url: "${v2}.9", import: [KEY])`, `${expectedLink}@link(url: "${v2}.9", import: [KEY])`],
  [`@link(url: "${v2}.9", import: [{as: "@key"}])`, `${expectedLink}@link(url: "${v2}.9", import: [{as: "@key"}])`],
  [
    `@link(url: "${v2}.9", import: [{name: "@key", as: "key"}])`,
    `${expectedLink}@link(url: "${v2}.9", import: [{name: "@key", as: "key"}])`,
  ],
  [
    `@link(url: "${v2}.9", import: [{name: "@key", as: null}])`,
    `${expectedLink}@link(url: "${v2}.9", import: [{name: "@key", as: null}])`,
  ],
])('schema %s stops the boot', (link, problem) => {
  const sdl = `extend schema ${link} type Query { name: String @federation__authenticated }`;
  expect(problemsOf(sdl).filter((found) => found.startsWith('schema'))).toEqual([problem]);
});

test.each(['@link(as: "apollo")', '@link(url: FEDERATION)', `@link(url: "${v2}.9", as: apollo)`])(
  '%s stops the boot also where graphql did not check the arguments',
  (link) => {
    expect(problemsOfBuilt(`extend schema ${link} type Query { name: String }`)).toEqual([
      `${expectedLink}${link}`,
      expect.stringContaining('Query.name: has no rule'),
    ]);
  },
);
