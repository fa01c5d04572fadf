import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import {
  adminScopes,
  managerIds,
  nowSeconds,
  outcomeOf,
  setUserClaims,
  setUserSuspended,
  signOutEverywhere,
  startLastingApi,
  untilOutcome,
} from '../support/administration.ts';
import { type Api, type Persona, startApi, type TestResponse } from '../support/api.ts';

/** Two processes on one database. */
let api: Api;
let other: Api;
beforeAll(async () => {
  api = await startLastingApi();
  other = await startLastingApi(api.database);
});
afterAll(async () => {
  await other.close();
  await api.close();
});

const asAdmin = (mutation: string, input: object) => api.query(mutation, { as: 'global-admin', variables: { input } });

/** Needs the token and nothing of the business record. */
const ask = (from: Api, token: string) => from.query('{ viewer { subject } }', { token });

const refusal = (hint: string) => ({
  status: 401,
  body: {
    errors: [
      {
        message: expect.stringContaining(hint),
        extensions: { code: 'UNAUTHENTICATED', reason: 'invalid' },
      },
    ],
  },
});

function challengeOf({ headers }: TestResponse): string | null {
  return headers.get('www-authenticate');
}

function readValidAfter({ data }: TestResponse['body']): string {
  const { signOutEverywhere: payload } = data as { signOutEverywhere: { validAfter: string } };
  return payload.validAfter;
}

describe('who is suspended', () => {
  const input = (suspended: boolean) => ({ managerId: managerIds['usa-manager'], suspended });

  test('is named in the log when they ask, and a token that is not genuine names nobody', async () => {
    const token = await api.tokenOf('usa-manager');
    await asAdmin(setUserSuspended, input(true));
    api.takeLog();
    await ask(api, token);
    await ask(api, `${token.slice(0, -8)}AAAAAAAA`);
    const { subject, clientId } = api.identityOf('usa-manager');
    const refused = { level: 30, code: 'UNAUTHENTICATED', msg: 'request refused' };
    const lines = api.takeLog();
    expect(lines).toMatchObject([
      {
        ...{ ...refused, reason: 'the token was revoked: the account is suspended' },
        ...{ principal: 'user', issuer: testIssuer, subject, clientId },
      },
      { ...refused, reason: 'the token was refused by aws-jwt-verify: JwtInvalidSignatureError' },
    ]);
    expect(lines[1]).not.toHaveProperty('subject');
    await asAdmin(setUserSuspended, input(false));
  });

  test('is refused with the next request, also what needs no record, and let in again', async () => {
    const token = await api.tokenOf('usa-manager');
    expect(outcomeOf(await ask(api, token))).toBe('allowed');
    expect((await asAdmin(setUserSuspended, input(true))).body.data).toEqual({
      setUserSuspended: { user: { managerId: '10345', suspended: true } },
    });
    const answer = await ask(api, token);
    expect(answer).toMatchObject(refusal('suspended'));
    expect(challengeOf(answer)).toBe(
      'Bearer realm="claimgraph", error="invalid_token", error_description="the account is suspended"',
    );
    expect(outcomeOf(await api.query('{ health }', { token }))).toBe('UNAUTHENTICATED');
    expect((await api.query('{ health }')).body).toEqual({ data: { health: 'ok' } });
    const newSignIn = await api.tokenOf('usa-manager', { auth_time: nowSeconds(), iat: nowSeconds() });
    expect(outcomeOf(await ask(api, newSignIn))).toBe('UNAUTHENTICATED');

    expect((await asAdmin(setUserSuspended, input(true))).body.data).toEqual({
      setUserSuspended: { user: { managerId: '10345', suspended: true } },
    });
    await asAdmin(setUserSuspended, input(false));
    expect(outcomeOf(await ask(api, token))).toBe('allowed');
  });

  test('is refused by another process as well, without waiting until what it remembers is old', async () => {
    const token = await api.tokenOf('usa-manager');
    expect(outcomeOf(await ask(other, token))).toBe('allowed');
    await asAdmin(setUserSuspended, input(true));
    await untilOutcome('UNAUTHENTICATED', () => ask(other, token));
    await asAdmin(setUserSuspended, input(false));
    await untilOutcome('allowed', () => ask(other, token));
  });

  test('cannot be the one who does it: nobody would be left to reinstate the last admin', async () => {
    const { status, body } = await asAdmin(setUserSuspended, {
      managerId: managerIds['global-admin'],
      suspended: true,
    });
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: 'input.managerId', expected: 'somebody else than yourself' } },
    ]);
    expect(
      outcomeOf(await asAdmin(setUserSuspended, { managerId: managerIds['global-admin'], suspended: false })),
    ).toBe('allowed');
  });

  test('can have been by another program', async () => {
    const token = await api.tokenOf('investor-90');
    expect(outcomeOf(await ask(api, token))).toBe('allowed');
    const suspend = (suspended: boolean) =>
      api.database.db.updateTable('access_records').set({ suspended }).where('investor_id', '=', 'inv_90').execute();
    await suspend(true);
    await untilOutcome('UNAUTHENTICATED', () => ask(api, token));
    await suspend(false);
    await untilOutcome('allowed', () => ask(api, token));
  });
});

