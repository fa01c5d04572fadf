import type { UnauthenticatedReason } from '../../src/errors.ts';
import {
  issueAccessToken,
  issueIdToken,
  issueMachineToken,
  type Members,
  readClaims,
  signWithHmac,
  signWithRsa,
  testIssuer,
  testKey,
  testMachineClientId,
  testSubject,
  testUserClientId,
  withSignature,
} from '../support/issueAccessToken.ts';
import type { TokenRequest } from './sendRequest.ts';
import { secondClientId, secondIssuer, type TokenWorld } from './tokenWorld.ts';

/** One request and the whole of what must come of it. `api` says what the API under test asks of a token besides. */
export interface TokenRow {
  readonly name: string;
  readonly api?: 'without audience' | 'with audience' | 'with a tenant claim';
  readonly makeRequest: (world: TokenWorld) => Promise<TokenRequest>;
  readonly expected: TokenAnswer;
}

export interface TokenAnswer {
  readonly status: 200 | 400 | 401 | 431;
  readonly code?: 'UNAUTHENTICATED' | 'BAD_USER_INPUT' | 'BAD_REQUEST';
  readonly reason?: UnauthenticatedReason;
  /** `error_description` of the WWW-Authenticate header. */
  readonly description?: string;
  /** How many requests the API itself sends because of this one. */
  readonly outboundFetches?: number;
  /** Who the request is taken to come from; checked where the API under test shows it. */
  readonly principal?: { readonly kind: 'anonymous' | 'user' | 'machine'; readonly scopes: readonly string[] };
}

/** What the API under test is told to expect in `aud`, where it is told. */
export const testAudience = 'https://api.example.com/graphql';

/** The claim that names the tenant, where the API under test has several. */
export const testTenantClaim = 'custom:tenant';

const invalid: TokenAnswer = {
  status: 401,
  code: 'UNAUTHENTICATED',
  reason: 'invalid',
  description: 'the access token was not accepted',
  outboundFetches: 0,
};
const wrongScheme: TokenAnswer = {
  ...invalid,
  description: 'send one access token in the Authorization header with the Bearer scheme',
};
const expired: TokenAnswer = { ...invalid, reason: 'expired', description: 'the access token expired; refresh it' };
const noTenant: TokenAnswer = {
  ...invalid,
  description: `the access token must name its tenant in the claim ${testTenantClaim}`,
};
const idToken: TokenAnswer = { ...invalid, description: 'this is an ID token; send the access token' };
/** For key ids that the pool may be asked about: how often is the matter of the JWKS scenarios. */
const { outboundFetches: _, ...unknownKey } = invalid;
/** For signatures that a known key did not make: the pool may be asked whether it has another under the id. */
const wrongSignature = unknownKey;
const anonymous: TokenAnswer = { status: 200, outboundFetches: 0, principal: { kind: 'anonymous', scopes: [] } };
const user: TokenAnswer = {
  status: 200,
  outboundFetches: 0,
  principal: { kind: 'user', scopes: ['investments/read'] },
};
const machine: TokenAnswer = { ...user, principal: { kind: 'machine', scopes: ['investments/read'] } };

const seconds = () => Math.floor(Date.now() / 1000);

/** Rows whose token differs from a good one in its claims only, and is rightly signed. */
function claimRow(name: string, claims: Members | (() => Members), expected: TokenAnswer): TokenRow {
  const makeToken = () => issueAccessToken(typeof claims === 'function' ? claims() : claims);
  return tokenRow(name, makeToken, expected);
}

/** Rows whose token differs from a good one in its header only; the signature is right for it. */
function headerRow(name: string, header: (world: TokenWorld) => Members, expected: TokenAnswer): TokenRow {
  return tokenRow(name, (world) => issueAccessToken({}, { header: header(world) }), expected);
}

function tokenRow(
  name: string,
  makeToken: (world: TokenWorld) => Promise<string>,
  expected: TokenAnswer,
  api: TokenRow['api'] = 'without audience',
): TokenRow {
  const makeRequest = async (world: TokenWorld) => bearer(await makeToken(world));
  return { name, api, makeRequest, expected };
}

