import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import {
  type Members,
  signWithHmac,
  signWithRsa,
  testIssuer,
  testKey,
  testUserClientId,
  withSignature,
} from '../support/issueAccessToken.ts';
import { type JwksServer, startJwksServer } from '../support/jwksServer.ts';
import { bearer } from './accessTokenTable.ts';
import { type IssuerShape, issuerShapes } from './issuerShapes.ts';
import { sendRequest, type TokenResponse } from './sendRequest.ts';
import { type Api, startApi } from './startApi.ts';

/** One API for all issuers and a Cognito user pool, so that nothing of one can count for another. */
const servers: JwksServer[] = [];
let api: Api;

beforeAll(async () => {
  const issuers = await Promise.all(
    issuerShapes.map(async ({ name, settings, keyWithout }) => {
      const jwk = Object.entries((await testKey(name)).jwk).filter(([member]) => !keyWithout.includes(member));
      return { ...settings, jwksUri: await serveKeys(Object.fromEntries(jwk)) };
    }),
  );
  const pool = {
    issuer: testIssuer,
    jwksUri: await serveKeys({ ...(await testKey()).jwk }),
    userClientIds: [testUserClientId],
    machineClientIds: [],
    audience: undefined,
  };
  api = await startApi([pool], { issuers });
});

afterAll(async () => {
  await api.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function serveKeys(jwk: Members): Promise<string> {
  const server = await startJwksServer({ kind: 'keys', keys: [jwk] });
  servers.push(server);
  return server.jwksUri;
}

const seconds = () => Math.floor(Date.now() / 1000);

async function signed(shape: IssuerShape, claims: Members, header: Members = {}, key = shape.name): Promise<string> {
  const { kid } = await testKey(shape.name);
  return signWithRsa({ kid, alg: 'RS256', ...shape.header, ...header }, claims, await testKey(key));
}

function answerOf({ status, body }: TokenResponse) {
  const { errors, data } = body as { errors?: { extensions: Members }[]; data?: { principal: unknown } };
  return { status, ...errors?.[0]?.extensions, ...(data?.principal ? { principal: data.principal } : {}) };
}

const ask = async (token: string) => answerOf(await sendRequest(api.url, bearer(token)));

type Hostile = readonly [string, (shape: IssuerShape) => Promise<string>, 'invalid' | 'expired'];

const changed =
  (claims: Members | ((shape: IssuerShape) => Members)) =>
  (shape: IssuerShape): Promise<string> =>
    signed(shape, { ...shape.userClaims(seconds()), ...(typeof claims === 'function' ? claims(shape) : claims) });

const clientClaimOf = ({ settings }: IssuerShape) => settings.clientClaim ?? 'client_id';
const otherShape = ({ name }: IssuerShape) => issuerShapes.find((other) => other.name !== name) ?? shapeNamed('Okta');

function shapeNamed(name: string): IssuerShape {
  const shape = issuerShapes.find((candidate) => candidate.name === name);
  if (!shape) throw new RangeError(`no shape named ${name}`);
  return shape;
}

const hostile: readonly Hostile[] = [
  ['another audience', changed({ aud: 'https://other.example' }), 'invalid'],
  ['other audiences', changed({ aud: ['https://other.example', 'account'] }), 'invalid'],
  ['no audience', changed({ aud: undefined }), 'invalid'],
  ['a client as its audience', changed(({ settings }) => ({ aud: settings.userClientIds[0] })), 'invalid'],
  ['an audience that only begins like ours', changed(({ settings }) => ({ aud: `${settings.audience}/` })), 'invalid'],
  ['no sub', changed({ sub: undefined }), 'invalid'],
  ['an empty sub', changed({ sub: '' }), 'invalid'],
  ['a sub that is no string', changed({ sub: 7 }), 'invalid'],
  ['another client', changed((shape) => ({ [clientClaimOf(shape)]: 'somebody-else' })), 'invalid'],
  ['no client', changed((shape) => ({ [clientClaimOf(shape)]: undefined })), 'invalid'],
  ['several clients', changed((shape) => ({ [clientClaimOf(shape)]: shape.settings.userClientIds })), 'invalid'],
  [
    'two claims that name two clients',
    changed((shape) => ({ [clientClaimOf(shape) === 'appid' ? 'azp' : 'appid']: 'somebody-else' })),
    'invalid',
  ],
  ['an issuer with a trailing slash too many', changed(({ settings }) => ({ iss: `${settings.issuer}/` })), 'invalid'],
  [
    'an issuer without its last character',
    changed(({ settings }) => ({ iss: settings.issuer.slice(0, -1) })),
    'invalid',
  ],
  ['no issuer', changed({ iss: undefined }), 'invalid'],
  ['the issuer of the user pool beside it', changed({ iss: testIssuer }), 'invalid'],
  ['another issuer that is accepted', changed((shape) => ({ iss: otherShape(shape).settings.issuer })), 'invalid'],
  ['its time over', changed({ iat: seconds() - 3600, nbf: undefined, exp: seconds() - 10 }), 'expired'],
  ['no exp', changed({ exp: undefined }), 'invalid'],
  ['no iat', changed({ iat: undefined }), 'invalid'],
  ['an iat in the future', changed({ iat: seconds() + 60, exp: seconds() + 600 }), 'invalid'],
  ['an nbf in the future', changed({ nbf: seconds() + 60 }), 'invalid'],
  ['ten years to live', changed({ exp: seconds() + 315_360_000 }), 'invalid'],
  ['a sign-in after its issue', changed({ auth_time: seconds() + 600 }), 'invalid'],
  ['a key that its sender has to prove', changed({ cnf: { jkt: 'x' } }), 'invalid'],
  ['the type of a refresh token', changed({ typ: 'Refresh' }), 'invalid'],
  ['another use', changed({ token_use: 'refresh' }), 'invalid'],
  [
    'scopes of another type',
    changed(({ settings }) => ({ [settings.scopeClaims?.[0] ?? 'scope']: { 'library/read': true } })),
    'invalid',
  ],
  ['the marks of an ID token', changed({ nonce: 'n' }), 'invalid'],
  ['Auth0’s mark of a machine', changed({ gty: 'client-credentials' }), 'invalid'],
  ['Entra’s mark of a machine', changed({ idtyp: 'app' }), 'invalid'],
  ['an ID token', (shape) => signed(shape, shape.idClaims(seconds())), 'invalid'],
  [
    'an ID token for the API',
    (shape) => signed(shape, { ...shape.idClaims(seconds()), aud: shape.settings.audience }),
    'invalid',
  ],
  ['an ID token as issuers type it', (shape) => signed(shape, shape.idClaims(seconds()), { typ: 'JWT' }), 'invalid'],
  [
    'a machine behind a user client',
    (shape) => {
      const [userClientId = ''] = shape.settings.userClientIds;
      const [machineClientId = ''] = shape.settings.machineClientIds;
      const claims = JSON.stringify(shape.machineClaims(seconds()))
        .replaceAll(machineClientId, userClientId)
        .replaceAll(machineClientId.toLowerCase(), userClientId.toLowerCase());
      // What else the tokens of people have.
      return signed(shape, { auth_time: seconds() - 300, uid: '00u1readerExample', ...JSON.parse(claims) });
    },
    'invalid',
  ],
  [
    'a person behind a machine client',
    changed((shape) => ({ client_id: undefined, [clientClaimOf(shape)]: shape.settings.machineClientIds[0] })),
    'invalid',
  ],
  [
    'the header of a logout token',
    (shape) => signed(shape, shape.userClaims(seconds()), { typ: 'logout+jwt' }),
    'invalid',
  ],
  [
    'the header of a key set',
    (shape) => signed(shape, shape.userClaims(seconds()), { jku: 'https://x.example' }),
    'invalid',
  ],
  [
    'an attacker’s key under the known id',
    (shape) => signed(shape, shape.userClaims(seconds()), {}, 'attacker'),
    'invalid',
  ],
  [
    'the key of another issuer under the known id',
    (shape) => signed(shape, shape.userClaims(seconds()), {}, otherShape(shape).name),
    'invalid',
  ],
  [
    'the key and key id of another issuer',
    async (shape) => {
      const other = otherShape(shape).name;
      return signed(shape, shape.userClaims(seconds()), { kid: (await testKey(other)).kid }, other);
    },
    'invalid',
  ],
  [
    'the key and key id of the user pool',
    async (shape) => signed(shape, shape.userClaims(seconds()), { kid: (await testKey()).kid }, 'current'),
    'invalid',
  ],
  ['no key id', (shape) => signed(shape, shape.userClaims(seconds()), { kid: undefined }), 'invalid'],
  [
    'no algorithm',
    async (shape) => {
      const { kid } = await testKey(shape.name);
      const header = { ...shape.header, kid, alg: 'none' };
      return withSignature(header, shape.userClaims(seconds()), () => Buffer.alloc(0));
    },
    'invalid',
  ],
  [
    'HS256 with the public key',
    async (shape) => {
      const { kid, publicKey } = await testKey(shape.name);
      const pem = publicKey.export({ format: 'pem', type: 'spki' });
      return signWithHmac({ ...shape.header, kid, alg: 'HS256' }, shape.userClaims(seconds()), pem);
    },
    'invalid',
  ],
  [
    'RS512',
    async (shape) => {
      const key = await testKey(shape.name);
      const header = { ...shape.header, kid: key.kid, alg: 'RS512' };
      return signWithRsa(header, shape.userClaims(seconds()), key, 'RSA-SHA512');
    },
    'invalid',
  ],
];

describe.each(issuerShapes.map((shape) => [shape.name, shape] as const))('%s', (_name, shape) => {
  test('signs people in', async () => {
    const { principal } = await ask(await signed(shape, shape.userClaims(seconds())));
    expect(principal).toMatchObject({ kind: 'user', scopes: expect.arrayContaining(['library/read']) });
  });

  test('lets machines in', async () => {
    const answer = await ask(await signed(shape, shape.machineClaims(seconds())));
    expect(answer).toEqual({ status: 200, principal: { kind: 'machine', scopes: ['library/read'] } });
  });

  test.each(hostile)('a token with %s is refused', async (_what, makeToken, reason) => {
    const token = await makeToken(shape);
    // The second time its signature may be known to be right.
    for (const time of ['first', 'second']) {
      expect(await ask(token), time).toEqual({ status: 401, code: 'UNAUTHENTICATED', reason });
    }
  });

  test('an ID token is told to be one', async () => {
    // Under a header that access tokens have too: others are refused for the header.
    const token = await signed(shape, shape.idClaims(seconds()));
    const { headers } = await sendRequest(api.url, bearer(token));
    expect(headers['www-authenticate']).toContain('ID token');
  });

  test('names the same person and machine every time', async () => {
    const verifier = createAccessTokenVerifier({
      issuers: [shape.settings],
      graceSeconds: 5,
      jwksRefreshSeconds: 300,
      fetchJwks: async () => ({ keys: [(await testKey(shape.name)).jwk] }),
    });
    const now = seconds();
    const user = shape.userClaims(now);
    const [userClientId] = shape.settings.userClientIds;
    const [machineClientId] = shape.settings.machineClientIds;
    expect(await verifier.verify(await signed(shape, user))).toMatchObject({
      kind: 'user',
      issuer: shape.settings.issuer,
      subject: shape.subject,
      clientId: userClientId,
      authTime: user.auth_time ?? 0,
      originTokenId: user.sid,
      issuedAt: user.iat,
      expiresAt: user.exp,
    });
    expect(await verifier.verify(await signed(shape, shape.machineClaims(now)))).toMatchObject({
      kind: 'machine',
      subject: machineClientId,
      clientId: machineClientId,
    });
    verifier.close();
  });
});

test('an ID token is told to be one by its typ alone', async () => {
  const shape = shapeNamed('Keycloak');
  const token = await signed(shape, { ...shape.idClaims(seconds()), nonce: undefined, at_hash: undefined });
  const { headers } = await sendRequest(api.url, bearer(token));
  expect(headers['www-authenticate']).toContain('ID token');
});

test.each([
  ['Auth0', { permissions: ['library/buy'] }],
  ['Keycloak', { roles: ['library/buy'], scp: 'library/buy' }],
  ['Okta', { scope: 'library/buy', permissions: ['library/buy'] }],
])('%s: claims that are not configured give no scopes', async (name, claims) => {
  const { principal } = await ask(await changed(claims)(shapeNamed(name)));
  expect((principal as { scopes: string[] }).scopes).not.toContain('library/buy');
});

test('a token without auth_time is refused unless the settings say otherwise', async () => {
  expect(await ask(await changed({ auth_time: undefined })(shapeNamed('Keycloak')))).toMatchObject({
    reason: 'invalid',
  });
  expect(await ask(await changed({ auth_time: undefined })(shapeNamed('Auth0')))).toMatchObject({ status: 200 });
});

test.each([
  ['a header typ that is not configured', 'Auth0', { typ: 'at+jwt' }],
  ['no header typ where one is configured', 'Auth0', { typ: undefined }],
  ['the header typ of any JWT where RFC 9068 holds', 'Auth0 with the RFC 9068 profile', { typ: 'JWT' }],
  ['no header typ where RFC 9068 holds', 'Auth0 with the RFC 9068 profile', { typ: undefined }],
  ['a header typ where none is configured', 'Okta', { typ: 'JWT' }],
])('%s is refused', async (_what, name, header) => {
  const shape = shapeNamed(name);
  expect(await ask(await signed(shape, shape.userClaims(seconds()), header))).toMatchObject({ status: 401 });
});

test('an array of scopes splits nothing', async () => {
  expect(await ask(await changed({ scp: ['library/read library/buy'] })(shapeNamed('Okta')))).toMatchObject({
    reason: 'invalid',
  });
});
