import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, changeWorld, type Situation } from '../../src/inspect/change.ts';
import type { Candidates } from '../../src/inspect/changeCandidates.ts';
import { type FieldState, stateOf, whatWouldChange } from '../../src/inspect/whatWouldChange.ts';
import type { FieldPlan } from '../../src/logic/fieldPlan.ts';
import {
  allOf,
  anyOf,
  masked,
  requireAnyScope,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireScope,
  requireToken,
} from '../../src/rules/index.ts';
import { rule as shieldRule } from '../../src/rules/shield.ts';
import { anonymous } from '../../src/token/principal.ts';
import { clerk, factsOf, found, manager, type StaffClaims, userWith, withoutRecord } from '../support/callers.ts';
import { guard } from '../support/guardedExecution.ts';
import { propertySettings } from '../support/propertySettings.ts';

const canRead = requireScope('staff/read');
const canPay = requireScope('staff/read', 'staff/pay');
const mayAudit = requireAnyScope('staff/audit', 'staff/admin');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isNorthern = requireClaims('works in the north', ({ region }: StaffClaims) => region === 'north');
const isTheirs = requireRow('is theirs', (row: { region: string }, { region }: StaffClaims) => row.region === region);
const asksForOwn = requireArgumentsByClaims(
  'asks for their region',
  ({ region: asked }: { readonly region: string }, { region }: StaffClaims) => asked === region,
);
const isRecent = requireRecentSignIn(300);

const rules = [canRead, canPay, mayAudit, isManager, isNorthern, isTheirs, asksForOwn, isRecent, requireToken()];

const candidates: Candidates = {
  records: {
    'a manager': { role: 'manager', region: 'north' },
    'a southern clerk': { role: 'clerk', region: 'south' },
  },
};

function fieldPlanOf(permission: unknown): FieldPlan {
  const [plan] = guard('type Query { people(region: String): String }', {
    Query: { people: permission },
  }).plans.values();
  if (!plan) throw new TypeError('expected a plan');
  return plan;
}

function setsOf(permission: unknown, situation: Situation) {
  const { sets } = whatWouldChange(fieldPlanOf(permission), situation, candidates);
  return sets.map(({ changes }) => changes.map(describeChange));
}

function describeChange(change: Change): string {
  switch (change.kind) {
    case 'scope':
      return `${change.has ? '+' : '-'}${change.scope}`;
    case 'claim':
      return `${change.name}=${String(change.value)}`;
    case 'record':
      return change.like === undefined ? 'no record' : `record of ${change.like}`;
    case 'argument':
      return `${change.path.join('.')}:${String(change.value)}`;
    case 'row':
      return `row.${change.property}=${change.equals}`;
    default:
      return change.kind;
  }
}

