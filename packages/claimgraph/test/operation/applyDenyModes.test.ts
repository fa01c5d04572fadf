import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ForbiddenError } from '../../src/errors.ts';
import type { DenyOutcome } from '../../src/logic/denyMode.ts';
import { applyDenyModes } from '../../src/operation/applyDenyModes.ts';
import { propertySettings } from '../support/propertySettings.ts';

type Path = readonly (string | number)[];

interface Failure {
  readonly code: string;
  readonly path?: Path;
}

interface Response {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly Failure[];
  readonly extensions?: object;
}

/** What a path of `a.0.b` stands for. */
const pathOf = (text: string): Path => text.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
const forbidden = (...paths: readonly string[]) => paths.map((text) => ({ code: 'FORBIDDEN', path: pathOf(text) }));
const drop = (...paths: readonly string[]) => paths.map((text) => outcome('dropItem', text));
const fail = (...paths: readonly string[]) => paths.map((text) => outcome('failOperation', text));

function outcome(mode: DenyOutcome['mode'], text: string): DenyOutcome {
  return { mode, path: pathOf(text), error: new ForbiddenError('is a manager') };
}

function apply(response: Response, outcomes: readonly DenyOutcome[]): Response {
  return applyDenyModes<Failure>(response, outcomes, ({ path, error }) => ({ code: `made: ${error.code}`, path }));
}

test('without outcomes it is the same response', () => {
  const response = { data: { a: [{ x: null }] }, errors: forbidden('a.0.x') };
  expect(apply(response, [])).toBe(response);
  expect(response).toEqual({ data: { a: [{ x: null }] }, errors: forbidden('a.0.x') });
});

