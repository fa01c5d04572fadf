import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { adminScopes, managerIds, outcomeOf, setUserSuspended, signOutEverywhere } from '../support/administration.ts';
import { type Api, type Persona, startApi, type TestResponse } from '../support/api.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

const prefixed = testIssuer.replace('cognito-idp', 'issuer-cognito-idp');
const replica = prefixed.replace('.eu-west-1.', '.eu-central-1.');
const forms = [testIssuer, prefixed, replica];

/** An API that has always known the standard form, and one that accepts the others since the pool was switched. */
let database: TestDatabase;
let api: Api;
beforeAll(async () => {
  database = await openTestDatabase({ issuer: testIssuer, issuers: [{ issuer: testIssuer, aliases: forms.slice(1) }] });
  api = await startApi({}, { database, issuerAliases: forms.slice(1) });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const tokenAs = (persona: Persona, iss: string, claims = {}) => api.tokenOf(persona, { iss, ...claims });

/** Of what asks for scopes alone, and of what asks for claims. */
async function outcomes(persona: Persona, iss: string, claims?: object) {
  const token = await tokenAs(persona, iss, claims);
  const asked = ['{ viewer { subject } }', '{ companies { totalCount } }'].map((query) => api.query(query, { token }));
  return (await Promise.all(asked)).map(outcomeOf);
}

const asAdmin = async (iss: string, mutation: string, input: object) =>
  outcomeOf(
    await api.query(mutation, { token: await tokenAs('global-admin', iss, adminScopes), variables: { input } }),
  );

describe.each(forms)('with tokens of the issuer %s', (iss) => {
  test('everybody has the rights that they have', async () => {
    const read = async (persona: Persona) => {
      const token = await tokenAs(persona, iss);
      return (await api.query('{ viewer { title } companies { totalCount } }', { token })).body;
    };
    expect(await read('usa-manager')).toEqual({
      data: { viewer: { title: 'Regional Manager' }, companies: { totalCount: 2 } },
    });
    expect(await read('reporting-job')).toMatchObject({ data: { companies: { totalCount: 4 } } });
  });

  test('who was suspended through another form stays suspended, and can be reinstated', async () => {
    const input = (suspended: boolean) => ({ managerId: managerIds['usa-manager'], suspended });
    expect(await asAdmin(iss, setUserSuspended, input(true))).toBe('allowed');
    for (const form of forms)
      expect(await outcomes('usa-manager', form)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(await asAdmin(iss, setUserSuspended, input(false))).toBe('allowed');
    for (const form of forms) expect(await outcomes('usa-manager', form)).toEqual(['allowed', 'allowed']);
  });

  test('who was signed out through another form stays signed out', async () => {
    const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;
    const input = { managerId: managerIds['asia-europe-manager'] };
    expect(await asAdmin(iss, signOutEverywhere, input)).toBe('allowed');
    for (const form of forms) {
      const old = { auth_time: ago(60), iat: ago(60), exp: ago(-600) };
      expect(await outcomes('asia-europe-manager', form, old)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    }
  });

  test('a sign-in that another program revoked under this form is revoked under each', async () => {
    const origin_jti = randomUUID();
    for (const form of forms) expect(await outcomes('auditor', form, { origin_jti })).toEqual(['allowed', 'allowed']);
    await database.db.insertInto('revoked_sign_ins').values({ issuer: iss, origin_jti }).execute();
    for (const form of forms) {
      await expect
        .poll(() => outcomes('auditor', form, { origin_jti }))
        .toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    }
  });

  test('nobody suspends themself, and the one audit log names them as ever', async () => {
    const input = { managerId: managerIds['global-admin'], suspended: true };
    expect(await asAdmin(iss, setUserSuspended, input)).toBe('BAD_USER_INPUT');
    const actors = database.db.selectFrom('audit_events').select('actor').distinct();
    expect(await actors.where('action', 'like', 'USER_%').execute()).toEqual([
      { actor: api.identityOf('global-admin').subject },
    ]);
  });
});

test('one idempotency key is one, whichever form the token has that it comes with', async () => {
  const input = { companyId: 'com_2', investorId: 'inv_90', amountUsd: 1_000, idempotencyKey: randomUUID() };
  const enter =
    'mutation ($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { id } } }';
  const answers: TestResponse['body'][] = [];
  for (const form of forms) {
    const token = await tokenAs('usa-manager', form);
    answers.push((await api.query(enter, { token, variables: { input } })).body);
  }
  expect(answers[0]?.errors).toBeUndefined();
  expect(answers).toEqual(answers.map(() => answers[0]));
});