function requestRow(name: string, makeRequest: (token: string) => TokenRequest, expected: TokenAnswer): TokenRow {
  return { name, makeRequest: async () => makeRequest(await issueAccessToken()), expected };
}

function authorization(...values: readonly string[]): TokenRequest {
  return { headers: values.map((value) => ['Authorization', value]) };
}

export function bearer(token: string): TokenRequest {
  return authorization(`Bearer ${token}`);
}

/** The claims of a good token under another header, signed by `sign`. */
async function resigned(header: Members, sign: (header: Members, claims: Members) => string): Promise<string> {
  const { kid } = await testKey();
  return sign({ kid, ...header }, readClaims(await issueAccessToken()));
}

async function withSegments(change: (segments: readonly string[]) => readonly string[]): Promise<string> {
  return change((await issueAccessToken()).split('.')).join('.');
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const noSignature = () => Buffer.alloc(0);
const junkSignature = () => Buffer.from('junk');

const accepted: readonly TokenRow[] = [
  requestRow('the access token of a user', bearer, user),
  tokenRow('the access token of a machine client', () => issueMachineToken(), machine),
  requestRow('no token', () => ({ headers: [] }), anonymous),
  requestRow(
    'a token in a cookie is ignored',
    (token) => ({ headers: [['Cookie', `Authorization=Bearer ${token}`]] }),
    anonymous,
  ),
  requestRow(
    'junk in a cookie named like a token is ignored',
    () => ({ headers: [['Cookie', 'access_token=junk']] }),
    anonymous,
  ),
  requestRow(
    'a token in the query string is ignored',
    (token) => ({ headers: [], query: `?access_token=${token}` }),
    anonymous,
  ),
  requestRow('junk in the query string is ignored', () => ({ headers: [], query: '?access_token=junk' }), anonymous),
  requestRow('the scheme in lower case', (token) => authorization(`bearer ${token}`), user),
  requestRow('the scheme in upper case', (token) => authorization(`BEARER ${token}`), user),
  claimRow('3 s expired with 5 s of grace', () => ({ exp: seconds() - 3 }), user),
  claimRow('issued 3 s ahead with 5 s of grace', () => ({ iat: seconds() + 3, nbf: seconds() + 3 }), user),
  claimRow('groups of strings', { 'cognito:groups': ['admins'] }, user),
  headerRow('header typ JWT', () => ({ typ: 'JWT' }), user),
  headerRow('header typ at+jwt', () => ({ typ: 'at+jwt' }), user),
  tokenRow(
    'a token of the second pool',
    async () => issueAccessToken({ iss: secondIssuer, client_id: secondClientId }, { key: await testKey('second') }),
    user,
  ),
  tokenRow(
    'a __proto__ claim is harmless',
    async () => signedText((json) => json.replace('{', '{"__proto__":{"scope":"investments/admin","kind":"machine"},')),
    user,
  ),
  claimRow(
    'investments/readonly is not investments/read',
    { scope: 'investments/readonly' },
    withScopes('investments/readonly'),
  ),
  claimRow('a tab splits no scopes', { scope: 'a\tb' }, withScopes('a\tb')),
  claimRow('a line feed splits no scopes', { scope: 'a\nb' }, withScopes('a\nb')),
  claimRow('a double space splits nothing new', { scope: ' a  b ' }, withScopes('a', 'b')),
  claimRow('no scope', { scope: undefined }, withScopes()),
  claimRow('60 groups of 90 characters', { 'cognito:groups': groupsOf(60, 90) }, user),
  // As many as a user can be in, with names as long as they can be.
  claimRow('100 groups of 128 characters', { 'cognito:groups': groupsOf(100, 128) }, user),
  tokenRow('the audience that is configured', () => issueAccessToken({ aud: testAudience }), user, 'with audience'),
  tokenRow('the audience among others', () => issueAccessToken({ aud: ['x', testAudience] }), user, 'with audience'),
];

function groupsOf(count: number, length: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => `${number}`.padEnd(length, 'g'));
}

