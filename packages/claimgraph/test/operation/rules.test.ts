import { describe, expect, test } from 'vitest';
import { ClaimsUnavailableError, ConfigurationError, InternalError } from '../../src/errors.ts';
import type { DecisionInput } from '../../src/logic/decisionInput.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import { createFormatError } from '../../src/operation/formatError.ts';
import { definitionOf } from '../../src/rules/definitionOf.ts';
import {
  type FieldRule,
  fresh,
  inGroup,
  needsClaims,
  publicField,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
  requireToken,
} from '../../src/rules/index.ts';
import { anonymous } from '../../src/token/principal.ts';
import {
  clerk,
  factsOf,
  machineWith,
  manager,
  notLoaded,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../support/callers.ts';

interface Parcel {
  readonly region: string;
}

const rules = {
  'publicField()': publicField('the name is on the door'),
  'requireToken()': requireToken(),
  'requireScope(read)': requireScope('parcels/read'),
  'requireScope(read, write)': requireScope('parcels/read', 'parcels/write'),
  'requireClaims(manager)': requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager'),
  'needsClaims()': needsClaims('sees their own region'),
  'requireRow(north)': requireRow(
    'is of their region',
    (parcel: Parcel, { region }: StaffClaims) => parcel.region === region,
  ),
  'requireArguments(first < 3)': requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 3),
} as const;

const reader = userWith('parcels/read');
const writer = userWith('parcels/read', 'parcels/write');
const stranger = userWith();
const job = machineWith('parcels/read');

const callers = {
  'anonymous, claims notLoaded': factsOf(anonymous, notLoaded),
  'user without scope, notLoaded': factsOf(stranger, notLoaded),
  'user, notLoaded': factsOf(reader, notLoaded),
  'user, manager': factsOf(reader, manager),
  'user, clerk': factsOf(reader, clerk),
  'user with both scopes, no record': factsOf(writer, withoutRecord),
  'user, store is down': factsOf(reader, storeIsDown),
  'machine, notLoaded': factsOf(job, notLoaded),
  'machine, manager': factsOf(job, manager),
  'machine, no record': factsOf(job, withoutRecord),
  'machine, store is down': factsOf(job, storeIsDown),
} satisfies Record<string, DecisionInput>;

// What every rule says of every caller, in the order of `callers`, for a parcel in the north and `first: 2`.
const anonymousIsAsked = 'denied UNAUTHENTICATED';
const forbidden = 'denied FORBIDDEN';
const lacksScope = 'denied INSUFFICIENT_SCOPE';
const notSettled = 'indeterminate INTERNAL_SERVER_ERROR';
const unavailable = 'indeterminate CLAIMS_UNAVAILABLE';
const yes = 'allowed';

const table: Record<keyof typeof rules, readonly string[]> = {
  'publicField()': [yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes],
  'requireToken()': [anonymousIsAsked, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes],
  'requireScope(read)': [anonymousIsAsked, lacksScope, yes, yes, yes, yes, yes, yes, yes, yes, yes],
  'requireScope(read, write)': [
    anonymousIsAsked,
    ...[lacksScope, lacksScope, lacksScope, lacksScope],
    yes,
    ...[lacksScope, lacksScope, lacksScope, lacksScope, lacksScope],
  ],
  'requireClaims(manager)': [
    anonymousIsAsked,
    ...[notSettled, notSettled, yes, forbidden, forbidden, unavailable],
    ...[notSettled, yes, forbidden, unavailable],
  ],
  'needsClaims()': [
    anonymousIsAsked,
    ...[notSettled, notSettled, yes, yes, yes, unavailable],
    ...[notSettled, yes, yes, unavailable],
  ],
  'requireRow(north)': [
    anonymousIsAsked,
    ...[notSettled, notSettled, yes, yes, forbidden, unavailable],
    ...[notSettled, yes, forbidden, unavailable],
  ],
  'requireArguments(first < 3)': [yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes],
};

