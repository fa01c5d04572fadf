import { describe, expect, test } from 'vitest';
import {
  allOf,
  anyOf,
  denyMode,
  masked,
  needsClaims,
  publicField,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
} from '../../src/rules/index.ts';
import { clerk, manager, type StaffClaims, storeIsDown, userWith, withoutRecord } from '../support/callers.ts';
import { executeGuarded, guard, type Operation, preflightOf } from '../support/guardedExecution.ts';

const canRead = requireScope('parcels/read');
const canSend = requireScope('parcels/send');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first <= 10);
const isOfTheirRegion = requireRow(
  'is of their region',
  (row: { region: string }, c: StaffClaims) => row.region === c.region,
);
const isAddressee = requireRowByToken(
  'is the addressee',
  (row: { readonly id: string }, { subject }) => row.id === subject,
);
const asksForTheirRegion = requireArgumentsByClaims(
  'asks for their region',
  (args: { readonly region: string }, c: StaffClaims) => args.region === c.region,
);

/** Every resolver that was called. */
const called: string[] = [];

const guarded = guard(
  /* GraphQL */ `
    type Query {
      open: String
      parcel: Parcel
      parcels(first: Int = 5): [Parcel!]
      some(first: Int! = 50): [Parcel!]
      own: Parcel
      staff: Person
      taxId: String
    }
    type Mutation { send(first: Int = 5): Receipt cancel: Receipt }
    type Receipt { parcel: Parcel found: Found parcels(first: Int = 50): [Parcel!] of(region: String): Parcel }
    union Found = Parcel | Person
    type Parcel { id: ID addressee: String notes: String taxId: String region: String }
    type Person { salary: Int }
  `,
  {
    Query: {
      open: publicField('says that the API is there'),
      parcel: canRead,
      parcels: allOf(canRead, asksForFew),
      some: anyOf(allOf(canRead, asksForFew), isManager),
      own: allOf(canRead, needsClaims('sees their own')),
      staff: allOf(canRead, isManager),
      taxId: allOf(
        canRead,
        masked(isManager, () => '****'),
      ),
    },
    Mutation: { send: allOf(canSend, asksForFew), cancel: allOf(canSend, isManager) },
    Receipt: { parcel: canSend, found: canSend, parcels: allOf(canSend, asksForFew), of: asksForTheirRegion },
    Parcel: {
      id: canRead,
      notes: allOf(canRead, isManager),
      taxId: allOf(
        canRead,
        masked(isManager, () => '****'),
      ),
      region: allOf(canRead, isOfTheirRegion),
      addressee: isAddressee,
    },
    Person: { salary: allOf(canRead, isManager) },
  },
  {
    Query: {
      open: () => note('open', 'ok'),
      parcel: () => note('parcel', { id: 'p-1', region: 'north' }),
      parcels: () => note('parcels', []),
    },
    Mutation: { send: () => note('send', {}), cancel: () => note('cancel', {}) },
  },
);

function note<Value>(name: string, value: Value): Value {
  called.push(name);
  return value;
}

const reader = userWith('parcels/read');
const sender = userWith('parcels/read', 'parcels/send');