function withScopes(...scopes: readonly string[]): TokenAnswer {
  return { ...user, principal: { kind: 'user', scopes } };
}

/** A good token whose JSON text `change` has been at, rightly signed. */
async function signedText(change: (json: string) => string): Promise<string> {
  const key = await testKey();
  const json = JSON.stringify(readClaims(await issueAccessToken()));
  return signWithRsa({ kid: key.kid, alg: 'RS256' }, change(json), key);
}

const headers: readonly TokenRow[] = [
  requestRow('the Basic scheme', () => authorization('Basic Z2xvYmFsLWFkbWluOmRlbW8='), wrongScheme),
  requestRow('a good token under the Basic scheme', (token) => authorization(`Basic ${token}`), wrongScheme),
  requestRow('no scheme', (token) => authorization(token), wrongScheme),
  requestRow('the scheme alone', () => authorization('Bearer'), wrongScheme),
  requestRow('an empty Bearer', () => authorization('Bearer '), wrongScheme),
  requestRow('an empty header', () => authorization(''), wrongScheme),
  requestRow('two tokens in one header, by a space', (token) => authorization(`Bearer ${token} ${token}`), wrongScheme),
  requestRow(
    'two tokens in one header, by a comma',
    (token) => authorization(`Bearer ${token}, Bearer ${token}`),
    wrongScheme,
  ),
  requestRow(
    'two tokens in one header, by a bare comma',
    (token) => authorization(`Bearer ${token},${token}`),
    wrongScheme,
  ),
  requestRow('the scheme glued to the token', (token) => authorization(`Bearer${token}`), wrongScheme),
  requestRow('a quoted token', (token) => authorization(`Bearer "${token}"`), wrongScheme),
  requestRow('two Authorization headers', (token) => authorization(`Bearer ${token}`, `Bearer ${token}`), {
    status: 400,
    code: 'BAD_USER_INPUT',
    outboundFetches: 0,
  }),
  requestRow(
    'a second Authorization header of another scheme',
    (token) => authorization(`Bearer ${token}`, 'Basic eDp5'),
    { status: 400, code: 'BAD_USER_INPUT', outboundFetches: 0 },
  ),
  requestRow('a 25 KB header', () => bearer('a'.repeat(25_000)), wrongScheme),
  requestRow('a 40 KB header', () => bearer('a'.repeat(40_000)), {
    status: 431,
    code: 'BAD_REQUEST',
    outboundFetches: 0,
  }),
];

const fromFuture: TokenAnswer = {
  ...invalid,
  description: 'its time of issue lies ahead; the clocks of this server and of who issued it differ',
};

const shapes: readonly TokenRow[] = [
  tokenRow('not a JWT', async () => 'not-a-jwt', invalid),
  tokenRow('2 segments', () => withSegments((segments) => segments.slice(0, 2)), invalid),
  tokenRow('4 segments', () => withSegments((segments) => [...segments, 'AAAA']), invalid),
  tokenRow(
    'a JWE',
    async () => [encode({ alg: 'RSA-OAEP', enc: 'A256GCM' }), 'AA', 'AA', 'AA', 'AA'].join('.'),
    invalid,
  ),
  tokenRow(
    'a refresh token, as Cognito makes them',
    async () => [encode({ cty: 'JWT', enc: 'A256GCM', alg: 'RSA-OAEP' }), 'AAAA', 'AAAA', 'AAAA', 'AAAA'].join('.'),
    invalid,
  ),
  claimRow('a refresh token that is a signed JWT', { token_use: 'refresh' }, invalid),
  tokenRow(
    'a padded segment',
    () => withSegments(([header, payload, signature]) => [`${header}`, `${payload}`, `${signature}==`]),
    invalid,
  ),
  tokenRow(
    'a header that is not JSON',
    () => withSegments(([, payload, signature]) => ['AAAA', `${payload}`, `${signature}`]),
    invalid,
  ),
  tokenRow('a payload that is not an object', () => signedText(() => '[]'), invalid),
  tokenRow('a payload that is null', () => signedText(() => 'null'), invalid),
  tokenRow(
    'deep JSON',
    () => signedText((json) => json.replace('{', `{"deep":${'['.repeat(2_000)}${']'.repeat(2_000)},`)),
    invalid,
  ),
  tokenRow('JSON that never ends', () => signedText(() => '{"a":'.repeat(1_000)), invalid),
  claimRow('a 26 KB token', { padding: 'a'.repeat(19_000) }, wrongScheme),
];

