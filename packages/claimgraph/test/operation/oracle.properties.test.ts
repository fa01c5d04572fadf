import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildWorld, type Call } from '../support/oracle/buildWorld.ts';
import { createChoices } from '../support/oracle/choices.ts';
import { describeCase } from '../support/oracle/describeCase.ts';
import { judgeField, judgeMasks, type Situation } from '../support/oracle/judge.ts';
import { type Expected, type ExpectedError, expectOf } from '../support/oracle/oracle.ts';
import { randomOperation } from '../support/oracle/randomOperation.ts';
import { randomWorld } from '../support/oracle/randomWorld.ts';
import { bindingsOf, readsClaims } from '../support/oracle/readPermissions.ts';
import { createRunner, type Outcome, randomSituation } from '../support/oracle/runOperation.ts';
import { maskedText, type Tree, type World } from '../support/oracle/world.ts';
import { isThorough, propertySettings } from '../support/propertySettings.ts';

// Random schemas, permission maps, data, callers, claims and operations, decided by the engine and by an oracle that walks
// the data field by field. On a failure PROPERTY_SHRINK=1 looks for a smaller case, which takes minutes.

const operationsPerWorld = 8;
const { PROPERTY_SHRINK } = process.env;
const settings = propertySettings(6_000);
const numRuns = Math.ceil(settings.numRuns / operationsPerWorld);

const numbers = (maxLength: number) => fc.array(fc.nat({ max: 10_000 }), { maxLength, size: 'max' });
const cases = fc.noBias(
  fc.record({
    schema: numbers(300),
    rules: numbers(800),
    operations: fc.array(numbers(400), { minLength: operationsPerWorld, maxLength: operationsPerWorld }),
  }),
);

test('every field of a random operation is decided as the oracle does', { timeout: 3_600_000 }, async () => {
  const tally = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(cases, async (random) => {
      const world = randomWorld(createChoices(random.schema), createChoices(random.rules));
      const { guarded, calls } = buildWorld(world);
      const run = createRunner(guarded);
      for (const [index, numbersOfOne] of random.operations.entries()) {
        const choices = createChoices(numbersOfOne);
        const who = randomSituation(choices);
        const operation = randomOperation(choices, world);
        const expected = expectOf(world, operation, who);
        calls.length = 0;
        try {
          const outcome = await run(operation, who, index % 2 === 0 ? 'compiled' : 'graphql-js');
          compare(world, who, outcome, expected, calls);
          checkClaims(world, who, outcome, calls);
          for (const kind of kindsOf(expected, outcome, who)) tally.set(kind, (tally.get(kind) ?? 0) + 1);
        } catch (cause) {
          throw new Error(describeCase(world, operation, who), { cause });
        }
      }
    }),
    {
      ...settings,
      numRuns,
      endOnFailure: PROPERTY_SHRINK === undefined,
    },
  );
  // What never happened was not compared.
  if (!isThorough) return;
  const rare = everyKind.filter((kind) => (tally.get(kind) ?? 0) < numRuns / 100);
  expect(rare, `of ${JSON.stringify([...tally])}`).toEqual([]);
});

function compare(world: World, who: Situation, outcome: Outcome, expected: Expected, calls: readonly Call[]) {
  for (const { coordinate, row, args } of calls) {
    const known = { row: { is: row }, args };
    const verdicts = [judgeField(world, coordinate, who, known), ...judgeMasks(world, coordinate, who, known)];
    expect(verdicts[0]?.says, `${coordinate} was resolved`).toBe('allowed');
    expect(verdicts.map(({ says }) => says)).not.toContain('indeterminate');
  }
  if (expected.refused) {
    compareRefusals(outcome.refused ?? [], expected.refused);
    expect(calls).toEqual([]);
    return;
  }
  expect(outcome.refused, 'what is refused').toBeUndefined();
  // What goes on beside a lost parent depends on how long each resolver takes.
  if (expected.hasLossesInLists || (world.isAsync && expected.hasLosses)) return;
  expect(outcome.data).toEqual(expected.data);
  expect(outcome.errors.map(({ path }) => path?.join('.')).sort()).toEqual(pathsOf(expected.errors));
  for (const { path, code } of outcome.errors) {
    const codes = expected.errors.filter((error) => error.path.join('.') === path?.join('.'));
    expect(codes.flatMap((error) => error.codes)).toContain(code);
  }
  const inOrder = (some: readonly Call[]) => some.map((call) => JSON.stringify(call));
  if (world.isAsync) expect(inOrder(calls).sort()).toEqual(inOrder(expected.calls).sort());
  else expect(inOrder(calls)).toEqual(inOrder(expected.calls));
}