describe.each(Object.entries(rules))('%s', (name, rule) => {
  const expected = Object.entries(table).find(([row]) => row === name)?.[1] ?? [];
  test.each(Object.entries(callers).map(([caller, facts], index) => [caller, expected[index], facts] as const))(
    '%s: %s',
    (_caller, decision, facts) => {
      expect(say(rule, facts, { region: 'north' }, { first: 2 })).toBe(decision);
    },
  );
});

test('a row rule is decided by the row', () => {
  const rule = rules['requireRow(north)'];
  expect(say(rule, factsOf(reader, manager), { region: 'south' })).toBe('denied FORBIDDEN');
  expect(say(rule, factsOf(reader, manager), { region: 'north' })).toBe('allowed');
});

test('an argument rule is decided by the arguments, and reads neither token nor claims', () => {
  const rule = rules['requireArguments(first < 3)'];
  expect(say(rule, factsOf(anonymous), undefined, { first: 3 })).toBe('denied FORBIDDEN');
  expect(say(rule, factsOf(reader, storeIsDown), undefined, { first: 2 })).toBe('allowed');
});

test.each([
  ['parcels/readonly', 'investments of a longer name'],
  ['parcels/rea', 'a shorter name'],
  ['parcels/READ', 'another case'],
  ['parcels/read ', 'a trailing space'],
  ['parcels/read parcels/write', 'two scopes in one string'],
  ['other/parcels/read', 'another resource server'],
  ['read', 'no resource server'],
  ['*', 'a wildcard'],
])('the scope "%s" (%s) is not parcels/read', (scope) => {
  expect(say(rules['requireScope(read)'], factsOf(userWith(scope)))).toBe('denied INSUFFICIENT_SCOPE');
});

test('a scope called like a property of every object is an ordinary scope', () => {
  expect(say(requireScope('constructor'), factsOf(reader))).toBe('denied INSUFFICIENT_SCOPE');
  expect(say(requireScope('__proto__'), factsOf(userWith('__proto__')))).toBe('allowed');
});

test.each([
  ['no scope at all', [], 'none'],
  ['an empty scope', [''], "''"],
  ['two scopes in one string', ['parcels/read parcels/write'], "'parcels/read parcels/write'"],
  ['a scope that is undefined', ['parcels/read', Reflect.get({}, 'misspelt')], "'parcels/read', undefined"],
])('%s cannot be required', (_name, scopes, got) => {
  const requireScopes = () => Reflect.apply(requireScope, undefined, scopes);
  expect(requireScopes).toThrow(ConfigurationError);
  expect(requireScopes).toThrow(new RegExp(`^requireScope: .*; got ${got}$`));
});

test('all missing scopes are named, not only the first', () => {
  const decision = decide(rules['requireScope(read, write)'], factsOf(reader));
  expect(decision).toMatchObject({ outcome: 'denied', error: { requiredScopes: ['parcels/read', 'parcels/write'] } });
});

