import { type ExecutionResult, execute, GraphQLScalarType, getOperationAST, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotFoundError } from '../../src/errors.ts';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { publicField, requireRowByToken, requireScope } from '../../src/rules/index.ts';
import { rule } from '../../src/rules/shield.ts';
import { userWith } from '../support/callers.ts';
import { authorize, guard } from '../support/guardedExecution.ts';
import { startProcess } from '../support/startProcess.ts';
import { nextTurn } from '../support/until.ts';

// A rejection that nobody waits for ends a process. Each list below loses its place in the response while something of an
// earlier or a later item is still to reject.

const open = publicField('is a test');
const saysNoLater = rule('says no later')(async () => {
  await nextTurn();
  return false;
});

const fails = async (): Promise<never> => {
  await nextTurn();
  throw new NotFoundError('it is not there');
};
const book = (id: number, more: object = {}) => ({
  __typename: 'Book',
  id,
  price: 9,
  later: 1,
  blurb: 'b',
  author: { id, name: 'Austen' },
  chapters: [],
  ...more,
});

interface Part {
  readonly item: () => unknown;
  readonly select: string;
}

/** What of the first item rejects later, by the selection that asks for it. */
const pending: Readonly<Record<string, Part>> = {
  'a resolver': { item: () => book(1, { later: fails }), select: 'later' },
  'a property that is a promise': { item: () => book(1, { later: fails() }), select: 'later' },
  'a rule of graphql-shield itself': { item: () => book(1), select: 'shielded' },
  'something deeper down': { item: () => book(1, { author: { name: fails } }), select: 'author { name }' },
  'an item of a list in it': { item: () => book(1, { chapters: [{ name: fails }, {}] }), select: 'chapters { name }' },
  'an item that is a promise, of a list in it': {
    item: () => book(1, { chapters: [fails(), {}] }),
    select: 'chapters { name }',
  },
  'the item itself': { item: () => fails(), select: 'id' },
  'what finds out its type': { item: () => book(1, { isBook: fails }), select: 'id' },
  'a thenable': {
    item: () => ({
      // biome-ignore lint/suspicious/noThenProperty: a promise of somebody else's making.
      then: (onResult: undefined, onError: (error: unknown) => void) => fails().then(onResult, onError),
    }),
    select: 'id',
  },
  'a nullable field beside one that fails': {
    item: () => book(1, { note: fails, price: null }),
    select: 'note price',
  },
  nothing: { item: () => book(1), select: 'id' },
};

const throws = () => {
  throw new NotFoundError('it is not there');
};

interface Loss {
  readonly rest: () => Iterable<unknown>;
  readonly select?: string;
  /** Whether the items are there before they are asked for, and so are somebody's who made them. */
  readonly isArray?: true;
}

/** What takes the list away: the second item, or the list itself. */
const losses: Readonly<Record<string, Loss>> = {
  'is null': { rest: () => [null] },
  'is undefined': { rest: () => [undefined] },
  'is an Error': { rest: () => [new NotFoundError('no book')] },
  'is of no type': { rest: () => [book(2, { __typename: 'Globe' })] },
  'is not of its type': { rest: () => [book(2, { isBook: () => false })] },
  'has a refused field': { rest: () => [book(2)], select: 'refused' },
  'has a field that is null': { rest: () => [book(2, { price: null })], select: 'price' },
  'has a field that throws': { rest: () => [book(2, { price: throws })], select: 'price' },
  'has a field that is an Error': { rest: () => [book(2, { price: new NotFoundError('none') })], select: 'price' },
  'has a scalar that cannot be serialized': { rest: () => [book(2, { blurb: 'faulty' })], select: 'blurb' },
  'has null in a list of its own': { rest: () => [book(2, { chapters: [null] })], select: 'chapters { id }' },
  'is not reached, because the iterator throws': {
    *rest() {
      throws();
      yield book(2);
    },
  },
  'is not reached, because the iterator rejects and throws': {
    *rest() {
      yield fails();
      throws();
    },
  },
  'stands before others that reject': { rest: () => [null, fails(), fails()], isArray: true },
  // biome-ignore lint/suspicious/noThenProperty: a promise of somebody else's making.
  'has a then that throws': { rest: () => [{ then: throws }] },
  'rejects as well': { rest: () => [book(2, { later: fails })], select: 'later' },
};

const asArray = (first: () => unknown, rest: () => Iterable<unknown>) => {
  const others = rest();
  // An iterator that throws is none of an array's.
  return Array.isArray(others) ? [first(), ...others] : asGenerator(first, () => others);
};
function* asGenerator(first: () => unknown, rest: () => Iterable<unknown>) {
  yield first();
  yield* rest();
}

let list: () => unknown = () => [];
const fields =
  'note: String id: ID! price: Int! refused: Int! later: Int! shielded: Int! author: Author! chapters: [Author!]! blurb: Code!';
