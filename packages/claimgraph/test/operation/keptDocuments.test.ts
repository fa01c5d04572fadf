import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { bytesPerToken, createKeptDocuments, tokensOf } from '../../src/operation/keptDocuments.ts';
import { createSightings } from '../../src/operation/sightings.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { userWith } from '../support/callers.ts';

const user = (subject: string): Principal => ({ ...userWith('a'), subject });
/** Some 2,500 bytes by the estimate, without what is made of it. */
const numbered = (number: number) => parse(`{ a${number} }`);
const maxBytes = 100_000;

function keepAll(count: number, caller: Principal, documents = createKeptDocuments({ maxBytes })) {
  const sent = Array.from({ length: count }, (_, number) => numbered(number));
  for (const document of sent) {
    documents.of(document, caller);
    documents.of(document, caller);
  }
  return { sent, documents };
}

describe('a document is kept', () => {
  test('with what is made of it, once it is seen for the second time', () => {
    const documents = createKeptDocuments({ maxBytes });
    const document = numbered(1);
    expect(documents.of(document, anonymous)).toBeUndefined();
    const kept = documents.of(document, anonymous);
    expect(kept).toBeDefined();
    expect(documents.of(document, user('a'))).toBe(kept);
  });

  test('by its text, once that is sent for the second time', () => {
    const documents = createKeptDocuments({ maxBytes });
    const document = numbered(1);
    expect(documents.find('key')).toBeUndefined();
    documents.keep('key', document);
    expect(documents.find('key')).toBeUndefined();
    documents.keep('key', document);
    expect(documents.find('key')).toBe(document);
    expect(documents.of(document, anonymous)?.document).toBe(document);
    expect([documents.forget('key'), documents.find('key'), documents.forget('key')]).toEqual([true, undefined, false]);
  });

  test('not when it was emptied, nor when it is larger than everything may be', () => {
    const documents = createKeptDocuments({ maxBytes: 10_000, keepAfter: 0 });
    documents.keep('emptied', { ...numbered(1), definitions: [] });
    documents.keep('large', parse(`{ ${'a '.repeat(100)} }`));
    expect([documents.find('emptied'), documents.find('large'), documents.counts()]).toEqual([
      undefined,
      undefined,
      { documents: 0, bytes: 0 },
    ]);
  });
});

describe('what is kept', () => {
  test('never takes more bytes than it may, whoever sends what', () => {
    const documents = createKeptDocuments({ maxBytes });
    for (let number = 0; number < 2_000; number += 1) {
      const document = numbered(number);
      const caller = number % 3 === 0 ? anonymous : user(`u${number % 40}`);
      documents.of(document, caller);
      documents.of(document, caller);
      documents.grow(document, (number % 7) * 1_000);
      expect(documents.counts().bytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(documents.counts().bytes).toBeGreaterThan(maxBytes / 2);
  });

  test('counts a document and its growth, and what outgrows everything is dropped', () => {
    const documents = createKeptDocuments({ maxBytes, keepAfter: 0 });
    const document = numbered(1);
    documents.of(document, user('a'));
    const bytes = tokensOf(document) * bytesPerToken.document;
    expect(documents.counts()).toEqual({ documents: 1, bytes });
    documents.grow(document, 1_000);
    expect(documents.counts()).toEqual({ documents: 1, bytes: bytes + 1_000 });
    documents.grow(document, maxBytes);
    expect(documents.counts()).toEqual({ documents: 0, bytes: 0 });
    documents.grow(document, 1_000);
    expect(documents.counts()).toEqual({ documents: 0, bytes: 0 });
  });

  test.each([
    ['an eighth', user('flood'), 1 / 8],
    ['a quarter, if all are without a token', anonymous, 1 / 4],
  ])('of one caller alone is at most %s', (_name, caller, share) => {
    const { documents } = keepAll(500, caller);
    expect(documents.counts().bytes).toBeLessThanOrEqual(maxBytes * share);
    expect(documents.counts().bytes).toBeGreaterThan((maxBytes * share) / 2);
  });

  test.each([
    ['one caller', user('flood')],
    ['callers without a token', anonymous],
  ])('of others stays, however many documents come from %s', (_name, caller) => {
    const { sent, documents } = keepAll(4, user('mine'));
    const shared = numbered(1_000);
    for (const one of [anonymous, user('a'), user('b')]) documents.of(shared, one);
    keepAll(5_000, caller, documents);
    for (const document of [...sent, shared]) expect(documents.of(document, user('mine'))).toBeDefined();
  });

  test('of one-off documents is nothing, and pushes nothing out', () => {
    const { sent, documents } = keepAll(4, anonymous);
    const before = documents.counts();
    for (let number = 0; number < 5_000; number += 1) {
      documents.keep(`key ${number}`, numbered(number));
      documents.of(numbered(number), anonymous);
    }
    // Two texts may be taken for one another.
    expect(documents.counts().documents - before.documents).toBeLessThan(10);
    for (const document of sent) expect(documents.of(document, anonymous)).toBeDefined();
  });
});

test('tokens are counted with locations, and what is parsed without them by its nodes', () => {
  const query = 'query ($a: Int) { a(b: $a) @include(if: true) ... on Q { c: d } }';
  expect(tokensOf(parse(query))).toBe(33);
  expect(tokensOf(parse(query, { noLocation: true }))).toBeGreaterThan(20);
});

describe('sightings', () => {
  test('tell how often a key was noted, and forget what was noted long ago', () => {
    const { note } = createSightings();
    expect([note('a'), note('a'), note('b'), note('a')]).toEqual([0, 1, 0, 2]);
    for (let index = 0; index < 20_000; index += 1) note(`other ${index}`);
    expect(note('b')).toBeLessThan(2);
  });

  test('take few keys for ones that were noted before', () => {
    const { note } = createSightings();
    let mistaken = 0;
    for (let index = 0; index < 100_000; index += 1) if (note(`${'0'.repeat(56)}${index}`) > 0) mistaken += 1;
    expect(mistaken).toBeLessThan(200);
  });
});
