import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUserClientId } from '../../dev/demoUsers.ts';
import { outcomeOf } from '../support/administration.ts';
import { type Api, type Persona, startApi } from '../support/api.ts';

/** What sign-in through the SDK, and so Amplify, yields. */
const sdkScope = 'aws.cognito.signin.user.admin';
const impliedScopes = { [demoUserClientId]: ['investments/read', 'investments/pii'] };

let api: Api;
let strict: Api;
beforeAll(async () => {
  api = await startApi({ explain: 'for-callers-who-ask' }, { impliedScopes });
  strict = await startApi();
});
afterAll(async () => {
  await strict.close();
  await api.close();
});

const tokenOf = (persona: Persona, scope: string | undefined) => api.tokenOf(persona, { scope });
const asked = async (at: Api, query: string, persona: Persona, scope: string | undefined = sdkScope) =>
  at.query(query, { token: await tokenOf(persona, scope) });

describe('a client that implies scopes', () => {
  test('has them beside those of the token, and the viewer is told which they are', async () => {
    const viewer = '{ viewer { scopes impliedScopes } }';
    expect((await asked(api, viewer, 'usa-manager')).body).toEqual({
      data: {
        viewer: {
          scopes: [sdkScope, ...(impliedScopes[demoUserClientId] ?? [])],
          impliedScopes: impliedScopes[demoUserClientId],
        },
      },
    });
    const granted = 'investments/read investments/pay';
    expect((await asked(api, viewer, 'usa-manager', granted)).body).toEqual({
      data: {
        viewer: {
          scopes: ['investments/read', 'investments/pay', 'investments/pii'],
          impliedScopes: ['investments/pii'],
        },
      },
    });
  });

  test('lets its people do what the rules allow with them, and no more', async () => {
    const email = '{ investor(id: "inv_90") { email } }';
    expect(outcomeOf(await asked(api, '{ companies { totalCount } }', 'usa-manager'))).toBe('allowed');
    expect(outcomeOf(await asked(api, email, 'auditor'))).toBe('allowed');
    // The role decides as ever.
    expect(outcomeOf(await asked(api, email, 'usa-manager'))).toBe('FORBIDDEN');
    const pay = 'mutation { signOutEverywhere(input: { managerId: "10345" }) { managerId } }';
    expect(outcomeOf(await asked(api, pay, 'global-admin'))).toBe('INSUFFICIENT_SCOPE');
  });

  test('is named in the explanation', async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf('usa-manager', sdkScope)}`,
        'x-claimgraph-explain': '1',
      },
      body: JSON.stringify({ query: '{ companies { totalCount } }' }),
    });
    expect(await response.json()).toMatchObject({
      extensions: { decisions: { caller: { impliedScopes: impliedScopes[demoUserClientId] } } },
    });
  });
});

describe('scopes are not implied', () => {
  test.each([
    ['for a client that is not named', () => asked(api, '{ viewer { scopes } }', 'reporting-job')],
    ['where no client is named', () => asked(strict, '{ viewer { scopes } }', 'usa-manager')],
    ['without a token', () => api.query('{ viewer { scopes } }')],
  ])('%s', async (_, ask) => {
    expect(['INSUFFICIENT_SCOPE', 'UNAUTHENTICATED']).toContain(outcomeOf(await ask()));
  });

  test('of which none is needed, and none is told', async () => {
    const { body } = await asked(strict, '{ viewer { scopes impliedScopes } }', 'usa-manager', 'investments/read');
    expect(body).toEqual({ data: { viewer: { scopes: ['investments/read'], impliedScopes: [] } } });
  });
});