const guarded = guard(
  /* GraphQL */ `
    interface Thing { ${fields} }
    type Book implements Thing { ${fields} }
    type Author { id: ID name: String! }
    scalar Code
    type Query { books: [Book!] things: [Thing!] shelves: [[Book!]!] nullable: [[Book!]] promised: [Book!] all: Library }
    type Library { books: [Book!]! }
    type Subscription { arrived: [Book!] }
  `,
  {
    '*': open,
    Book: {
      '*': open,
      id: requireScope('books/read'),
      refused: requireRowByToken('is on the first', ({ id }: { readonly id: number }) => id === 1),
      shielded: saysNoLater,
    },
  },
  {
    Code: new GraphQLScalarType({
      name: 'Code',
      serialize: (value) => (value === 'faulty' ? throws() : value),
    }),
    Query: {
      books: () => list(),
      things: () => list(),
      shelves: () => [[book(1)], list()],
      nullable: () => [list(), [book(3)]],
      promised: async () => list(),
      all: () => ({ books: list() }),
    },
    Book: {
      __isTypeOf: (value: object) => ('isBook' in value && typeof value.isBook === 'function' ? value.isBook() : true),
      refused: () => 1,
      shielded: () => 1,
    },
    Subscription: {
      arrived: {
        async *subscribe() {
          yield { arrived: list() };
          yield { arrived: list() };
        },
      },
    },
  },
);
const { schema, plans } = guarded;

const orphans: unknown[] = [];
let listeners: NodeJS.UnhandledRejectionListener[] = [];

beforeAll(() => {
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => orphans.push(error));
});

afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

async function contextOf() {
  const { authorization } = authorize(userWith('books/read'));
  await authorization.loadClaims(plans.values());
  return { authorization };
}

const executors: Readonly<Record<string, (query: string) => Promise<ExecutionResult>>> = {
  'graphql-js': async (query) => execute({ schema, document: parse(query), contextValue: await contextOf() }),
  'the compiling executor': async (query) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    const compiled = operation && compileOperation({ schema, plans, document, operation, variables: {} });
    if (!compiled) throw new TypeError('expected it to be compiled');
    return executeCompiled(compiled, { variables: {}, context: await contextOf() });
  },
};

async function settle() {
  for (const _turn of [1, 2, 3, 4]) await nextTurn();
}

const roots = ['books', 'things', 'shelves', 'nullable', 'promised', 'all { books'];

async function answersOf(query: string) {
  const answers: unknown[] = [];
  for (const [name, ask] of Object.entries(executors)) {
    orphans.length = 0;
    const { data, errors = [] } = await ask(query);
    await settle();
    expect(orphans, `${name}: ${query}`).toEqual([]);
    const told = errors.map(({ path, message, originalError }) => ({
      path,
      // How a value is written out is for the log only.
      message: message.replace(/but got: .*$/s, '…'),
      is: originalError?.name,
    }));
    answers.push({ data: JSON.parse(JSON.stringify(data)), errors: told });
  }
  return answers;
}

describe.each(Object.entries(losses))('no rejection is left behind by a list whose second item %s', (_loss, loss) => {
  const { rest, select: selectRest = '', isArray } = loss;

  test.each(Object.entries(pending))('while %s is to reject', async (name, { item, select }) => {
    for (const made of isArray ? [asArray] : [asArray, asGenerator]) {
      list = () => made(item, rest);
      for (const root of roots) {
        const query = `{ ${root} { ${select} ${selectRest} } ${root.includes('{') ? '}' : ''} }`;
        const [byGraphqlJs, compiled] = await answersOf(query);
        expect(compiled, query).toEqual(byGraphqlJs);
        if (name === 'nothing') continue;
        const [key = ''] = root.split(' ');
        expect(byGraphqlJs, query).toMatchObject({ data: { [key]: root === 'nullable' ? [null, {}] : null } });
      }
    }
  });

  test.each(Object.entries(pending))('of an event, while %s is to reject', async (_name, { item, select }) => {
    list = () => asArray(item, rest);
    orphans.length = 0;
    const document = parse(`subscription { arrived { ${select} ${selectRest} } }`);
    const events = await subscribe({ schema, document, contextValue: await contextOf() });
    if (!(Symbol.asyncIterator in events)) throw new TypeError('expected a stream of events');
    let count = 0;
    for await (const _event of events) count += 1;
    await settle();
    expect([count, orphans]).toEqual([2, []]);
  });
});

test('a process without a handler outlives a list that is refused', async () => {
  const program = `
    import { execute, parse } from 'graphql';
    import { createGuardedSchema, publicField, requireScope } from './packages/claimgraph/src/index.ts';
    const { schema } = createGuardedSchema({
      typeDefs: ['type Query { books: [Book!] } type Book { title: String price: Int! later: Int! }'],
      resolvers: {
        Query: { books: () => [{ title: 'Emma', price: 9 }, null] },
        Book: { later: async () => { throw new Error('later') } },
      },
      permissions: {
        Query: { books: publicField('is a test') },
        Book: { '*': publicField('is a test'), price: requireScope('prices/read') },
      },
    });
    for (const query of ['{ books { title price } }', '{ books { title later } }']) {
      await execute({ schema, document: parse(query), contextValue: {} });
    }
    setImmediate(() => setImmediate(() => process.stdout.write('Ready\\n')));
  `;
  const flags = ['--conditions=source', '--import', 'tsx', '--input-type=module'];
  const running = startProcess([process.execPath, ...flags, '--eval', program], {});
  expect(await running.ready).toBe('Ready');
  expect(await running.exited).toBe(0);
});
