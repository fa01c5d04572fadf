import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ClaimsSource, FetchedClaims } from '../claims/claimsSource.ts';
import { freezeClaims } from '../claims/freezeClaims.ts';
import type { ClaimsRecord } from '../claims/sources/static/staticClaimsSource.ts';
import { ClaimsUnavailableError } from '../errors.ts';
import { type Subject, toSubjectKey } from '../token/principal.ts';

/** A claims source on a store of its own, which nobody else fills. */
export interface ClaimsSourceHarness<C> {
  readonly source: ClaimsSource<C>;
  /**
   * From now on the store has these records and no others. It rejects if the store, or the source, refuses one of them, as
   * may be where `claims` are malformed.
   */
  give(records: readonly ClaimsRecord<C>[]): Promise<void>;
  close(): Promise<void>;
}

/** What a record must not be understood with. */
export interface MalformedClaims {
  /** Completes "a record with …". */
  readonly name: string;
  /** What replaces properties of well-formed claims; `secret` may stand anywhere in it, and may then be in no message. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the message must name: the field, as the store calls it. */
  readonly names: string;
}

export interface ClaimsSourceTests<C extends object> {
  /** Of the test runner: `test` of node:test, Vitest or Jest, `it` of Mocha. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Called when all tests are over: `after` of node:test and Mocha, `afterAll` of Vitest and Jest. */
  readonly afterAll: (run: () => Promise<void>) => unknown;
  /** Called once, by the first test. */
  readonly open: () => Promise<ClaimsSourceHarness<C>>;
  /** Well-formed claims, different ones for different labels: put the label, a text, into one of their fields. */
  readonly claimsWith: (label: string) => C;
  readonly malformed?: readonly MalformedClaims[];
  /** Sources on stores that fail, by how they do: nobody listens, or a question is never answered. */
  readonly failing?: Readonly<
    Record<string, () => Promise<{ readonly source: ClaimsSource<C>; readonly close: () => Promise<void> }>>
  >;
  /** A text that stands in malformed claims. */
  readonly secret?: string;
}

const issuer = 'https://issuer.example/pool-1';
const user = (subject: string): Subject => ({ kind: 'user', issuer, subject });

