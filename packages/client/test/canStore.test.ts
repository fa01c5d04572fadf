import { describe, expect, test, vi } from 'vitest';
import type { CanAnswer } from '../src/can/canAnswer.ts';
import type { SendCan } from '../src/can/canOperation.ts';
import { createCanStore } from '../src/can/canStore.ts';
import { createIssuer, signedIn, tokenOf } from './recorder.ts';

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const known = { allowed: true, code: null, requiredScopes: null, perRow: false, perArguments: false, masked: false };

/** An API that answers every question alike, in the order of the fields, and records what was sent. */
function createApi(answer: (field: string) => unknown = () => known) {
  const sent: Sent[] = [];
  const send: SendCan = async (query, variables) => {
    sent.push({ query, variables });
    const groups = Object.entries(variables).filter(([name]) => name.startsWith('fields'));
    const viewer = groups.map(([name, fields]) => [
      name.replace('fields', 'q'),
      Array.isArray(fields) ? fields.map((field) => answer(String(field))) : null,
    ]);
    return { data: { viewer: Object.fromEntries(viewer) } };
  };
  return { sent, send };
}

/** Shows a question as a component does; the answers that it has shown. */
function show(store: ReturnType<typeof createCanStore>, question: Parameters<typeof store.entry>[0]) {
  const { subscribe, getAnswer } = store.entry(question);
  const shown: CanAnswer[] = [getAnswer()];
  const hide = subscribe(() => shown.push(store.entry(question).getAnswer()));
  return { shown, hide };
}

test('what is asked in one turn goes in one operation, and each question once', async () => {
  const { sent, send } = createApi((field) => ({ ...known, allowed: field !== 'Company.boardNotes' }));
  const store = createCanStore(send, undefined);
  const notes = show(store, { field: 'Company.boardNotes', id: 'com_1' });
  const again = show(store, { field: 'Company.boardNotes', id: 'com_1' });
  const rating = show(store, { field: 'Company.internalRating', id: 'com_1' });
  const pay = show(store, { field: 'Mutation.createTransaction', arguments: { input: { amountUsd: 1 } } });
  expect(notes.shown).toEqual([{ state: 'pending', allowed: false }]);
  await vi.waitUntil(() => pay.shown.length === 2);
  expect(sent).toEqual([
    {
      query:
        'query Can($fields0: [String!]!, $id0: ID, $fields1: [String!]!, $arguments1: JSON) { viewer { ' +
        'q0: can(fields: $fields0, id: $id0) { field allowed code requiredScopes perRow perArguments masked } ' +
        'q1: can(fields: $fields1, arguments: $arguments1) { field allowed code requiredScopes perRow perArguments masked } } }',
      variables: {
        fields0: ['Company.boardNotes', 'Company.internalRating'],
        id0: 'com_1',
        fields1: ['Mutation.createTransaction'],
        arguments1: { input: { amountUsd: 1 } },
      },
    },
  ]);
  expect([notes, again, rating].map(({ shown }) => shown[1])).toMatchObject([
    { state: 'known', allowed: false },
    { state: 'known', allowed: false },
    { state: 'known', allowed: true },
  ]);
});

test('questions over the limits of the API go in several', async () => {
  const { sent, send } = createApi();
  const store = createCanStore(send, undefined);
  const shown = Array.from({ length: 1_050 }, (_, index) => show(store, { field: `Type.field${index}` }));
  await vi.waitUntil(() => shown.every((one) => one.shown.length === 2));
  const sizes = sent.map(({ variables }) =>
    Object.values(variables).map((fields) => Array.isArray(fields) && fields.length),
  );
  expect(sizes).toEqual([Array.from({ length: 10 }, () => 100), [50]]);
});

describe('an answer that is none', () => {
  test.each<readonly [string, unknown, string]>([
    ['nobody is signed in', { data: { viewer: null }, errors: [refused('UNAUTHENTICATED')] }, 'signIn'],
    ['claims cannot be read', { data: { viewer: null }, errors: [refused('CLAIMS_UNAVAILABLE', true)] }, 'tryAgain'],
    ['the field is unknown', { errors: [refused('BAD_USER_INPUT')] }, 'failed'],
    ['nothing came', {}, 'failed'],
    ['something else came', { data: { viewer: { q0: [{ allowed: 'yes' }] } } }, 'failed'],
    ['it was thrown', new TypeError('Failed to fetch'), 'tryAgain'],
  ])('is told so: %s', async (_name, result, why) => {
    const store = createCanStore(async () => {
      if (result instanceof Error) throw result;
      return result;
    }, undefined);
    const { shown } = show(store, { field: 'Company.boardNotes' });
    await vi.waitUntil(() => shown.length === 2);
    expect(shown[1]).toEqual({ state: 'unavailable', allowed: false, why });
  });
});

test('an answer is kept while nobody shows it', async () => {
  const { sent, send } = createApi();
  const store = createCanStore(send, undefined);
  const { shown, hide } = show(store, { field: 'Company.boardNotes' });
  await vi.waitUntil(() => shown.length === 2);
  hide();
  expect(show(store, { field: 'Company.boardNotes' }).shown).toMatchObject([{ state: 'known' }]);
  expect(sent).toHaveLength(1);
});

test('when somebody else signs in, every answer is forgotten, and what is shown is asked for them', async () => {
  const manager = await signedIn(createIssuer());
  const { sent, send } = createApi();
  const store = createCanStore(send, manager);
  const hidden = show(store, { field: 'Company.id' });
  const { shown } = show(store, { field: 'Company.boardNotes' });
  await vi.waitUntil(() => shown.length === 2);
  hidden.hide();
  await manager.setToken(tokenOf('bob'));
  expect(shown.map(({ state }) => state)).toEqual(['pending', 'known', 'pending']);
  await vi.waitUntil(() => shown.length === 4);
  expect(sent.map(({ variables }) => variables)).toEqual([
    { fields0: ['Company.id', 'Company.boardNotes'] },
    { fields0: ['Company.boardNotes'] },
  ]);
});

test('an answer for the person before is not shown to the next', async () => {
  const manager = await signedIn(createIssuer());
  const held: ((result: unknown) => void)[] = [];
  const store = createCanStore(() => new Promise((resolve) => held.push(resolve)), manager);
  const { shown } = show(store, { field: 'Company.boardNotes' });
  await vi.waitUntil(() => held.length === 1);
  await manager.setToken(tokenOf('bob'));
  await vi.waitUntil(() => held.length === 2);
  held[0]?.({ data: { viewer: { q0: [known] } } });
  held[1]?.({ data: { viewer: { q0: [{ ...known, allowed: false }] } } });
  await vi.waitUntil(() => shown.length === 3);
  expect(shown.map(({ allowed }) => allowed)).toEqual([false, false, false]);
});

test('answers that nobody shows are bounded', async () => {
  const { sent, send } = createApi();
  const store = createCanStore(send, undefined);
  for (let index = 0; index < 3_000; index += 1) show(store, { field: `Type.field${index}` }).hide();
  const last = show(store, { field: 'Type.field2999' });
  await vi.waitUntil(() => last.shown.length === 2);
  const asked = sent.flatMap(({ variables }) => Object.values(variables)).flat();
  expect(asked.length).toBeLessThanOrEqual(3_000);
  expect(show(store, { field: 'Type.field0' }).shown).toMatchObject([{ state: 'pending' }]);
});

function refused(code: string, retryable = false) {
  return { message: code, path: ['viewer'], extensions: { code, retryable } };
}
