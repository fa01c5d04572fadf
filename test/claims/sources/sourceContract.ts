import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UncountedClaimsSource } from '../../../packages/claimgraph/src/claims/claimsSource.ts';
import { freezeClaims } from '../../../packages/claimgraph/src/claims/freezeClaims.ts';
import { type Subject, toSubjectKey } from '../../../packages/claimgraph/src/token/principal.ts';
import { claimsIn } from '../../../packages/claimgraph/test/claims/sources/claimsIn.ts';
import type { InvestmentsClaims } from '../../../src/access/claims.ts';
import { parseInvestmentsClaims } from '../../../src/access/claimsSource.ts';
import { toColumns } from '../../../src/data/businessRecord.ts';

/** A record as every store of these tests holds it: the columns of `access_records`. */
export interface StoredRecord extends Subject {
  readonly record: Readonly<Record<string, unknown>>;
}

/** A store of some kind and the claims source on it. */
export interface SourceHarness {
  /** From now on the store has these records and no other; rejects if it is one that refuses them. */
  give(records: readonly StoredRecord[]): Promise<void>;
  fetchClaims: UncountedClaimsSource<InvestmentsClaims>['fetchClaims'];
  close(): Promise<void>;
}

/** Sources on stores that fail: nobody listens, or a question is taken and never answered. */
export type FailingSources = Readonly<Record<'down' | 'silent', () => Promise<FailingSource>>>;

export interface FailingSource {
  readonly source: UncountedClaimsSource<InvestmentsClaims>;
  close(): Promise<void>;
}

const issuer = 'https://issuer.example/pool-1';
const secret = 'sekret-value';

/** The tests that every claims source passes; those of failures if there is anything that could fail. */
export function describeClaimsSource(name: string, open: () => Promise<SourceHarness>, failing?: FailingSources): void {
  describe(`the contract of claims sources, kept by ${name}`, () => {
    let harness: SourceHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    test('claims come under the keys of their subjects', async () => {
      await harness.give([stored(user('ada'), 'Ada')]);
      const claims = await harness.fetchClaims([user('ada')]);
      expect([...claims]).toEqual([[toSubjectKey(user('ada')), claimsWith('Ada')]]);
    });

    test('a subject without a record has no entry, and nobody has', async () => {
      await harness.give([stored(user('ada'), 'Ada')]);
      expect(await titlesOf(harness, [user('bob'), user('ada'), user('')])).toEqual({ ada: 'Ada' });
      expect((await harness.fetchClaims([user('bob')])).size).toBe(0);
      expect((await harness.fetchClaims([])).size).toBe(0);
    });

    test('one subject text of two issuers and two kinds is four identities', async () => {
      const others: readonly Subject[] = [
        { kind: 'user', issuer, subject: 'x' },
        { kind: 'machine', issuer, subject: 'x' },
        { kind: 'user', issuer: `${issuer}/`, subject: 'x' },
        { kind: 'machine', issuer: `${issuer}/`, subject: 'x' },
      ];
      await harness.give(others.map((subject, index) => stored(subject, `identity ${index}`)));
      expect(await listTitles(harness, others)).toEqual(['identity 0', 'identity 1', 'identity 2', 'identity 3']);
      await harness.give(others.slice(1).map((subject, index) => stored(subject, `identity ${index + 1}`)));
      expect(await listTitles(harness, others)).toEqual([undefined, 'identity 1', 'identity 2', 'identity 3']);
      expect((await harness.fetchClaims(others.slice(0, 1))).size).toBe(0);
    });

    test('one subject of several tenants, and of none, is as many identities', async () => {
      const tenants: readonly Subject[] = [
        user('x'),
        ...['acme', 'globex', 'Acme'].map((tenant) => ({ ...user('x'), tenant })),
      ];
      await harness.give(tenants.map((subject, index) => stored(subject, `identity ${index}`)));
      expect(await listTitles(harness, tenants)).toEqual(['identity 0', 'identity 1', 'identity 2', 'identity 3']);
      for (const [index, subject] of tenants.entries()) {
        expect(await listTitles(harness, [subject])).toEqual([`identity ${index}`]);
      }
      await harness.give(tenants.slice(0, 2).map((subject, index) => stored(subject, `identity ${index}`)));
      expect(await listTitles(harness, tenants)).toEqual(['identity 0', 'identity 1', undefined, undefined]);
    });

    test('many subjects are as good as one', async () => {
      const many = Array.from({ length: 250 }, (_, index) => user(`user-${index}`));
      await harness.give(many.filter((_, index) => index % 2 === 0).map((who) => stored(who, who.subject)));
      expect(await listTitles(harness, many)).toEqual(
        many.map(({ subject }, index) => (index % 2 === 0 ? subject : undefined)),
      );
    });

    test('any subject that a token can have gets its own claims', async () => {
      const subjects = hostileTexts.map(user);
      await harness.give(subjects.map((subject, index) => stored(subject, `title ${index}`)));
      expect(await listTitles(harness, subjects)).toEqual(subjects.map((_, index) => `title ${index}`));
      for (const [index, subject] of subjects.entries()) {
        expect(await listTitles(harness, [subject])).toEqual([`title ${index}`]);
      }
    });

    test.each(hostileTexts.map((text) => [text]))('nobody but its owner gets the claims of %s', async (text) => {
      await harness.give([stored(user(text), 'owner')]);
      const others = hostileTexts.filter((other) => other !== text).map(user);
      expect((await harness.fetchClaims(others)).size).toBe(0);
    });

    test('a subject that no token can have has no record, and does no harm to the others', async () => {
      await harness.give(['a', 'a\ufffd', 'a '].map((text) => stored(user(text), text)));
      expect(await titlesOf(harness, ['a\ud800', 'a\0', '\0', 'a'].map(user))).toEqual({ a: 'a' });
      expect((await harness.fetchClaims([user('a\ud800')])).size).toBe(0);
    });

    test('claims are plain data, which can be frozen', async () => {
      await harness.give([stored(user('ada'), 'Ada')]);
      for (const claims of (await harness.fetchClaims([user('ada')])).values()) freezeClaims(claims);
      expect(await titlesOf(harness, [user('ada')])).toEqual({ ada: 'Ada' });
    });

    test('a changed and a removed record count from the next call on', async () => {
      await harness.give([stored(user('ada'), 'before'), stored(user('bob'), 'Bob')]);
      expect(await titlesOf(harness, [user('ada'), user('bob')])).toEqual({ ada: 'before', bob: 'Bob' });
      await harness.give([stored(user('ada'), 'after')]);
      expect(await titlesOf(harness, [user('ada'), user('bob')])).toEqual({ ada: 'after' });
    });

    test('calls under way at the same time do not mix', async () => {
      const many = Array.from({ length: 30 }, (_, index) => user(`user-${index}`));
      await harness.give(many.map((who) => stored(who, who.subject)));
      const calls = many.map((_, index) => many.slice(index, index + 5));
      const answers = await Promise.all(calls.map((subjects) => listTitles(harness, subjects)));
      expect(answers).toEqual(calls.map((subjects) => subjects.map(({ subject }) => subject)));
    });

    test.each<[string, string, unknown]>([
      ['an unknown role', 'role', secret],
      ['no role', 'role', null],
      ['an empty text', 'title', ''],
      ['an unknown region', 'regions', ['USA', secret]],
      ['a limit below 0', 'payment_limit_usd', -1],
    ])(
      'a record with %s is refused, or is unavailable alone; that names the field and tells no value',
      async (_, field, value) => {
        const ada = stored(user('ada'), secret);
        const malformed = { ...ada, record: { ...ada.record, [field]: value } };
        const refusal = await harness.give([stored(user('bob'), 'Bob'), malformed]).then(() => undefined, toWholeText);
        const claims = refusal === undefined ? await harness.fetchClaims([user('ada'), user('bob')]) : undefined;
        const error = refusal ?? toWholeText(claims?.get(toSubjectKey(user('ada'))));
        expect(error).toContain(`"${field}"`);
        expect(error).not.toContain(secret);
        if (claims) expect(claimsIn(claims, user('bob'))).toEqual(claimsWith('Bob'));
      },
    );

    test.each(Object.entries(failing ?? {}))('a store that is %s rejects', async (_, openFailing) => {
      const { source, close } = await openFailing();
      try {
        await expect(source.fetchClaims([user('ada')])).rejects.toThrow();
      } finally {
        await close();
      }
    });
  });
}

