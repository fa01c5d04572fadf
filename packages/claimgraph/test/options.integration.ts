import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createGuardContext, createGuardPlugin, type GuardPluginOptions } from '../src/adapters/apollo/index.ts';
import { type EnvelopGuardOptions, useGuard } from '../src/adapters/envelop.ts';
import { createMercuriusGuard } from '../src/adapters/mercurius.ts';
import { createClaimsCache } from '../src/claims/claimsCache.ts';
import type { ClaimsCacheOptions } from '../src/claims/claimsCacheOptions.ts';
import { createSharedClaims, type SharedClaimsOptions } from '../src/claims/redis/sharedClaims.ts';
import { ConfigurationError } from '../src/errors.ts';
import { createCompilingExecutor } from '../src/execute/compilingExecutor.ts';
import type { CallerOptions } from '../src/guard/caller.ts';
import { createGuard, type GuardOptions } from '../src/guard/createGuard.ts';
import { createGuardedSchema } from '../src/guard/guardedSchema.ts';
import { defaultLimits, type OperationLimits } from '../src/operation/limits.ts';
import { publicField } from '../src/rules/index.ts';
import { type ApolloServerOptions, createApolloServer } from '../src/server/apollo/apolloServer.ts';
import { createGraphqlServer, type GraphqlServerOptions } from '../src/server/graphqlServer.ts';
import { defaultTimeouts, type HttpTimeouts } from '../src/server/http/timeouts.ts';
import type { AccessTokenIssuer } from '../src/token/accessTokenIssuer.ts';
import { type AccessTokenVerifierOptions, createAccessTokenVerifier } from '../src/token/accessTokenVerifier.ts';
import { createRevocationList, type RevocationListOptions } from '../src/token/revocationList.ts';
import type { UserPool } from '../src/token/userPool.ts';
import { createParcelsSchema, guardParcels, permissions } from './guard/parcels.ts';

const open = publicField('is a test');
const guarded = createGuardedSchema({
  typeDefs: ['type Query { a: String }'],
  resolvers: {},
  permissions: { Query: { a: open } },
});
const pool: UserPool = {
  issuer: 'https://pool.test',
  jwksUri: 'https://pool.test/jwks',
  userClientIds: ['spa'],
  machineClientIds: [],
  audience: undefined,
};
const source = { fetchClaims: async () => new Map() };
const nothing = () => undefined;
const logger = pino({ level: 'silent' });
const guard = guardParcels();
const guardOptions: Omit<Required<GuardOptions>, 'schema'> = {
  permissions,
  candidate: permissions,
  policies: {},
  harmlessDirectives: [],
  limits: {},
  introspection: 'host',
  onInternalError: nothing,
  onClaimsUnavailable: nothing,
};
const claims: Required<ClaimsCacheOptions<object>> = {
  source,
  ttlSeconds: 30,
  negativeTtlSeconds: 5,
  staleIfErrorSeconds: 0,
  jitter: 0.1,
  maxEntries: 10,
  batchWindowMs: 5,
  maxBatchSize: 10,
  maxConcurrentBatches: 4,
  timeoutMs: 100,
  now: Date.now,
  steadyNow: () => performance.now(),
  random: Math.random,
  tier: (given) => given,
};
const execution: Required<Omit<ApolloServerOptions, 'logger' | 'explaining'>> = {
  introspection: 'off',
  limits: {},
  auditSample: 0,
  explain: 'never',
  executor: 'jit',
  compiling: {},
  plugins: [],
  formatError: (formatted) => formatted,
  exposeErrors: () => false,
  observers: {},
};
const issuer: AccessTokenIssuer = { ...pool, issuer: 'https://other.test', audience: 'api' };
// A verifier of one's own stands in place of three of them.
const server: Required<Omit<GraphqlServerOptions<object>, 'verifyToken'>> = {
  ...execution,
  observers: {},
  guarded,
  pools: [pool],
  issuers: [issuer],
  claims: { source },
  tokens: {},
  extendContext: (context) => context,
  healthChecks: {},
  corsOrigins: ['https://app.test'],
  corsAllowedHeaders: [],
  timeouts: {},
  plugins: [],
  landingPage: '<p>',
  console: { connect: () => async () => undefined },
  resource: 'https://api.test/graphql',
  configureApp: nothing,
  drainSeconds: 0,
  maxBodyBytes: 10,
  subscriptions: {},
  logger,
};
const callers: Required<CallerOptions<object>> = {
  verifyToken: () => Promise.reject(new TypeError('no token')),
  claims: () => undefined,
  claimGroups: {},
};
const shared: Required<SharedClaimsOptions> = {
  redis: {} as SharedClaimsOptions['redis'],
  subscriber: {} as Required<SharedClaimsOptions>['subscriber'],
  secret: new Uint8Array(32),
  namespace: 'n',
  readRevision: async () => 1,
  timeoutMs: 100,
  leaseMs: 100,
  clockSkewMs: 100,
};
const tokens: Required<AccessTokenVerifierOptions> = {
  pools: [pool],
  issuers: [issuer],
  graceSeconds: 5,
  maxLifetimeSeconds: 100,
  jwksRefreshSeconds: 100,
  jwksPenaltySeconds: 10,
  maxCachedTokens: 10,
  isRevoked: () => false,
  fetchJwks: async () => ({ keys: [] }),
  now: Date.now,
  onJwksFailure: nothing,
};
const revocations: Required<RevocationListOptions> = {
  source: { fetchAll: nothing, fetchSubjects: nothing } as unknown as RevocationListOptions['source'],
  pools: [pool],
  maxStalenessSeconds: 10,
  refreshSeconds: 10,
  onFailure: nothing,
  now: Date.now,
};

