import { pino } from 'pino';
import { isManager, isOwnRegion, scope } from '../shared/rules.mjs';
import { createResolvers, mapFields, printTypeDefs } from '../shared/schema.mjs';

/** claimgraph itself, from the production build: its schema guard, verifier, claims cache and HTTP host. */
export async function start(world, { executor } = {}) {
  const product = await loadBuild();
  const guarded = product.createGuardedSchema({
    typeDefs: [printTypeDefs()],
    resolvers: createResolvers(world.data),
    permissions: createPermissions(product),
  });
  // Its peers log nothing.
  const logger = pino({ level: 'warn' }, pino.destination({ fd: 2, sync: false }));
  const apollo = product.createApolloServer(guarded, { introspection: 'off', logger, executor });
  await apollo.start();
  const buildContext = await createBuildContext(product, world);
  const app = await product.createHttpServer({ apollo, buildContext, healthChecks: {}, corsOrigins: [], logger });
  const handleGraphqlRequest = product.createGraphqlRequestHandler({ apollo, buildContext, logger });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url: `${origin}/graphql`,
    async execute({ headers, body }) {
      const request = { requestId: 'bench', method: 'POST', search: '', headers, body: JSON.parse(body) };
      const answer = await handleGraphqlRequest({ ...request, rawHeaders: Object.entries(headers).flat() });
      return answer.body;
    },
  };
}

function createPermissions({ requireScope, requireClaims, requireRow, allOf }) {
  const read = requireScope(scope);
  const staff = allOf(read, requireClaims('is a manager', isManager));
  const ownRegion = allOf(read, requireRow('sees the region', isOwnRegion));
  const rules = { read, staff, ownRegion };
  return mapFields((name) => rules[name]);
}

async function createBuildContext(product, { issuer, clientId, jwks, claims }) {
  const verifier = product.createAccessTokenVerifier({
    pools: [
      {
        issuer,
        jwksUri: `${issuer}/.well-known/jwks.json`,
        userClientIds: [clientId],
        machineClientIds: [],
        audience: undefined,
      },
    ],
    graceSeconds: 5,
    jwksRefreshSeconds: 300,
    fetchJwks: async () => jwks,
  });
  await verifier.start();
  const source = new Map(Object.entries(claims));
  const cache = product.createClaimsCache({
    source: {
      fetchClaims: async (subjects) =>
        new Map(
          subjects
            .filter(({ subject }) => source.has(subject))
            .map((one) => [product.toSubjectKey(one), source.get(one.subject)]),
        ),
    },
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    maxEntries: 10_000,
    maxBatchSize: 1_000,
    timeoutMs: 2_000,
  });
  return product.createContextBuilder({
    verifyToken: verifier.verify,
    claims: cache,
    onClaimsUnavailable: (error) => process.stderr.write(`${error.stack}\n`),
  });
}

async function loadBuild() {
  const files = ['index.js', 'server/index.js', 'server/http/handleGraphqlRequest.js'];
  const dist = new URL('../../packages/claimgraph/dist/', import.meta.url);
  const modules = await Promise.all(files.map((file) => import(new URL(file, dist).href)));
  return Object.assign({}, ...modules);
}