describe('a query', () => {
  test.each<readonly [string, Operation, readonly string[]]>([
    ['whose only root field may not run', { query: '{ parcel { id } }' }, ['parcel UNAUTHENTICATED']],
    [
      'whose root fields are refused for different reasons',
      {
        query: '{ a: staff { salary } b: parcels(first: 20) { id } c: own { id } }',
        principal: reader,
        claims: storeIsDown,
      },
      ['a CLAIMS_UNAVAILABLE', 'b FORBIDDEN', 'c CLAIMS_UNAVAILABLE'],
    ],
    [
      'whose root field is masked, while its mask cannot be decided',
      { query: '{ taxId }', principal: reader, claims: storeIsDown },
      ['taxId CLAIMS_UNAVAILABLE'],
    ],
    ['of which one root field may run', { query: '{ parcel { id } open }' }, []],
    ['that asks for __typename only', { query: '{ __typename }' }, []],
    ['that asks for __typename beside what may not run', { query: '{ __typename parcel { id } }' }, []],
    ['that introspects beside what may not run', { query: '{ __schema { description } parcel { id } }' }, []],
    ['that selects nothing', { query: '{ parcel @skip(if: true) { id } }' }, []],
    [
      'whose root field may run and nothing beneath it',
      { query: '{ parcel { notes } }', principal: reader, claims: clerk },
      [],
    ],
    [
      'whose root field is refused by a fragment',
      { query: '{ ...F } fragment F on Query { parcel { id } }' },
      ['parcel UNAUTHENTICATED'],
    ],
    [
      'whose root fields are refused under aliases',
      { query: '{ a: parcel { id } b: parcel { id } }', principal: userWith('parcels/send') },
      ['a INSUFFICIENT_SCOPE', 'b INSUFFICIENT_SCOPE'],
    ],
  ])('%s', async (_name, operation, refusals) => {
    expect(await refusalsOf(operation)).toEqual(refusals);
  });

  test('that may not start resolves nothing; one that may resolves what is allowed', async () => {
    called.length = 0;
    await executeGuarded(guarded, { query: '{ parcel { id } parcels { id } }' });
    expect(called).toEqual([]);
    expect(await executeGuarded(guarded, { query: '{ open parcel { id } }' })).toMatchObject({
      data: { open: 'ok', parcel: null },
      failures: [{ path: 'parcel', code: 'UNAUTHENTICATED' }],
    });
    expect(called).toEqual(['open']);
  });
});

describe("a root field's argument rule", () => {
  const allowed: readonly string[] = [];
  const refused = ['parcels FORBIDDEN'];
  test.each<readonly [string, Operation, readonly string[]]>([
    ['a small literal', { query: '{ parcels(first: 10) { id } }' }, allowed],
    ['a large literal', { query: '{ parcels(first: 11) { id } }' }, refused],
    ['a small variable', { query: 'query ($n: Int) { parcels(first: $n) { id } }', variables: { n: 10 } }, allowed],
    ['a large variable', { query: 'query ($n: Int) { parcels(first: $n) { id } }', variables: { n: 11 } }, refused],
    ["a variable's large default", { query: 'query ($n: Int = 11) { parcels(first: $n) { id } }' }, refused],
    [
      "a variable's default overruled",
      { query: 'query ($n: Int = 11) { parcels(first: $n) { id } }', variables: { n: 1 } },
      allowed,
    ],
    ["the argument's small default", { query: '{ parcels { id } }' }, allowed],
    [
      "the argument's default for a variable not given",
      { query: 'query ($n: Int) { parcels(first: $n) { id } }' },
      allowed,
    ],
    ["the argument's large default", { query: '{ parcels: some { id } }', claims: clerk }, refused],
    ['null, which is no small number but none', { query: '{ parcels(first: null) { id } }' }, allowed],
  ])('is decided with %s', async (_name, operation, refusals) => {
    expect(await refusalsOf({ principal: reader, ...operation })).toEqual(refusals);
  });

  test('is decided for each alias with its own arguments', async () => {
    const query = '{ a: parcels(first: 11) { id } b: parcels(first: 12) { id } }';
    expect(await refusalsOf({ query, principal: reader })).toEqual(['a FORBIDDEN', 'b FORBIDDEN']);
    const mixed = '{ a: parcels(first: 11) { id } b: parcels(first: 2) { id } }';
    expect(await refusalsOf({ query: mixed, principal: reader })).toEqual([]);
  });

  test('beside a claims rule in any-of refuses only when the claims do too', async () => {
    const operation = { query: '{ some(first: 50) { id } }', principal: reader };
    expect(await refusalsOf({ ...operation, claims: manager })).toEqual([]);
    expect(await refusalsOf({ ...operation, claims: clerk })).toEqual(['some FORBIDDEN']);
    expect(await refusalsOf({ ...operation, claims: storeIsDown })).toEqual(['some CLAIMS_UNAVAILABLE']);
  });

  test('is left to execution when the arguments are faulty', async () => {
    const operation = {
      query: 'query ($n: Int = 5) { some(first: $n) { id } }',
      variables: { n: null },
      principal: reader,
    };
    expect(await refusalsOf({ ...operation, claims: clerk })).toEqual([]);
    expect(await executeGuarded(guarded, { ...operation, claims: clerk })).toMatchObject({ data: { some: null } });
    expect(await refusalsOf({ ...operation, principal: userWith(), claims: clerk })).toEqual([
      'some INSUFFICIENT_SCOPE',
    ]);
  });
});