/** The contract of claims sources, as tests of any runner. A source that keeps it can stand behind the claims cache. */
export function testClaimsSource<C extends object>({
  test,
  afterAll,
  open,
  claimsWith,
  malformed = [],
  failing = {},
  secret,
}: ClaimsSourceTests<C>): void {
  let opened: Promise<ClaimsSourceHarness<C>> | undefined;
  const harness = () => {
    opened ??= open();
    return opened;
  };
  afterAll(async () => (await opened)?.close());

  const record = (subject: Subject, label: string): ClaimsRecord<C> => ({ ...subject, claims: claimsWith(label) });
  const give = async (records: readonly ClaimsRecord<C>[]) => (await harness()).give(records);
  const fetch = async (subjects: readonly Subject[]) => toMap(await (await harness()).source.fetchClaims(subjects));

  /** Asks about all of them at once: each has the claims of its label, or none, and nobody else is in the answer. */
  async function expectLabels(asked: readonly Subject[], labels: readonly (string | undefined)[]): Promise<void> {
    const claims = await fetch(asked);
    const expected = labels.map((label) => (label === undefined ? undefined : claimsWith(label)));
    deepStrictEqual(
      asked.map((subject) => claimsOf(claims, subject)),
      expected,
    );
    strictEqual(claims.size, labels.filter((label) => label !== undefined).length, 'subjects nobody asked for');
  }

  test('claims come under the keys of their subjects', async () => {
    await give([record(user('ada'), 'Ada')]);
    await expectLabels([user('ada')], ['Ada']);
  });

  test('a subject without a record has no entry, and nobody has', async () => {
    await give([record(user('ada'), 'Ada')]);
    await expectLabels([user('bob'), user('ada'), user('')], [undefined, 'Ada', undefined]);
    await expectLabels([user('bob')], [undefined]);
    await expectLabels([], []);
  });

  test('one subject text of two issuers and two kinds is four identities', async () => {
    const identities: readonly Subject[] = [
      { kind: 'user', issuer, subject: 'x' },
      { kind: 'machine', issuer, subject: 'x' },
      { kind: 'user', issuer: `${issuer}/`, subject: 'x' },
      { kind: 'machine', issuer: `${issuer}/`, subject: 'x' },
    ];
    await give(identities.map((subject, index) => record(subject, `identity ${index}`)));
    await expectLabels(identities, ['identity 0', 'identity 1', 'identity 2', 'identity 3']);
    await give(identities.slice(1).map((subject, index) => record(subject, `identity ${index + 1}`)));
    await expectLabels(identities, [undefined, 'identity 1', 'identity 2', 'identity 3']);
    await expectLabels(identities.slice(0, 1), [undefined]);
  });

  test('one subject of several tenants, and of none, is as many identities', async () => {
    const identities: readonly Subject[] = [
      user('x'),
      ...['acme', 'globex', 'Acme'].map((tenant) => ({ ...user('x'), tenant })),
    ];
    await give(identities.map((subject, index) => record(subject, `identity ${index}`)));
    await expectLabels(identities, ['identity 0', 'identity 1', 'identity 2', 'identity 3']);
    for (const [index, subject] of identities.entries()) await expectLabels([subject], [`identity ${index}`]);
    await give(identities.slice(0, 2).map((subject, index) => record(subject, `identity ${index}`)));
    await expectLabels(identities, ['identity 0', 'identity 1', undefined, undefined]);
  });

  test('many subjects are as good as one', async () => {
    const many = Array.from({ length: 250 }, (_, index) => user(`user-${index}`));
    await give(many.filter((_, index) => index % 2 === 0).map((who) => record(who, who.subject)));
    await expectLabels(
      many,
      many.map(({ subject }, index) => (index % 2 === 0 ? subject : undefined)),
    );
  });

  test('any subject that a token can have gets its own claims', async () => {
    const subjects = hostileTexts.map(user);
    const labels = subjects.map((_, index) => `label ${index}`);
    await give(subjects.map((subject, index) => record(subject, `label ${index}`)));
    await expectLabels(subjects, labels);
    for (const [index, subject] of subjects.entries()) await expectLabels([subject], labels.slice(index, index + 1));
  });

  for (const text of hostileTexts) {
    test(`nobody but its owner gets the claims of ${text}`, async () => {
      await give([record(user(text), 'owner')]);
      const others = hostileTexts.filter((other) => other !== text).map(user);
      strictEqual((await fetch(others)).size, 0);
    });
  }

  test('a subject that no token can have has no record, and does no harm to the others', async () => {
    await give(['a', 'a\ufffd', 'a '].map((text) => record(user(text), text)));
    await expectLabels(['a\ud800', 'a\0', '\0', 'a'].map(user), [undefined, undefined, undefined, 'a']);
    await expectLabels([user('a\ud800')], [undefined]);
  });

  test('claims are plain data, which can be frozen', async () => {
    await give([record(user('ada'), 'Ada')]);
    for (const claims of (await fetch([user('ada')])).values()) freezeClaims(claims);
    await expectLabels([user('ada')], ['Ada']);
  });

  test('a changed and a removed record count from the next call on', async () => {
    const [ada, bob] = [user('ada'), user('bob')];
    await give([record(ada, 'before'), record(bob, 'Bob')]);
    await expectLabels([ada, bob], ['before', 'Bob']);
    await give([record(ada, 'after')]);
    await expectLabels([ada, bob], ['after', undefined]);
  });

  test('calls under way at the same time do not mix', async () => {
    const many = Array.from({ length: 30 }, (_, index) => user(`user-${index}`));
    await give(many.map((who) => record(who, who.subject)));
    const calls = many.map((_, index) => many.slice(index, index + 5));
    await Promise.all(
      calls.map((subjects) =>
        expectLabels(
          subjects,
          subjects.map(({ subject }) => subject),
        ),
      ),
    );
  });

  test('a revision, where there is one, is a whole number that no change makes smaller', async () => {
    const revisions: number[] = [];
    for (const label of ['first', 'second']) {
      await give([record(user('ada'), label)]);
      const answer = await (await harness()).source.fetchClaims([user('ada')]);
      if (!(answer instanceof Map) && 'revision' in answer && answer.revision !== undefined)
        revisions.push(answer.revision);
    }
    ok(revisions.length !== 1, 'a revision beside one answer, and none beside another');
    ok(revisions.every(Number.isSafeInteger), `revisions ${revisions.join(' and ')}`);
    ok((revisions[0] ?? 0) <= (revisions[1] ?? 0), `revision ${revisions[1]} after ${revisions[0]}`);
  });

  for (const { name, claims, names } of malformed) {
    test(`a record with ${name} is refused, or is unavailable alone; that names the field and tells no value`, async () => {
      const { source } = await harness();
      const wrong = { ...record(user('ada'), secret ?? 'Ada'), claims: { ...claimsWith(secret ?? 'Ada'), ...claims } };
      const refusal = await give([record(user('bob'), 'Bob'), wrong]).then(() => undefined, toWholeText);
      const fetched = refusal === undefined ? toMap(await source.fetchClaims([user('ada'), user('bob')])) : undefined;
      const entry = fetched?.get(toSubjectKey(user('ada')));
      if (fetched) ok(entry instanceof ClaimsUnavailableError, 'its subject has a ClaimsUnavailableError as its entry');
      const text = refusal ?? toWholeText(entry);
      ok(text.includes(names), `the message names ${names}: ${text}`);
      if (secret !== undefined) ok(!text.includes(secret), 'the message tells no value');
      if (fetched) deepStrictEqual(claimsOf(fetched, user('bob')), claimsWith('Bob'));
    });
  }

  for (const [how, openFailing] of Object.entries(failing)) {
    test(`a store that is ${how} rejects`, async () => {
      const { source, close } = await openFailing();
      try {
        await rejects(async () => source.fetchClaims([user('ada')]));
      } finally {
        await close();
      }
    });
  }
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
  'strasse',
  'e\u0301',
  '\u00e9',
  '日本-😀',
  'x'.repeat(256),
  'x'.repeat(255),
  '😀'.repeat(128),
];

function toMap<C>(answer: Awaited<ReturnType<ClaimsSource<C>['fetchClaims']>>): FetchedClaims<C> {
  return 'claims' in answer ? answer.claims : answer;
}

/** Undefined for no record; throws what they are unavailable with. */
function claimsOf<C>(claims: FetchedClaims<C>, subject: Subject): C | undefined {
  const entry = claims.get(toSubjectKey(subject));
  if (entry instanceof ClaimsUnavailableError) throw entry;
  return entry;
}

/** Everything that a log could print of an error. */
function toWholeText(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
}