const signatures: readonly TokenRow[] = [
  tokenRow(
    'alg none with an empty signature',
    () => resigned({ alg: 'none' }, (header, claims) => withSignature(header, claims, noSignature)),
    invalid,
  ),
  tokenRow(
    'alg none with a junk signature',
    () => resigned({ alg: 'none' }, (header, claims) => withSignature(header, claims, junkSignature)),
    invalid,
  ),
  tokenRow(
    'alg nOnE with an empty signature',
    () => resigned({ alg: 'nOnE' }, (header, claims) => withSignature(header, claims, noSignature)),
    invalid,
  ),
  tokenRow(
    'alg nOnE with a junk signature',
    () => resigned({ alg: 'nOnE' }, (header, claims) => withSignature(header, claims, junkSignature)),
    invalid,
  ),
  tokenRow(
    'alg RS256 with an empty signature',
    () => resigned({ alg: 'RS256' }, (header, claims) => withSignature(header, claims, noSignature)),
    invalid,
  ),
  headerRow('alg in lower case', () => ({ alg: 'rs256' }), invalid),
  headerRow('alg missing', () => ({ alg: undefined }), invalid),
  headerRow('alg an array', () => ({ alg: ['RS256'] }), invalid),
  tokenRow(
    'HS256 with the public key as PEM',
    async () => {
      const pem = (await testKey()).publicKey.export({ type: 'spki', format: 'pem' });
      return resigned({ alg: 'HS256' }, (header, claims) => signWithHmac(header, claims, pem));
    },
    invalid,
  ),
  tokenRow(
    'HS256 with the modulus of the public key',
    async () => {
      const { jwk } = await testKey();
      return resigned({ alg: 'HS256' }, (header, claims) => signWithHmac(header, claims, `${jwk.n}`));
    },
    invalid,
  ),
  tokenRow(
    'RS512, rightly signed',
    async () => {
      const key = await testKey();
      return resigned({ alg: 'RS512' }, (header, claims) => signWithRsa(header, claims, key, 'RSA-SHA512'));
    },
    invalid,
  ),
  tokenRow(
    'a SHA-512 signature under alg RS256',
    async () => {
      const key = await testKey();
      return resigned({ alg: 'RS256' }, (header, claims) => signWithRsa(header, claims, key, 'RSA-SHA512'));
    },
    wrongSignature,
  ),
  tokenRow(
    'the attacker key under a known kid',
    async () => {
      const { kid } = await testKey();
      return issueAccessToken({}, { key: await testKey('attacker'), header: { kid } });
    },
    wrongSignature,
  ),
  tokenRow(
    'the payload swapped',
    async () => {
      const other = (await issueAccessToken({ sub: 'somebody-else' })).split('.');
      return withSegments(([header, , signature]) => [`${header}`, `${other[1]}`, `${signature}`]);
    },
    wrongSignature,
  ),
  tokenRow(
    'the signature truncated',
    () => withSegments(([header, payload, signature]) => [`${header}`, `${payload}`, `${signature?.slice(0, -4)}`]),
    wrongSignature,
  ),
  tokenRow(
    'the last character of the signature spelt otherwise',
    () => withSegments(([header, payload, signature]) => [`${header}`, `${payload}`, respell(`${signature}`)]),
    invalid,
  ),
];

/** A 256-byte signature leaves four unused bits in its last base64url character: another spelling of the same bytes. */
function respell(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.slice(-1)) + 1];
}