describe('who is signed out everywhere', () => {
  const managerId = managerIds['asia-europe-manager'];

  test('has no old token accepted, whenever it was refreshed, and is let in when they sign in again', async () => {
    const before = nowSeconds();
    const tokens = {
      old: await api.tokenOf('asia-europe-manager'),
      'of this second': await api.tokenOf('asia-europe-manager', { auth_time: before, iat: before }),
      refreshed: await api.tokenOf('asia-europe-manager', { auth_time: before - 3_000, iat: before + 2 }),
    };
    for (const token of Object.values(tokens)) expect(outcomeOf(await ask(api, token))).toBe('allowed');
    const { body } = await asAdmin(signOutEverywhere, { managerId });
    const again = nowSeconds();
    const newSignIn = await api.tokenOf('asia-europe-manager', { auth_time: again, iat: again });
    expect(outcomeOf(await ask(api, newSignIn))).toBe('allowed');
    for (const token of Object.values(tokens)) {
      const answer = await ask(api, token);
      expect(answer).toMatchObject(refusal('sign in'));
      expect(challengeOf(answer)).toBe(
        'Bearer realm="claimgraph", error="invalid_token", error_description="sign in again"',
      );
    }
    const validAfter = new Date(readValidAfter(body)).getTime() / 1000;
    expect(body.data).toMatchObject({ signOutEverywhere: { managerId } });
    expect(Number.isInteger(validAfter)).toBe(true);
    expect([again >= validAfter, validAfter > before]).toEqual([true, true]);
    await untilOutcome('UNAUTHENTICATED', () => ask(other, tokens.old));
    expect(outcomeOf(await ask(other, newSignIn))).toBe('allowed');
    expect((await asAdmin(setUserClaims, { managerId, role: 'MANAGER' })).body.data).toMatchObject({
      setUserClaims: { user: { validAfter: new Date(validAfter * 1000).toISOString() } },
    });
  });

  test('stays so for as long as another program has said', async () => {
    const { db } = api.database;
    const far = new Date('2099-01-01T00:00:00Z');
    await db.updateTable('access_records').set({ valid_after: far }).where('manager_id', '=', managerId).execute();
    expect((await asAdmin(signOutEverywhere, { managerId })).body.data).toEqual({
      signOutEverywhere: { managerId, validAfter: '2099-01-01T00:00:00.000Z' },
    });
    const again = nowSeconds();
    expect(outcomeOf(await ask(api, await api.tokenOf('asia-europe-manager', { auth_time: again, iat: again })))).toBe(
      'UNAUTHENTICATED',
    );
    await db.updateTable('access_records').set({ valid_after: null }).where('manager_id', '=', managerId).execute();
    await untilOutcome('allowed', async () => ask(api, await api.tokenOf('asia-europe-manager')));
  });

  test('may be the caller: what they asked is answered, and nothing after it', async () => {
    const token = await api.tokenOf('usa-manager', adminScopes);
    await asAdmin(setUserClaims, { managerId: managerIds['usa-manager'], role: 'ADMIN' });
    const input = { managerId: managerIds['usa-manager'] };
    const answer = await api.query(signOutEverywhere, { token, variables: { input } });
    expect(answer.body.data).toMatchObject({ signOutEverywhere: input });
    expect(await ask(api, token)).toMatchObject(refusal('sign in'));
    await asAdmin(setUserClaims, { managerId: managerIds['usa-manager'], role: 'MANAGER' });
  });

  test('may be a machine, by the age of its tokens', async () => {
    const age = async (seconds: number) => api.tokenOf('reporting-job', { iat: nowSeconds() - seconds });
    const [old, young] = [await age(100), await age(10)];
    const revoke = (moment: Date | null) =>
      api.database.db
        .updateTable('access_records')
        .set({ valid_after: moment })
        .where('kind', '=', 'machine')
        .execute();
    await revoke(new Date(Date.now() - 50_000));
    await untilOutcome('UNAUTHENTICATED', () => ask(api, old));
    expect(outcomeOf(await ask(api, young))).toBe('allowed');
    await revoke(null);
    await untilOutcome('allowed', () => ask(api, old));
  });

  test('is refused from a moment within a second on, however short after its beginning', async () => {
    const second = nowSeconds() - 10;
    const token = await api.tokenOf('investor-90', { auth_time: second, iat: second });
    const revoke = (microseconds: number) =>
      sql`update access_records set valid_after = to_timestamp(${second}) + ${microseconds} * interval '1 microsecond'
        where investor_id = 'inv_90'`.execute(api.database.db);
    await revoke(1);
    await untilOutcome('UNAUTHENTICATED', () => ask(api, token));
    await revoke(0);
    await untilOutcome('allowed', () => ask(api, token));
  });
});

