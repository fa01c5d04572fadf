import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorizePersona } from '../../src/cli/authorizePersona.ts';
import { parsePersonas } from '../../src/cli/parsePersonas.ts';
import { runOperation } from '../../src/cli/runOperation.ts';
import { checkClaimGroups } from '../../src/compile/checkClaimGroups.ts';
import { createFieldIndex } from '../../src/compile/fieldIndex.ts';
import { ClaimsUnavailableError, ConfigurationError, InternalError } from '../../src/errors.ts';
import { toAccessMatrix } from '../../src/inspect/accessMatrix.ts';
import { createCan } from '../../src/inspect/can.ts';
import { explainField } from '../../src/inspect/explain.ts';
import { explainOperation } from '../../src/inspect/explainOperation.ts';
import { factsOfPersona } from '../../src/inspect/persona.ts';
import { createShadow } from '../../src/inspect/shadow.ts';
import { type ClaimGroup, getClaims, type LoadedClaims } from '../../src/logic/decisionInput.ts';
import type { FieldPlan } from '../../src/logic/fieldPlan.ts';
import { createAuthorization } from '../../src/operation/authorization.ts';
import { planOperation } from '../../src/operation/operationPlan.ts';
import {
  allOf,
  anyOf,
  exposes,
  type FieldRule,
  fresh,
  inGroup,
  masked,
  needsClaims,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { printAccessMatrix } from '../../src/testing/accessMatrix.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { userWith } from '../support/callers.ts';
import { codesOf, codesThrownBy } from '../support/codesOf.ts';
import { guard, readOperation } from '../support/guardedExecution.ts';
import { propertySettings } from '../support/propertySettings.ts';

interface Roles {
  readonly role: string;
}
interface Limits {
  readonly paymentLimitUsd: number;
}

const canRead = requireScope('read');
const canPay = requireScope('pay');
const isAdmin = inGroup(
  'roles',
  requireClaims('is an admin', ({ role }: Roles) => role === 'admin'),
);
const mayPay = inGroup(
  'limits',
  requireClaims('may pay', ({ paymentLimitUsd }: Limits) => paymentLimitUsd > 0),
);
const staysBelow = inGroup(
  'limits',
  requireArgumentsByClaims(
    'stays below their limit',
    ({ amount }: { readonly amount: number }, { paymentLimitUsd }: Limits) => amount <= paymentLimitUsd,
  ),
);
const affordsIt = inGroup(
  'limits',
  requireRow(
    'affords it',
    (row: { readonly price: number }, { paymentLimitUsd }: Limits) => row.price <= paymentLimitUsd,
  ),
);
const isKnown = needsClaims('is known');

const asOf = new Date('2026-01-31T09:00:00Z');
const found = (claims: unknown): LoadedClaims<unknown> => ({ state: 'found', claims, asOf });
const down: LoadedClaims<unknown> = { state: 'unavailable', error: new ClaimsUnavailableError('the store is down') };
const admin = found({ role: 'admin' });
const payer = found({ paymentLimitUsd: 100 });
const caller = userWith('read');

/** An authorization, and the groups that were loaded for it in this order, `none` for the claims of no group. */
function authorize({
  principal = caller,
  ...states
}: Partial<Record<'roles' | 'limits' | 'none', LoadedClaims<unknown>>> & {
  readonly principal?: Principal;
} = {}) {
  const loads: string[] = [];
  const load = async (name: 'roles' | 'limits' | 'none') => {
    loads.push(name);
    return states[name] ?? { state: 'absent' as const, asOf };
  };
  const authorization = createAuthorization(principal, () => load('none'), Date.now, {
    names: ['roles', 'limits'],
    load: (group) => load(group === 'limits' ? 'limits' : 'roles'),
  });
  return { authorization, loads };
}

/** The plan of a field with these rules. */
function planOf(rule: unknown): FieldPlan {
  const [plan] = guard('type Query { pay(amount: Int = 1): Int }', { Query: { pay: rule } }).plans.values();
  if (!plan) throw new TypeError('expected a plan');
  return plan;
}

describe('settle loads the groups that undecided rules read, and no others', () => {
  test.each<readonly [string, readonly unknown[], readonly string[]]>([
    ['nothing is read', [canRead], []],
    ['one group is', [isAdmin], ['roles']],
    ['another is', [allOf(canRead, mayPay)], ['limits']],
    ['claims of no group are', [isKnown], ['none']],
    ['all are, by one field', [allOf(isAdmin, mayPay, isKnown)], ['none', 'roles', 'limits']],
    ['all are, by three', [mayPay, isKnown, isAdmin], ['none', 'limits', 'roles']],
    ['the token denies', [allOf(canPay, mayPay), isAdmin], ['roles']],
    ['the token allows', [anyOf(canRead, mayPay)], []],
    [
      'a mask reads one',
      [
        allOf(
          canRead,
          masked(mayPay, () => 0),
        ),
      ],
      ['limits'],
    ],
    [
      'a mask reads one of a field that is denied',
      [
        allOf(
          canPay,
          masked(mayPay, () => 0),
        ),
      ],
      [],
    ],
    ['rows and arguments are held against one', [staysBelow, affordsIt], ['limits']],
    ['fresh ones are read', [fresh(mayPay)], ['limits']],
    // Claims are settled once and together: what one group would say does not spare another.
    ['another group would suffice', [anyOf(isAdmin, mayPay)], ['roles', 'limits']],
    ['another group would deny', [allOf(isAdmin, mayPay)], ['roles', 'limits']],
  ])('when %s', async (_when, rules, expected) => {
    const { authorization, loads } = authorize({ roles: admin, limits: payer });
    await authorization.loadClaims(rules.map(planOf));
    await authorization.loadClaims(rules.map(planOf));
    expect(loads).toEqual(expected);
  });

  test('never for a caller without a token', async () => {
    const { authorization, loads } = authorize({ principal: anonymous });
    const plan = planOf(mayPay);
    await authorization.loadClaims([plan]);
    expect(loads).toEqual([]);
    expect(authorization.decide(plan.permission, {}, {})).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
  });

  test('once for each, also when asked at the same time, and later for what is met later', async () => {
    const { authorization, loads } = authorize({ roles: admin, limits: payer });
    const [roles, limits] = [planOf(isAdmin), planOf(affordsIt)];
    await Promise.all([authorization.loadClaims([roles]), authorization.loadClaims([roles])]);
    expect(authorization.claims('roles')).toEqual(admin);
    expect(authorization.claims('limits')).toEqual({ state: 'not-loaded' });
    await Promise.all([authorization.loadClaims([limits, roles]), authorization.loadClaims([planOf(isKnown)])]);
    expect(loads).toEqual(['roles', 'limits', 'none']);
    expect([authorization.claims('roles'), authorization.claims('limits')]).toEqual([admin, payer]);
    expect(authorization.claims()).toMatchObject({ state: 'absent' });
    expect(authorization.decide(roles.permission, {}, {}).outcome).toBe('allowed');
    expect(authorization.decide(limits.permission, { price: 100 }, {}).outcome).toBe('allowed');
    expect(authorization.decide(limits.permission, { price: 101 }, {})).toMatchObject({
      outcome: 'denied',
      rule: 'affords it, by limits',
    });
  });

  test('what is known already does not count among what is needed', async () => {
    const { authorization, loads } = authorize({ limits: payer });
    const onRows = planOf(affordsIt);
    await authorization.loadClaims([onRows]);
    await authorization.loadClaims([onRows, planOf(isAdmin), planOf(isKnown)]);
    expect(loads).toEqual(['limits', 'none', 'roles']);
  });

  test('a group that has no source is not passed over: the operation fails', async () => {
    const authorization = createAuthorization(caller, async () => admin);
    const loading = authorization.loadClaims([planOf(mayPay)]);
    await expect(loading).rejects.toThrow(InternalError);
    await expect(loading).rejects.toThrow('limits');
  });
});

describe('a rule in a group', () => {
  const outcomeOf = async (rule: FieldRule, states: Parameters<typeof authorize>[0]) => {
    const { authorization } = authorize(states);
    const plan = planOf(rule);
    await authorization.loadClaims([plan]);
    const decision = authorization.decide(plan.permission, {}, { amount: 100 });
    return decision.outcome === 'allowed' ? 'allowed' : decision.error.code;
  };
  const limitsDown = { roles: admin, limits: down };

  test.each<readonly [string, FieldRule, Parameters<typeof authorize>[0], string]>([
    ['is given the claims of its group', mayPay, { limits: payer }, 'allowed'],
    ['is given no others', mayPay, { none: payer, roles: payer }, 'FORBIDDEN'],
    ['fails with its group', mayPay, limitsDown, 'CLAIMS_UNAVAILABLE'],
    ['is not disturbed by another one that fails', isAdmin, limitsDown, 'allowed'],
    ['allows in any-of beside one that fails', anyOf(isAdmin, mayPay), limitsDown, 'allowed'],
    ['is no allow in all-of beside one that fails', allOf(isAdmin, mayPay), limitsDown, 'CLAIMS_UNAVAILABLE'],
    ['denies in all-of beside one that fails', allOf(isAdmin, mayPay), { limits: down }, 'FORBIDDEN'],
    ['is no denial in any-of beside one that fails', anyOf(isAdmin, mayPay), { limits: down }, 'CLAIMS_UNAVAILABLE'],
    ['is not disturbed by claims of no group that fail', mayPay, { none: down, limits: payer }, 'allowed'],
  ])('%s', async (_what, rule, states, outcome) => {
    expect(await outcomeOf(rule, states)).toBe(outcome);
  });

  test('is one rule with fresh, whichever is written first, and sees no stale claims then', async () => {
    const written = requireClaims('pays', ({ paymentLimitUsd }: Limits) => paymentLimitUsd > 0);
    const [one, other] = guard('type Query { a: Int b: Int }', {
      Query: { a: fresh(inGroup('limits', written)), b: inGroup('limits', fresh(written)) },
    }).plans.values();
    expect(one?.permission).toBe(other?.permission);
    const stale = { ...payer, stale: new ClaimsUnavailableError('down') };
    expect(await outcomeOf(fresh(mayPay), { limits: stale })).toBe('CLAIMS_UNAVAILABLE');
    expect(await outcomeOf(mayPay, { limits: stale })).toBe('allowed');
    const plan = planOf(fresh(mayPay));
    expect(explainField(plan, authorize().authorization.facts()).permission).toMatchObject({
      name: 'may pay, by fresh limits',
      description:
        'By their business record the caller may pay. The claims are those of limits. Stale claims do not count.',
      verdict: 'unknown',
      needs: 'the claims',
    });
  });

  test('can be in another group as another rule, with another name', () => {
    const pays = requireClaims('pays', () => true);
    const { warnings } = guard('type Query { a: Int b: Int c: Int }', {
      Query: { a: pays, b: inGroup('a', pays), c: inGroup('b', pays) },
    });
    expect(warnings).toEqual([]);
  });

  test('can be what an argument tells about', async () => {
    const { plans } = guard('type Query { pay(amount: Int): Int price: Int }', {
      Query: { pay: exposes(canRead, { amount: 'Query.price' }), price: allOf(canRead, mayPay) },
    });
    const [plan] = plans.values();
    if (!plan) throw new TypeError('expected a plan');
    const decide = async (limits: LoadedClaims<unknown>) => {
      const { authorization, loads } = authorize({ limits });
      await authorization.loadClaims([plan]);
      expect(loads).toEqual(['limits']);
      return authorization.preview(plan.permission, { amount: 1 })?.outcome;
    };
    expect([await decide(payer), await decide(found({ paymentLimitUsd: 0 })), await decide(down)]).toEqual([
      'allowed',
      'denied',
      'indeterminate',
    ]);
  });
});

test.each<readonly [string, () => unknown, RegExp]>([
  ['a name with a space', () => inGroup('my limits', isKnown), /^inGroup: .*'my limits'$/],
  ['no name', () => Reflect.apply(inGroup, undefined, [isKnown]), /^inGroup: .*\bgroup\b/],
  ['a rule on scopes', () => inGroup('limits', canRead), /^inGroup: .*requireClaims/],
  ['two groups', () => inGroup('roles', mayPay), /^inGroup: .*\broles\b.*"may pay" of limits$/],
])('inGroup is refused with %s', (_what, make, message) => {
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});

describe('the groups that rules read are held against those that have a source', () => {
  const { plans } = guard('type Query { a: Int b: Int c: Int }', {
    Query: { a: isAdmin, b: allOf(isKnown, mayPay), c: canRead },
  });
  const check = (...configured: readonly ClaimGroup[]) => checkClaimGroups(plans.values(), configured);

  test('all are there', () => {
    expect(check(undefined, 'roles', 'limits')).toEqual([]);
  });

  test('one that nobody reads is warned of', () => {
    expect(codesOf(check(undefined, 'roles', 'limits', 'regions'))).toEqual([
      'claims.groups.regions: UNUSED_CLAIM_GROUP',
    ]);
  });

  test.each<readonly [string, readonly ClaimGroup[], readonly string[]]>([
    ['one is missing', [undefined, 'limits'], ['Query.a: CLAIMS_WITHOUT_SOURCE']],
    ['there are no groups', [undefined], ['Query.a: CLAIMS_WITHOUT_SOURCE', 'Query.b: CLAIMS_WITHOUT_SOURCE']],
    ['there are only groups', ['roles', 'limits'], ['Query.b: CLAIMS_WITHOUT_SOURCE']],
  ])('when %s, every field is named', (_when, configured, problems) => {
    expect(codesThrownBy(() => check(...configured))).toEqual(problems);
  });
});

test('of claims the names are told with their group', () => {
  const facts = { ...authorize().authorization.facts(), groups: new Map([['limits', payer]]), claims: admin };
  const rule = allOf(
    mayPay,
    requireClaims('is an admin', ({ role }: Roles) => role === 'admin'),
  );
  expect(explainField(planOf(rule), facts).permission.of).toMatchObject([
    { name: 'may pay, by limits', verdict: 'allowed', claims: ['limits.paymentLimitUsd'] },
    { name: 'is an admin', verdict: 'allowed', claims: ['role'] },
  ]);
});

test('a candidate that reads a group which the operation did not load says so', () => {
  const [now, candidate] = [planOf(canRead), planOf(mayPay)];
  const facts = { ...authorize().authorization.facts(), claims: admin };
  const shadow = createShadow(new Map([[now, candidate]]), { roots: [], below: [now], hasMetaFields: false }, facts);
  shadow.note(now, [], undefined, {});
  expect(shadow.report().differences).toMatchObject([{ now: 'allowed', candidate: 'needs claims', count: 1, of: 1 }]);
});

test('can loads the groups that it is asked about', async () => {
  const depot = guard('type Query { a: Int b: Int }', { Query: { a: mayPay, b: isAdmin } });
  const { authorization, loads } = authorize({ limits: payer });
  const can = createCan({
    fields: createFieldIndex(depot),
    authorization,
    loadNode: async () => null,
    onRuleThrew: () => {},
  });
  expect(await can({ fields: ['Query.a'] })).toMatchObject([{ allowed: true, perArguments: false }]);
  expect(loads).toEqual(['limits']);
});

test('resolvers read a group as they read claims, with its type', async () => {
  const authorization = createAuthorization<Roles, { readonly limits: Limits }>(
    caller,
    async () => ({ state: 'absent', asOf }),
    Date.now,
    { names: ['limits'], load: async () => payer },
  );
  await authorization.loadClaims([planOf(mayPay)]);
  const limit: number | undefined = getClaims(authorization.claims('limits'))?.paymentLimitUsd;
  expect(limit).toBe(100);
  expect(() => getClaims(authorization.claims())).toThrow('needsClaims');
  // @ts-expect-error There is no such group.
  expect(authorization.claims('regions')).toEqual({ state: 'not-loaded' });
});

test('a map whose rules are in groups decides as the same map without groups, when all know the same', async () => {
  type Row = { readonly at: number };
  type Tree =
    | { readonly rule: number; readonly group: number }
    | { readonly kind: 'all' | 'any'; readonly of: readonly Tree[] };
  const written = [0, 1, 2].map((index) =>
    requireClaims(`has flag ${index}`, (flags: readonly boolean[]) => flags[index] === true),
  );
  const rows = [0, 1].map((index) =>
    requireRow(`has flag ${index} on the row`, (row: Row, flags: readonly boolean[]) => flags[row.at + index] === true),
  );
  const leaves = [...written, ...rows, canRead, canPay];
  const groups = [undefined, 'roles', 'limits'] as const;
  const trees = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'medium' },
      fc.record({ rule: fc.nat(leaves.length - 1), group: fc.nat(2) }),
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).tree;
  const toRule = (tree: Tree, isGrouped: boolean): FieldRule<Row> => {
    if ('of' in tree) return (tree.kind === 'all' ? allOf : anyOf)(...tree.of.map((part) => toRule(part, isGrouped)));
    const rule: FieldRule<Row> = leaves[tree.rule] ?? canRead;
    const group = groups[tree.group];
    return isGrouped && group !== undefined && tree.rule < 5 ? inGroup(group, rule) : rule;
  };
  const states = fc.oneof(
    fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }).map(found),
    fc.constant<LoadedClaims<unknown>>({ state: 'absent', asOf }),
    fc.constant(down),
  );
  await fc.assert(
    fc.asyncProperty(trees, states, fc.boolean(), fc.nat(1), async (tree, state, isAnonymous, at) => {
      const principal = isAnonymous ? anonymous : caller;
      const [whole, apart] = [toRule(tree, false), toRule(tree, true)].map(planOf);
      const ungrouped = authorize({ principal, none: state });
      const grouped = authorize({ principal, none: state, roles: state, limits: state });
      const decisions = [];
      for (const [plan, { authorization }] of [
        [whole, ungrouped],
        [apart, grouped],
      ] as const) {
        if (!plan) throw new TypeError('expected a plan');
        await authorization.loadClaims([plan]);
        const decision = authorization.decide(plan.permission, { at }, {});
        // Of two denials in one tree another may speak: rules that are the same without groups count as one.
        const code = decision.outcome === 'indeterminate' ? decision.error.code : undefined;
        decisions.push([decision.outcome, code, authorization.preview(plan.permission)?.outcome]);
      }
      expect(decisions[1]).toEqual(decisions[0]);
      // What one load decides, none of three is needed for; and each happens once.
      expect(grouped.loads.length > 0).toBe(ungrouped.loads.length > 0);
      expect(new Set(grouped.loads).size).toBe(grouped.loads.length);
    }),
    propertySettings(500),
  );
});

