import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expression } from '../../src/logic/expression.ts';
import type { FieldPlan } from '../../src/logic/fieldPlan.ts';
import { createAuthorization } from '../../src/operation/authorization.ts';
import { definitionOf } from '../../src/rules/definitionOf.ts';
import { requireRecentSignIn } from '../../src/rules/index.ts';
import { anonymous } from '../../src/token/principal.ts';
import { manager, storeIsDown, userWith } from '../support/callers.ts';
import { authorize } from '../support/guardedExecution.ts';
import { propertySettings } from '../support/propertySettings.ts';
import { oracle, type Reads, type Tree, toExpression, trees } from '../support/ruleTrees.ts';

const says = (reads: Reads, outcome: 'allowed' | 'denied' | 'indeterminate' = 'allowed'): Tree => ({
  reads,
  says: outcome,
});

describe('settle', () => {
  const needy = planOf({ all: [says('token'), says('claims')] });
  const frugal = planOf(says('token'));
  const refused = planOf({ all: [says('token', 'denied'), says('claims')] });

  test.each<readonly [string, readonly FieldPlan[], number]>([
    ['nothing is planned', [], 0],
    ['nothing needs them', [frugal, frugal], 0],
    ['the token denies what would need them', [refused, frugal], 0],
    ['one of many needs them', [frugal, refused, needy], 1],
    ['many need them', [needy, needy, needy], 1],
  ])('loads claims as often as needed when %s', async (_name, plans, loads) => {
    const caller = authorize(userWith(), manager);
    await caller.authorization.loadClaims(plans);
    await caller.authorization.loadClaims(plans);
    expect(caller.loads()).toBe(loads);
  });

  test('asked twice at the same time loads the claims once', async () => {
    const caller = authorize(userWith(), manager);
    await Promise.all([caller.authorization.loadClaims([needy]), caller.authorization.loadClaims([needy])]);
    expect(caller.loads()).toBe(1);
  });

  test('loads claims for a plan met later', async () => {
    const caller = authorize(userWith(), manager);
    await caller.authorization.loadClaims([frugal]);
    expect(caller.authorization.claims()).toEqual({ state: 'not-loaded' });
    await caller.authorization.loadClaims([needy]);
    expect(caller.authorization.claims()).toEqual(manager);
    expect(caller.authorization.decide(needy.permission, {}, {}).outcome).toBe('allowed');
  });

  test.each<readonly [string, Tree]>([
    ['claims', says('claims')],
    ['the row', says('row')],
    ['claims under not', { not: says('claims') }],
    ['claims or arguments', { any: [says('claims'), says('arguments', 'denied')] }],
  ])('never loads claims for an anonymous caller, whose rule reads %s', async (_name, tree) => {
    const plan = planOf(tree);
    const caller = authorize(anonymous, manager);
    await caller.authorization.loadClaims([plan]);
    expect(caller.loads()).toBe(0);
    expect(caller.authorization.decide(plan.permission, {}, {})).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
  });

  test('that fails decides nothing: the operation fails with it', async () => {
    const authorization = createAuthorization(userWith(), async () => {
      throw new Error('must not happen');
    });
    await expect(authorization.loadClaims([needy])).rejects.toThrow('must not happen');
    expect(authorization.decide(needy.permission, {}, {}).outcome).toBe('indeterminate');
  });
});

describe('preview', () => {
  const outcomeOf = (tree: Tree, args?: unknown) => {
    const { authorization } = authorize(userWith(), manager);
    return authorization.preview(toExpression(tree), args)?.outcome;
  };

  test.each<readonly [string, Tree, unknown, string | undefined]>([
    ['decides by the token', says('token'), undefined, 'allowed'],
    ['waits for the claims', says('claims'), undefined, undefined],
    ['waits for the claims, given the arguments', { all: [says('arguments'), says('claims')] }, {}, undefined],
    ['waits for the arguments', says('arguments'), undefined, undefined],
    ['decides by the arguments', says('arguments', 'denied'), {}, 'denied'],
    [
      'decides by the arguments although the claims are open',
      { all: [says('claims'), says('arguments', 'denied')] },
      {},
      'denied',
    ],
    ['waits for the row', { any: [says('row'), says('arguments', 'denied')] }, {}, undefined],
  ])('%s', (_name, tree, args, outcome) => {
    expect(outcomeOf(tree, args)).toBe(outcome);
  });
});

