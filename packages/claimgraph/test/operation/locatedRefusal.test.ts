import { inspect } from 'node:util';
import { type ExecutionResult, execute, GraphQLError, getOperationAST, locatedError, parse } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError, ForbiddenError } from '../../src/errors.ts';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { toGuardError } from '../../src/operation/guardError.ts';
import { LocatedRefusal } from '../../src/operation/locatedRefusal.ts';
import {
  allOf,
  anyOf,
  denyMode,
  requireArguments,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
} from '../../src/rules/index.ts';
import { deny, not, rule } from '../../src/rules/shield.ts';
import { clerk, type StaffClaims, userWith } from '../support/callers.ts';
import { authorize, guard } from '../support/guardedExecution.ts';

const canRead = requireScope('rows/read');
const isOdd = requireRow('is odd', ({ id }: { readonly id: number }, _claims: StaffClaims) => id < 0);

const rules = {
  scope: requireScope('rows/never'),
  claims: requireClaims('is nobody', () => false),
  row: isOdd,
  rowByToken: requireRowByToken('is odd by token', ({ id }: { readonly id: number }) => id < 0),
  args: requireArguments('asks for less', () => false),
  deny,
  not: not(requireRow('is there', () => true)),
  explained: not(canRead, 'not for readers'),
  all: allOf(canRead, isOdd),
  any: anyOf(deny, isOdd),
  dropped: denyMode('dropItem', isOdd),
  shield: rule('says no')(() => false),
  shieldText: rule('says why')(() => 'because'),
  shieldLater: rule('says no later')(async () => false),
};
const names = Object.keys(rules);
const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, ...Object.fromEntries(names.map((name) => [name, id])) }));
const { schema, plans } = guard(
  `type Query { rows: [Row!] } type Row { id: Int ${names.map((name) => `${name}: Int`).join(' ')} nonNull: Int! }`,
  { Query: { rows: canRead }, Row: { id: canRead, ...rules, nonNull: isOdd } },
  { Query: { rows: () => rows } },
);

async function contextOf() {
  const { authorization } = authorize(userWith('rows/read'), clerk);
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

/** Every error of ours and of graphql-js's that is made captures a stack: counts them. */
function countErrors() {
  let made = 0;
  class CountedError extends Error {
    constructor(message?: string, options?: ErrorOptions) {
      super(message, options);
      made += 1;
    }
  }
  for (const one of [AppError, GraphQLError]) Object.setPrototypeOf(one, CountedError);
  return () => made;
}

afterEach(() => {
  for (const one of [AppError, GraphQLError]) Object.setPrototypeOf(one, Error);
});

describe.each(Object.entries(executors))('a refusal by %s', (_executor, ask) => {
  test.each(names)('captures no stack, however many rows are refused: %s', async (name) => {
    // The error of a rule, or of a text, is made once.
    await ask(`{ rows { ${name} } }`);
    const count = countErrors();
    const { data, errors } = await ask(`{ rows { ${name} } }`);
    expect(count()).toBe(0);
    expect(JSON.parse(JSON.stringify(data)).rows).toEqual(rows.map(() => ({ [name]: null })));
    expect(errors).toHaveLength(2_000);
  });

  test('captures none where it takes its parent away', async () => {
    const count = countErrors();
    const { data, errors } = await ask('{ rows { nonNull } }');
    expect([count(), data?.rows, errors?.length]).toEqual([0, null, 1]);
  });

  test('reads as the error that graphql-js makes of it', async () => {
    const { errors = [] } = await ask('{ rows {\n id\n  odd: row } }');
    const [error] = errors;
    if (!error) throw new TypeError('expected an error');
    const cause = toGuardError(new ForbiddenError('is odd'));
    const expected = locatedError(cause, error.nodes, ['rows', 0, 'odd']);
    expect(error).toBeInstanceOf(GraphQLError);
    expect(error).toBeInstanceOf(Error);
    expect(error.toJSON()).toEqual(expected.toJSON());
    expect(JSON.stringify(error)).toBe(JSON.stringify(expected));
    expect(`${error}`).toBe(`${expected}`);
    expect(Object.keys(error).sort()).toEqual(Object.keys(expected).sort());
    for (const name of [
      'message',
      'name',
      'path',
      'locations',
      'nodes',
      'source',
      'positions',
      'extensions',
    ] as const) {
      expect(error[name], name).toEqual(expected[name]);
    }
    expect(error.locations).toEqual([{ line: 3, column: 3 }]);
    expect(error.originalError).toEqual(cause);
    expect(error.stack).toBe(error.originalError?.stack);
    expect(inspect(error)).toContain(expected.message);
    expect(Object.prototype.toString.call(error)).toBe('[object GraphQLError]');
  });
});

test('a refusal without a document has no locations', () => {
  const { locations, positions, source } = new LocatedRefusal(toGuardError(new ForbiddenError('a rule')), {
    fieldNodes: [],
    path: { prev: undefined, key: 'a', typename: 'Query' },
  });
  expect({ locations, positions, source }).toEqual({ locations: undefined, positions: [], source: undefined });
});