const namedKeys: readonly TokenRow[] = [
  tokenRow(
    'an embedded jwk, signed with it',
    async () => {
      const attacker = await testKey('attacker');
      return issueAccessToken({}, { key: attacker, header: { jwk: attacker.jwk } });
    },
    invalid,
  ),
  tokenRow(
    'an embedded jwk under a known kid',
    async () => {
      const attacker = await testKey('attacker');
      return issueAccessToken({}, { key: attacker, header: { jwk: attacker.jwk, kid: (await testKey()).kid } });
    },
    invalid,
  ),
  ...['jku', 'x5u'].flatMap((parameter) => [
    tokenRow(
      `${parameter} naming the attacker's host`,
      async ({ foreign }) => {
        return issueAccessToken({}, { key: await testKey('attacker'), header: { [parameter]: foreign.jwksUri } });
      },
      invalid,
    ),
    headerRow(`${parameter} in an otherwise good token`, ({ foreign }) => ({ [parameter]: foreign.jwksUri }), invalid),
  ]),
  tokenRow(
    "an issuer on the attacker's host",
    async ({ foreign }) => {
      return issueAccessToken({ iss: new URL(foreign.jwksUri).origin }, { key: await testKey('attacker') });
    },
    invalid,
  ),
  headerRow('x5c in an otherwise good token', () => ({ x5c: ['AAAA'] }), invalid),
  headerRow('a crit header', () => ({ crit: ['exp'] }), invalid),
  headerRow('an empty crit header', () => ({ crit: [] }), invalid),
  headerRow('a crit header of null', () => ({ crit: null }), invalid),
  headerRow('typ dpop+jwt', () => ({ typ: 'dpop+jwt' }), invalid),
  headerRow('typ a number', () => ({ typ: 1 }), invalid),
  headerRow('a kid that is a path', () => ({ kid: '../../../../etc/passwd' }), invalid),
  headerRow('a kid that is a path of base64 characters', () => ({ kid: '/dev/null' }), unknownKey),
  headerRow('a kid that is SQL', () => ({ kid: "' OR 1=1 --" }), invalid),
  headerRow('a kid that is a number', () => ({ kid: 7 }), invalid),
  headerRow('a kid that is missing', () => ({ kid: undefined }), invalid),
  headerRow('a kid that is empty', () => ({ kid: '' }), invalid),
  headerRow('a kid with a NUL', () => ({ kid: 'key\0' }), invalid),
  headerRow('a kid of 4 KB', () => ({ kid: 'k'.repeat(4_096) }), invalid),
  headerRow('a kid named __proto__', () => ({ kid: '__proto__' }), unknownKey),
  headerRow('a kid named constructor', () => ({ kid: 'constructor' }), unknownKey),
];

const issuers: readonly TokenRow[] = [
  tokenRow(
    'another pool, signed with its key',
    async () => {
      const iss = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Elsewhere';
      return issueAccessToken({ iss }, { key: await testKey('attacker') });
    },
    invalid,
  ),
  claimRow('an issuer with a trailing slash', { iss: `${testIssuer}/` }, invalid),
  claimRow('a look-alike issuer', { iss: `${testIssuer}.example.com` }, invalid),
  claimRow('an issuer in upper case', { iss: testIssuer.toUpperCase() }, invalid),
  claimRow('an issuer missing', { iss: undefined }, invalid),
  claimRow('an issuer that is an array', { iss: [testIssuer] }, invalid),
  claimRow('an issuer named __proto__', { iss: '__proto__' }, invalid),
  claimRow("the pool's other Cognito issuer", { iss: testIssuer.replace('//cognito', '//issuer-cognito') }, invalid),
  claimRow('the issuer of the local user pool', { iss: 'http://localhost:4010/local_claimgraph' }, invalid),
  claimRow(
    "the second pool's issuer with the first pool's key",
    { iss: secondIssuer, client_id: secondClientId },
    unknownKey,
  ),
  tokenRow(
    "the first pool's client in a token of the second",
    async () => issueAccessToken({ iss: secondIssuer }, { key: await testKey('second') }),
    invalid,
  ),
];

