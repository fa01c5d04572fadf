import { afterAll, beforeAll, expect, test } from 'vitest';
import { clerk, manager, userWith } from './callers.ts';
import { executeGuarded } from './guardedExecution.ts';
import { type HostileApi, startHostileApi } from './hostileApi.ts';
import { createHostileSchema } from './hostileSchema.ts';

let api: HostileApi;

beforeAll(async () => {
  api = await startHostileApi();
});

afterAll(async () => {
  await api.close();
});

const everything = /* GraphQL */ `{
  open entity(id: "l-1") { id ... on Letter { body } } entities { __typename id } labelled { label } priced { price }
  found(filter: { order: PRICE, and: [{ text: {} }] }) { ... on Keeper { salary crates { id } } }
  crate(id: "c-1") { id label price region notes sealCode keeper { id } inside { id } }
  crates { id } own { id } grid { id } chain { link secret next { link } crate { id } } self { open } secret
  echo(anything: { a: [1] }, filter: { text: {} }, odd: { toString: true, constructor: "c" })
  constructor { toString valueOf constructor { toString } } toString hasOwnProperty
}`;

test('the manager reads everything of the hostile schema over HTTP', async () => {
  const { status, body } = await api.query(everything, { as: 'manager' });
  expect([status, body.errors]).toEqual([200, undefined]);
  expect(body.data).toMatchObject({
    crate: { price: '100.00 EUR', notes: 'notes of c-1', sealCode: 'seal of c-1' },
    grid: [[{ id: 'c-1' }, { id: 'c' }], [], [{ id: 'c-1' }]],
    echo: '{"anything":{"a":[1]},"filter":{"order":"LABEL","text":{"contains":""}},"odd":{"constructor":"c","toString":true}}',
    constructor: { toString: 'a constructor', valueOf: 'a value', constructor: { toString: 'another constructor' } },
    toString: 'a string',
  });
  expect(api.takeFetches()).toEqual(['manager']);
  expect(api.takeCalled()).toContain('Query.secret');
});

test('and in process', async () => {
  const { guarded, takeCalled } = createHostileSchema();
  const scopes = userWith('depot/read', 'depot/write');
  const whole = await executeGuarded(guarded, { query: everything, principal: scopes, claims: manager });
  expect(whole).toMatchObject({ failures: [], loads: 1, data: { secret: 'secret of the depot' } });
  takeCalled();
  const partial = await executeGuarded(guarded, { query: '{ open secret }', principal: scopes, claims: clerk });
  expect(partial).toMatchObject({ data: { open: 'open', secret: null } });
  expect(takeCalled()).toEqual(['Query.open']);
});

test('the clerk, the newcomer, the outsider and the unknown are refused each for their reason', async () => {
  const query = '{ secret }';
  const codeOf = async (as?: 'clerk' | 'newcomer' | 'outsider') => {
    const { status, body } = await api.query(query, as ? { as } : {});
    return `${status} ${body.errors?.[0]?.extensions.code}`;
  };
  expect(await codeOf('clerk')).toBe('403 FORBIDDEN');
  expect(await codeOf('newcomer')).toBe('403 FORBIDDEN');
  expect(await codeOf('outsider')).toBe('403 INSUFFICIENT_SCOPE');
  expect(await codeOf()).toBe('401 UNAUTHENTICATED');
  api.setClaimsStore('down');
  expect(await codeOf('clerk')).toBe('503 CLAIMS_UNAVAILABLE');
  api.setClaimsStore('up');
});
