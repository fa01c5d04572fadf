import { describe, expect, test } from 'vitest';
import { verdictOf } from '../../src/logic/verdict.ts';
import {
  allOf,
  anyOf,
  masked,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { rule as shieldRule } from '../../src/rules/shield.ts';
import { clerk, factsOf, manager, type StaffClaims, storeIsDown, userWith } from '../support/callers.ts';
import { guard } from '../support/guardedExecution.ts';

const canRead = requireScope('staff/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is theirs', (row: { region: string }, { region }: StaffClaims) => row.region === region);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 10);
const asksNothing = shieldRule()(() => true);
const stars = () => '***';

const reader = userWith('staff/read');
const asClerk = factsOf(reader, clerk);
const asManager = factsOf(reader, manager);

function planOf(permission: unknown) {
  const [plan] = guard('type Query { people(first: Int = 5): String }', {
    Query: { people: permission },
  }).plans.values();
  if (!plan) throw new TypeError('expected a plan');
  return plan;
}

describe('the verdict of a field', () => {
  const readable = (outcome: string, masked = 'no') => ({ outcome, masked });
  test.each([
    ['that the token allows', canRead, asClerk, readable('allowed')],
    ['that the claims allow', isManager, asManager, readable('allowed')],
    ['that is left to the row', allOf(canRead, isTheirs), asClerk, readable('perRow')],
    ['that is left to the arguments', allOf(canRead, asksForFew), asClerk, readable('perArguments')],
    ['that is left to both', allOf(isTheirs, asksForFew), asClerk, readable('perRow')],
    ["that is left to a rule of shield's own", asksNothing, asClerk, readable('perRow')],
    ['that any-of has allowed already', anyOf(isManager, isTheirs), asManager, readable('allowed')],
    ['that is masked', allOf(canRead, masked(isManager, stars)), asClerk, readable('allowed', 'yes')],
    ['that is shown as it is', allOf(canRead, masked(isManager, stars)), asManager, readable('allowed')],
    ['that is masked on some rows', allOf(canRead, masked(isTheirs, stars)), asClerk, readable('allowed', 'perRow')],
    [
      'that is masked for some arguments, on some rows',
      allOf(isTheirs, masked(asksForFew, stars)),
      asClerk,
      readable('perRow', 'perArguments'),
    ],
  ])('%s', (_name, permission, facts, verdict) => {
    expect(verdictOf(planOf(permission), facts)).toEqual(verdict);
  });

  test.each([
    ['without a token', canRead, factsOf(), 'denied', 'UNAUTHENTICATED'],
    ['without the scope', canRead, factsOf(userWith(), manager), 'denied', 'INSUFFICIENT_SCOPE'],
    ['without the claims', allOf(isManager, isTheirs), asClerk, 'denied', 'FORBIDDEN'],
    ['while claims cannot be read', isManager, factsOf(reader, storeIsDown), 'indeterminate', 'CLAIMS_UNAVAILABLE'],
    [
      'whose mask cannot be decided',
      allOf(canRead, masked(isManager, stars)),
      factsOf(reader, storeIsDown),
      'indeterminate',
      'CLAIMS_UNAVAILABLE',
    ],
  ])('is refused %s', (_name, permission, facts, outcome, code) => {
    expect(verdictOf(planOf(permission), facts)).toMatchObject({ outcome, error: { code } });
  });

  test('is final as soon as the arguments are known', () => {
    const plan = planOf(allOf(canRead, asksForFew));
    expect(verdictOf(plan, asClerk, { first: 5 })).toEqual(readable('allowed'));
    expect(verdictOf(plan, asClerk, { first: 50 })).toMatchObject({ outcome: 'denied', rule: 'asks for few' });
  });
});
