import { afterEach, describe, expect, test } from 'vitest';
import { UnauthenticatedError } from '../../src/errors.ts';
import { createAccessTokenVerifier } from '../../src/token/accessTokenVerifier.ts';
import { createIssuerNames } from '../../src/token/issuerNames.ts';
import { type SubjectKey, toSubjectKey } from '../../src/token/principal.ts';
import { createRevocationList } from '../../src/token/revocationList.ts';
import type { RevocationSource } from '../../src/token/revocationSource.ts';
import {
  acceptedIssuersOf,
  type CognitoUserPoolSettings,
  cognitoUserPool,
  findUserPoolProblems,
  InvalidUserPoolError,
  type UserPool,
} from '../../src/token/userPool.ts';
import { issueAccessToken, testIssuer, testKey, testUserClientId } from '../support/issueAccessToken.ts';
import { startJwksServer } from '../support/jwksServer.ts';
import { captureError } from './captureError.ts';

const prefixed = testIssuer.replace('cognito-idp', 'issuer-cognito-idp');
const replica = testIssuer.replace('.eu-west-1.', '.eu-central-1.');

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

/** A verifier of a pool with two aliases, each name with a key of its own. */
async function createVerifier(acceptedIssuers?: readonly string[]) {
  const serve = async (name?: string) => {
    const jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey(name)).jwk] });
    closes.push(jwks.close);
    return jwks;
  };
  const [own, ofPrefixed, ofReplica] = [await serve(), await serve('prefixed'), await serve('replica')];
  const verifier = createAccessTokenVerifier({
    pools: [
      {
        issuer: testIssuer,
        jwksUri: own.jwksUri,
        aliases: [
          { issuer: prefixed, jwksUri: ofPrefixed.jwksUri },
          { issuer: replica, jwksUri: ofReplica.jwksUri },
        ],
        acceptedIssuers,
        userClientIds: [testUserClientId],
        machineClientIds: [],
        audience: undefined,
      },
    ],
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
  });
  closes.push(verifier.close);
  await verifier.start();
  return { verifier, fetchCounts: () => [own, ofPrefixed, ofReplica].map(({ fetchCount }) => fetchCount()) };
}

const issueAs = async (iss: string, key?: string) => issueAccessToken({ iss }, { key: await testKey(key) });

describe('a pool with aliases', () => {
  test('names its people by the canonical issuer, whichever name the token has', async () => {
    const { verifier } = await createVerifier();
    const principals = [
      await verifier.verify(await issueAs(testIssuer)),
      await verifier.verify(await issueAs(prefixed, 'prefixed')),
      await verifier.verify(await issueAs(replica, 'replica')),
    ];
    const keys = principals.map(toSubjectKey);
    expect(keys).toEqual(keys.map(() => keys[0]));
    expect(principals.map(({ issuer }) => issuer)).toEqual([testIssuer, testIssuer, testIssuer]);
    // Remembered, too.
    expect((await verifier.verify(await issueAs(prefixed, 'prefixed'))).issuer).toBe(testIssuer);
  });

  test('takes a key for the name that it is published under, and no other', async () => {
    const { verifier } = await createVerifier();
    for (const [iss, key] of [
      [testIssuer, 'prefixed'],
      [prefixed, undefined],
      [replica, 'prefixed'],
    ] as const) {
      const token = await issueAs(iss, key);
      expect(await captureError(() => verifier.verify(token))).toBeInstanceOf(UnauthenticatedError);
    }
  });

  test('accepts only the names that it is told to, and asks for no other keys', async () => {
    const { verifier, fetchCounts } = await createVerifier([prefixed]);
    expect((await verifier.verify(await issueAs(prefixed, 'prefixed'))).issuer).toBe(testIssuer);
    for (const [iss, key] of [
      [testIssuer, undefined],
      [replica, 'replica'],
    ] as const) {
      const token = await issueAs(iss, key);
      expect(await captureError(() => verifier.verify(token))).toMatchObject({ reason: 'invalid' });
    }
    expect(fetchCounts()).toEqual([0, 1, 0]);
  });
});

describe('cognitoUserPool', () => {
  const settings: CognitoUserPoolSettings = {
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_ClaimTest',
    userClientIds: ['spa'],
    machineClientIds: [],
  };
  const accepted = (change: Partial<CognitoUserPoolSettings>) =>
    acceptedIssuersOf(cognitoUserPool({ ...settings, ...change })).map(({ issuer }) => issuer);

  test('has one canonical issuer, whatever form and whichever replicas', () => {
    for (const issuerForm of ['standard', 'issuer-prefixed', 'both'] as const) {
      expect(cognitoUserPool({ ...settings, issuerForm, replicaRegions: ['eu-central-1'] }).issuer).toBe(testIssuer);
    }
  });

  test('accepts the forms that it is set to', () => {
    expect(accepted({})).toEqual([testIssuer]);
    expect(accepted({ issuerForm: 'issuer-prefixed' })).toEqual([prefixed]);
    expect(accepted({ issuerForm: 'both' })).toEqual([testIssuer, prefixed]);
    expect(accepted({ replicaRegions: ['eu-central-1'] })).toEqual([testIssuer, replica]);
  });

  test('knows all of its names, also those that tokens may not have', () => {
    const { canonical, spellings } = createIssuerNames([
      cognitoUserPool({ ...settings, replicaRegions: ['eu-central-1'] }),
    ]);
    expect([prefixed, replica, testIssuer].map(canonical)).toEqual([testIssuer, testIssuer, testIssuer]);
    expect(spellings(prefixed)).toHaveLength(4);
    expect(canonical('https://elsewhere.example')).toBe('https://elsewhere.example');
  });

  test.each([[['eu-west-1']], [['cn-north-1']], [['Frankfurt']], [['us-east-1.evil.example/']]])(
    'refuses the replicas %j',
    (replicaRegions) => {
      expect(() => cognitoUserPool({ ...settings, replicaRegions })).toThrow(/\breplicaRegions: /);
    },
  );
});