const times: readonly TokenRow[] = [
  claimRow('expired', () => ({ exp: seconds() - 30 }), expired),
  claimRow('no exp', { exp: undefined }, invalid),
  claimRow('exp a string', () => ({ exp: `${seconds() + 600}` }), invalid),
  claimRow('exp a fraction', () => ({ exp: seconds() + 600.5 }), invalid),
  claimRow('exp null', { exp: null }, invalid),
  claimRow('exp in 10 years', () => ({ exp: seconds() + 315_360_000 }), invalid),
  tokenRow('exp beyond all numbers', () => signedText((json) => json.replace(/"exp":\d+/, '"exp":1e999')), invalid),
  claimRow('no iat', { iat: undefined }, invalid),
  claimRow('iat in the future', () => ({ iat: seconds() + 60 }), fromFuture),
  claimRow('iat after exp', () => ({ iat: seconds() + 4, exp: seconds() + 3 }), invalid),
  claimRow('nbf in the future', () => ({ nbf: seconds() + 60 }), invalid),
  claimRow('nbf a string', { nbf: 'soon' }, invalid),
  claimRow('auth_time missing', { auth_time: undefined }, invalid),
  claimRow('auth_time a string', { auth_time: '1' }, invalid),
  claimRow('auth_time in the future', () => ({ auth_time: seconds() + 600 }), invalid),
];

const claims: readonly TokenRow[] = [
  tokenRow('an ID token', () => issueIdToken(), idToken),
  tokenRow('an ID token that names a client of ours', () => issueIdToken({ client_id: testUserClientId }), idToken),
  tokenRow(
    'an ID token signed by an attacker is not told what it is',
    async () => {
      return issueIdToken({}, { key: await testKey('attacker'), header: { kid: (await testKey()).kid } });
    },
    invalid,
  ),
  tokenRow(
    'an expired token signed by an attacker is not told so',
    async () => {
      return issueAccessToken(
        { exp: seconds() - 30 },
        { key: await testKey('attacker'), header: { kid: (await testKey()).kid } },
      );
    },
    invalid,
  ),
  claimRow('token_use missing', { token_use: undefined }, invalid),
  claimRow('token_use an array', { token_use: ['access'] }, invalid),
  claimRow('token_use in upper case', { token_use: 'ACCESS' }, invalid),
  claimRow('another client', { client_id: 'somebody7else' }, invalid),
  claimRow('client_id missing', { client_id: undefined }, invalid),
  claimRow('client_id an array', { client_id: [testUserClientId] }, invalid),
  claimRow('client_id empty', { client_id: '' }, invalid),
  claimRow('client_id missing, the client in aud', { client_id: undefined, aud: testUserClientId }, invalid),
  claimRow('a foreign aud where none is configured', { aud: 'https://other.example.com' }, invalid),
  tokenRow('a foreign aud', () => issueAccessToken({ aud: 'https://other.example.com' }), invalid, 'with audience'),
  tokenRow(
    'aud that only begins with ours',
    () => issueAccessToken({ aud: `${testAudience}/admin` }),
    invalid,
    'with audience',
  ),
  tokenRow('aud required but absent', () => issueAccessToken(), invalid, 'with audience'),
  tokenRow('aud an empty array', () => issueAccessToken({ aud: [] }), invalid, 'with audience'),
  tokenRow('aud an object', () => issueAccessToken({ aud: { [testAudience]: true } }), invalid, 'with audience'),
  claimRow('sub missing', { sub: undefined }, invalid),
  tokenRow(
    'sub in __proto__ only',
    async () => signedText((json) => json.replace(`"sub":"${testSubject}"`, `"__proto__":{"sub":"${testSubject}"}`)),
    invalid,
  ),
  claimRow('sub empty', { sub: '' }, invalid),
  claimRow('sub a number', { sub: 7 }, invalid),
  claimRow('sub with a NUL', { sub: `${testSubject}\0` }, invalid),
  claimRow('sub with half a surrogate pair', { sub: '\ud800' }, invalid),
  claimRow('sub of 257 characters', { sub: 's'.repeat(257) }, invalid),
  claimRow('a user token whose sub is its client', { sub: testUserClientId }, invalid),
  claimRow('a user token without username', { username: undefined }, invalid),
  claimRow('the token of a user for a machine client', { client_id: testMachineClientId }, invalid),
  claimRow(
    'the token of a user for a machine client that it is named like',
    { client_id: testMachineClientId, sub: testMachineClientId },
    invalid,
  ),
  tokenRow(
    'the token of a machine for a user client',
    () => issueMachineToken({ client_id: testUserClientId, sub: testUserClientId }),
    invalid,
  ),
  tokenRow('a machine token for another subject', () => issueMachineToken({ sub: testSubject }), invalid),
  claimRow('groups as a string', { 'cognito:groups': 'admins' }, invalid),
  claimRow('groups with a number in them', { 'cognito:groups': ['admins', 1] }, invalid),
  claimRow('groups as null', { 'cognito:groups': null }, invalid),
  claimRow('scope as an array', { scope: ['investments/read'] }, invalid),
  claimRow('scope as null', { scope: null }, invalid),
  claimRow('jti a number', { jti: 7 }, invalid),
  claimRow('origin_jti a number', { origin_jti: 7 }, invalid),
];

