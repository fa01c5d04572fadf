import type { HostileAsking } from './hostileApi.ts';
import { crateIds } from './hostileSchema.ts';

/** What a query of a certain shape must get; asked by the clerk (region north) unless somebody else is named. */
export interface QueryShape extends HostileAsking {
  readonly name: string;
  readonly query: string;
  /** As JSON text, so that no name in it is special; undefined when nothing was executed. */
  readonly data: string | undefined;
  /** Response path and code of each. */
  readonly errors: readonly string[];
  /** How often the claims were loaded. */
  readonly loads: 0 | 1;
  /** All resolvers that were called. */
  readonly called: readonly string[];
}

/** SECURITY "Shape of the query", for the hostile schema; run in process and over HTTP. */
export const queryShapes: readonly QueryShape[] = [
  ...twoRows(),
  ...conditions(),
  {
    name: 'one fragment under a row that is theirs and one that is not',
    query: `{ theirs: crate(id: "c-2") { ...N } mine: crate(id: "c-1") { ...N } } fragment N on Crate { notes }`,
    data: '{"theirs":{"notes":null},"mine":{"notes":"notes of c-1"}}',
    errors: ['theirs.notes FORBIDDEN'],
    loads: 1,
    called: ['Query.crate', 'Query.crate', 'Crate.notes'],
  },
  {
    name: 'one fragment under a parent that is denied and one that is allowed',
    query: `{ found(filter: { order: PRICE }) { ...I } crate(id: "c") { ...I } } fragment I on Entity { id }`,
    data: '{"found":null,"crate":{"id":"c"}}',
    errors: ['found FORBIDDEN'],
    loads: 1,
    called: ['Query.crate', 'Crate.id'],
  },
  {
    name: 'one fragment under an allowed parent and a denied one, on one of the types that may come',
    query: `{ crate(id: "c") { keeper { ...K } } hasOwnProperty entity(id: "l-1") { ...K } }
      fragment K on Entity { ... on Keeper { salary } ... on Letter { body } }`,
    data: '{"crate":{"keeper":{"salary":null}},"hasOwnProperty":null,"entity":{"body":"dear"}}',
    errors: ['hasOwnProperty FORBIDDEN', 'crate.keeper.salary FORBIDDEN'],
    loads: 1,
    called: ['Query.crate', 'Crate.keeper', 'Query.entity', 'Letter.body'],
  },
  {
    name: 'a field asked for twice under one name',
    query: '{ crate(id: "c-2") { notes } crate(id: "c-2") { notes id } }',
    data: '{"crate":{"notes":null,"id":"c-2"}}',
    errors: ['crate.notes FORBIDDEN'],
    loads: 1,
    called: ['Query.crate', 'Crate.id'],
  },
  {
    name: 'a denied field under the name of an allowed one',
    query: '{ open: secret o: open }',
    data: '{"open":null,"o":"open"}',
    errors: ['open FORBIDDEN'],
    loads: 1,
    called: ['Query.open'],
  },
  {
    name: 'the harmless one of several operations',
    query: 'query A { open } query B { secret } mutation C { store(input: { id: "x" }) { receipt { signature } } }',
    operationName: 'A',
    data: '{"open":"open"}',
    errors: [],
    loads: 0,
    called: ['Query.open'],
  },
  {
    name: 'the denied one of several operations',
    query: 'query A { open } query B { secret }',
    operationName: 'B',
    data: undefined,
    errors: ['secret FORBIDDEN'],
    loads: 1,
    called: [],
  },
  {
    name: 'a mutation with a denied selection deep below',
    query: 'mutation { store(input: { id: "new-1" }) { crate { id } receipt { number signature } } }',
    data: undefined,
    errors: ['store.receipt.signature FORBIDDEN'],
    loads: 1,
    called: [],
  },
  {
    name: 'a mutation with a denied selection in a query beneath it',
    query: 'mutation { store(input: { id: "new-2" }) { query { self { secret } } } }',
    data: undefined,
    errors: ['store.query.self.secret FORBIDDEN'],
    loads: 1,
    called: [],
  },
  {
    name: 'a mutation with a denied selection on a type that may come of an abstract one',
    query: 'mutation { store(input: { id: "new-3" }) { found { ... on Entity { ... on Keeper { salary } } } } }',
    data: undefined,
    errors: ['store.found.salary FORBIDDEN'],
    loads: 1,
    called: [],
  },
  {
    name: 'a mutation whose denied selection is included by a variable',
    query: `mutation ($sign: Boolean!) { store(input: { id: "new-4" }) { ...P @include(if: $sign) } }
      fragment P on StorePayload { receipt { signature } }`,
    variables: { sign: true },
    data: undefined,
    errors: ['store.receipt.signature FORBIDDEN'],
    loads: 1,
    called: [],
  },
  {
    name: 'a mutation whose denied selection is left out by a variable',
    query: `mutation ($sign: Boolean!) { store(input: { id: "new-5" }) { crate { id } ...P @include(if: $sign) } }
      fragment P on StorePayload { receipt { signature } }`,
    variables: { sign: false },
    data: '{"store":{"crate":{"id":"new-5"}}}',
    errors: [],
    loads: 0,
    called: ['Mutation.store', 'StorePayload.crate', 'Crate.id'],
  },
  {
    name: 'a mutation with a later root field that is denied',
    query: 'mutation { a: store(input: { id: "new-6" }) { crate { id } } b: burn(id: "c-1") { crate { id } } }',
    data: undefined,
    errors: ['b FORBIDDEN'],
    loads: 1,
    called: [],
  },
  {
    name: 'a mutation beside __typename, without the scope',
    query: 'mutation { __typename store(input: { id: "new-7" }) { crate { id } } }',
    as: 'outsider',
    data: undefined,
    errors: ['store INSUFFICIENT_SCOPE', 'store.crate INSUFFICIENT_SCOPE', 'store.crate.id INSUFFICIENT_SCOPE'],
    loads: 0,
    called: [],
  },
  {
    name: 'a mutation with a masked selection, which denies nobody',
    query: 'mutation { store(input: { id: "new-8" }) { crate { sealCode } } }',
    data: '{"store":{"crate":{"sealCode":"seal of new-8"}}}',
    errors: [],
    loads: 1,
    called: ['Mutation.store', 'StorePayload.crate', 'Crate.sealCode'],
  },
  {
    name: 'lists of lists, and what may come of an abstract list',
    query: '{ grid { notes } labelled { ... on Priced { price } } entities { ... on Keeper { salary } } }',
    data: JSON.stringify({
      grid: [[{ notes: 'notes of c-1' }, { notes: 'notes of c' }], [], [{ notes: 'notes of c-1' }]],
      labelled: [{ price: null }, { price: null }, {}],
      entities: [{}, {}, {}, { salary: null }, null],
    }),
    errors: ['labelled.0.price FORBIDDEN', 'labelled.1.price FORBIDDEN', 'entities.3.salary FORBIDDEN'],
    loads: 1,
    called: ['Query.grid', 'Query.labelled', 'Query.entities', ...Array.from({ length: 3 }, () => 'Crate.notes')],
  },
  {
    name: 'a denied field at the end of a chain that may not be null',
    query: '{ chain { link next { secret } } open }',
    data: '{"chain":null,"open":"open"}',
    errors: ['chain.next.secret FORBIDDEN'],
    loads: 1,
    called: ['Query.chain', 'Query.open', 'Chain.link', 'Chain.next'],
  },
];

