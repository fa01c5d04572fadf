import { inspect } from 'node:util';
import { afterAll, describe, test } from 'vitest';
import type { UncountedClaimsSource } from '../../../src/claims/claimsSource.ts';
import { describeType } from '../../../src/claims/sources/describeType.ts';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { testClaimsSource } from '../../../src/testing/testClaimsSource.ts';
import { type Subject, toSubjectKey } from '../../../src/token/principal.ts';

/** What every store of these tests holds of a subject, and what the parser makes of it: text, a list, a number and null. */
export interface SampleClaims {
  readonly role: 'manager' | 'clerk';
  readonly title: string;
  readonly regions: readonly string[];
  readonly limit: number;
  readonly assistant: string | null;
}

export interface StoredRecord extends Subject {
  readonly record: Readonly<Record<string, unknown>>;
}

/** A store of some kind and the claims source on it. */
export interface SourceHarness {
  /** From now on the store has these records and no other; rejects if it is one that refuses them. */
  give(records: readonly StoredRecord[]): Promise<void>;
  fetchClaims: UncountedClaimsSource<SampleClaims>['fetchClaims'];
  close(): Promise<void>;
}

/** Sources on stores that fail: nobody listens, or a question is taken and never answered. */
export type FailingSources = Readonly<Record<'down' | 'silent', () => Promise<FailingSource>>>;

export interface FailingSource {
  readonly source: UncountedClaimsSource<SampleClaims>;
  close(): Promise<void>;
}

const issuer = 'https://issuer.example/pool-1';
const secret = 'sekret-value';

/** The tests of the test kit, run by a source of these claims; those of failures if there is anything that could fail. */
export function describeClaimsSource(name: string, open: () => Promise<SourceHarness>, failing?: FailingSources): void {
  describe(`the contract of claims sources, kept by ${name}`, () => {
    testClaimsSource<SampleClaims>({
      test,
      afterAll,
      async open() {
        const { give, fetchClaims, close } = await open();
        return {
          source: { fetchClaims },
          give: (records) => give(records.map(({ claims, ...subject }) => ({ ...subject, record: { ...claims } }))),
          close,
        };
      },
      claimsWith,
      malformed: [
        { name: 'an unknown role', claims: { role: secret }, names: '"role"' },
        { name: 'no role', claims: { role: null }, names: '"role"' },
        { name: 'an empty text', claims: { title: '' }, names: '"title"' },
        { name: 'a region that is no text', claims: { regions: [secret, 7] }, names: '"regions"' },
        { name: 'a limit below 0', claims: { limit: -1 }, names: '"limit"' },
      ],
      secret,
      ...(failing && { failing }),
    });
  });
}

/** A record whose title tells whose it is. */
export function stored(subject: Subject, title: string): StoredRecord {
  return { ...subject, record: { ...claimsWith(title) } };
}

/** The parser of every source here. */
export function parseStored(record: unknown, subject: Subject): SampleClaims {
  const read = (field: string): unknown =>
    typeof record === 'object' && record !== null ? Reflect.get(record, field) : undefined;
  const expected = (field: string, what: string) =>
    new ClaimsUnavailableError(
      `claims for ${toSubjectKey(subject)}: "${field}" must be ${what}; got ${describeType(read(field))}`,
    );
  const role = read('role');
  const title = read('title');
  const regions = read('regions');
  const limit = read('limit');
  const assistant = read('assistant');
  if (role !== 'manager' && role !== 'clerk') throw expected('role', 'manager or clerk');
  if (typeof title !== 'string' || title === '') throw expected('title', 'a text that is not empty');
  if (!isTexts(regions)) throw expected('regions', 'a list of texts');
  if (typeof limit !== 'number' || limit < 0) throw expected('limit', 'a number from 0');
  if (assistant !== null && typeof assistant !== 'string') throw expected('assistant', 'null or a text');
  return { role, title, regions, limit, assistant };
}

export function user(subject: string): Subject {
  return { kind: 'user', issuer, subject };
}

function claimsWith(title: string): SampleClaims {
  return { role: 'manager', title, regions: ['USA', 'ASIA'], limit: 25_000, assistant: null };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Everything that a log could print of an error. */
export function toWholeText(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
}