describe('what would change a field', () => {
  test.each([
    ['a scope that is lacking', canRead, { facts: factsOf(userWith(), clerk) }, [['+staff/read']]],
    ['two scopes together', canPay, { facts: factsOf(userWith(), clerk) }, [['+staff/read', '+staff/pay']]],
    ['a claim', isManager, { facts: factsOf(userWith(), clerk) }, [['role=manager']]],
    ['a business record', isManager, { facts: factsOf(userWith(), withoutRecord) }, [['record of a manager']]],
    [
      'one of two ways',
      anyOf(canRead, isManager),
      { facts: factsOf(userWith(), clerk) },
      [['+staff/read'], ['role=manager']],
    ],
    [
      'the row',
      isTheirs,
      { facts: factsOf(userWith(), clerk), row: { parent: { region: 'south' } } },
      [['region=south'], ['row.region=region']],
    ],
    [
      'an argument',
      asksForOwn,
      { facts: factsOf(userWith(), clerk), args: { region: 'south' } },
      [['region=south'], ['region:north']],
    ],
    ['an old sign-in', isRecent, { facts: factsOf(userWith(), clerk) }, [['recentSignIn']]],
    ['no token', requireToken(), { facts: factsOf(anonymous, withoutRecord) }, [['signIn']]],
    ['no token and no scope', canRead, { facts: factsOf(anonymous, withoutRecord) }, [['signIn', '+staff/read']]],
    ['what is shown', canRead, { facts: factsOf(userWith('staff/read'), clerk) }, [['-staff/read']]],
    [
      'a mask',
      allOf(
        requireToken(),
        masked(isManager, () => '***'),
      ),
      { facts: factsOf(userWith(), clerk) },
      [['role=manager']],
    ],
  ])('names %s', (_what, permission, situation: Situation, sets) => {
    expect(setsOf(permission, situation)).toEqual(sets);
  });

  test('says that a rule of graphql-shield, or a row that is not known, cannot be told', () => {
    const own = shieldRule('own')(() => false);
    const facts = factsOf(userWith(), manager);
    expect(whatWouldChange(fieldPlanOf(allOf(own, canRead)), { facts }, candidates)).toMatchObject({
      untold: ['a graphql-shield rule'],
    });
    expect(whatWouldChange(fieldPlanOf(isTheirs), { facts }, candidates)).toMatchObject({
      state: 'unknown',
      untold: ['the row'],
    });
  });

  test('stops at its bounds, and says so', () => {
    const plan = fieldPlanOf(allOf(canPay, isManager, isRecent));
    const situation = { facts: factsOf(userWith(), clerk) };
    const bounds = { maxChanges: 2, maxCandidates: 64, maxEvaluations: 100 };
    expect(whatWouldChange(plan, situation, candidates, bounds)).toMatchObject({ sets: [], complete: false });
  });
});

const settings = propertySettings(5_000);

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...rules),
    fc.tuple(fc.boolean(), fc.array(tie('tree'), { minLength: 1, maxLength: 3 })).map(([isAll, of]) => {
      return (isAll ? allOf : anyOf)(...(of as typeof rules));
    }),
  ),
}));
const scopes = fc.subarray(['staff/read', 'staff/pay', 'staff/audit', 'staff/admin']);
const record = fc.option(
  fc.record({ role: fc.constantFrom('manager', 'clerk'), region: fc.constantFrom('north', 'south') }),
);
const situations = fc.record({ scopes, record, region: fc.constantFrom('north', 'south'), isAnonymous: fc.boolean() });

test('each set that is told turns the field, and no part of it does', () => {
  let told = 0;
  fc.assert(
    fc.property(tree, situations, fc.boolean(), (permission, { isAnonymous, ...who }, isMask) => {
      const principal = isAnonymous ? anonymous : userWith(...who.scopes);
      const claims = who.record && !isAnonymous ? found(who.record as StaffClaims) : withoutRecord;
      const situation: Situation = {
        facts: factsOf(principal, claims),
        args: { region: who.region },
        row: { parent: { region: who.region } },
      };
      const plan = fieldPlanOf(
        isMask
          ? allOf(
              requireToken(),
              masked(permission as typeof canRead, () => '***'),
            )
          : permission,
      );
      const before = stateOf(plan, situation);
      const { state, sets } = whatWouldChange(plan, situation, candidates);
      expect(state).toBe(before);
      for (const { changes, state: after } of sets) {
        told += 1;
        expect(stateOf(plan, changeWorld(situation, changes))).toBe(after);
        expect(isTurned(before, after)).toBe(true);
        for (const part of properParts(changes)) {
          expect(isTurned(before, stateOf(plan, changeWorld(situation, part)))).toBe(false);
        }
      }
    }),
    settings,
  );
  // What never happened was not compared.
  expect(told).toBeGreaterThan(settings.numRuns / 4);
});

function isTurned(before: FieldState, after: FieldState): boolean {
  return before === 'shown' ? after !== 'shown' : before === 'denied' ? after !== 'denied' : after === 'shown';
}

function properParts<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** all.length - 1 }, (_, bits) => all.filter((_one, index) => bits & (1 << index)));
}
