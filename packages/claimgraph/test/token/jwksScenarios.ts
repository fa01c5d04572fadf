import type { UnauthenticatedReason } from '../../src/errors.ts';
import { issueAccessToken, testKey } from '../support/issueAccessToken.ts';
import { bearer } from './accessTokenTable.ts';
import type { TokenRequest } from './sendRequest.ts';
import type { TokenWorld } from './tokenWorld.ts';

/** The life of a key set, as a client and the JWKS server see it. Each scenario has a world and an API of its own. */
export interface JwksScenario {
  readonly name: string;
  /** The API fetches keys when the first token needs them; elsewhere it has tried once when the scenario begins. */
  readonly coldStart?: boolean;
  readonly beforeStart?: (world: TokenWorld) => void;
  readonly steps: readonly JwksStep[];
}

interface JwksStep {
  readonly name: string;
  readonly change?: (world: TokenWorld) => Promise<void>;
  /** Sent all at once. `goodToken` is signed with the key `current`. */
  readonly requests: (goodToken: () => Promise<string>) => Promise<readonly TokenRequest[]>;
  /** What each of them gets. */
  readonly expected: {
    readonly status: 200 | 401 | 503;
    readonly code?: string;
    readonly reason?: UnauthenticatedReason;
  };
  /** How often the JWKS server has been asked since before the API started. */
  readonly totalFetches: number;
}

const accepted = { status: 200 } as const;
const invalid = { status: 401, code: 'UNAUTHENTICATED', reason: 'invalid' } as const;
const unavailable = { status: 503, code: 'AUTHENTICATION_UNAVAILABLE' } as const;

const goDown = ({ jwks }: TokenWorld) => jwks.answer({ kind: 'status', status: 500 });

function goodTokens(count: number): JwksStep['requests'] {
  return async (goodToken) => {
    const token = await goodToken();
    return Array.from({ length: count }, () => bearer(token));
  };
}

async function tokenSignedWith(name: string, kid?: string): Promise<readonly TokenRequest[]> {
  const key = await testKey(name);
  return [bearer(await issueAccessToken({}, { key, header: { kid: kid ?? key.kid } }))];
}

function randomKeyIds(count: number): Promise<readonly TokenRequest[]> {
  const makeToken = async () => bearer(await issueAccessToken({}, { header: { kid: crypto.randomUUID() } }));
  return Promise.all(Array.from({ length: count }, makeToken));
}

async function serveKeys({ jwks }: TokenWorld, ...names: readonly string[]): Promise<void> {
  const keys = await Promise.all(names.map((name) => testKey(name)));
  jwks.answer({ kind: 'keys', keys: keys.map(({ jwk }) => jwk) });
}

