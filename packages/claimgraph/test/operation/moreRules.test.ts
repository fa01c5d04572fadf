import { describe, expect, test } from 'vitest';
import { ConfigurationError, InsufficientUserAuthenticationError, InternalError } from '../../src/errors.ts';
import type { DecisionInput } from '../../src/logic/decisionInput.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import { definitionOf } from '../../src/rules/definitionOf.ts';
import {
  type Caller,
  type FieldRule,
  needsClaims,
  publicField,
  requireAnyScope,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRecentSignIn,
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
  readonly sentBy: string;
}

interface Asked {
  readonly region: string;
}

const rules = {
  'requireToken()': requireToken(),
  'requireAnyScope(write, admin)': requireAnyScope('parcels/write', 'parcels/admin'),
  'requireRecentSignIn(300)': requireRecentSignIn(300),
  'requireArgumentsByClaims(own region)': requireArgumentsByClaims(
    'asks for their own region',
    (args: Asked, { region }: StaffClaims) => args.region === region,
  ),
  'requireRowByToken(sender)': requireRowByToken('sent it', (parcel: Parcel, { subject }) => parcel.sentBy === subject),
} as const;

/** Signed in a minute before the operation of `factsOf` began. */
const reader = { ...userWith('parcels/read'), authTime: 1_800_000_000 - 60 };
const admin = { ...userWith('parcels/read', 'parcels/admin'), authTime: 1_800_000_000 - 301 };
const job = machineWith('parcels/write');

const callers = {
  'anonymous, claims notLoaded': factsOf(anonymous, notLoaded),
  'anonymous, claims found by mistake': factsOf(anonymous, manager),
  'user, notLoaded': factsOf(reader, notLoaded),
  'user, found': factsOf(reader, clerk),
  'user, absent': factsOf(reader, withoutRecord),
  'user, unavailable': factsOf(reader, storeIsDown),
  'user with another scope and an old sign-in, found': factsOf(admin, clerk),
  'machine, notLoaded': factsOf(job, notLoaded),
  'machine, found': factsOf(job, clerk),
  'machine, absent': factsOf(job, withoutRecord),
  'machine, unavailable': factsOf(job, storeIsDown),
} satisfies Record<string, DecisionInput>;

const signIn = 'denied UNAUTHENTICATED';
const forbidden = 'denied FORBIDDEN';
const noScope = 'denied INSUFFICIENT_SCOPE';
const tooOld = 'denied INSUFFICIENT_USER_AUTHENTICATION';
const notSettled = 'indeterminate INTERNAL_SERVER_ERROR';
const unavailable = 'indeterminate CLAIMS_UNAVAILABLE';
const yes = 'allowed';

// What every rule says of every caller, in the order of `callers`, for a parcel that user-1 sent, and for the north.
const table: Record<keyof typeof rules, readonly string[]> = {
  'requireToken()': [signIn, signIn, yes, yes, yes, yes, yes, yes, yes, yes, yes],
  'requireAnyScope(write, admin)': [signIn, signIn, noScope, noScope, noScope, noScope, yes, yes, yes, yes, yes],
  'requireRecentSignIn(300)': [
    ...[signIn, signIn, yes, yes, yes, yes, tooOld],
    ...[forbidden, forbidden, forbidden, forbidden],
  ],
  'requireArgumentsByClaims(own region)': [
    ...[signIn, signIn, notSettled, yes, forbidden, unavailable, yes],
    ...[notSettled, yes, forbidden, unavailable],
  ],
  'requireRowByToken(sender)': [
    ...[signIn, signIn, yes, yes, yes, yes, yes],
    ...[forbidden, forbidden, forbidden, forbidden],
  ],
};

describe.each(Object.entries(rules))('%s', (name, rule) => {
  const expected = Object.entries(table).find(([row]) => row === name)?.[1] ?? [];
  test.each(Object.entries(callers).map(([caller, facts], index) => [caller, expected[index], facts] as const))(
    '%s: %s',
    (_caller, decision, facts) => {
      expect(say(rule, facts, { region: 'north', sentBy: 'user-1' }, { region: 'north' })).toBe(decision);
    },
  );
});