const serve = async (options: GraphqlServerOptions<object>) => {
  const made = await createGraphqlServer(options);
  await made.close();
};
const serveWith = (more: object) => serve({ guarded, pools: [pool], claims: { source }, logger, ...more });
const events = { onStateChange: nothing, onUnreadable: nothing, onForeign: nothing };

const { source: _source, ...cacheSettings } = claims;
const { pools: _pools, issuers: _issuers, onJwksFailure: _told, ...tokenSettings } = tokens;

/** Who takes options, each with a usable value of every option, and the names of those without a default. */
const takers: readonly (readonly [string, object, readonly string[], (options: never) => unknown])[] = [
  ['createGraphqlServer', server, ['guarded', 'claims'], serve],
  ['its claims', cacheSettings, [], (given: object) => serveWith({ claims: { source, ...given } })],
  ['its tokens', tokenSettings, [], (given: object) => serveWith({ tokens: given })],
  ['its limits', defaultLimits satisfies OperationLimits, [], (limits: object) => serveWith({ limits })],
  ['its timeouts', defaultTimeouts satisfies HttpTimeouts, [], (timeouts: object) => serveWith({ timeouts })],
  ['its compiling', { compileAfter: 1, onCompiled: nothing }, [], (compiling: object) => serveWith({ compiling })],
  [
    'createApolloServer',
    { ...execution, explaining: {}, logger },
    ['introspection', 'logger'],
    (given: ApolloServerOptions) => createApolloServer(guarded, given),
  ],
  [
    'createGuard',
    guardOptions,
    ['permissions'],
    (given: typeof guardOptions) => createGuard({ schema: createParcelsSchema(), ...given }),
  ],
  ['limits of createGuard', defaultLimits, [], (limits: OperationLimits) => guardParcels({ limits })],
  ['createGuardContext', callers, ['verifyToken'], (given: typeof callers) => createGuardContext(guard, given)],
  [
    'createGuardPlugin',
    {
      formatError: (formatted) => formatted,
      executor: createCompilingExecutor({ compileAfter: 0 }),
      onErrors: async () => undefined,
    } satisfies Required<GuardPluginOptions>,
    [],
    (given: GuardPluginOptions) => createGuardPlugin(guard, given),
  ],
  [
    'useGuard',
    { ...callers, authorizationHeaders: () => [] } satisfies Required<EnvelopGuardOptions<object>>,
    ['verifyToken'],
    (given: EnvelopGuardOptions<object>) => useGuard(guard, given),
  ],
  [
    'createMercuriusGuard',
    callers,
    ['verifyToken'],
    (given: typeof callers) =>
      createMercuriusGuard({ defaultErrorFormatter: () => ({ statusCode: 200, response: {} }) }, guard, given),
  ],
  ['createClaimsCache', claims, requiredOfClaims(), (given: typeof claims) => createClaimsCache(given).close()],
  [
    'createSharedClaims',
    shared,
    ['redis', 'secret'],
    (given: typeof shared) => createSharedClaims(given, events).close(),
  ],
  ['createAccessTokenVerifier', tokens, [], (given: typeof tokens) => createAccessTokenVerifier(given).close()],
  [
    'createRevocationList',
    revocations,
    ['source', 'maxStalenessSeconds', 'refreshSeconds', 'onFailure'],
    (given: typeof revocations) => createRevocationList(given).close(),
  ],
];