describe('a mutation', () => {
  test.each<readonly [string, Operation, readonly string[]]>([
    ['of which everything may run', { query: 'mutation { send { parcel { id } } }', principal: sender }, []],
    [
      'of which one root field may not run',
      { query: 'mutation { send { parcel { id } } cancel { parcel { id } } }', principal: sender, claims: clerk },
      ['cancel FORBIDDEN'],
    ],
    [
      'with a selection that is denied by the claims',
      { query: 'mutation { send { parcel { id notes } } }', principal: sender, claims: clerk },
      ['send.parcel.notes FORBIDDEN'],
    ],
    [
      'with a selection that is denied by the token',
      { query: 'mutation { send { parcel { id } } }', principal: userWith('parcels/send') },
      ['send.parcel.id INSUFFICIENT_SCOPE'],
    ],
    [
      'with a selection that cannot be decided',
      { query: 'mutation { send { parcel { notes } } }', principal: sender, claims: storeIsDown },
      ['send.parcel.notes CLAIMS_UNAVAILABLE'],
    ],
    [
      'with a masked selection, which is denied to nobody',
      { query: 'mutation { send { parcel { taxId } } }', principal: sender, claims: clerk },
      [],
    ],
    [
      'with a masked selection whose mask cannot be decided',
      { query: 'mutation { send { parcel { taxId } } }', principal: sender, claims: storeIsDown },
      ['send.parcel.taxId CLAIMS_UNAVAILABLE'],
    ],
    [
      'with a selection whose arguments no caller without a business record may ask for',
      { query: 'mutation { send { of(region: "north") { id } } }', principal: sender, claims: withoutRecord },
      ['send.of FORBIDDEN'],
    ],
    [
      'with a selection whose arguments are held against claims that cannot be read',
      { query: 'mutation { send { of(region: "north") { id } } }', principal: sender, claims: storeIsDown },
      ['send.of CLAIMS_UNAVAILABLE'],
    ],
    [
      'with a selection whose arguments may be asked for, which is seen when they are',
      { query: 'mutation { send { of(region: "south") { id } } }', principal: sender, claims: clerk },
      [],
    ],
    [
      'without a token, with a selection that is held against it row by row',
      { query: 'mutation { send { parcel { addressee } } }' },
      ['send UNAUTHENTICATED', 'send.parcel UNAUTHENTICATED', 'send.parcel.addressee UNAUTHENTICATED'],
    ],
    [
      'with a denied selection in a fragment',
      {
        query: 'mutation { send { parcel { ...F } } } fragment F on Parcel { n: notes }',
        principal: sender,
        claims: clerk,
      },
      ['send.parcel.n FORBIDDEN'],
    ],
    [
      'with a denied selection on one of the types that may come',
      {
        query: 'mutation { send { found { ... on Parcel { id } ... on Person { salary } } } }',
        principal: sender,
        claims: clerk,
      },
      ['send.found.salary FORBIDDEN'],
    ],
    [
      'with a denied selection that is left out',
      { query: 'mutation { send { parcel { id notes @skip(if: true) } } }', principal: sender, claims: clerk },
      [],
    ],
    [
      'with refusals at the root and beneath',
      { query: 'mutation { cancel { parcel { notes } } }', principal: sender, claims: clerk },
      ['cancel FORBIDDEN', 'cancel.parcel.notes FORBIDDEN'],
    ],
    [
      'whose arguments are refused',
      { query: 'mutation { a: send { parcel { id } } b: send(first: 11) { parcel { id } } }', principal: sender },
      ['b FORBIDDEN'],
    ],
    [
      'whose row rule must wait for the row',
      { query: 'mutation { send { parcel { region } } }', principal: sender, claims: clerk },
      [],
    ],
    [
      'whose row rule needs no row to refuse a caller without a record',
      { query: 'mutation { send { parcel { region } } }', principal: sender, claims: withoutRecord },
      ['send.parcel.region FORBIDDEN'],
    ],
    [
      'whose row rule cannot be decided for any row',
      { query: 'mutation { send { parcel { region } } }', principal: sender, claims: storeIsDown },
      ['send.parcel.region CLAIMS_UNAVAILABLE'],
    ],
    [
      'whose argument rule beneath the root must wait',
      { query: 'mutation { send { parcels(first: 99) { id } } }', principal: sender },
      [],
    ],
    [
      'that asks for __typename beside what is denied',
      { query: 'mutation { __typename send { parcel { notes } } }', principal: sender, claims: clerk },
      ['send.parcel.notes FORBIDDEN'],
    ],
  ])('%s', async (_name, operation, refusals) => {
    expect(await refusalsOf(operation)).toEqual(refusals);
    called.length = 0;
    await executeGuarded(guarded, operation);
    expect(called.length > 0).toBe(refusals.length === 0);
  });
});