describe('requireAnyScope', () => {
  test('is satisfied by each of its scopes', () => {
    const rule = rules['requireAnyScope(write, admin)'];
    expect(say(rule, factsOf(userWith('parcels/write')))).toBe('allowed');
    expect(say(rule, factsOf(userWith('parcels/admin')))).toBe('allowed');
    expect(say(rule, factsOf(userWith('parcels/write', 'parcels/admin')))).toBe('allowed');
  });

  test.each(['parcels/writes', 'parcels/writ', 'PARCELS/WRITE', 'parcels/write parcels/admin', '*', ''])(
    'is not satisfied by "%s"',
    (scope) => {
      expect(say(rules['requireAnyScope(write, admin)'], factsOf(userWith(scope)))).toBe(noScope);
    },
  );

  test('names one scope that suffices, not all of them', () => {
    expect(decide(rules['requireAnyScope(write, admin)'], factsOf(userWith()))).toMatchObject({
      outcome: 'denied',
      error: { requiredScopes: ['parcels/write'] },
    });
  });

  test.each([
    ['no scope at all', [], 'none'],
    ['an empty scope', ['parcels/read', ''], "'parcels/read', ''"],
    ['a list of scopes', [['parcels/read', 'parcels/write']], "[ 'parcels/read', 'parcels/write' ]"],
    ['two scopes in one string', ['parcels/read parcels/write'], "'parcels/read parcels/write'"],
  ])('cannot be asked for %s', (_name, scopes, got) => {
    const requireScopes = () => Reflect.apply(requireAnyScope, undefined, scopes);
    expect(requireScopes).toThrow(ConfigurationError);
    expect(requireScopes).toThrow(`; got ${got}`);
  });
});

describe('requireRecentSignIn', () => {
  const rule = requireRecentSignIn(300);
  const signedInAgo = (seconds: number) => {
    const facts = factsOf(userWith(), notLoaded);
    return { ...facts, principal: { ...userWith(), authTime: facts.nowSeconds - seconds } };
  };

  test.each([
    [0, 'allowed'],
    [299, 'allowed'],
    [300, 'allowed'],
    [301, tooOld],
    [1_000_000, tooOld],
    // Cognito's clock may be ahead of ours.
    [-5, 'allowed'],
  ])('%i seconds after the sign-in: %s', (seconds, decision) => {
    expect(say(rule, signedInAgo(seconds))).toBe(decision);
  });

  test('tells the age that is asked for', () => {
    expect(decide(rule, signedInAgo(301))).toEqual({
      outcome: 'denied',
      rule: 'signed in within 300 s',
      error: new InsufficientUserAuthenticationError(300),
    });
    expect(decide(rule, signedInAgo(301))).toHaveProperty('error.details.maxAgeSeconds', 300);
  });

  test('asks when the person signed in, not when the token was issued', () => {
    const facts = factsOf(userWith());
    const refreshed = { ...userWith(), authTime: facts.nowSeconds - 301, issuedAt: facts.nowSeconds };
    expect(say(rule, { ...facts, principal: refreshed })).toBe(tooOld);
  });

  test('is denied where the age cannot be told', () => {
    expect(say(rule, signedInAgo(Number.NaN))).toBe(tooOld);
  });

  test.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['300', "'300'"],
    [undefined, 'undefined'],
    [null, 'null'],
    [300n, '300n'],
  ])('cannot be made of %s', (maxAgeSeconds, got) => {
    const make = () => Reflect.apply(requireRecentSignIn, undefined, [maxAgeSeconds]);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(new RegExp(`^requireRecentSignIn: .*; got ${got}$`));
  });
});

test('requireArgumentsByClaims is decided by arguments, claims and caller', () => {
  const asked: unknown[] = [];
  const rule = requireArgumentsByClaims('asks', (args: Asked, claims: StaffClaims, caller: Caller) => {
    asked.push(args, claims, caller);
    return args.region === claims.region;
  });
  expect(say(rule, factsOf(reader, clerk), undefined, { region: 'south' })).toBe(forbidden);
  expect(asked).toEqual([{ region: 'south' }, { role: 'clerk', region: 'north' }, reader]);
});

