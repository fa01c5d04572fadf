import { expect, test } from 'vitest';
import { type Item, toPlainItem } from '../../../src/claims/dynamodb/plainItem.ts';

test('every type of DynamoDB becomes plain data', () => {
  const bytes = new Uint8Array([1, 2]);
  const item: Item = {
    s: { S: '' },
    n: { N: '-12.5' },
    bool: { BOOL: false },
    null: { NULL: true },
    l: { L: [{ S: 'a' }, { L: [] }, { NULL: true }] },
    m: { M: { constructor: { S: 'a' }, empty: { M: {} } } },
    ss: { SS: ['a', 'b'] },
    ns: { NS: ['1', '2'] },
    b: { B: bytes },
    bs: { BS: [bytes] },
  };
  expect(toPlainItem(item)).toEqual({
    s: '',
    n: -12.5,
    bool: false,
    null: null,
    l: ['a', [], null],
    m: { constructor: 'a', empty: {} },
    ss: ['a', 'b'],
    ns: [1, 2],
    b: bytes,
    bs: [bytes],
  });
});

test('an attribute named __proto__ is an attribute', () => {
  const item = toPlainItem(JSON.parse('{ "__proto__": { "S": "a" } }'));
  expect(Object.entries(item)).toEqual([['__proto__', 'a']]);
  expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
});

test.each(['0', '-0', '5', '1e3', '1000', '1000.0', '0.001', '1E-3', '9007199254740991', '1.5e300', '-120', '0.10'])(
  'the number %s is one',
  (text) => {
    expect(toPlainItem({ n: { N: text } })).toEqual({ n: Number(text) });
  },
);

test.each(['9007199254740993', '0.1000000000000000000000001', '1e400', '1e-400', 'NaN', ''])(
  'the number %s stays text, because JavaScript has none that is the same',
  (text) => {
    expect(toPlainItem({ n: { N: text } })).toEqual({ n: text });
  },
);

test('a type that DynamoDB may get later is refused', () => {
  const read = () => toPlainItem({ field: { L: [{ $unknown: ['X', 'sekret'] }] } });
  expect(read).toThrow(/^field\[0\]: /);
  expect(read).not.toThrow('sekret');
});
