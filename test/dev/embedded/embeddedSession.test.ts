import { expect, test } from 'vitest';
import type { EmbeddedClient } from '../../../dev/embedded/embeddedClient.ts';
import { createEmbeddedSession } from '../../../dev/embedded/embeddedSession.ts';
import { nextTurn } from '../../../packages/claimgraph/test/support/until.ts';

/** A client whose worker answers when the test says so. */
function createSlowClient() {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const client: EmbeddedClient = {
    ready: Promise.resolve(),
    send: (sql) => {
      sent.push(sql);
      return new Promise((resolve) => answers.push(() => resolve({ rows: [], writtenRows: undefined })));
    },
    listen: () => () => {},
    close: async () => {},
  };
  return { client, sent, answerNext: () => answers.shift()?.() };
}

const isSettled = async (promise: Promise<unknown>) => {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  await nextTurn();
  return settled;
};

test('a session is busy until a statement that timed out has really ended', async () => {
  const { client, answerNext } = createSlowClient();
  const session = createEmbeddedSession(client, 1);
  await expect(session.run('select slowly', [])).rejects.toMatchObject({ code: '57014' });
  const idle = session.idle();
  expect(await isSettled(idle)).toBe(false);
  answerNext();
  await idle;
});

test('after a time-out the rollback is sent behind the statement, and the session is busy until both have ended', async () => {
  const { client, sent, answerNext } = createSlowClient();
  const session = createEmbeddedSession(client, 1);
  await expect(session.run('select slowly', [])).rejects.toMatchObject({ code: '57014' });
  await expect(session.run('select more', [])).rejects.toMatchObject({ code: '25P02' });
  await session.rollback();
  expect(sent).toEqual(['select slowly', 'rollback']);
  const idle = session.idle();
  answerNext();
  expect(await isSettled(idle)).toBe(false);
  answerNext();
  await idle;
});

test('a transaction with a time-out is rolled back instead of committed', async () => {
  const { client, sent } = createSlowClient();
  const session = createEmbeddedSession(client, 1);
  await expect(session.run('select slowly', [])).rejects.toMatchObject({ code: '57014' });
  await expect(session.commit()).rejects.toMatchObject({ code: '25P02' });
  expect(sent).toEqual(['select slowly', 'rollback']);
});

test.each([
  ['a NUL', ['a\0b']],
  ['a lone surrogate', ['é\udc00', 'the next parameter']],
  ['a lone surrogate in a list', [['fine', '\ud800']]],
])('text with %s is never sent', async (_, parameters) => {
  const { client, sent } = createSlowClient();
  const session = createEmbeddedSession(client, 1000);
  await expect(session.run('select $1', parameters)).rejects.toMatchObject({ code: '22021' });
  expect(sent).toEqual([]);
});

test('a pair of surrogates is one character like any other', async () => {
  const { client, sent, answerNext } = createSlowClient();
  const running = createEmbeddedSession(client, 60_000).run('select $1', ['😀']);
  answerNext();
  await running;
  expect(sent).toEqual(['select $1']);
});