test('without a token what needs claims is refused before anything executes', () => {
  const { authorization } = authorize(anonymous);
  expect(authorization.preview(toExpression(says('claims')))).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
});

test('what does not depend on the row is decided once, however many rows there are', async () => {
  const asked: Reads[] = [];
  const permission = toExpression({ all: [says('token'), { any: [says('claims', 'denied'), says('row')] }] }, (reads) =>
    asked.push(reads),
  );
  const { authorization } = authorize(userWith(), manager);
  await authorization.loadClaims([toPlan(permission)]);
  for (let row = 0; row < 3; row += 1) expect(authorization.decide(permission, {}, {}).outcome).toBe('allowed');
  // The token is asked before the claims are loaded, to see whether they are needed, and once again with them.
  expect(asked).toEqual(['token', 'token', 'claims', 'row', 'row', 'row']);
});

test('a random rule tree is decided as by the oracle, and an outage is neither an allow nor a denial', async () => {
  const worlds = fc.record({ isAnonymous: fc.boolean(), storeIsDown: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(trees, worlds, async (tree, world) => {
      const plan = planOf(tree);
      const principal = world.isAnonymous ? anonymous : userWith();
      const { authorization, loads } = authorize(principal, world.storeIsDown ? storeIsDown : manager);
      await authorization.loadClaims([plan]);
      const preview = authorization.preview(plan.permission, {});
      const decision = authorization.decide(plan.permission, {}, {});

      expect(decision.outcome).toBe(oracle(tree, world));
      if (preview) expect(preview.outcome).toBe(decision.outcome);
      if (world.isAnonymous) expect(loads()).toBe(0);
      if (loads() === 0 && !world.isAnonymous) {
        expect(oracle(tree, { ...world, storeIsDown: !world.storeIsDown })).toBe(decision.outcome);
      }
    }),
    propertySettings(1_000),
  );
});

test('refusals are counted by coordinate, code and rule', () => {
  const { authorization } = authorize(anonymous);
  const denial = authorization.decide(toExpression(says('token')), {}, {});
  if (denial.outcome === 'allowed') throw new TypeError('expected a denial');
  authorization.refuse('Parcel.notes', denial);
  authorization.refuse('Parcel.id', denial);
  authorization.refuse('Parcel.notes', denial);
  expect(authorization.refusals()).toEqual([
    { coordinate: 'Parcel.notes', code: 'UNAUTHENTICATED', rule: 'token', count: 2 },
    { coordinate: 'Parcel.id', code: 'UNAUTHENTICATED', rule: 'token', count: 1 },
  ]);
});

function planOf(tree: Tree): FieldPlan {
  return toPlan(toExpression(tree));
}

function toPlan(permission: Expression): FieldPlan {
  return { coordinate: 'Parcel.notes', permission, masks: [], denyMode: 'null', exposes: [] };
}

test('the age of a sign-in is counted from the moment the operation began, in seconds', () => {
  const principal = userWith();
  const outcomeAfter = (seconds: number) => {
    const now = () => (principal.authTime + seconds) * 1000 + 999;
    const authorization = createAuthorization(principal, async () => manager, now);
    const rule = definitionOf(requireRecentSignIn(300));
    return rule && authorization.decide({ kind: 'rule', rule }, undefined, undefined).outcome;
  };
  expect([300, 301].map(outcomeAfter)).toEqual(['allowed', 'denied']);
});