/** Two rows under aliases, the caller's own and another one, in both orders. */
function twoRows(): readonly QueryShape[] {
  return crateIds.south.flatMap((south) => {
    const variables = { mine: 'c-1', theirs: south };
    const declared = 'query ($mine: ID!, $theirs: ID!)';
    const [mine, theirs] = ['mine: crate(id: $mine) { notes }', 'theirs: crate(id: $theirs) { notes }'];
    const rest = {
      variables,
      errors: ['theirs.notes FORBIDDEN'],
      loads: 1,
      called: ['Query.crate', 'Query.crate', 'Crate.notes'],
    } as const;
    const [shown, hidden] = ['"mine":{"notes":"notes of c-1"}', '"theirs":{"notes":null}'];
    const named = JSON.stringify(south);
    return [
      {
        ...rest,
        name: `c-1 before ${named}`,
        query: `${declared} { ${mine} ${theirs} }`,
        data: `{${shown},${hidden}}`,
      },
      { ...rest, name: `c-1 after ${named}`, query: `${declared} { ${theirs} ${mine} }`, data: `{${hidden},${shown}}` },
    ];
  });
}

/** A denied field beside an allowed one, by `@skip` and `@include` in each place. */
function conditions(): readonly QueryShape[] {
  const places = (directive: string) => [
    `{ open secret ${directive} }`,
    `{ open ... ${directive} { secret } }`,
    `{ open ... on Query ${directive} { ... { secret } } }`,
    `{ open ...S ${directive} } fragment S on Query { secret }`,
    `{ open ...S } fragment S on Query { secret ${directive} }`,
    `{ open ...R ${directive} } fragment R on Query { ...S } fragment S on Query { secret }`,
  ];
  const isSkipped: readonly (readonly [string, string, object | undefined, boolean])[] = [
    ['@include(if: false)', '', undefined, true],
    ['@include(if: true)', '', undefined, false],
    ['@skip(if: true)', '', undefined, true],
    ['@skip(if: false)', '', undefined, false],
    ['@skip(if: false) @include(if: false)', '', undefined, true],
    ['@include(if: $v)', '($v: Boolean!)', { v: false }, true],
    ['@include(if: $v)', '($v: Boolean!)', { v: true }, false],
    ['@skip(if: $v)', '($v: Boolean!)', { v: true }, true],
    ['@skip(if: $v)', '($v: Boolean!)', { v: false }, false],
    ['@include(if: $v)', '($v: Boolean = false)', undefined, true],
    ['@include(if: $v)', '($v: Boolean = true)', undefined, false],
    ['@include(if: $v)', '($v: Boolean = true)', { v: false }, true],
    ['@skip(if: $v)', '($v: Boolean! = false)', { v: true }, true],
    ['@skip(if: $constructor)', '($constructor: Boolean!)', { constructor: true }, true],
    ['@include(if: $toString)', '($toString: Boolean = false)', undefined, true],
    ['@include(if: $__proto__)', '($__proto__: Boolean = false)', undefined, true],
    ['@include(if: $__proto__)', '($__proto__: Boolean = true)', undefined, false],
  ];
  return isSkipped.flatMap(([directives, declared, variables, skipped]) =>
    places(directives).map((place) => ({
      name: `query ${declared} ${place} given ${JSON.stringify(variables)}`,
      query: `query ${declared} ${place}`,
      ...(variables && { variables }),
      data: skipped ? '{"open":"open"}' : '{"open":"open","secret":null}',
      errors: skipped ? [] : ['secret FORBIDDEN'],
      loads: skipped ? 0 : 1,
      called: ['Query.open'],
    })),
  );
}
