import { describe, expect, test } from 'vitest';
import { ClaimsUnavailableError, ConfigurationError } from '../../src/errors.ts';
import { explainField } from '../../src/inspect/explain.ts';
import { introspectByCaller } from '../../src/inspect/introspectByCaller.ts';
import { verdictOf } from '../../src/logic/verdict.ts';
import {
  allOf,
  anyOf,
  type FieldRule,
  fresh,
  inGroup,
  inherit,
  masked,
  needsClaims,
  publicField,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
} from '../../src/rules/index.ts';
import { and, not, rule as shieldRule } from '../../src/rules/shield.ts';
import {
  clerk,
  factsOf,
  manager,
  type SettledClaims,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../support/callers.ts';
import { codesThrownBy } from '../support/codesOf.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

interface Crate {
  readonly region: string;
  readonly label: string;
}

const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const canRead = requireScope('staff/read');
const isOfTheirRegion = requireRow(
  'is of their region',
  (crate: Crate, { region }: StaffClaims) => crate.region === region,
);
const staysInside = requireArgumentsByClaims(
  'stays inside',
  ({ region }: { readonly region: string }, claims: StaffClaims) => region === claims.region,
);
const seesCrates = needsClaims('sees the crates of their region');

const error = new ClaimsUnavailableError('the store is down');
const stale = (claims: SettledClaims): SettledClaims => ({
  ...claims,
  ...(claims.state === 'found' && { stale: error }),
});
const reader = userWith('staff/read');

const typeDefs = /* GraphQL */ `
  type Query { crates(region: String = "north"): [Crate] }
  type Crate { label: String }
`;
const crates: readonly Crate[] = [
  { region: 'north', label: 'n' },
  { region: 'south', label: 's' },
];

/** What comes of each field, when the rules stand on the list and on its items. */
async function ask(list: unknown, item: unknown, claims: SettledClaims, query = '{ crates { label } }') {
  const depot = guard(
    typeDefs,
    { Query: { crates: list }, Crate: { label: item } },
    { Query: { crates: () => crates } },
  );
  const { data, failures, loads } = await executeGuarded(depot, { query, principal: reader, claims });
  return { data, failures: failures.map(({ path, code }) => `${path} ${code}`), loads };
}

const all = { crates: [{ label: 'n' }, { label: 's' }] };

describe('a rule that is to be fresh', () => {
  test.each<readonly [string, unknown, unknown]>([
    ['on the caller', fresh(isManager), canRead],
    ['on the arguments', fresh(staysInside), canRead],
    ['on what there is', fresh(seesCrates), canRead],
  ])('%s decides by current claims as the rule itself does, and by stale ones not at all', async (_on, list, item) => {
    expect(await ask(list, item, manager)).toEqual({ data: all, failures: [], loads: 1 });
    expect(await ask(list, item, stale(manager))).toMatchObject({ failures: ['crates CLAIMS_UNAVAILABLE'] });
    expect(await ask(list, item, storeIsDown)).toMatchObject({ failures: ['crates CLAIMS_UNAVAILABLE'] });
  });

  test('on rows as well', async () => {
    const half = { crates: [{ label: 'n' }, { label: null }] };
    expect(await ask(canRead, fresh(isOfTheirRegion), manager)).toMatchObject({
      data: half,
      failures: ['crates.1.label FORBIDDEN'],
    });
    expect(await ask(canRead, fresh(isOfTheirRegion), stale(manager))).toMatchObject({
      data: { crates: [{ label: null }, { label: null }] },
      failures: ['crates.0.label CLAIMS_UNAVAILABLE', 'crates.1.label CLAIMS_UNAVAILABLE'],
    });
    expect(await ask(canRead, isOfTheirRegion, stale(manager))).toMatchObject({ data: half });
  });

  test.each<readonly [string, unknown, SettledClaims, readonly string[]]>([
    ['is never a denial', fresh(isManager), stale(clerk), ['crates CLAIMS_UNAVAILABLE']],
    ['denies by current claims', fresh(isManager), clerk, ['crates FORBIDDEN']],
    ['denies without a record', fresh(isManager), withoutRecord, ['crates FORBIDDEN']],
    ['is a failure in any-of', anyOf(fresh(isManager), requireScope('x')), stale(clerk), ['crates CLAIMS_UNAVAILABLE']],
    ['is a failure under not', not(fresh(isManager)), stale(clerk), ['crates CLAIMS_UNAVAILABLE']],
    ['does not matter where another rule allows', anyOf(fresh(isManager), seesCrates), stale(clerk), []],
    [
      'does not matter where another rule denies',
      allOf(fresh(isManager), isManager),
      stale(clerk),
      ['crates FORBIDDEN'],
    ],
    ['leaves the rule that it was made of alone', isManager, stale(manager), []],
    [
      'lets nobody see what is masked',
      allOf(
        canRead,
        masked(fresh(isManager), () => []),
      ),
      stale(manager),
      ['crates CLAIMS_UNAVAILABLE'],
    ],
  ])('%s', async (_what, list, claims, failures) => {
    expect((await ask(list, canRead, claims)).failures).toEqual(failures);
  });

  test('has a name of its own, wherever it is told', () => {
    const [plan] = guard('type Query { a: Int }', { Query: { a: fresh(isManager) } }).plans.values();
    if (!plan) throw new TypeError('expected a plan');
    const name = 'is a manager, by fresh claims';
    expect(verdictOf(plan, factsOf(reader, clerk))).toMatchObject({ outcome: 'denied', rule: name });
    expect(verdictOf(plan, factsOf(reader, stale(manager)))).toMatchObject({
      outcome: 'indeterminate',
      rule: name,
      error,
    });
    expect(explainField(plan, factsOf(reader, manager)).permission).toMatchObject({
      name,
      description: 'By their business record the caller is a manager. Stale claims do not count.',
      reads: ['token', 'claims'],
      claims: ['role'],
    });
  });

  test('is one rule however often it is made, and another one than the rule itself', () => {
    const sdl = 'type Query { a: Int b: Int c: Int }';
    const { plans } = guard(sdl, { Query: { a: fresh(isManager), b: fresh(fresh(isManager)), c: isManager } });
    const [a, b, c] = [...plans.values()].map(({ permission }) => permission);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    const namesake = requireClaims('is a manager, by fresh claims', () => true);
    const clash = { Query: { a: fresh(isManager), b: namesake } };
    expect(codesThrownBy(() => guard('type Query { a: Int b: Int }', clash))).toEqual(['Query.b: DUPLICATE_RULE_NAME']);
  });

  test('of one sentence with another rule is refused, whichever of them is narrowed, and however', () => {
    const twin = requireClaims('is a manager', () => true);
    const inPay = (rule: FieldRule) => inGroup('pay', rule);
    for (const [a, b] of [
      [isManager, fresh(twin)],
      [fresh(isManager), twin],
      [fresh(isManager), fresh(twin)],
      [isManager, inPay(twin)],
      [inPay(isManager), fresh(twin)],
      [allOf(canRead, isManager), anyOf(canRead, fresh(inPay(twin)))],
    ]) {
      const clash = () => guard('type Query { a: Int b: Int }', { Query: { a, b } });
      expect(codesThrownBy(clash)).toEqual(['Query.b: DUPLICATE_RULE_NAME']);
    }
    const same = { a: isManager, b: fresh(isManager), c: inPay(isManager), d: fresh(inPay(isManager)) };
    expect(guard('type Query { a: Int b: Int c: Int d: Int }', { Query: same }).plans.size).toBe(4);
  });
});

test.each<readonly [string, unknown, string]>([
  ['an all-of', allOf(isManager, canRead), 'a rule that '],
  ['an any-of', anyOf(isManager), 'a rule that '],
  ["shield's own and", and(isManager), 'a rule that '],
  ['a mask', masked(isManager, String), 'a rule that '],
  ['a rule on scopes', canRead, '"has scope staff/read"'],
  ['a rule on rows by the token', requireRowByToken('owns it', () => true), '"owns it"'],
  ['a public field', publicField('why'), '"public: why"'],
  ['an inherited rule', inherit('Query.a'), '"inherits from Query.a"'],
  ["a rule of shield's own", shieldRule('is lost')(() => true), '"is lost"'],
  ['a function', () => true, 'what '],
  ['nothing', undefined, 'what '],
])('%s cannot be fresh', (_what, rule, got) => {
  const make = () => Reflect.apply(fresh, undefined, [rule]);
  expect(make).toThrow(ConfigurationError);
  // The rules that can be, and what came.
  const all =
    /^fresh: .*\(requireClaims, requireRow, requireRowLookup, requireArgumentsByClaims or needsClaims\); got /;
  expect(make).toThrow(all);
  expect(make).toThrow(`got ${got}`);
});

test('introspection by caller is not narrowed by stale claims: it is CLAIMS_UNAVAILABLE', async () => {
  // What the row is asked about too is not refused for certain, and so would be shown.
  const rule = allOf(fresh(isManager), isOfTheirRegion);
  const depot = guard('type Query { a: Int b: Int }', { Query: { a: rule, b: isManager } });
  introspectByCaller(depot.schema, depot.plans);
  const shown = (claims: SettledClaims) =>
    executeGuarded(depot, { query: '{ __schema { queryType { fields { name } } } }', principal: reader, claims });
  expect(await shown(manager)).toMatchObject({
    data: { __schema: { queryType: { fields: [{ name: 'a' }, { name: 'b' }] } } },
  });
  expect(await shown(stale(manager))).toMatchObject({ failures: [{ path: '__schema', code: 'CLAIMS_UNAVAILABLE' }] });
});