function requiredOfClaims() {
  return ['source', 'ttlSeconds', 'negativeTtlSeconds', 'maxEntries', 'maxBatchSize', 'timeoutMs'];
}

const wrongValues: readonly unknown[] = [
  Number.NaN,
  'no such word',
  7,
  ['a', 7],
  { a: 'b' },
  () => 0,
  true,
  null,
  Symbol('s'),
];

const kindOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
/** Of the same kind, and another value all the same. */
const alsoUsable = new Set(['landingPage', 'namespace']);

const attempt = async (make: (options: never) => unknown, options: object): Promise<unknown> => {
  try {
    await make(options as never);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe.each(takers)('%s', (_name, usable, needed, make) => {
  test('takes every option', async () => {
    expect(await attempt(make, usable)).toBeUndefined();
  });

  test.each(Object.keys(usable))('takes undefined for %s as nothing', async (name) => {
    const withUndefined = await attempt(make, { ...usable, [name]: undefined });
    const { [name as never]: _left, ...without } = usable;
    expect(String(withUndefined)).toBe(String(await attempt(make, without)));
    expect(withUndefined === undefined).toBe(!needed.includes(name));
  });

  test.each(Object.entries(usable))('refuses for %s whatever is of another kind', async (name, value) => {
    const others = wrongValues.filter((wrong) => {
      // A list of origins can be an object, and claims a function or a cache.
      if (name === 'corsOrigins' && kindOf(wrong) === 'object') return false;
      // A page can be made for each visit.
      if (name === 'landingPage' && kindOf(wrong) === 'function') return false;
      if (kindOf(wrong) !== kindOf(value)) return true;
      return Number.isNaN(wrong) || (typeof wrong === 'string' && !alsoUsable.has(name));
    });
    for (const wrong of others) {
      const error = await attempt(make, { ...usable, [name]: wrong });
      expect(error, `${name}: ${String(wrong)}`).toBeInstanceOf(Error);
      expect(String(error)).toContain(name);
      expect(error, String(error)).not.toBeInstanceOf(TypeError);
    }
  });

  test('refuses what is no option of it', async () => {
    const error = await attempt(make, { ...usable, noSuchOption: 1 });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain('noSuchOption');
  });
});

test('everything that is wrong is told at once, and nothing of a secret', () => {
  const wrong = { ...shared, secret: 'a secret that is a text', leaseMs: '5', other: 1 } as never;
  expect(() => createSharedClaims(wrong, events)).toThrow(/other.*\n.*secret.*Uint8Array.*\n.*leaseMs/);
  expect(() => createSharedClaims(wrong, events)).not.toThrow(/that is a text/);
});
