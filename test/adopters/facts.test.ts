import { expect, inject, test } from 'vitest';
import { readFacts, yogaFacts } from './support/facts.ts';

// What the pages of docs/adapters say beside their examples.

const { folder } = inject('scratch');

const limitsOfMercurius = {
  cost: [400, ['OPERATION_TOO_COMPLEX'], null, 0],
  tokens: [400, ['OPERATION_TOO_COMPLEX'], null, 0],
  list: [400, ['RESULT_TOO_LARGE'], null, 100],
  small: [200, [], 100, 100],
};

test('Mercurius: batches, options of your own, limits, a forgotten plugin, another schema, subscriptions', async () => {
  expect(await readFacts('mercurius', folder)).toEqual({
    batch: {
      each: [
        [null, ['FORBIDDEN']],
        ['hush', ['FORBIDDEN']],
        ['hush', []],
      ],
      loads: 2,
      // Its hooks are told of a document, and not which of its operations is meant.
      ambiguous: [['BAD_USER_INPUT'], ['BAD_USER_INPUT']],
      poor: { motto: 'hush' },
      rich: [403, ['FORBIDDEN']],
    },
    ownOptions: {
      mine: { mine: 'mine bob', takings: null },
      told: [1, 1, 1],
      lost: [['NOT_FOUND'], false],
      broken: { motto: 'hush', broken: null },
      suspended: [403, ['FORBIDDEN']],
    },
    limits: { interpreted: limitsOfMercurius, compiled: limitsOfMercurius },
    withoutPlugin: [{ motto: 'hush', takings: null }, ['INTERNAL_SERVER_ERROR']],
    otherSchema: 'ConfigurationError',
    subscription: { rings: ['data', 'ring'], takings: ['error', null] },
  });
});

test('Yoga: errors of resolvers, batches, a context of your own, subscriptions', async () => {
  expect(await readFacts('yoga', folder)).toEqual(yogaFacts);
});