describe('a predicate that answers with something else than true', () => {
  const truthy: readonly unknown[] = [1, 'true', 'yes', {}, [], () => true, new Boolean(true)];

  test.each(truthy.map((answer) => [answer]))('does not allow with %o', (answer) => {
    // @ts-expect-error a predicate answers with a boolean
    const claims = requireClaims('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const row = requireRow('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const args = requireArguments('is odd', () => answer);
    const facts = factsOf(reader, manager);

    expect([say(claims, facts), say(row, facts, {}), say(args, facts, {}, {})]).toEqual([
      'denied FORBIDDEN',
      'denied FORBIDDEN',
      'denied FORBIDDEN',
    ]);
  });
});

describe('a predicate that answers with a promise', () => {
  // biome-ignore lint/suspicious/noThenProperty: what is tested is an object with a then.
  const thenable = { then: (next: (answer: unknown) => void) => next(true) };
  const answers: readonly (readonly [string, () => unknown])[] = [
    ['of true', async () => true],
    ['of false', async () => false],
    ['that rejects', async () => Promise.reject(new Error('unheard'))],
    ['of another kind', () => thenable],
  ];

  test.each(answers)('%s has not decided: an internal error that names the rule', (_of, predicate) => {
    const asks = predicate as () => boolean;
    const facts = factsOf(reader, manager);
    const rules: readonly FieldRule<never, never>[] = [
      requireClaims('is late', asks),
      requireRow('is late', asks),
      requireRowByToken('is late', asks),
      requireArguments('is late', asks),
      requireArgumentsByClaims('is late', asks),
      fresh(requireClaims('is late', asks)),
      inGroup('pay', requireClaims('is late', asks)),
    ];
    for (const rule of rules) {
      const groups = new Map([['pay', manager]]);
      const decision = decide(rule as FieldRule, { ...facts, groups }, {}, {});
      expect(decision).toMatchObject({
        outcome: 'indeterminate',
        error: { message: expect.stringMatching(/"is late".*promise/) },
      });
      expect(decision).toHaveProperty('error', expect.any(InternalError));
    }
  });
});

describe('a predicate that throws', () => {
  const crash = (): boolean => {
    throw new Error('cannot read "salary" of claims q4711');
  };
  const crashing: readonly (readonly [string, FieldRule])[] = [
    ['requireClaims', requireClaims('is fragile', crash)],
    ['requireRow', requireRow('is fragile', crash)],
    ['requireArguments', requireArguments('is fragile', crash)],
  ];

  test.each(crashing)('in %s leaves the rule undecided', (_name, rule) => {
    const decision = decide(rule, factsOf(reader, manager), {}, {});
    expect(decision).toMatchObject({
      outcome: 'indeterminate',
      rule: 'is fragile',
      error: { cause: { message: 'cannot read "salary" of claims q4711' } },
    });
    expect(decision).toHaveProperty('error', expect.any(InternalError));
  });

  test.each(crashing)('in %s tells the client nothing', (_name, rule) => {
    const decision = decide(rule, factsOf(reader, manager), {}, {});
    const reported: unknown[] = [];
    const format = createFormatError((_errorId, error) => reported.push(error));

    const shown = JSON.stringify(format({ message: '' }, decision.outcome === 'allowed' ? undefined : decision.error));

    expect(shown).not.toMatch(/fragile|salary|q4711/);
    expect(shown).toContain('INTERNAL_SERVER_ERROR');
    expect(reported).toEqual([expect.any(InternalError)]);
  });

  test.each(crashing.filter(([name]) => name !== 'requireArguments'))(
    'in %s is not asked of a caller without token, without record, or while the store is down',
    (_name, rule) => {
      expect(say(rule, factsOf(anonymous))).toBe('denied UNAUTHENTICATED');
      expect(say(rule, factsOf(reader, withoutRecord))).toBe('denied FORBIDDEN');
      expect(say(rule, factsOf(reader, storeIsDown))).toBe('indeterminate CLAIMS_UNAVAILABLE');
    },
  );
});

test('predicates are told who is calling', () => {
  const asked: unknown[] = [];
  const rule = requireClaims('is asked', (_claims: StaffClaims, caller) => asked.push(caller) > 0);
  const row = requireRow('is asked', (_row: Parcel, _claims: StaffClaims, caller) => asked.push(caller) > 0);
  say(rule, factsOf(reader, manager));
  say(row, factsOf(job, manager), { region: 'north' });
  expect(asked).toEqual([reader, job]);
});

test('an outage is told with the error of the claims source', () => {
  expect(decide(rules['requireClaims(manager)'], factsOf(reader, storeIsDown))).toEqual({
    outcome: 'indeterminate',
    rule: 'is a manager',
    error: expect.any(ClaimsUnavailableError),
  });
});

function say(rule: FieldRule<never, never>, facts: DecisionInput, parent?: unknown, args?: unknown): string {
  const decision = decide(rule, facts, parent, args);
  return decision.outcome === 'allowed' ? 'allowed' : `${decision.outcome} ${decision.error.code}`;
}

function decide(rule: FieldRule<never, never>, facts: DecisionInput, parent?: unknown, args?: unknown) {
  const definition = definitionOf(rule);
  if (!definition) throw new TypeError('expected a rule of the vocabulary');
  return evaluate({ kind: 'rule', rule: definition }, facts, parent, args);
}
