import {
  findJwksUriProblem,
  isAwsRegion,
  isClientId,
  isScope,
  isTenantClaim,
  isTenantName,
  isUserPoolId,
} from 'claimgraph';
import { z } from 'zod';
import type { CognitoUserPool } from './config.ts';
import { type ConfigProblem, configProblem, type Environment, showValue } from './configError.ts';
import { readJson, toList } from './formats.ts';
import { type VariableName, variables } from './variables.ts';

/** Which variable sets which property of a single user pool. */
export const poolVariables = {
  region: 'COGNITO_REGION',
  userPoolId: 'COGNITO_USER_POOL_ID',
  userClientIds: 'COGNITO_USER_CLIENT_IDS',
  machineClientIds: 'COGNITO_MACHINE_CLIENT_IDS',
  issuerForm: 'COGNITO_ISSUER_FORM',
  replicaRegions: 'COGNITO_REPLICA_REGIONS',
  impliedScopes: 'COGNITO_CLIENT_SCOPES',
  jwksUri: 'COGNITO_JWKS_URI',
  jwksHost: 'COGNITO_JWKS_HOST',
  audience: 'COGNITO_AUDIENCE',
  tenant: 'COGNITO_TENANT',
  tenantClaim: 'COGNITO_TENANT_CLAIM',
} as const satisfies Record<keyof CognitoUserPool, VariableName>;

// The messages of these schemas say what was expected.
const forms = variables.COGNITO_ISSUER_FORM.expected;
const clientIds = z.array(text(isClientId, 'a client id'), { error: 'an array of client ids' }).default([]);
const names = z.object({
  region: text(isAwsRegion, variables.COGNITO_REGION.expected),
  userPoolId: text((id) => isUserPoolId(id), variables.COGNITO_USER_POOL_ID.expected),
});
const regions = z.object({ region: names.shape.region, replicaRegions: z.array(z.string()) });
const clients = z.object({ userClientIds: clientIds, machineClientIds: clientIds });
const impliedScopes = z.record(
  z.string(),
  z
    .array(text(isScope, 'a scope without spaces'), { error: 'an array of scopes' })
    .min(1, { error: 'one scope or more' }),
  { error: variables.COGNITO_CLIENT_SCOPES.expected },
);
const userPool = z
  .strictObject(
    {
      ...names.shape,
      ...clients.shape,
      issuerForm: z.enum(['standard', 'issuer-prefixed', 'both'], { error: forms }).default('standard'),
      replicaRegions: z
        .array(text(isAwsRegion, variables.COGNITO_REGION.expected), { error: 'an array of AWS regions' })
        .default([]),
      impliedScopes: impliedScopes.default({}),
      jwksUri: z.string({ error: variables.COGNITO_JWKS_URI.expected }).optional(),
      jwksHost: z.string({ error: variables.COGNITO_JWKS_HOST.expected }).optional(),
      audience: text((audience) => /^\S+$/.test(audience), variables.COGNITO_AUDIENCE.expected).optional(),
      tenant: z.custom<string>(isTenantName, { error: variables.COGNITO_TENANT.expected }).optional(),
      tenantClaim: z.custom<string>(isTenantClaim, { error: variables.COGNITO_TENANT_CLAIM.expected }).optional(),
    },
    { error: `an object of ${Object.keys(poolVariables).join(', ')} and nothing else` },
  )
  .refine(({ region, userPoolId }) => isUserPoolId(userPoolId, region), {
    path: ['userPoolId'],
    error: 'a user pool id that starts with the region and _',
    when: ({ value }) => names.safeParse(value).success,
  })
  .refine(({ region, replicaRegions }) => !replicaRegions.includes(region), {
    path: ['replicaRegions'],
    error: 'other regions than the user pool is in',
    when: ({ value }) => regions.safeParse(value).success,
  })
  .refine(({ userClientIds, machineClientIds }) => userClientIds.length + machineClientIds.length > 0, {
    path: ['userClientIds'],
    error: 'at least one client id, here or among the machine clients',
    when: ({ value }) => clients.safeParse(value).success,
  })
  .refine(({ userClientIds, machineClientIds }) => !machineClientIds.some((id) => userClientIds.includes(id)), {
    path: ['machineClientIds'],
    error: 'none of the client ids through which people sign in',
    when: ({ value }) => clients.safeParse(value).success,
  })
  .refine(
    ({ userClientIds, machineClientIds, impliedScopes: implied }) =>
      Object.keys(implied).every((id) => userClientIds.includes(id) || machineClientIds.includes(id)),
    {
      path: ['impliedScopes'],
      error: 'scopes of client ids of the user pool alone',
      when: ({ value }) => clients.extend({ impliedScopes }).safeParse(value).success,
    },
  )
  .refine((pool) => findJwksUriProblem(pool) === undefined, {
    path: ['jwksUri'],
    error: variables.COGNITO_JWKS_URI.expected,
  })
  .refine(({ tenant, tenantClaim }) => tenant === undefined || tenantClaim === undefined, {
    path: ['tenantClaim'],
    error: 'nothing beside a tenant: one of the two',
  });
