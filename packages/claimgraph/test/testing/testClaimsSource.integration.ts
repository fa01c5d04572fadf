import { expect, test } from 'vitest';
import type { ClaimsSource } from '../../src/claims/claimsSource.ts';
import type { ClaimsRecord } from '../../src/claims/sources/static/staticClaimsSource.ts';
import { ClaimsUnavailableError } from '../../src/errors.ts';
import { testClaimsSource } from '../../src/testing/testClaimsSource.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../../src/token/principal.ts';

interface Claims {
  readonly title: string;
}

type Records = readonly ClaimsRecord<Claims>[];

/** A source by what it answers about one subject; and what it makes of a whole answer. */
interface Behaviour {
  readonly find?: (records: Records, subject: Subject) => Claims | ClaimsUnavailableError | undefined;
  readonly answer?: (
    found: Map<SubjectKey, Claims | ClaimsUnavailableError>,
    records: Records,
    asked: number,
  ) => unknown;
  readonly failsWhenDown?: boolean;
}

const findExactly = (records: Records, subject: Subject) => {
  const found = records.find((record) => toSubjectKey(record) === toSubjectKey(subject))?.claims;
  return found?.title === '' ? new ClaimsUnavailableError('"title" must be a text that is not empty') : found;
};

/** The names of the tests that fail, of a source that behaves so. */
async function failuresOf({
  find = findExactly,
  answer = (found) => found,
  failsWhenDown = true,
}: Behaviour): Promise<readonly string[]> {
  let records: Records = [];
  const source: ClaimsSource<Claims> = {
    async fetchClaims(subjects) {
      const found = new Map(
        subjects.flatMap((subject) => {
          const claims = find(records, subject);
          return claims ? [[toSubjectKey(subject), claims] as const] : [];
        }),
      );
      return answer(found, records, subjects.length) as Map<SubjectKey, Claims>;
    },
  };
  const down: ClaimsSource<Claims> = {
    async fetchClaims() {
      if (failsWhenDown) throw new Error('nobody listens');
      return new Map();
    },
  };
  const tests: { readonly name: string; readonly run: () => Promise<void> }[] = [];
  const ends: (() => Promise<void>)[] = [];
  let closed = 0;
  testClaimsSource<Claims>({
    test: (name, run) => tests.push({ name, run }),
    afterAll: (run) => ends.push(run),
    open: async () => ({
      source,
      give: async (given) => {
        records = given;
      },
      close: async () => {
        closed += 1;
      },
    }),
    claimsWith: (title) => ({ title }),
    malformed: [{ name: 'an empty title', claims: { title: '' }, names: '"title"' }],
    failing: { down: async () => ({ source: down, close: async () => {} }) },
    secret: 'sekret',
  });
  const failed: string[] = [];
  for (const { name, run } of tests) await run().catch(() => failed.push(name));
  for (const end of ends) await end();
  expect(closed).toBe(1);
  return failed;
}

const lowerCase = ({ subject, ...rest }: Subject): Subject => ({ ...rest, subject: subject.toLowerCase() });
const findBy = (toName: (subject: Subject) => string) => (records: Records, subject: Subject) => {
  return records.find((record) => toName(record) === toName(subject))?.claims;
};

test('a source that keeps the contract passes, with a revision and without', async () => {
  expect(await failuresOf({})).toEqual([]);
  let revision = 0;
  expect(await failuresOf({ answer: (claims) => ({ claims, revision: revision++ }) })).toEqual([]);
});

test.each<[string, Behaviour, string]>([
  ['forgets the kind', { find: findBy(({ kind: _, ...rest }) => JSON.stringify(rest)) }, 'four identities'],
  ['forgets the issuer', { find: findBy(({ kind, subject }) => `${kind} ${subject}`) }, 'four identities'],
  ['forgets the tenant', { find: findBy(({ kind, issuer, subject }) => `${kind} ${issuer} ${subject}`) }, 'tenants'],
  ['does not tell upper from lower case', { find: findBy((one) => toSubjectKey(lowerCase(one))) }, 'nobody but its'],
  ['normalises', { find: findBy((one) => toSubjectKey(one).normalize()) }, 'nobody but its'],
  ['trims', { find: findBy(({ subject, ...one }) => toSubjectKey({ ...one, subject: subject.trim() })) }, 'nobody but'],
  ['cuts off', { find: findBy((one) => toSubjectKey(one).slice(0, 200)) }, 'nobody but its owner'],
  [
    'takes a lone surrogate for a replacement character',
    { find: findBy(({ subject, ...one }) => toSubjectKey({ ...one, subject: Buffer.from(subject).toString() })) },
    'no token can have',
  ],
  [
    'answers about everybody',
    { answer: (_, records) => new Map(records.map((record) => [toSubjectKey(record), record.claims])) },
    'no entry',
  ],
  ['answers about a hundred at most', { answer: (found) => new Map([...found].slice(0, 100)) }, 'many subjects'],
  ['rejects when nobody is asked for', { answer: (found, _, asked) => (asked === 0 ? null : found) }, 'no entry'],
  ['has defaults', { find: (records, subject) => findExactly(records, subject) ?? { title: '' } }, 'no entry'],
  [
    'gives objects of classes',
    { find: (records, subject) => (findExactly(records, subject) ? (new Date(0) as never) : undefined) },
    'frozen',
  ],
  ['remembers', { find: remembering() }, 'changed and a removed'],
  ['gives what it does not understand', { find: findBy(toSubjectKey) }, 'an empty title'],
  [
    'logs values',
    {
      find: (records, subject) => {
        const found = findExactly(records, subject);
        return found instanceof ClaimsUnavailableError ? new ClaimsUnavailableError('"title" of sekret') : found;
      },
    },
    'an empty title',
  ],
  ['answers when it is down', { failsWhenDown: false }, 'down'],
  ['counts backwards', { answer: countingDown() }, 'revision'],
])('a source that %s fails', async (_, behaviour, name) => {
  expect(await failuresOf(behaviour)).toContainEqual(expect.stringContaining(name));
});

function remembering() {
  const known = new Map<SubjectKey, Claims | ClaimsUnavailableError | undefined>();
  return (records: Records, subject: Subject) => {
    const key = toSubjectKey(subject);
    if (!known.has(key)) known.set(key, findExactly(records, subject));
    return known.get(key);
  };
}

function countingDown() {
  let revision = 1000;
  return (claims: unknown) => ({ claims, revision: revision-- });
}