describe('dropItem', () => {
  const table: readonly (readonly [string, Response, readonly DenyOutcome[], Response])[] = [
    [
      'leaves the item out, and its error',
      { data: { a: [{ x: 1 }, { x: null }, { x: 3 }] }, errors: forbidden('a.1.x') },
      drop('a.1.x'),
      { data: { a: [{ x: 1 }, { x: 3 }] } },
    ],
    [
      'leaves an empty list where all go',
      { data: { a: [{ x: null }, { x: null }] }, errors: forbidden('a.0.x', 'a.1.x') },
      drop('a.0.x', 'a.1.x'),
      { data: { a: [] } },
    ],
    [
      'leaves several out, in whatever order they were denied',
      { data: { a: [{ x: 0 }, { x: null }, { x: 2 }, { x: null }, { x: null }, { x: 5 }] } },
      drop('a.3.x', 'a.1.x', 'a.4.x'),
      { data: { a: [{ x: 0 }, { x: 2 }, { x: 5 }] } },
    ],
    [
      'of more than ten items goes by number, not by text',
      { data: { a: Array.from({ length: 12 }, (_, n) => n) }, errors: forbidden('a.2.x', 'a.10.x') },
      drop('a.10.x', 'a.2.x'),
      { data: { a: [0, 1, 3, 4, 5, 6, 7, 8, 9, 11] } },
    ],
    [
      'leaves an item out once when several of its fields are denied',
      {
        data: {
          a: [
            { x: null, y: null },
            { x: 1, y: 1 },
          ],
        },
        errors: forbidden('a.0.x', 'a.0.y'),
      },
      drop('a.0.x', 'a.0.y'),
      { data: { a: [{ x: 1, y: 1 }] } },
    ],
    [
      'leaves an item out once when one field is denied twice',
      { data: { a: [{ x: null }, { x: 1 }] }, errors: forbidden('a.0.x') },
      drop('a.0.x', 'a.0.x'),
      { data: { a: [{ x: 1 }] } },
    ],
    [
      'is about the innermost list around the field',
      { data: { a: [{ b: [{ x: 1 }, { x: null }] }, { b: [{ x: 3 }] }] }, errors: forbidden('a.0.b.1.x') },
      drop('a.0.b.1.x'),
      { data: { a: [{ b: [{ x: 1 }] }, { b: [{ x: 3 }] }] } },
    ],
    [
      'is about the list around the object, however deep the field is in the item',
      { data: { a: [{ b: { c: { x: null } } }, { b: { c: { x: 2 } } }] }, errors: forbidden('a.0.b.c.x') },
      drop('a.0.b.c.x'),
      { data: { a: [{ b: { c: { x: 2 } } }] } },
    ],
    [
      'is about the list around a denied list, not about its items',
      { data: { a: [{ b: null }, { b: [1, 2] }] }, errors: forbidden('a.0.b') },
      drop('a.0.b'),
      { data: { a: [{ b: [1, 2] }] } },
    ],
    [
      'leaves an item out of the inner list of a list of lists',
      { data: { grid: [[{ x: 1 }, { x: null }], [{ x: 3 }]] }, errors: forbidden('grid.0.1.x') },
      drop('grid.0.1.x'),
      { data: { grid: [[{ x: 1 }], [{ x: 3 }]] } },
    ],
    [
      'takes items out of an inner and the outer list at once',
      {
        data: {
          a: [
            { x: null, b: [{ y: null }] },
            { x: 1, b: [{ y: null }, { y: 2 }] },
          ],
        },
        errors: forbidden('a.0.x', 'a.0.b.0.y', 'a.1.b.0.y'),
      },
      drop('a.0.x', 'a.0.b.0.y', 'a.1.b.0.y'),
      { data: { a: [{ x: 1, b: [{ y: 2 }] }] } },
    ],
    [
      'takes all errors of the item with it, also those of lists in it',
      {
        data: { a: [{ x: null, y: null, b: [{ z: null }] }, { x: 1 }] },
        errors: [...forbidden('a.0.x', 'a.0.b.0.z', 'a.0'), { code: 'CLAIMS_UNAVAILABLE', path: pathOf('a.0.y') }],
      },
      drop('a.0.x'),
      { data: { a: [{ x: 1 }] } },
    ],
    [
      'moves the paths of later items up, their own and those deeper down',
      {
        data: { a: [{ x: null }, { x: null }, null, { y: null, b: [{ z: null }] }] },
        errors: forbidden('a.0.x', 'a.1.x', 'a.2', 'a.3.y', 'a.3.b.0.z'),
      },
      drop('a.0.x', 'a.1.x'),
      { data: { a: [null, { y: null, b: [{ z: null }] }] }, errors: forbidden('a.0', 'a.1.y', 'a.1.b.0.z') },
    ],
    [
      'moves a path up at every level where items went',
      {
        data: { a: [{ x: null }, { b: [{ y: null }, { y: null }, { z: null }] }] },
        errors: forbidden('a.0.x', 'a.1.b.0.y', 'a.1.b.1.y', 'a.1.b.2.z'),
      },
      drop('a.1.b.1.y', 'a.0.x', 'a.1.b.0.y'),
      { data: { a: [{ b: [{ z: null }] }] }, errors: forbidden('a.0.b.0.z') },
    ],
    [
      'leaves errors elsewhere as they are',
      {
        data: { a: [{ y: null }, { x: null }], ab: [null, null], b: null },
        errors: [...forbidden('a.0.y', 'a.1.x', 'a', 'ab.1', 'b', 'c.2.x'), { code: 'WITHOUT_PATH' }],
      },
      drop('a.1.x'),
      {
        data: { a: [{ y: null }], ab: [null, null], b: null },
        errors: [...forbidden('a.0.y', 'a', 'ab.1', 'b', 'c.2.x'), { code: 'WITHOUT_PATH' }],
      },
    ],
    [
      'without a list around is null and an error',
      { data: { a: { x: null }, y: null }, errors: forbidden('a.x', 'y') },
      drop('a.x', 'y'),
      { data: { a: { x: null }, y: null }, errors: forbidden('a.x', 'y') },
    ],
    [
      'finds nothing to drop where a null has taken the list',
      { data: { a: null }, errors: forbidden('a.0.x', 'a.1.y') },
      drop('a.0.x'),
      { data: { a: null }, errors: forbidden('a.0.x', 'a.1.y') },
    ],
    [
      'finds nothing to drop where a null has taken what is around the list',
      { data: { a: [null, { b: [{ x: null }] }] }, errors: forbidden('a.0.b.0.x', 'a.1.b.0.x') },
      drop('a.0.b.0.x', 'a.1.b.0.x'),
      { data: { a: [null, { b: [] }] }, errors: forbidden('a.0.b.0.x') },
    ],
    [
      'finds nothing to drop in a response without data',
      { data: null, errors: forbidden('a.0.x') },
      drop('a.0.x'),
      { data: null, errors: forbidden('a.0.x') },
    ],
    [
      'drops the null that an item has become',
      { data: { a: [null, { x: 1 }] }, errors: forbidden('a.0.x', 'a.0.y') },
      drop('a.0.x'),
      { data: { a: [{ x: 1 }] } },
    ],
    [
      'leaves the rest of the response',
      { data: { a: [1, 2] }, extensions: { cost: 2 }, errors: forbidden('a.0') },
      drop('a.0'),
      { data: { a: [2] }, extensions: { cost: 2 } },
    ],
    [
      'knows lists under names that every object has',
      {
        data: { constructor: [{ toString: null }, { toString: 2 }], hasOwnProperty: [{ valueOf: null }] },
        errors: forbidden('constructor.0.toString', 'hasOwnProperty.0.valueOf'),
      },
      drop('constructor.0.toString', 'hasOwnProperty.0.valueOf', 'valueOf.0.x'),
      { data: { constructor: [{ toString: 2 }], hasOwnProperty: [] } },
    ],
  ];

  test.each(table)('%s', (_name, response, outcomes, expected) => {
    const changed = apply(response, outcomes);
    expect(changed).toEqual(expected);
    // Neither `data` nor `errors` may be there with undefined in it.
    expect(Object.keys(changed).toSorted()).toEqual(Object.keys(expected).toSorted());
  });
});

