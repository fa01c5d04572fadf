import { describe, expect, test } from 'vitest';
import { ClaimsUnavailableError, ConfigurationError, InternalError } from '../../src/errors.ts';
import { createFormatError } from '../../src/graphql/formatError.ts';
import { evaluate } from '../../src/permissions/expression.ts';
import type { Facts } from '../../src/permissions/facts.ts';
import {
  definitionOf,
  type FieldRule,
  filterByClaims,
  publicField,
  requireAnyScope,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireRowByCaller,
  requireScope,
} from '../../src/permissions/rules.ts';
import { anonymous, type UserPrincipal } from '../../src/token/principal.ts';
import {
  clerk,
  factsOf,
  machineWith,
  manager,
  type StaffClaims,
  storeIsDown,
  unsettled,
  userWith,
  withoutRecord,
} from '../support/callers.ts';

interface Parcel {
  readonly region: string;
  readonly owner?: string;
}

/** The users of `callers.ts` signed in this long before their operation. */
const signInAge = 100_000_000;

const rules = {
  'publicField()': publicField('the name is on the door'),
  'requireScope(read)': requireScope('parcels/read'),
  'requireScope(read, write)': requireScope('parcels/read', 'parcels/write'),
  'requireClaims(manager)': requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager'),
  'filterByClaims()': filterByClaims('sees their own region'),
  'requireRow(north)': requireRow(
    'is of their region',
    (parcel: Parcel, { region }: StaffClaims) => parcel.region === region,
  ),
  'requireArguments(first < 3)': requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 3),
  'requireAnyScope(read, write)': requireAnyScope('parcels/write', 'parcels/read'),
  'requireAnyScope(write)': requireAnyScope('parcels/write'),
  'requireRecentSignIn(just so)': requireRecentSignIn(signInAge),
  'requireRecentSignIn(too long ago)': requireRecentSignIn(signInAge - 1),
  'requireArgumentsByClaims(first < 3, or manager)': requireArgumentsByClaims(
    'asks for no more than their role may',
    ({ first }: { readonly first: number }, { role }: StaffClaims) => first < (role === 'manager' ? 3 : 2),
  ),
  'requireRowByCaller(owner)': requireRowByCaller(
    'is the owner',
    (parcel: Parcel, caller) => parcel.owner === caller.subject,
  ),
} as const;

const reader = userWith('parcels/read');
const writer = userWith('parcels/read', 'parcels/write');
const stranger = userWith();
const job = machineWith('parcels/read');

const callers = {
  'anonymous, claims unsettled': factsOf(anonymous, unsettled),
  'user without scope, unsettled': factsOf(stranger, unsettled),
  'user, unsettled': factsOf(reader, unsettled),
  'user, manager': factsOf(reader, manager),
  'user, clerk': factsOf(reader, clerk),
  'user with both scopes, no record': factsOf(writer, withoutRecord),
  'user, store is down': factsOf(reader, storeIsDown),
  'machine, unsettled': factsOf(job, unsettled),
  'machine, manager': factsOf(job, manager),
  'machine, no record': factsOf(job, withoutRecord),
  'machine, store is down': factsOf(job, storeIsDown),
} satisfies Record<string, Facts>;

// What every rule says of every caller, in the order of `callers`, for a parcel of user-1 in the north and `first: 2`.
const anonymousIsAsked = 'denied UNAUTHENTICATED';
const forbidden = 'denied FORBIDDEN';
const lacksScope = 'denied INSUFFICIENT_SCOPE';
const signInAgain = 'denied INSUFFICIENT_USER_AUTHENTICATION';
const notSettled = 'failed INTERNAL_SERVER_ERROR';
const unavailable = 'failed CLAIMS_UNAVAILABLE';
const yes = 'allowed';

