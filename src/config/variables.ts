import { tenantClaimRule, tenantNameRule } from 'claimgraph';
import { isResource } from 'claimgraph/server';
import { z } from 'zod';
import { type Documentation, defineVariable, integer, oneOf, optionalInteger, ratio } from './defineVariable.ts';
import {
  areHeaderNames,
  areHosts,
  areOrigins,
  isHost,
  isLocalUrl,
  isPostgresUrl,
  isRedisUrl,
  toBytes,
  toList,
  withoutSlash,
} from './formats.ts';

const serverUrlRule =
  'with one host, and with #, /, ?, @ and % in user name and password percent-encoded: as %23, %2F, %3F, %40 and %25';

/** Every variable, in the order of docs/configuration.md. */
export const variables = {
  NODE_ENV: oneOf(['development', 'production', 'test'], 'development', 'the runtime environment'),
  AUTH_MODE: defineVariable(z.enum(['local', 'cognito', 'issuers']).optional(), {
    expected: 'local, cognito or issuers',
    default: 'local; production needs another',
    description:
      'who issues the access tokens: the local user pool; Amazon Cognito, and those of TOKEN_ISSUERS if it is set; those of TOKEN_ISSUERS alone',
  }),
  HOST: defineVariable(z.string().refine(isHost).optional(), {
    expected: 'an IP address or a host name',
    default: 'localhost in local mode, 0.0.0.0 otherwise',
    description: 'the address that the API listens on; in local mode loopback only',
  }),
  PORT: integer(0, 65535, 4000, 'the port of the API; 0 takes any free one'),
  METRICS_PORT: defineVariable(optionalInteger(0, 65535), {
    expected: 'a whole number from 0 to 65535',
    default: 'none: there are no metrics',
    description: 'the port of `/metrics` for Prometheus, on HOST; not for clients of the API',
  }),
  DRAIN_SECONDS: defineVariable(
    z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .pipe(z.number().max(300))
      .optional(),
    {
      expected: 'a whole number from 0 to 300',
      default: '0 in local mode, 5 otherwise',
      description:
        'how long requests are still accepted after SIGTERM, while `/health/ready` says 503: as long as load balancers take to notice',
    },
  ),
  USER_POOL_PORT: integer(0, 65535, 4010, 'the port of the local user pool; 0 takes any free one'),
  USER_POOL_URL: defineVariable(z.string().transform(withoutSlash).refine(isLocalUrl).optional(), {
    expected: 'http://localhost, http://127.0.0.1 or http://[::1] with a port and no path',
    default: 'none: one is started',
    description: 'a local user pool that already runs; USER_POOL_PORT then has no effect',
  }),
  USER_POOL_CONFIG: defineVariable(z.string().optional(), {
    expected: 'a JSON file',
    default: 'none: the demo users',
    description: 'clients and users of the local user pool',
  }),
  USER_POOL_HOSTS: defineVariable(z.string().transform(toList).refine(areHosts).optional(), {
    expected: 'host names or addresses without a port, separated by commas',
    default: 'none',
    description: 'further names that the local user pool answers for, such as 10.0.2.2 for an Android emulator',
  }),
  USER_POOL_HTTPS_PORT: defineVariable(optionalInteger(0, 65535), {
    expected: 'a whole number from 0 to 65535',
    default: 'none: there is no https',
    description: 'a second port of the local user pool, with a certificate of its own making for localhost',
  }),
  USER_POOL_TOKEN_SECONDS: integer(1, 86_400, 3600, "how long the local user pool's access and ID tokens live"),
  USER_POOL_ROTATION_GRACE_SECONDS: defineVariable(optionalInteger(0, 60), {
    expected: 'a whole number from 0 to 60',
    default: 'none: refresh tokens are not rotated',
    description: 'rotates the refresh tokens of the local user pool; for so long a used one still works',
  }),
  COGNITO_REGION: defineVariable(z.string().optional(), {
    expected: 'an AWS region such as eu-central-1',
    description: 'the region of the user pool',
  }),
  COGNITO_USER_POOL_ID: defineVariable(z.string().optional(), {
    expected: 'a user pool id such as eu-central-1_a1B2c3D4e',
    description: 'the id of the user pool',
  }),
  COGNITO_USER_CLIENT_IDS: defineVariable(z.string().optional(), {
    expected: 'client ids, separated by commas',
    default: 'none',
    description: 'the clients through which people sign in',
  }),
  COGNITO_MACHINE_CLIENT_IDS: defineVariable(z.string().optional(), {
    expected: 'client ids, separated by commas',
    default: 'none',
    description: 'the clients that sign in as themselves (client credentials)',
  }),
  COGNITO_ISSUER_FORM: defineVariable(z.string().optional(), {
    expected: 'standard, issuer-prefixed or both',
    default: 'standard',
    description:
      'how the issuer starts that tokens name: https://cognito-idp or https://issuer-cognito-idp; both while a pool is switched',
  }),
  COGNITO_REPLICA_REGIONS: defineVariable(z.string().optional(), {
    expected: 'AWS regions, separated by commas',
    default: 'none',
    description: 'further regions whose replicas of the user pool issue tokens in their own name',
  }),
  COGNITO_CLIENT_SCOPES: defineVariable(z.string().optional(), {
    expected: 'client ids, each with = and scopes that are separated by spaces, and commas between them',
    default: 'none',
    description:
      'scopes that tokens of a client have besides those they carry, as `spa1=investments/read investments/pay,app2=…`: sign-in through the SDK and Amplify yields none of an API',
  }),
  COGNITO_JWKS_URI: defineVariable(z.string().optional(), {
    expected: 'the address of a JWKS on this machine, or with https on the host that COGNITO_JWKS_HOST names',
    default: "none: Cognito's own",
    description:
      'where the keys are that sign tokens of the user pool, to try a production build without AWS: whoever answers there can sign tokens',
  }),
  COGNITO_JWKS_HOST: defineVariable(z.string().optional(), {
    expected: 'the host of COGNITO_JWKS_URI',
    default: 'none: keys come from this machine only',
    description: 'the host of COGNITO_JWKS_URI once more, when it is trusted though it is not this machine',
  }),
  COGNITO_AUDIENCE: defineVariable(z.string().optional(), {
    expected: 'a resource identifier without spaces',
    default: 'none: any client of the list will do',
    description: 'the aud that access tokens must carry (resource binding)',
  }),
  COGNITO_TENANT: defineVariable(z.string().optional(), {
    expected: tenantNameRule,
    default: 'none: there is one tenant, main',
    description: 'the tenant that everybody of the user pool belongs to',
  }),
  COGNITO_TENANT_CLAIM: defineVariable(z.string().optional(), {
    expected: tenantClaimRule,
    default: 'none',
    description: 'the claim of the access token that names its tenant, instead of COGNITO_TENANT',
  }),
  COGNITO_USER_POOLS: defineVariable(z.string().optional(), {
    expected: 'a JSON array with at least one user pool',
    default: 'none',
    description:
      'several user pools instead of one: a JSON array of {region, userPoolId, userClientIds, machineClientIds, issuerForm, replicaRegions, impliedScopes, jwksUri, jwksHost, audience, tenant, tenantClaim}',
  }),
  TOKEN_ISSUERS: defineVariable(z.string().optional(), {
    expected: 'a JSON array with at least one issuer',
    default: 'none',
    description:
      'other issuers whose access tokens are accepted: a JSON array of {issuer, jwksUri, audience, userClientIds, machineClientIds, headerTypes, clientClaim, scopeClaims, subjectClaim, authTime, tenant}',
  }),
  DATABASE_URL: defineVariable(z.string().refine(isPostgresUrl).optional(), {
    expected: `a URL such as postgres://user:password@host:5432/database, ${serverUrlRule}`,
    default: 'none: an embedded database; production needs one',
    description: 'the PostgreSQL database',
  }),
  DATABASE_RLS: oneOf(
    ['off', 'on'],
    'off',
    "whether PostgreSQL's row-level security limits the rows as well, should a query ever forget to",
  ),
  REDIS_URL: defineVariable(z.string().refine(isRedisUrl).optional(), {
    expected: `a URL that starts with redis:// or rediss:// and has no path but the number of a database, ${serverUrlRule}`,
    default: 'none: each process has a cache of its own',
    description: 'the Redis or Valkey server of a claims cache that processes share',
  }),
  REDIS_TIMEOUT_MS: integer(1, 10_000, 100, 'how long a command to Redis may take'),
  CLAIMS_CACHE_SECRET: defineVariable(z.string().transform(toBytes).refine(isLongSecret).optional(), {
    expected: '32 random bytes or more, as base64 or hex',
    default: 'a known one in local mode; REDIS_URL needs one otherwise',
    description: 'what claims are encrypted with in Redis; the same for all processes',
  }),
  CLAIMGRAPH_DATA_DIR: defineVariable(z.string().default('.claimgraph'), {
    expected: 'a folder',
    default: '.claimgraph',
    description: "the folder of the embedded database and of the local user pool's keys",
  }),
  CLAIMGRAPH_DEMO_DATA: defineVariable(z.enum(['0', '1']).optional(), {
    expected: '0 or 1',
    default: '1 for the embedded database in local mode, 0 otherwise',
    description: 'whether an empty database is filled with the demo data; never in production',
  }),
  CLAIMS_TTL_SECONDS: integer(
    1,
    3600,
    30,
    'how old business claims and the revocation list may be, even when every announcement of a change is lost',
  ),
  CLAIMS_NEGATIVE_TTL_SECONDS: integer(0, 3600, 5, 'the same for the answer that a subject has no business record'),
  CLAIMS_STALE_IF_ERROR_SECONDS: integer(
    0,
    86_400,
    0,
    'how much older than CLAIMS_TTL_SECONDS claims may be while their source fails; 0 for not at all',
  ),
  CLAIMS_CACHE_ENTRIES: integer(
    1,
    5_000_000,
    100_000,
    'how many identities the claims cache of a process holds at most',
  ),
  CLAIMS_TIMEOUT_MS: integer(1, 60_000, 2000, 'how long reading business claims may take'),
  TOKEN_GRACE_SECONDS: integer(0, 60, 5, 'how long an expired token is still accepted, because clocks differ'),
  JWKS_REFRESH_SECONDS: integer(1, 86_400, 300, 'how often the keys of the user pools are fetched again'),
  STATEMENT_TIMEOUT_MS: integer(1, 600_000, 5000, 'how long one SQL statement may take'),
  HEADERS_TIMEOUT_MS: integer(
    1,
    600_000,
    10_000,
    'how long a client may take to send the head of a request; no longer than REQUEST_TIMEOUT_MS',
  ),
  REQUEST_TIMEOUT_MS: integer(1, 600_000, 30_000, 'how long a client may take to send a whole request, head and body'),
  KEEP_ALIVE_TIMEOUT_MS: integer(
    1,
    3_600_000,
    72_000,
    'how long a connection is kept for the next request; longer than a load balancer in front keeps it',
  ),
  IDLE_TIMEOUT_MS: integer(
    1,
    3_600_000,
    120_000,
    'how long nothing may move on a connection that waits for an answer or does not read one',
  ),
  CORS_ORIGINS: defineVariable(z.string().transform(toList).refine(areOrigins).optional(), {
    expected: 'exact origins such as https://app.example, separated by commas, and no *',
    default: 'every port of this machine in local mode, none otherwise',
    description: 'the web pages that may call the API from a browser',
  }),
  CORS_ALLOWED_HEADERS: defineVariable(z.string().transform(toList).refine(areHeaderNames).optional(), {
    expected: 'names of headers, separated by commas',
    default: 'none',
    description: 'headers that such a page may send besides those of GraphQL clients and of tracing',
  }),
  RESOURCE_URL: defineVariable(z.string().refine(isResource).optional(), {
    expected: 'an https address without query and fragment, such as https://api.example/graphql (http for localhost)',
    default: 'none: it is told nowhere',
    description:
      'the address by which clients know the API: told, with issuers and scopes, at `/.well-known/oauth-protected-resource` (RFC 9728)',
  }),
  INTROSPECTION: defineVariable(z.preprocess(onAsOpen, z.enum(['open', 'by-caller', 'off']).optional()), {
    expected: 'open, by-caller or off',
    default: 'off in production, open otherwise',
    description: 'who may read the schema: everybody, each caller the part that they can reach, or nobody',
  }),
  AUDIT_SAMPLE: ratio(
    0,
    'the fraction of operations whose field decisions are logged; those of denied fields always are',
  ),
  EXECUTOR: oneOf(
    ['jit', 'graphql-js'],
    'jit',
    'what executes operations: compiled queries where they are asked often, or graphql-js always',
  ),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', 'what is logged'),
};

export type VariableName = keyof typeof variables;
type Shape = { [Name in VariableName]: (typeof variables)[Name]['schema'] };
export type Values = z.output<z.ZodObject<Shape>>;

export const variableNames = Object.keys(variables).filter(isVariable);

/** The same as a list, for docs/configuration.md, which a test compares with it. */
export const configurationVariables: readonly {
  readonly name: string;
  readonly default: string | undefined;
  readonly description: string;
}[] = Object.entries<Documentation>(variables).map(([name, { default: unset, description }]) => {
  return { name, default: unset, description };
});

export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(variables, name);
}

/** Reads every variable by itself; what they say together is judged elsewhere. */
export const variablesSchema = z.object(shapeOf(variables));

function shapeOf(definitions: typeof variables): Shape {
  return Object.fromEntries(Object.entries(definitions).map(([name, { schema }]) => [name, schema])) as Shape;
}

function isLongSecret(bytes: Uint8Array | undefined): bytes is Uint8Array {
  return bytes !== undefined && bytes.length >= 32;
}

/** What `open` was called at first. */
function onAsOpen(value: unknown): unknown {
  return value === 'on' ? 'open' : value;
}
