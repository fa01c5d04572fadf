import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClaimsResult } from '../../../packages/claimgraph/src/logic/decisionInput.ts';
import { createAuthorization } from '../../../packages/claimgraph/src/operation/authorization.ts';
import { createResultMeter, type ResultMeter } from '../../../packages/claimgraph/src/operation/resultMeter.ts';
import { anonymous, type Principal } from '../../../packages/claimgraph/src/token/principal.ts';
import { storeIsDown, userWith, withoutRecord } from '../../../packages/claimgraph/test/support/callers.ts';
import {
  type Comparison,
  compareExecutors,
  type Seen,
  type TestWorld,
} from '../../../packages/claimgraph/test/support/executors/compareExecutors.ts';
import { createHostileWorld, hostileWords } from '../../../packages/claimgraph/test/support/executors/hostileWorld.ts';
import { randomDocument, type Words } from '../../../packages/claimgraph/test/support/executors/randomDocument.ts';
import { createRoughness, type Roughness } from '../../../packages/claimgraph/test/support/executors/roughValues.ts';
import { createRoughWorld, roughWords } from '../../../packages/claimgraph/test/support/executors/roughWorld.ts';
import { createChoices } from '../../../packages/claimgraph/test/support/oracle/choices.ts';
import { isThorough, propertySettings } from '../../../packages/claimgraph/test/support/propertySettings.ts';
import { nextTurn } from '../../../packages/claimgraph/test/support/until.ts';
import { createInvestmentsWorld, investmentsWords } from '../../support/executors/investmentsWorld.ts';

// So many documents for each schema; a sixth for the rough one, where most of the time is spent in graphql-shield's rules.
const settings = propertySettings(3_300);

interface Settled {
  readonly principal: Principal;
  readonly claims: Exclude<ClaimsResult<unknown>, { readonly state: 'not-loaded' }>;
}

const now = () => 1_800_000_000_000;
const asOf = new Date('2026-01-31T09:00:00Z');

function callersOf(scopes: readonly string[], claims: readonly object[]): readonly Settled[] {
  const principal = userWith(...scopes);
  return [
    ...claims.map((one): Settled => ({ principal, claims: { state: 'found', claims: one, asOf } })),
    { principal, claims: withoutRecord },
    { principal, claims: storeIsDown },
    { principal: anonymous, claims: withoutRecord },
  ];
}

type MakeWorld = (roughness: Roughness, restart: () => void) => TestWorld;

const staff = callersOf(
  ['depot/read', 'depot/write'],
  [
    { role: 'manager', region: 'north' },
    { role: 'clerk', region: 'north' },
  ],
);

const worlds: readonly (readonly [string, MakeWorld, Words, readonly Settled[], number])[] = [
  ['the hostile schema', createHostileWorld, hostileWords, staff, 1],
  ['the rough schema', createRoughWorld, roughWords, staff, 1 / 6],
  [
    'the investments domain',
    createInvestmentsWorld,
    investmentsWords,
    callersOf(
      ['investments/read', 'investments/pii'],
      [
        { role: 'admin', regions: [] },
        { role: 'manager', managerId: 'man_0', regions: ['USA'] },
        { role: 'investor', investorId: 'inv_1', regions: [] },
      ],
    ),
    1,
  ],
];

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

describe.each(worlds)('a compiled query of %s', (_name, makeWorld, words, callers, share) => {
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
    const world = makeWorld(roughness, () => roughness.restart(start.seed, start.percent));
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

function takeLost(): number {
  const taken = lost;
  lost = 0;
  return taken;
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