const tenants: readonly TokenRow[] = [
  ...(
    [
      ['one letter', 'a'],
      ['64 characters', `9${'._-Z'.repeat(15)}abc`],
    ] as const
  ).map(([name, tenant]) => tenantRow(`a tenant of ${name}`, tenant, user)),
  tokenRow(
    'a machine token with a tenant',
    () => issueMachineToken({ [testTenantClaim]: 'acme' }),
    machine,
    'with a tenant claim',
  ),
  tokenRow('a machine token without a tenant', () => issueMachineToken(), noTenant, 'with a tenant claim'),
  ...(
    [
      ['missing', undefined],
      ['null', null],
      ['empty', ''],
      ['an array', ['acme']],
      ['an empty array', []],
      ['an object', { acme: true }],
      ['a number', 7],
      ['true', true],
      ['of 65 characters', 'a'.repeat(65)],
      ['with a space', 'acme corp'],
      ['with a space before it', ' acme'],
      ['with a line feed after it', 'acme\n'],
      ['with a slash', 'acme/globex'],
      ['with a NUL', 'acme\0'],
      ['that starts with a dot', '.acme'],
      ['beyond ASCII', 'äcme'],
    ] as const
  ).map(([name, tenant]) => tenantRow(`a tenant ${name}`, tenant, noTenant)),
  tokenRow(
    'the tenant in another claim only',
    () => issueAccessToken({ tenant: 'acme', 'custom:Tenant': 'acme' }),
    noTenant,
    'with a tenant claim',
  ),
  tokenRow(
    'the tenant in __proto__ only',
    () => signedText((json) => json.replace('{', `{"__proto__":{"${testTenantClaim}":"acme"},`)),
    noTenant,
    'with a tenant claim',
  ),
  {
    ...requestRow(
      'the tenant in a header only',
      (token) => ({
        headers: [...bearer(token).headers, ['x-tenant', 'acme'], ['x-tenant-id', 'acme'], ['tenant', 'acme']],
      }),
      noTenant,
    ),
    api: 'with a tenant claim',
  },
  claimRow('a malformed tenant claim where none is asked for', { [testTenantClaim]: ['acme'] }, user),
];

function tenantRow(name: string, tenant: unknown, expected: TokenAnswer): TokenRow {
  return tokenRow(name, () => issueAccessToken({ [testTenantClaim]: tenant }), expected, 'with a tenant claim');
}

/** Every request of the "Tokens" catalogue that one request tells; what takes several is in `jwksScenarios.ts`. */
export const accessTokenTable: readonly TokenRow[] = [
  ...accepted,
  ...headers,
  ...shapes,
  ...signatures,
  ...namedKeys,
  ...issuers,
  ...times,
  ...claims,
  ...tenants,
];
