import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTokenTable, type TokenAnswer, testAudience, testTenantClaim } from './accessTokenTable.ts';
import { countSignatureChecks } from './countSignatureChecks.ts';
import { sendRequest, type TokenResponse } from './sendRequest.ts';
import { type Api, startApi } from './startApi.ts';
import { createTokenWorld, type TokenWorld } from './tokenWorld.ts';

const signatures = countSignatureChecks();
afterAll(signatures.stop);
/** Accepted tokens whose signature was checked the second time as well. */
const checkedAgain: string[] = [];

describe.each([
  { api: 'without audience' as const, audience: undefined },
  { api: 'with audience' as const, audience: testAudience },
  { api: 'with a tenant claim' as const, audience: undefined, tenant: { claim: testTenantClaim } },
])('an API $api answers', ({ api: kind, audience, tenant }) => {
  let world: TokenWorld;
  let api: Api;

  beforeAll(async () => {
    world = await createTokenWorld(audience, tenant);
    api = await startApi(world.pools);
  });

  afterAll(async () => {
    await api.close();
    await world.close();
  });

  const rows = accessTokenTable.filter((row) => (row.api ?? 'without audience') === kind);

  test.each(rows.map((row) => [`${row.expected.status}: ${row.name}`, row] as const))('%s', async (_, row) => {
    const { makeRequest, expected } = row;
    const request = await makeRequest(world);
    const secrets = request.headers.flatMap(([, value]) => value.split(/[ .,]/).filter((part) => part.length > 12));

    // The second time the signature of an accepted token is known to be right; nothing else may change by that.
    for (const time of ['first', 'second']) {
      const fetchesBefore = world.fetchCount();
      const checksBefore = signatures.count();

      const response = await sendRequest(api.url, request);

      expect(toAnswer(response, expected), time).toEqual(expected);
      if (expected.outboundFetches !== undefined) {
        expect(world.fetchCount() - fetchesBefore, time).toBe(expected.outboundFetches);
      }
      if (expected.principal) {
        expect(api.readPrincipal(response), time).toEqual(expected.principal);
        if (time === 'second' && signatures.count() > checksBefore) checkedAgain.push(row.name);
      }
      expect(world.foreign.fetchCount(), time).toBe(0);
      for (const secret of secrets) {
        expect(response.text + response.headers['www-authenticate'], time).not.toContain(secret);
      }
    }
  });
});

test('the second time no signature was checked but of a token past its exp', () => {
  expect(checkedAgain).toEqual(['3 s expired with 5 s of grace']);
});

test('no two rows of the table have one name', () => {
  const names = accessTokenTable.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

/** What came, in the form of what was expected; fetches and principal are not in the response. */
function toAnswer({ status, headers, body }: TokenResponse, { outboundFetches, principal }: TokenAnswer) {
  const { code, reason } =
    (body as { errors?: { extensions: TokenAnswer }[] } | undefined)?.errors?.[0]?.extensions ?? {};
  const challenge = headers['www-authenticate'];
  const description = challenge?.match(
    /^Bearer realm="claimgraph", error="invalid_token", error_description="(.*)"$/,
  )?.[1];
  return { status, code, reason, description: description ?? challenge, outboundFetches, principal };
}
