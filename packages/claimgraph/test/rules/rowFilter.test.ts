import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { where } from '../../src/filters/condition.ts';
import { explainField } from '../../src/inspect/explain.ts';
import { limitedBy, publicField, requireRowFilter } from '../../src/rules/index.ts';
import {
  column,
  policyOf,
  relation,
  rowFilter,
  rowTable,
  type ScopeRefs,
  settingsOf,
} from '../../src/rules/rowFilter.ts';
import { anonymous } from '../../src/token/principal.ts';
import { clerk, factsOf, found, type StaffClaims, storeIsDown, userWith, withoutRecord } from '../support/callers.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const scans = rowTable('scans', { place: column.text('place') });
const parcels = rowTable('parcels', { region: column.text('region'), grams: column.integer('weight_g') });
const scansOfParcel = relation('scans', {
  table: scans,
  from: 'id',
  to: 'parcel_id',
  policyFunction: 'scanned_parcels',
});

const ofTheirRegion = rowFilter('the parcels of their region', {
  table: parcels,
  where: (parcel, claims: ScopeRefs<StaffClaims>) => where.eq(parcel.region, claims.region),
});
const scannedThere = rowFilter('the parcels that were scanned in their region', {
  table: parcels,
  where: (_parcel, claims: ScopeRefs<StaffClaims>) =>
    where.and(
      where.eq(claims.role, 'clerk'),
      where.some(scansOfParcel, ({ place }) => where.eq(place, claims.region)),
    ),
});

const { schema, plans } = guard(
  'type Query { parcels: [Parcel] } type Parcel { region: String scanned: String }',
  {
    Query: { parcels: limitedBy(ofTheirRegion) },
    Parcel: { region: requireRowFilter(ofTheirRegion), scanned: requireRowFilter(scannedThere) },
  },
  {
    Query: {
      parcels: () => [
        { region: 'north', scanned: 'yes', scans: [{ place: 'south' }, { place: 'north' }] },
        { region: null, scanned: 'no', scans: [] },
        { scanned: 'unknown' },
      ],
    },
  },
);

test.each([
  ['who has claims', userWith(), clerk, ['parcels.1.region FORBIDDEN', 'parcels.1.scanned FORBIDDEN']],
  [
    'who has none',
    userWith(),
    withoutRecord,
    [0, 1, 2].flatMap((row) => [`parcels.${row}.region FORBIDDEN`, `parcels.${row}.scanned FORBIDDEN`]),
  ],
])('a rule of a filter says of each row what the filter says, to %s', async (_who, principal, claims, refused) => {
  const { failures } = await executeGuarded(
    { schema, plans, warnings: [] },
    { query: '{ parcels { region scanned } }', principal, claims },
  );
  const told = failures.map(({ path, code }) => `${path} ${code}`);
  expect(told.filter((one) => one.endsWith('FORBIDDEN')).toSorted()).toEqual(refused.toSorted());
  // A row without what the filter reads is neither allowed nor refused.
  const failed =
    claims === clerk ? ['parcels.2.region INTERNAL_SERVER_ERROR', 'parcels.2.scanned INTERNAL_SERVER_ERROR'] : [];
  expect(told.filter((one) => one.endsWith('ERROR')).toSorted()).toEqual(failed);
});

test.each([
  ['without a token', anonymous, clerk, 'UNAUTHENTICATED'],
  ['while the claims cannot be read', userWith(), storeIsDown, 'CLAIMS_UNAVAILABLE'],
])('a field that is limited is refused %s', async (_when, principal, claims, code) => {
  const { failures } = await executeGuarded(
    { schema, plans, warnings: [] },
    { query: '{ parcels { region } }', principal, claims },
  );
  expect(failures).toEqual([{ path: 'parcels', code }]);
});

test('explain says a filter in words, and no values', () => {
  const explained = [...plans.values()].map((plan) =>
    explainField(plan, factsOf(userWith(), found({ role: 'clerk', region: 'secret' }))),
  );
  const words = explained.map(({ permission }) => permission.description).join(' ');
  expect(words).toContain("region is the caller's region");
  expect(words).toContain('one of its scans is such that');
  expect(words).not.toContain('secret');
  const [limited] = explained;
  expect(limited?.permission.reads).toContain('claims');
});

test('a policy asks for other rows by a function, and only where settings say so', () => {
  const { using, functions } = policyOf(scannedThere, {
    prefix: 'app',
    schema: 'public',
    within: { tenant: 'tenant' },
  });
  expect(using).toMatch(
    /^"parcels"\."tenant" = .*case when .*app\.role.* then "parcels"\."id" = any\(\(select public\."scanned_parcels"\(\)\).* else false end$/,
  );
  expect(functions).toHaveLength(1);
  expect(functions[0]).toContain('from public."scans" where "scans"."tenant" =');
  expect(settingsOf([scannedThere, ofTheirRegion], { role: 'clerk', region: 'north' })).toEqual({
    role: 'clerk',
    region: 'north',
  });
});

test.each(['lt', 'lte', 'gt', 'gte'] as const)('a policy has no text in the order of the database: %s', (compare) => {
  const { using } = policyOf(
    rowFilter('the parcels of who comes first', {
      table: parcels,
      where: (_parcel, claims: ScopeRefs<StaffClaims>) => where[compare](claims.role, claims.region),
    }),
    { prefix: 'app', schema: 'public' },
  );
  expect(using).toMatch(/^\(select [^<>]*'app\.role'.*\) collate "C" [<>]=? \(select .*'app\.region'.*\)$/);
});

describe('what is no filter', () => {
  test('is refused where the rule is made', () => {
    expect(() => Reflect.apply(limitedBy, undefined, [])).toThrow(ConfigurationError);
    expect(() => Reflect.apply(limitedBy, undefined, [publicField('why')])).toThrow(ConfigurationError);
    expect(() => rowFilter(' ', { table: parcels, where: () => where.and() })).toThrow(ConfigurationError);
  });

  test('does not compile', () => {
    rowFilter('a text where a number is', {
      table: parcels,
      // @ts-expect-error weights are numbers
      where: ({ grams }) => where.eq(grams, 'heavy'),
    });
    rowFilter('what claims do not have', {
      table: parcels,
      // @ts-expect-error there is no such claim
      where: ({ region }, claims: ScopeRefs<StaffClaims>) => where.eq(region, claims.regions),
    });
    rowFilter('what rows do not have', {
      table: parcels,
      // @ts-expect-error there is no such column
      where: ({ regions }) => where.isNull(regions),
    });
  });
});
