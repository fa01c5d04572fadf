import { afterEach, expect, test } from 'vitest';
import { createTestServer } from '../../src/testing/testServer.ts';
import { type Subject, toSubjectKey } from '../../src/token/principal.ts';
import { createRevocationList } from '../../src/token/revocationList.ts';
import { libraryPersonas, openLibrary } from '../testing/library.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('the revocation list of a library’s user is asked over HTTP, and while it is not known nobody is let in or refused', async () => {
  let aheadMs = 0;
  const suspended: Subject[] = [];
  const subjects = () =>
    new Map(suspended.map((one) => [toSubjectKey(one), { suspended: true, validAfterMs: undefined }]));
  const list = createRevocationList({
    source: { fetchAll: async () => ({ subjects: subjects(), signIns: [] }), fetchSubjects: async () => subjects() },
    maxStalenessSeconds: 30,
    refreshSeconds: 3_600,
    onFailure: (error) => expect.unreachable(`${error}`),
    now: () => Date.now() + aheadMs,
  });
  const server = await createTestServer({
    guarded: openLibrary(),
    personas: libraryPersonas,
    tokens: { isRevoked: list.isRevoked },
  });
  closing.push(list.close, server.close);
  const ask = async () => {
    const { status, headers, body } = await server.query('{ books { title } }', { as: 'member' });
    const { code, retryable } = body.errors?.[0]?.extensions ?? {};
    return { status, retryAfter: headers.get('retry-after'), code, retryable };
  };
  const unavailable = { status: 503, retryAfter: '1', code: 'AUTHENTICATION_UNAVAILABLE', retryable: true };
  const ok = { status: 200, retryAfter: null, code: undefined, retryable: undefined };

  expect(await ask()).toEqual(unavailable);
  await list.start();
  expect(await ask()).toEqual(ok);
  aheadMs = 31_000;
  expect(await ask()).toEqual(unavailable);
  await list.start();
  expect(await ask()).toEqual(ok);

  const { sub = '', iss = '' } = JSON.parse(
    Buffer.from((await server.tokenOf('member')).split('.')[1] ?? '', 'base64url').toString(),
  );
  const member: Subject = { kind: 'user', issuer: iss, subject: sub };
  suspended.push(member);
  expect(await ask()).toEqual(ok);
  await list.changed([member]);
  expect(await ask()).toEqual({ status: 401, retryAfter: null, code: 'UNAUTHENTICATED', retryable: undefined });
});
