import { inspect } from 'node:util';
import { afterAll, describe, test } from 'vitest';
import type { UncountedClaimsSource } from '../../../packages/claimgraph/src/claims/claimsSource.ts';
import { testClaimsSource } from '../../../packages/claimgraph/src/testing/testClaimsSource.ts';
import { type Subject, toSubjectKey } from '../../../packages/claimgraph/src/token/principal.ts';
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

/** The tests of the test kit, run by a source of these claims; those of failures if there is anything that could fail. */
export function describeClaimsSource(name: string, open: () => Promise<SourceHarness>, failing?: FailingSources): void {
  describe(`the contract of claims sources, kept by ${name}`, () => {
    testClaimsSource<InvestmentsClaims>({
      test,
      afterAll,
      async open() {
        const { give, fetchClaims, close } = await open();
        return {
          source: { fetchClaims },
          give: (records) => give(records.map(({ claims, ...subject }) => ({ ...subject, record: toColumns(claims) }))),
          close,
        };
      },
      claimsWith,
      malformed: [
        { name: 'an unknown role', claims: { role: secret }, names: '"role"' },
        { name: 'no role', claims: { role: null }, names: '"role"' },
        { name: 'an empty text', claims: { title: '' }, names: '"title"' },
        { name: 'an unknown region', claims: { regions: ['USA', secret] }, names: '"regions"' },
        { name: 'a limit below 0', claims: { paymentLimitUsd: -1 }, names: '"payment_limit_usd"' },
      ],
      secret,
      ...(failing && { failing }),
    });
  });
}

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

/** Everything that a log could print of an error. */
export function toWholeText(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
}
