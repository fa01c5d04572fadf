import { execute, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import { NotFoundError } from '../../src/errors.ts';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { publicField } from '../../src/rules/index.ts';
import { authorize, guard, toOutcome } from '../support/guardedExecution.ts';
import { nextTurn } from '../support/until.ts';

const rejected: string[] = [];

/** Fails after so many turns of the event loop. */
async function failAfter(turns: number, name: string): Promise<never> {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
  rejected.push(name);
  throw new NotFoundError(name);
}

const guarded = guard(
  /* GraphQL */ `
    type Query { parcels: [Parcel!] parcel: Parcel slow: String told(first: Int = 1): String }
    type Parcel { label: String! note: String }
  `,
  { '*': publicField('is a test') },
  {
    Query: {
      parcels: () => [{ label: () => failAfter(3, 'an earlier label') }, null],
      parcel: () => ({ label: () => failAfter(1, 'the label'), note: () => failAfter(2, 'a note') }),
      slow: () => failAfter(4, 'what is slow'),
      told(_query: unknown, args: { first?: number }) {
        const { first } = args;
        delete args.first;
        return `${first}`;
      },
    },
  },
);

function compile(query: string) {
  const document = parse(query);
  const operation = getOperationAST(document);
  const compiled = operation && compileOperation({ ...guarded, document, operation, variables: {} });
  if (!compiled) throw new TypeError('expected it to be compiled');
  const context = { authorization: authorize().authorization };
  return {
    run: async () => toOutcome(await executeCompiled(compiled, { variables: {}, context })),
    runByGraphqlJs: async () => toOutcome(await execute({ schema: guarded.schema, document, contextValue: context })),
  };
}

// Vitest fails a run in which a rejection is left unhandled, as Node ends a process.
test('an item that takes its list away leaves no rejection of an earlier item unhandled', async () => {
  const { run } = compile('{ parcels { label } }');
  expect(await run()).toMatchObject({ data: { parcels: null }, failures: [{ path: 'parcels.1' }] });
  await expect.poll(() => rejected).toContain('an earlier label');
});

test('an error below a place that is null already is not told', async () => {
  const { run, runByGraphqlJs } = compile('{ parcel { label note } slow }');
  const outcome = await run();
  expect(outcome.failures.map(({ path }) => path)).toEqual(['parcel.label', 'slow']);
  expect(outcome).toEqual(await runByGraphqlJs());
});

test('what a resolver does to its arguments does not reach the next call', async () => {
  const { run } = compile('{ told }');
  expect([await run(), await run()]).toMatchObject([{ data: { told: '1' } }, { data: { told: '1' } }]);
});