describe('failOperation', () => {
  const data = () => ({ a: [{ x: null }, { x: 2 }], b: 1 });
  const table: readonly (readonly [string, Response, readonly DenyOutcome[], Response])[] = [
    [
      'gives no data, and only the error that was fatal',
      { data: data(), errors: [{ code: 'WITHOUT_PATH' }, ...forbidden('b', 'a.0.x', 'a.0', 'a.1.x')] },
      fail('a.0.x'),
      { errors: forbidden('a.0.x') },
    ],
    [
      'tells every fatal error, in the order of the response',
      { data: data(), errors: forbidden('a.1.x', 'b', 'a.0.x') },
      fail('a.0.x', 'a.1.x'),
      { errors: forbidden('a.1.x', 'a.0.x') },
    ],
    [
      'wins over items that are dropped, whose paths stand',
      { data: data(), errors: forbidden('a.0.x', 'a.1.x') },
      [...drop('a.0.x'), ...fail('a.1.x')],
      { errors: forbidden('a.1.x') },
    ],
    [
      'takes everything else of the response away',
      { data: data(), extensions: { cost: 2 }, errors: forbidden('b') },
      fail('b'),
      { errors: forbidden('b') },
    ],
    [
      'tells an error of its own when another took its object first and it is not among the errors',
      { data: null, errors: forbidden('b') },
      fail('a.0.x'),
      { errors: [{ code: 'made: FORBIDDEN', path: ['a', 0, 'x'] }] },
    ],
    [
      'tells errors of its own behind those that are there',
      { data: null, errors: forbidden('b', 'a.0.x') },
      fail('a.1.x', 'a.0.x', 'a.1.x'),
      { errors: [...forbidden('a.0.x'), { code: 'made: FORBIDDEN', path: ['a', 1, 'x'] }] },
    ],
    [
      'has an error even where there is none at all',
      { data: data() },
      fail('b'),
      { errors: [{ code: 'made: FORBIDDEN', path: ['b'] }] },
    ],
  ];

  test.each(table)('%s', (_name, response, outcomes, expected) => {
    const changed = apply(response, outcomes);
    expect(changed).toEqual(expected);
    // Neither `data` nor `errors` may be there with undefined in it.
    expect(Object.keys(changed).toSorted()).toEqual(Object.keys(expected).toSorted());
  });
});

/** A response of lists in lists, each item with an id that says where it stood. */
const response = fc
  .array(fc.array(fc.array(fc.boolean(), { maxLength: 3 }), { maxLength: 3 }), { maxLength: 4 })
  .map((lists) => ({
    a: lists.map((list, i) => ({
      id: `a.${i}`,
      b: list.map((inner, j) => ({ id: `a.${i}.b.${j}`, c: inner.map((_, k) => ({ id: `a.${i}.b.${j}.c.${k}` })) })),
    })),
  }));

/** Paths of ids, of items that are there and of some that are not. */
const ids = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 })
  .map((indexes) => indexes.map((index, depth) => `${'abc'[depth]}.${index}`).join('.'));

test('whatever is dropped, what stays stands in its order, and every error speaks of the item it spoke of', () => {
  fc.assert(
    fc.property(response, fc.array(ids, { maxLength: 8 }), fc.array(ids, { maxLength: 8 }), (data, denied, others) => {
      const dropped = new Set(denied);
      const present = new Set(idsIn(data.a));
      const isGone = (id: string) => [...dropped].some((gone) => id === gone || id.startsWith(`${gone}.`));
      const expected = prune(structuredClone(data.a), dropped);

      const { data: left, errors = [] } = apply(
        { data: structuredClone(data), errors: others.filter((id) => present.has(id)).map(errorAt) },
        denied.map((id) => outcome('dropItem', `${id}.id`)),
      );

      expect(left).toEqual({ a: expected });
      expect(errors.map(({ code }) => code)).toEqual(others.filter((id) => present.has(id) && !isGone(id)));
      // The code of each error is the id of the item that it was about.
      for (const { code, path = [] } of errors) expect(valueAt(left, path)).toBe(code);
    }),
    propertySettings(1_000),
  );
});

test('thousands of items are dropped in one pass over each list', () => {
  let reads = 0;
  const count = 2_000;
  const list = Array.from({ length: count }, (_, id) => ({ id }));
  const counted = new Proxy(list, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  const paths = list.flatMap(({ id }) => (id % 2 ? [`a.${id}.x`] : []));
  expect(apply({ data: { a: counted }, errors: forbidden(...paths) }, drop(...paths))).not.toHaveProperty('errors');
  expect(list.map(({ id }) => id)).toEqual(Array.from({ length: count / 2 }, (_, place) => place * 2));
  expect(reads).toBeLessThan(5 * count);
});

interface Item {
  readonly id: string;
  readonly b?: readonly Item[];
  readonly c?: readonly Item[];
}

function prune(items: readonly Item[], dropped: ReadonlySet<string>): readonly Item[] {
  return items
    .filter(({ id }) => !dropped.has(id))
    .map(({ id, b, c }) => ({ id, ...(b && { b: prune(b, dropped) }), ...(c && { c: prune(c, dropped) }) }));
}

function idsIn(items: readonly Item[]): readonly string[] {
  return items.flatMap(({ id, b = [], c = [] }) => [id, ...idsIn(b), ...idsIn(c)]);
}

function errorAt(id: string): Failure {
  return { code: id, path: [...pathOf(id), 'id'] };
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), data);
}