describe('a single sign-in that another program revokes', () => {
  const signIn = (origin_jti: string) => ({ origin_jti });
  const tokenOf = (persona: Persona, origin: string) => api.tokenOf(persona, signIn(origin));

  test('is refused by every process, with whatever was refreshed from it, and no other', async () => {
    const { db } = api.database;
    const stolen = await tokenOf('auditor', 'stolen');
    const fresh = { auth_time: nowSeconds() + 3, iat: nowSeconds() + 3 };
    const refreshed = await api.tokenOf('auditor', { ...signIn('stolen'), ...fresh });
    const kept = await api.tokenOf('auditor', { ...signIn('kept'), ...fresh });
    await db.insertInto('revoked_sign_ins').values({ issuer: testIssuer, origin_jti: 'stolen' }).execute();
    for (const one of [api, other]) {
      await untilOutcome('UNAUTHENTICATED', () => ask(one, refreshed));
      expect(await ask(one, stolen)).toMatchObject(refusal('sign in'));
      expect(outcomeOf(await ask(one, kept))).toBe('allowed');
    }
    await db.deleteFrom('revoked_sign_ins').execute();
    for (const one of [api, other]) await untilOutcome('allowed', () => ask(one, refreshed));
  });

  test('is one of one user pool', async () => {
    const { db } = api.database;
    const values = [
      { issuer: 'https://elsewhere.example', origin_jti: 'same' },
      { issuer: testIssuer, origin_jti: 'marker' },
    ];
    await db.insertInto('revoked_sign_ins').values(values).execute();
    const newSignIn = { auth_time: nowSeconds() + 3, iat: nowSeconds() + 3 };
    const marked = await api.tokenOf('usa-manager', { ...signIn('marker'), ...newSignIn });
    await untilOutcome('UNAUTHENTICATED', () => ask(api, marked));
    const same = await api.tokenOf('usa-manager', { ...signIn('same'), ...newSignIn });
    expect(outcomeOf(await ask(api, same))).toBe('allowed');
  });
});

describe('while the revocation list cannot be read', () => {
  let failing: Api;
  beforeAll(async () => {
    failing = await startApi({
      claims: { ttlSeconds: 1, negativeTtlSeconds: 1, staleIfErrorSeconds: 0, maxEntries: 10, timeoutMs: 5_000 },
    });
  });
  afterAll(() => failing.close());
  const rename = (from: string, to: string) => failing.database.db.schema.alterTable(from).renameTo(to).execute();

  test('a token is not accepted any more, and not refused either; what is public goes on', async () => {
    const token = await failing.tokenOf('auditor');
    expect(outcomeOf(await ask(failing, token))).toBe('allowed');
    await rename('revoked_sign_ins', 'elsewhere');
    const answer = await untilOutcome('AUTHENTICATION_UNAVAILABLE', () => ask(failing, token));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(challengeOf(answer)).toBe(null);
    expect((await failing.query('{ health }')).body).toEqual({ data: { health: 'ok' } });
    const ready = await fetch(`${failing.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'unavailable', checks: { userPoolKeys: 'ok', revocationList: 'unavailable', database: 'ok' } },
    ]);
    const logged = failing.takeLog().filter(({ msg }) => msg === 'the revocation list could not be read');
    expect(logged.length).toBeGreaterThan(0);
    await rename('elsewhere', 'revoked_sign_ins');
    await untilOutcome('allowed', () => ask(failing, token));
  });
});