/** At an abstract position several fields may be refused; a client reads one error for each place. */
function compareRefusals(refused: NonNullable<Outcome['refused']>, expected: NonNullable<Expected['refused']>) {
  const paths = refused.map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)]);
  for (const { coordinate, path, code } of refused) {
    const { codes, paths } = expected.get(coordinate) ?? { codes: [], paths: new Set() };
    expect([...codes], `${coordinate} is refused`).toContain(code);
    expect([...paths]).toContain(path);
  }
  for (const [coordinate, { paths }] of expected) {
    expect(
      refused.some(({ path }) => paths.has(path)),
      `${coordinate} is not refused`,
    ).toBe(true);
  }
}

function pathsOf(errors: readonly ExpectedError[]): readonly string[] {
  return errors.map(({ path }) => path.join('.')).sort();
}

/** Claims are loaded once or never; and while they cannot be read, nothing is decided that needs them. */
function checkClaims(world: World, who: Situation, outcome: Outcome, calls: readonly Call[]) {
  expect(outcome.loads).toBeLessThanOrEqual(who.caller === 'anonymous' ? 0 : 1);
  if (who.caller === 'anonymous' || who.claims.state !== 'unavailable') return;
  for (const { coordinate } of calls) {
    const { rules } = bindingsOf(world, coordinate);
    expect(
      rules.some((rule) => needsClaims(world, rule)),
      `${coordinate} was resolved in an outage`,
    ).toBe(false);
  }
}

/** Whether nobody can be allowed without claims. */
function needsClaims(world: World, tree: Tree): boolean {
  switch (tree.kind) {
    case 'all':
      return tree.of.some((part) => needsClaims(world, part));
    case 'any':
      return tree.of.every((part) => needsClaims(world, part));
    case 'inherit':
      return tree.from.some((coordinate) => {
        const { rules, masks } = bindingsOf(world, coordinate);
        return [...rules, ...masks].some((part) => needsClaims(world, part));
      });
    default:
      return readsClaims(tree);
  }
}

const everyKind = [
  ...['user', 'machine', 'anonymous', 'found', 'absent', 'unavailable', 'loads: 0', 'loads: 1'],
  ...['refused', 'failed as a whole', 'parent lost', 'masked', 'item dropped', 'more than 9 fields'],
  ...['UNAUTHENTICATED', 'INSUFFICIENT_SCOPE', 'INSUFFICIENT_USER_AUTHENTICATION', 'FORBIDDEN', 'NOT_FOUND'],
  ...['CLAIMS_UNAVAILABLE', 'INTERNAL_SERVER_ERROR'],
];

function kindsOf(expected: Expected, outcome: Outcome, who: Situation): readonly string[] {
  const kinds: string[] = [who.caller, who.claims.state, `loads: ${outcome.loads}`];
  if (expected.refused) return [...kinds, 'refused'];
  if (expected.data === undefined) kinds.push('failed as a whole');
  if (expected.hasLosses) kinds.push('parent lost');
  if (expected.hasDrops) kinds.push('item dropped');
  if (JSON.stringify(expected.data)?.includes(maskedText)) kinds.push('masked');
  if (expected.calls.length > 9) kinds.push('more than 9 fields');
  return [...kinds, ...new Set(expected.errors.flatMap(({ codes }) => codes))];
}