test('personas have a record in each group, for matrices and for operations that are run', async () => {
  const depot = guard('type Query { a: Int b: Int }', { Query: { a: mayPay, b: isAdmin } }, { Query: { a: () => 1 } });
  const payingPersona = { groups: { limits: { paymentLimitUsd: 1 } } };
  const matrix = toAccessMatrix(depot.plans, { payingPersona, newcomer: {}, nobody: { kind: 'anonymous' } });
  expect(
    matrix.fields.map(({ access }) => Object.values(access).map((one) => ('code' in one ? one.code : one.outcome))),
  ).toEqual([
    ['allowed', 'FORBIDDEN', 'UNAUTHENTICATED'],
    ['FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'],
  ]);
  expect(printAccessMatrix(depot, { payer: { kind: 'user', scopes: [], ...payingPersona } })).toBe(
    'field    payer\nQuery.a  allowed\nQuery.b  denied FORBIDDEN\n',
  );
  const { document, operation, variables } = readOperation(depot.schema, { query: '{ a b }' });
  const plan = planOperation(depot.schema, depot.plans, document, operation, variables);
  const facts = factsOfPersona('payer', payingPersona);
  expect(explainOperation(plan, facts, variables)).toMatchObject({
    claims: { state: 'absent' },
    claimGroups: { limits: { state: 'found' }, roles: { state: 'absent' } },
  });
  const run = { resolvers: {}, createContext: async (context: object) => context };
  const authorization = await authorizePersona(plan, facts);
  const { executed } = await runOperation(depot, { document, operation, variables }, { authorization, run });
  expect(executed).toMatchObject([
    { coordinate: 'Query.a', verdicts: { allowed: 1 } },
    { coordinate: 'Query.b', verdicts: { denied: 1 } },
  ]);
});

test.each([[['limits']], ['limits'], [null]])('a persona whose groups are %j is refused', (groups) => {
  expect(() => parsePersonas('personas.json', { ada: { groups } })).toThrow(/^personas\.json: persona "ada": groups /);
});
