import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createKeptDocuments } from '../../../src/operation/keptDocuments.ts';
import { createDocumentStore } from '../../../src/server/apollo/documentStore.ts';

test('a document store gives back the very document, once its text was sent before, until it is told to forget it', async () => {
  const store = createDocumentStore(createKeptDocuments({ maxBytes: 100_000 }));
  const document = parse('{ open }');
  await store?.set('a', document);
  expect(await store?.get('a')).toBeUndefined();
  await store?.set('a', document);
  expect([await store?.get('a'), await store?.get('b')]).toEqual([document, undefined]);
  expect(await store?.get('a')).toBe(document);
  await store?.delete('a');
  expect(await store?.get('a')).toBeUndefined();
});
