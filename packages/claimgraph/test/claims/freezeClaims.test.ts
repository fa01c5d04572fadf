import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { freezeClaims } from '../../src/claims/freezeClaims.ts';

describe('plain data is frozen at every depth', () => {
  test.each([
    ['an object', { role: 'admin' }],
    ['nested objects and arrays', { regions: ['USA'], limits: { payment: [{ usd: 1 }] } }],
    ['what is below something frozen already', Object.freeze({ regions: Object.freeze([{ name: 'USA' }]) })],
    ['an object without a prototype', Object.assign(Object.create(null), { regions: ['USA'] })],
    ['an object of another context', runInNewContext('({ regions: ["USA"] })')],
    ['primitives and missing values', { limit: 10n, title: undefined, manager: null, active: true }],
    ['a string', 'admin'],
  ])('%s', (_name, claims) => {
    expect(freezeClaims(claims)).toBe(claims);
    expect(unfrozenPlaces(claims)).toEqual([]);
  });

  test('claims that contain themselves', () => {
    const claims: Record<string, unknown> = { regions: ['USA'] };
    claims.self = claims;
    freezeClaims(claims);
    expect([claims, claims.regions].every(Object.isFrozen)).toBe(true);
  });
});

describe('what freezing does not protect is refused, by its place and without its value', () => {
  test.each([
    ['a Date', { since: new Date() }, 'claims.since'],
    ['a Set', { regions: new Set(['USA']) }, 'claims.regions'],
    ['a Map', [new Map()], 'claims.0'],
    ['an instance of a class', new (class Account {})(), 'claims'],
    ['an accessor', Object.defineProperty({}, 'role', { enumerable: true, get: () => 'clerk' }), 'claims.role'],
    [
      'an accessor that is not enumerated',
      [{ may: Object.defineProperty({}, 'pay', { get: () => true }) }],
      'claims.0.may.pay',
    ],
    ['a function', { may: { pay: () => true } }, 'claims.may.pay'],
  ])('%s', (_name, claims, place) => {
    expect(() => freezeClaims(claims)).toThrow(TypeError);
    expect(() => freezeClaims(claims)).toThrow(new RegExp(`^${place} `));
  });
});

function unfrozenPlaces(value: unknown, place = 'claims'): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, property]) => unfrozenPlaces(property, `${place}.${name}`));
  return Object.isFrozen(value) ? below : [place, ...below];
}