describe('claims are loaded', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => `a${index}: staff { salary }`).join(' ');
  test.each<readonly [string, Operation, number]>([
    ['not for rules that read only the token', { query: '{ parcel { id } }', principal: reader }, 0],
    ['not for public fields', { query: '{ open }', principal: reader }, 0],
    [
      'not for __typename and introspection',
      { query: '{ __typename __schema { description } }', principal: reader },
      0,
    ],
    ['not for argument rules', { query: '{ parcels { id } }', principal: reader }, 0],
    [
      'not when the token denies already',
      { query: '{ staff { salary } own { notes } }', principal: userWith('other') },
      0,
    ],
    [
      'not when the token denies already what is masked',
      { query: '{ own { taxId } }', principal: userWith('other') },
      0,
    ],
    ['not for an anonymous caller', { query: '{ open staff { salary } own { region taxId } }' }, 0],
    [
      'not for a field that is left out',
      { query: '{ parcel { id notes @include(if: false) } }', principal: reader },
      0,
    ],
    [
      'not for another operation in the document',
      { query: 'query A { open } query B { own { id } }', operationName: 'A', principal: reader },
      0,
    ],
    ['once for one claims rule', { query: '{ staff { salary } }', principal: reader }, 1],
    ['once for fifty aliases', { query: `{ ${fifty} }`, principal: reader }, 1],
    ['once for a claims rule deep below', { query: '{ parcel { notes } }', principal: reader }, 1],
    ['once for a row rule', { query: '{ parcel { region } }', principal: reader }, 1],
    ['once for a mask', { query: '{ parcel { taxId } }', principal: reader }, 1],
    ['once for a resolver that filters by them', { query: '{ own { id } }', principal: reader }, 1],
    [
      'once when the store is down: it is not asked again',
      { query: `{ open ${fifty} }`, principal: reader, claims: storeIsDown },
      1,
    ],
    ['once for a caller without a record', { query: `{ open ${fifty} }`, principal: reader, claims: withoutRecord }, 1],
  ])('%s', async (_name, operation, loads) => {
    expect(await executeGuarded(guarded, operation)).toMatchObject({ loads });
  });
});

test('what was loaded can be read, and what was not is said to be notLoaded', async () => {
  const { authorization: settled } = await preflightOf(guarded, {
    query: '{ own { id } }',
    principal: reader,
    claims: clerk,
  });
  expect(settled.claims()).toEqual(clerk);
  const { authorization: notLoaded } = await preflightOf(guarded, { query: '{ parcel { id } }', principal: reader });
  expect(notLoaded.claims()).toEqual({ state: 'not-loaded' });
});

async function refusalsOf(operation: Operation): Promise<readonly string[]> {
  const { refused } = await preflightOf(guarded, operation);
  return refused.map(({ path, code }) => `${path} ${code}`);
}

test('a root field that fails the operation is told as it was decided with its arguments', async () => {
  const throws = requireArguments('is asked well', () => {
    throw new RangeError('no');
  });
  const stars = masked(isManager, () => '****');
  const odd = guard('type Query { odd(first: Int): String }', {
    Query: { odd: denyMode('failOperation', allOf(throws, stars)) },
  });
  // Without its arguments only the mask could be decided, which fails for another reason.
  const { refused } = await preflightOf(odd, { query: '{ odd }', principal: reader, claims: storeIsDown });
  expect(refused.map(({ code }) => code)).toEqual(['INTERNAL_SERVER_ERROR']);
});