const table: Record<keyof typeof rules, readonly string[]> = {
  'publicField()': [yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes],
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
  'filterByClaims()': [
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
  'requireAnyScope(read, write)': [anonymousIsAsked, lacksScope, yes, yes, yes, yes, yes, yes, yes, yes, yes],
  'requireAnyScope(write)': [
    anonymousIsAsked,
    ...[lacksScope, lacksScope, lacksScope, lacksScope],
    yes,
    ...[lacksScope, lacksScope, lacksScope, lacksScope, lacksScope],
  ],
  // A machine never signs in, so no new sign-in can help it.
  'requireRecentSignIn(just so)': [
    anonymousIsAsked,
    ...[yes, yes, yes, yes, yes, yes],
    ...[forbidden, forbidden, forbidden, forbidden],
  ],
  'requireRecentSignIn(too long ago)': [
    anonymousIsAsked,
    ...[signInAgain, signInAgain, signInAgain, signInAgain, signInAgain, signInAgain],
    ...[forbidden, forbidden, forbidden, forbidden],
  ],
  'requireArgumentsByClaims(first < 3, or manager)': [
    anonymousIsAsked,
    ...[notSettled, notSettled, yes, forbidden, forbidden, unavailable],
    ...[notSettled, yes, forbidden, unavailable],
  ],
  // Needs no claims, so that neither a missing record nor an outage stands in its way.
  'requireRowByCaller(owner)': [
    anonymousIsAsked,
    ...[yes, yes, yes, yes, yes, yes],
    ...[forbidden, forbidden, forbidden, forbidden],
  ],
};

describe.each(Object.entries(rules))('%s', (name, rule) => {
  const expected = Object.entries(table).find(([row]) => row === name)?.[1] ?? [];
  test.each(Object.entries(callers).map(([caller, facts], index) => [caller, expected[index], facts] as const))(
    '%s: %s',
    (_caller, decision, facts) => {
      expect(say(rule, facts, { region: 'north', owner: 'user-1' }, { first: 2 })).toBe(decision);
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

test('a rule on arguments and claims is decided by both', () => {
  const rule = rules['requireArgumentsByClaims(first < 3, or manager)'];
  const answers = [1, 2, 3].map((first) => [
    say(rule, factsOf(reader, clerk), undefined, { first }),
    say(rule, factsOf(reader, manager), undefined, { first }),
  ]);
  expect(answers).toEqual([
    [yes, yes],
    [forbidden, yes],
    [forbidden, forbidden],
  ]);
});

test("a row rule by the caller is decided by the row and the caller's token", () => {
  const rule = rules['requireRowByCaller(owner)'];
  expect(say(rule, factsOf(reader), { owner: 'user-2' })).toBe(forbidden);
  expect(say(rule, factsOf(reader), {})).toBe(forbidden);
  expect(say(rule, factsOf(job), { owner: 'reporting-job' })).toBe(yes);
});

describe('a sign-in', () => {
  const now = 1_800_000_000;
  const signedInAt = (authTime: number): UserPrincipal => ({ ...userWith(), authTime });
  test.each([
    ['now', now, yes],
    ['a second before the limit', now - 299, yes],
    ['exactly at the limit', now - 300, yes],
    ['a second past the limit', now - 301, signInAgain],
    ['at the beginning of time', 0, signInAgain],
    ['by a clock that is ahead', now + 5, yes],
  ])('%s', (_name, authTime, decision) => {
    expect(say(requireRecentSignIn(300), factsOf(signedInAt(authTime)))).toBe(decision);
  });

  test('that is too old is told with the age that would do', () => {
    const decision = decide(requireRecentSignIn(300), factsOf(signedInAt(now - 301)));
    expect(decision).toMatchObject({
      outcome: 'denied',
      rule: 'signed in within 300 s',
      error: { maxAgeSeconds: 300 },
    });
  });

  test.each([
    ['nothing', undefined, 'undefined'],
    ['zero', 0, '0'],
    ['less than nothing', -1, '-1'],
    ['half a second', 0.5, '0.5'],
    ['no end', Number.POSITIVE_INFINITY, 'Infinity'],
    ['no number', Number.NaN, 'NaN'],
    ['a text', '300', "'300'"],
  ])('cannot be limited to %s', (_name, seconds, got) => {
    const message = `requireRecentSignIn: expected whole seconds, at least 1; got ${got}`;
    expect(() => Reflect.apply(requireRecentSignIn, undefined, [seconds])).toThrow(new ConfigurationError(message));
  });
});

test('of several scopes that would do, the first is named', () => {
  const decision = decide(requireAnyScope('parcels/write', 'parcels/admin'), factsOf(reader));
  expect(decision).toMatchObject({ outcome: 'denied', error: { requiredScopes: ['parcels/write'] } });
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
  const message = (rule: string) => `${rule}: expected one or more scopes, each without spaces; got ${got}`;
  const requireAll = () => Reflect.apply(requireScope, undefined, scopes);
  expect(requireAll).toThrow(new ConfigurationError(message('requireScope')));
  const requireOne = () => Reflect.apply(requireAnyScope, undefined, scopes);
  expect(requireOne).toThrow(new ConfigurationError(message('requireAnyScope')));
});

test('all missing scopes are named, not only the first', () => {
  const decision = decide(rules['requireScope(read, write)'], factsOf(reader));
  expect(decision).toMatchObject({ outcome: 'denied', error: { requiredScopes: ['parcels/read', 'parcels/write'] } });
});

describe('a predicate that answers with something else than true', () => {
  const truthy: readonly unknown[] = [1, 'true', 'yes', {}, [], () => true, Promise.resolve(true), new Boolean(true)];

  test.each(truthy.map((answer) => [answer]))('does not allow with %o', (answer) => {
    // @ts-expect-error a predicate answers with a boolean
    const claims = requireClaims('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const row = requireRow('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const args = requireArguments('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const argsByClaims = requireArgumentsByClaims('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const rowByCaller = requireRowByCaller('is odd', () => answer);
    const facts = factsOf(reader, manager);

    const answers = [claims, row, args, argsByClaims, rowByCaller].map((rule) => say(rule, facts, {}, {}));
    expect(answers).toEqual(Array(5).fill(forbidden));
  });
});

describe('a predicate that throws', () => {
  const crash = (): boolean => {
    throw new Error('cannot read "salary" of claims 4711');
  };
  const crashing: readonly (readonly [string, FieldRule])[] = [
    ['requireClaims', requireClaims('is fragile', crash)],
    ['requireRow', requireRow('is fragile', crash)],
    ['requireArguments', requireArguments('is fragile', crash)],
    ['requireArgumentsByClaims', requireArgumentsByClaims('is fragile', crash)],
    ['requireRowByCaller', requireRowByCaller('is fragile', crash)],
  ];

  test.each(crashing)('in %s leaves the rule undecided', (_name, rule) => {
    const decision = decide(rule, factsOf(reader, manager), {}, {});
    expect(decision).toMatchObject({
      outcome: 'failed',
      rule: 'is fragile',
      error: { message: 'the rule "is fragile" threw', cause: { message: 'cannot read "salary" of claims 4711' } },
    });
    expect(decision).toHaveProperty('error', expect.any(InternalError));
  });

  test.each(crashing)('in %s tells the client nothing', (_name, rule) => {
    const decision = decide(rule, factsOf(reader, manager), {}, {});
    const reported: unknown[] = [];
    const format = createFormatError((_errorId, error) => reported.push(error));

    const shown = JSON.stringify(format({ message: '' }, decision.outcome === 'allowed' ? undefined : decision.error));

    expect(shown).not.toMatch(/fragile|salary|4711/);
    expect(shown).toContain('INTERNAL_SERVER_ERROR');
    expect(reported).toEqual([expect.any(InternalError)]);
  });

  test.each(crashing.filter(([name]) => !['requireArguments', 'requireRowByCaller'].includes(name)))(
    'in %s is not asked of a caller without token, without record, or while the store is down',
    (_name, rule) => {
      expect(say(rule, factsOf(anonymous))).toBe('denied UNAUTHENTICATED');
      expect(say(rule, factsOf(reader, withoutRecord))).toBe('denied FORBIDDEN');
      expect(say(rule, factsOf(reader, storeIsDown))).toBe('failed CLAIMS_UNAVAILABLE');
    },
  );
});

test('predicates are told who is calling', () => {
  const asked: unknown[] = [];
  const rule = requireClaims('is asked', (_claims: StaffClaims, caller) => asked.push(caller) > 0);
  const row = requireRow('is asked', (_row: Parcel, _claims: StaffClaims, caller) => asked.push(caller) > 0);
  const args = requireArgumentsByClaims('is asked', (_args, _claims: StaffClaims, caller) => asked.push(caller) > 0);
  const rowByCaller = requireRowByCaller('is asked', (_row: Parcel, caller) => asked.push(caller) > 0);
  say(rule, factsOf(reader, manager));
  say(row, factsOf(job, manager), { region: 'north' });
  say(args, factsOf(writer, manager));
  say(rowByCaller, factsOf(stranger), { region: 'north' });
  expect(asked).toEqual([reader, job, writer, stranger]);
});

test('an outage is told with the error of the claims source', () => {
  expect(decide(rules['requireClaims(manager)'], factsOf(reader, storeIsDown))).toEqual({
    outcome: 'failed',
    rule: 'is a manager',
    error: expect.any(ClaimsUnavailableError),
  });
});

function say(rule: FieldRule<never, never>, facts: Facts, parent?: unknown, args?: unknown): string {
  const decision = decide(rule, facts, parent, args);
  return decision.outcome === 'allowed' ? 'allowed' : `${decision.outcome} ${decision.error.code}`;
}

function decide(rule: FieldRule<never, never>, facts: Facts, parent?: unknown, args?: unknown) {
  const definition = definitionOf(rule);
  if (!definition) throw new TypeError('expected a rule of the vocabulary');
  return evaluate({ kind: 'rule', rule: definition }, facts, parent, args);
}