/** Scenarios over real HTTP; none needs a clock, since all of it happens within one penalty window. */
export const jwksScenarios: readonly JwksScenario[] = [
  ...[false, true].map(
    (coldStart): JwksScenario => ({
      name: `JWKS down from the start${coldStart ? ', first asked by a request' : ''}`,
      coldStart,
      beforeStart: goDown,
      steps: [
        { name: 'a token', requests: goodTokens(1), expected: unavailable, totalFetches: 1 },
        { name: '51 repeats', requests: goodTokens(51), expected: unavailable, totalFetches: 1 },
      ],
    }),
  ),
  {
    name: '50 concurrent requests on a cold start',
    coldStart: true,
    steps: [{ name: 'all at once', requests: goodTokens(50), expected: accepted, totalFetches: 1 }],
  },
  {
    name: 'JWKS down after the start',
    steps: [
      {
        name: 'a known kid',
        change: async (world) => goDown(world),
        requests: goodTokens(3),
        expected: accepted,
        totalFetches: 1,
      },
      { name: 'unknown kids', requests: () => randomKeyIds(5), expected: unavailable, totalFetches: 2 },
      { name: 'an unknown kid again', requests: () => randomKeyIds(1), expected: unavailable, totalFetches: 2 },
      { name: 'a known kid again', requests: goodTokens(3), expected: accepted, totalFetches: 2 },
    ],
  },
  {
    name: 'unknown kids',
    steps: [
      { name: 'one', requests: () => randomKeyIds(1), expected: invalid, totalFetches: 2 },
      { name: 'another', requests: () => randomKeyIds(1), expected: invalid, totalFetches: 2 },
      { name: '200 at once', requests: () => randomKeyIds(200), expected: invalid, totalFetches: 2 },
      { name: 'a known kid', requests: goodTokens(1), expected: accepted, totalFetches: 2 },
    ],
  },
  {
    name: '200 unknown kids at once',
    steps: [{ name: 'the first of their kind', requests: () => randomKeyIds(200), expected: invalid, totalFetches: 2 }],
  },
  {
    name: 'a rotated key',
    steps: [
      {
        name: 'the new key',
        change: (world) => serveKeys(world, 'current', 'next'),
        requests: () => tokenSignedWith('next'),
        expected: accepted,
        totalFetches: 2,
      },
      { name: 'the old key beside it', requests: goodTokens(1), expected: accepted, totalFetches: 2 },
    ],
  },
  {
    name: 'a retired key',
    steps: [
      {
        name: 'before a refresh',
        change: (world) => serveKeys(world, 'next'),
        requests: goodTokens(1),
        expected: accepted,
        totalFetches: 1,
      },
      { name: 'a token that brings a refresh', requests: () => randomKeyIds(1), expected: invalid, totalFetches: 2 },
      { name: 'after the refresh', requests: goodTokens(1), expected: invalid, totalFetches: 2 },
      { name: 'the key in its place', requests: () => tokenSignedWith('next'), expected: accepted, totalFetches: 2 },
    ],
  },
  {
    name: 'a new key under an old kid',
    steps: [
      { name: 'the old key', requests: goodTokens(1), expected: accepted, totalFetches: 1 },
      {
        name: 'the new key, at once',
        change: serveUnderOldKid,
        requests: replacedKey(20),
        expected: accepted,
        totalFetches: 2,
      },
      { name: 'the new key again', requests: replacedKey(1), expected: accepted, totalFetches: 2 },
      { name: 'the old key after that', requests: goodTokens(1), expected: invalid, totalFetches: 3 },
      { name: 'and again', requests: goodTokens(20), expected: invalid, totalFetches: 3 },
    ],
  },
  {
    name: 'signatures that no key made, under a known kid',
    steps: [
      { name: '200 at once', requests: forged(200), expected: invalid, totalFetches: 2 },
      { name: 'again', requests: forged(20), expected: invalid, totalFetches: 2 },
      { name: 'an unknown kid', requests: () => randomKeyIds(5), expected: invalid, totalFetches: 2 },
      { name: 'a good token', requests: goodTokens(1), expected: accepted, totalFetches: 2 },
      {
        name: 'a key that is replaced meanwhile, until the window is over',
        change: serveUnderOldKid,
        requests: replacedKey(1),
        expected: invalid,
        totalFetches: 2,
      },
    ],
  },
  {
    name: 'a signature that no key made, while the JWKS is down',
    steps: [
      { name: 'it', change: async (world) => goDown(world), requests: forged(5), expected: invalid, totalFetches: 2 },
      { name: 'a good token', requests: goodTokens(1), expected: accepted, totalFetches: 2 },
      { name: 'it again', requests: forged(5), expected: invalid, totalFetches: 2 },
    ],
  },
];

/** The pool has made a new key and given it the id of the old one. */
async function serveUnderOldKid({ jwks }: TokenWorld): Promise<void> {
  const { kid } = await testKey();
  jwks.answer({ kind: 'keys', keys: [{ ...(await testKey('next')).jwk, kid }] });
}

function replacedKey(count: number): JwksStep['requests'] {
  return underKnownKid('next', count);
}

function forged(count: number): JwksStep['requests'] {
  return underKnownKid('attacker', count);
}

function underKnownKid(key: string, count: number): JwksStep['requests'] {
  return async () => {
    const { kid } = await testKey();
    return (await Promise.all(Array.from({ length: count }, () => tokenSignedWith(key, kid)))).flat();
  };
}