describe('names that do not fit together are refused', () => {
  const jwksUri = 'https://pool.example/jwks.json';
  const pool: UserPool = {
    issuer: 'https://pool.example/a',
    jwksUri,
    userClientIds: ['spa'],
    machineClientIds: [],
    audience: undefined,
  };
  const named = (issuer: string) => ({ issuer, jwksUri });

  test.each<[string, Partial<UserPool>, string]>([
    ['an alias with a trailing slash', { aliases: [named('https://pool.example/')] }, 'aliases'],
    ['an alias without keys', { aliases: [{ issuer: 'https://pool.example/b', jwksUri: '' }] }, 'aliases'],
    ['an alias that is the issuer', { aliases: [named(pool.issuer)] }, 'aliases'],
    ['an alias twice', { aliases: [named('https://b.example'), named('https://b.example')] }, 'aliases'],
    ['no accepted name', { acceptedIssuers: [] }, 'acceptedIssuers'],
    ['an accepted name that is none', { acceptedIssuers: ['https://c.example'] }, 'acceptedIssuers'],
  ])('%s', (_, change, setting) => {
    const problems = findUserPoolProblems({ ...pool, ...change });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([setting]);
  });

  test.each<[string, readonly UserPool[]]>([
    [
      'two pools with one name',
      [
        { ...pool, aliases: [named('https://b.example')] },
        { ...pool, issuer: 'https://b.example' },
      ],
    ],
    [
      'an alias of one pool as the canonical issuer of another',
      [
        { ...pool, aliases: [named('https://b.example')] },
        {
          ...pool,
          ...named('https://b.example'),
          aliases: [named('https://c.example')],
          acceptedIssuers: ['https://c.example'],
        },
      ],
    ],
  ])('%s', async (_, pools) => {
    const create = () => createAccessTokenVerifier({ pools, graceSeconds: 5, jwksRefreshSeconds: 300 });
    expect(await captureError(create)).toBeInstanceOf(InvalidUserPoolError);
  });
});

describe('a revocation list', () => {
  const person = { kind: 'user' as const, subject: 'ann b', clientId: 'spa', scopes: new Set<string>() };
  const ann = { ...person, issuer: testIssuer, authTime: 10, issuedAt: 10, expiresAt: 99, originTokenId: 'sign-in' };
  const keyAs = (issuer: string, tenant?: string) => toSubjectKey({ kind: 'user', tenant, issuer, subject: 'ann b' });
  const held = (suspended: boolean, validAfterMs?: number) => ({ suspended, validAfterMs });

  async function listOf(source: Partial<RevocationSource>) {
    const list = createRevocationList({
      source: {
        fetchAll: async () => ({ subjects: new Map(), signIns: [] }),
        fetchSubjects: async () => new Map(),
        ...source,
      },
      pools: [{ issuer: testIssuer, aliases: [{ issuer: prefixed, jwksUri: '' }] }],
      maxStalenessSeconds: 30,
      refreshSeconds: 30,
      onFailure: (error) => {
        throw error;
      },
    });
    closes.push(list.close);
    await list.start();
    return list;
  }

  test.each([
    ['an alias', [[keyAs(prefixed), held(true)]]],
    ['the canonical issuer', [[keyAs(testIssuer), held(true)]]],
    [
      'one of both',
      [
        [keyAs(prefixed), held(true)],
        [keyAs(testIssuer), held(false, 5)],
      ],
    ],
    [
      'the other of both',
      [
        [keyAs(testIssuer), held(true)],
        [keyAs(prefixed), held(false)],
      ],
    ],
  ] satisfies [string, [SubjectKey, ReturnType<typeof held>][]][])(
    'holds what is held against %s',
    async (_, entries) => {
      const list = await listOf({ fetchAll: async () => ({ subjects: new Map(entries), signIns: [] }) });
      expect(list.isRevoked(ann)).toMatchObject({ hint: expect.stringContaining('suspended') });
    },
  );

  test('holds the later of two moments', async () => {
    const entries = [
      [keyAs(testIssuer), held(false, 5_000)],
      [keyAs(prefixed), held(false, 20_000)],
    ] as const;
    const list = await listOf({ fetchAll: async () => ({ subjects: new Map(entries), signIns: [] }) });
    expect(list.isRevoked(ann)).toMatchObject({ hint: expect.stringContaining('sign in') });
  });

  test('holds a sign-in that was revoked under an alias', async () => {
    const signIns = [{ issuer: prefixed, originTokenId: 'sign-in' }];
    const list = await listOf({ fetchAll: async () => ({ subjects: new Map(), signIns }) });
    expect(list.isRevoked(ann)).toMatchObject({ hint: expect.stringContaining('sign in') });
  });

  test('asks for a changed identity under each of its names', async () => {
    const asked: string[] = [];
    const list = await listOf({
      fetchSubjects: async (subjects) => {
        asked.push(...subjects.map(({ issuer }) => issuer));
        return new Map([[keyAs(prefixed), held(true)]]);
      },
    });
    await list.changed([{ kind: 'user', issuer: prefixed, subject: 'ann b' }]);
    expect(list.isRevoked(ann)).toMatchObject({ hint: expect.stringContaining('suspended') });
    expect(asked).toEqual([testIssuer, prefixed]);
  });
});