const userPools = z
  .array(userPool, { error: variables.COGNITO_USER_POOLS.expected })
  .min(1, { error: variables.COGNITO_USER_POOLS.expected })
  .refine(haveOwnIssuers, { error: 'each user pool only once' });

function text(isRight: (text: string) => boolean, expected: string) {
  return z.string({ error: expected }).refine(isRight, { error: expected });
}

function haveOwnIssuers(pools: readonly CognitoUserPool[]): boolean {
  const issuers = pools.flatMap(({ userPoolId, issuerForm }) =>
    (issuerForm === 'both' ? ['standard', 'issuer-prefixed'] : [issuerForm]).map((form) => `${form} ${userPoolId}`),
  );
  return new Set(issuers).size === issuers.length;
}

interface ParsedUserPools {
  readonly pools: readonly CognitoUserPool[];
  readonly problems: readonly ConfigProblem[];
}

/** The user pools of COGNITO_USER_POOLS, or else the single one; none when there is a problem. */
export function parseUserPools(given: Environment): ParsedUserPools {
  const json = given.COGNITO_USER_POOLS;
  const input = json === undefined ? [singleUserPool(given)] : readJson(json);
  const { data, error } = userPools.safeParse(input);
  const problems = (error?.issues ?? []).map((issue) => {
    return json === undefined ? singleUserPoolProblem(issue, given) : userPoolsProblem(issue, input);
  });
  return { pools: data ?? [], problems };
}

function singleUserPool(given: Environment) {
  const { COGNITO_USER_CLIENT_IDS: userClientIds, COGNITO_MACHINE_CLIENT_IDS: machineClientIds } = given;
  const { COGNITO_REPLICA_REGIONS: replicaRegions, COGNITO_CLIENT_SCOPES: clientScopes } = given;
  return {
    region: given.COGNITO_REGION,
    userPoolId: given.COGNITO_USER_POOL_ID,
    userClientIds: userClientIds && toList(userClientIds),
    machineClientIds: machineClientIds && toList(machineClientIds),
    issuerForm: given.COGNITO_ISSUER_FORM,
    replicaRegions: replicaRegions && toList(replicaRegions),
    impliedScopes: clientScopes && toClientScopes(clientScopes),
    jwksUri: given.COGNITO_JWKS_URI,
    jwksHost: given.COGNITO_JWKS_HOST,
    audience: given.COGNITO_AUDIENCE,
    tenant: given.COGNITO_TENANT,
    tenantClaim: given.COGNITO_TENANT_CLAIM,
  } satisfies Record<keyof CognitoUserPool, unknown>;
}

/** `spa1=investments/read investments/pay,app2=investments/read`; anything else is left to the schema to refuse. */
function toClientScopes(text: string): Readonly<Record<string, readonly string[]>> | string {
  const clients = toList(text).map((client) => /^([\w+]+)=(.+)$/.exec(client));
  const entries = clients.flatMap((found) =>
    found?.[1] && found[2] ? [[found[1], found[2].split(' ')] as const] : [],
  );
  const isWhole = entries.length === clients.length && new Set(entries.map(([id]) => id)).size === entries.length;
  return isWhole ? Object.fromEntries(entries) : text;
}

function singleUserPoolProblem({ code, path, message }: z.core.$ZodIssue, given: Environment): ConfigProblem {
  const property = Object.keys(poolVariables).find((key): key is keyof CognitoUserPool => key === path[1]);
  const name = poolVariables[property ?? 'region'];
  const isOfElement = path.length > 2;
  const { expected, description } = variables[name];
  return configProblem(
    given,
    name,
    code === 'custom' && !isOfElement ? message : expected,
    `Set it to ${description}.`,
  );
}

function userPoolsProblem(issue: z.core.$ZodIssue, input: unknown): ConfigProblem {
  const place = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  const value = issue.path.reduce((outer: unknown, step) => Object(outer)[step], input);
  return {
    variable: `COGNITO_USER_POOLS${place}`,
    expected: issue.message,
    got: issue.code === 'unrecognized_keys' ? `also ${issue.keys.join(', ')}` : showJson(value, place),
    advice: 'docs/configuration.md shows an example.',
  };
}

/** Nothing of the whole text is shown, only single properties. */
function showJson(value: unknown, place: string): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return String(value);
  return place === '' ? 'text that is none' : showValue(value);
}
