import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClaimsResult } from '../../../src/logic/decisionInput.ts';
import { createAuthorization } from '../../../src/operation/authorization.ts';
import { createResultMeter, type ResultMeter } from '../../../src/operation/resultMeter.ts';
import { anonymous, type Principal } from '../../../src/token/principal.ts';
import { storeIsDown, userWith, withoutRecord } from '../callers.ts';
import { createChoices } from '../oracle/choices.ts';
import { isThorough, propertySettings } from '../propertySettings.ts';
import { nextTurn } from '../until.ts';
import { type Comparison, compareExecutors, type Seen, type TestWorld } from './compareExecutors.ts';
import { randomDocument, type Words } from './randomDocument.ts';
import { createRoughness, type Roughness } from './roughValues.ts';

const settings = propertySettings(3_300);

export interface ComparedWorld {
  readonly make: (roughness: Roughness, restart: () => void) => TestWorld;
  /** What its documents are made of. */
  readonly words: Words;
  readonly callers: readonly Settled[];
  /** Of the documents that are asked of a world. */
  readonly share?: number;
}

interface Settled {
  readonly principal: Principal;
  readonly claims: Exclude<ClaimsResult<unknown>, { readonly state: 'not-loaded' }>;
}

const now = () => 1_800_000_000_000;
const asOf = new Date('2026-01-31T09:00:00Z');

/** Somebody with each of these claims, without any, whose claims store is down, and without a token. */
export function callersOf(scopes: readonly string[], claims: readonly object[]): readonly Settled[] {
  const principal = userWith(...scopes);
  return [
    ...claims.map((one): Settled => ({ principal, claims: { state: 'found', claims: one, asOf } })),
    { principal, claims: withoutRecord },
    { principal, claims: storeIsDown },
    { principal: anonymous, claims: withoutRecord },
  ];
}

/** Holds the compiling executor and graphql-js to each other, with random documents of this world. */
export function describeExecutors(name: string, { make, words, callers, share = 1 }: ComparedWorld): void {
  describe(`a compiled query of ${name}`, () => {
    // Counted for each document, by which executor.
    let listeners: NodeJS.UnhandledRejectionListener[] = [];
    let lost = 0;

    beforeAll(() => {
      listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      process.on('unhandledRejection', () => {
        lost += 1;
      });
    });

    afterAll(async () => {
      await nextTurn();
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    });

    function takeLost(): number {
      const taken = lost;
      lost = 0;
      return taken;
    }

    test('has the result that graphql-js gives', { timeout: 3_600_000 }, async () => {
      const runs = Math.ceil(settings.numRuns * share);
      const tally = await compareMany(runs, undefined, ({ got, expected }) => expect(got).toEqual(expected));
      if (isThorough) expect(tally.get('compared')).toBeGreaterThan(runs * (share < 1 ? 0.65 : 0.75));
    });

    // What waits for its turn may be called in another order, and of errors in one place another one is told.
    test('has it though others are let in at each value', { timeout: 3_600_000 }, async () => {
      const runs = Math.ceil((settings.numRuns * share) / 5);
      const meter = () => createResultMeter({ maxResultValues: 1e9, maxExecutionMs: undefined, valuesPerTurn: 1 });
      await compareMany(runs, meter, ({ got, expected }) => {
        expect(JSON.parse(got.json)).toEqual(JSON.parse(expected.json));
      });
    });

    async function compareMany(
      runs: number,
      meter: (() => ResultMeter) | undefined,
      compare: (seen: { readonly got: Seen; readonly expected: Seen }) => void,
    ) {
      const tally = new Map<string, number>();
      const roughness = createRoughness();
      let start = { seed: 0, percent: 0 };
      const world = make(roughness, () => roughness.restart(start.seed, start.percent));
      const cases = fc.record({
        numbers: fc.array(fc.nat({ max: 10_000 }), { maxLength: 400, size: 'max' }),
        seed: fc.nat(),
        // What goes wrong is counted off in the order of the calls.
        percent: meter ? fc.constant(0) : fc.constantFrom(0, 0, 5, 15, 40),
        caller: fc.constantFrom(...callers),
      });
      await fc.assert(
        fc.asyncProperty(fc.noBias(cases), async ({ numbers, seed, percent, caller }) => {
          const document = randomDocument(createChoices(numbers), world.guarded.schema, words);
          start = { seed, percent };
          const authorize = () => createAuthorization(caller.principal, async () => caller.claims, now);
          const compared = await compareExecutors(world, document, authorize, takeLost, meter);
          for (const kind of kindsOf(compared)) tally.set(kind, (tally.get(kind) ?? 0) + 1);
          if (compared.kind !== 'compared') return;
          compare(compared);
          expect(compared.lost, document.query).toEqual([0, 0]);
        }),
        { ...settings, numRuns: runs, endOnFailure: true },
      );
      return tally;
    }
  });
}

function kindsOf(compared: Comparison): readonly string[] {
  if (compared.kind !== 'compared') return [compared.kind];
  const { expected } = compared;
  return [
    compared.kind,
    ...(expected.isSync ? ['at once'] : ['later']),
    ...(expected.errors.length > 0 ? ['errors'] : []),
    ...(expected.called.length > 9 ? ['more than 9 calls'] : []),
  ];
}