test('requireRowByToken is decided by row and caller', () => {
  const rule = rules['requireRowByToken(sender)'];
  expect(say(rule, factsOf(reader), { region: 'north', sentBy: 'user-2' })).toBe(forbidden);
  expect(say(rule, factsOf(job), { region: 'north', sentBy: 'reporting-job' })).toBe('allowed');
});

describe('a predicate', () => {
  const truthy: readonly unknown[] = [1, 'true', {}, [], () => true, new Boolean(true)];
  test.each(truthy.map((answer) => [answer]))('that answers with %o does not allow', (answer) => {
    // @ts-expect-error a predicate answers with a boolean
    const args = requireArgumentsByClaims('is odd', () => answer);
    // @ts-expect-error a predicate answers with a boolean
    const row = requireRowByToken('is odd', () => answer);
    expect([say(args, factsOf(reader, manager)), say(row, factsOf(reader))]).toEqual([forbidden, forbidden]);
  });

  const crash = (): boolean => {
    throw new Error('no such region');
  };
  test.each<readonly [string, FieldRule, readonly string[]]>([
    ['requireArgumentsByClaims', requireArgumentsByClaims('is fragile', crash), [signIn, forbidden, unavailable]],
    ['requireRowByToken', requireRowByToken('is fragile', crash), [signIn, notSettled, notSettled]],
  ])('of %s that throws leaves the rule undecided, and is asked only of whom it is about', (_name, rule, others) => {
    const decision = decide(rule, factsOf(reader, manager));
    expect(decision).toMatchObject({
      outcome: 'indeterminate',
      rule: 'is fragile',
      error: { cause: { message: 'no such region' } },
    });
    expect(decision).toHaveProperty('error', expect.any(InternalError));
    const facts = [factsOf(anonymous), factsOf(reader, withoutRecord), factsOf(reader, storeIsDown)];
    expect(facts.map((of) => say(rule, of))).toEqual(others);
  });
});

describe('every rule of the vocabulary has a stable name and a sentence about who is allowed', () => {
  test.each<readonly [FieldRule<never, never>, string, string]>([
    [publicField('it is on the door'), 'public: it is on the door', 'Everybody may read it: it is on the door.'],
    [requireToken(), 'sent an access token', 'The caller sent an access token.'],
    [requireScope('a/read'), 'has scope a/read', 'The access token has the scope a/read.'],
    [requireScope('a', 'b'), 'has scope a b', 'The access token has all of the scopes a b.'],
    [requireAnyScope('a', 'b'), 'has one of the scopes a b', 'The access token has at least one of the scopes a b.'],
    [requireClaims('is in finance', () => true), 'is in finance', 'By their business record the caller is in finance.'],
    [
      needsClaims('sees their own'),
      'sees their own',
      'Once their business record is known, the caller sees their own.',
    ],
    [requireArguments('asks for few', () => true), 'asks for few', 'The caller asks for few.'],
    [requireRow('is the owner', () => true), 'is the owner', 'On this row the caller is the owner.'],
    [requireRecentSignIn(60), 'signed in within 60 s', 'The person signed in no longer than 60 seconds ago.'],
    [
      requireArgumentsByClaims('stays within their limit', () => true),
      'stays within their limit',
      'The arguments are such that the caller stays within their limit.',
    ],
    [requireRowByToken('sent it', () => true), 'sent it', 'On this row the caller sent it.'],
  ])('%#: %s', (rule, name, description) => {
    expect(definitionOf(rule)).toMatchObject({ name, description });
    expect(description).toMatch(/^[A-Z][^.]*\.$/);
  });

  test('the decision carries the name', () => {
    const facts = factsOf(userWith(), withoutRecord);
    for (const [title, rule] of Object.entries(rules).filter(([name]) => name !== 'requireToken()')) {
      const decision = decide(rule, facts, { sentBy: 'another' });
      expect(decision, title).toMatchObject({ outcome: 'denied', rule: definitionOf(rule)?.name });
    }
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