const hostileTexts: readonly string[] = [
  `it's "quoted"`,
  "' or 1 = 1 --",
  '__proto__',
  'constructor',
  'a/b',
  'a%2Fb',
  'a%252Fb',
  '../a',
  '{"a","b"}',
  'NULL',
  '%',
  'a b',
  ' a b',
  'Straße',
  'STRASSE',
  'e\u0301',
  '\u00e9',
  '日本-😀',
  'x'.repeat(256),
  'x'.repeat(255),
  '😀'.repeat(128),
];

/** A record whose title tells whose it is. */
export function stored(subject: Subject, title: string): StoredRecord {
  return {
    ...subject,
    record: toColumns({
      role: 'manager',
      managerId: '10345',
      title,
      regions: ['USA', 'ASIA'],
      paymentLimitUsd: 25000,
    }),
  };
}

/** The parser of every source here, which is also that of the SQL source. */
export function parseStored(record: unknown, subject: Subject): InvestmentsClaims {
  return parseInvestmentsClaims(toSubjectKey(subject), record);
}

export function user(subject: string): Subject {
  return { kind: 'user', issuer, subject };
}

function claimsWith(title: string): InvestmentsClaims {
  return parseStored(stored(user('anybody'), title).record, user('anybody'));
}

async function listTitles({ fetchClaims }: SourceHarness, subjects: readonly Subject[]) {
  const claims = await fetchClaims(subjects);
  return subjects.map((subject) => claimsIn(claims, subject)?.title);
}

/** Of those who have claims, and fails when there are claims of somebody else. */
async function titlesOf({ fetchClaims }: SourceHarness, subjects: readonly Subject[]) {
  const claims = await fetchClaims(subjects);
  const found = subjects.flatMap((subject) => {
    const known = claimsIn(claims, subject);
    return known ? [[subject.subject, known.title] as const] : [];
  });
  expect(claims.size).toBe(found.length);
  return Object.fromEntries(found);
}

/** Everything that a log could print of an error. */
export function toWholeText(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
}
