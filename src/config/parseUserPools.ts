import { isTenantClaim, isTenantName } from 'claimgraph';
import { z } from 'zod';
import type { CognitoUserPool } from './config.ts';
import { type ConfigProblem, configProblem, type Environment, showValue } from './configError.ts';
import { toList } from './formats.ts';
import { type VariableName, variables } from './variables.ts';

/** Which variable sets which property of a single user pool. */
export const poolVariables = {
  region: 'COGNITO_REGION',
  userPoolId: 'COGNITO_USER_POOL_ID',
  userClientIds: 'COGNITO_USER_CLIENT_IDS',
  machineClientIds: 'COGNITO_MACHINE_CLIENT_IDS',
  issuerForm: 'COGNITO_ISSUER_FORM',
  audience: 'COGNITO_AUDIENCE',
  tenant: 'COGNITO_TENANT',
  tenantClaim: 'COGNITO_TENANT_CLAIM',
} as const satisfies Record<keyof CognitoUserPool, VariableName>;

// The messages of these schemas say what was expected.
const clientIds = z.array(string(/^[\w+]{1,128}$/, 'a client id'), { error: 'an array of client ids' }).default([]);
const names = z.object({
  region: string(/^(eusc-[a-z]{2}|[a-z]{2})-(gov-)?[a-z]+-\d$/, variables.COGNITO_REGION.expected),
  userPoolId: string(/^[\w-]+_[0-9a-zA-Z]+$/, variables.COGNITO_USER_POOL_ID.expected),
});
const clients = z.object({ userClientIds: clientIds, machineClientIds: clientIds });
const userPool = z
  .strictObject(
    {
      ...names.shape,
      ...clients.shape,
      issuerForm: z.enum(['standard', 'issuer-prefixed'], { error: 'standard or issuer-prefixed' }).default('standard'),
      audience: string(/^\S+$/, variables.COGNITO_AUDIENCE.expected).optional(),
      tenant: z.custom<string>(isTenantName, { error: variables.COGNITO_TENANT.expected }).optional(),
      tenantClaim: z.custom<string>(isTenantClaim, { error: variables.COGNITO_TENANT_CLAIM.expected }).optional(),
    },
    { error: `an object of ${Object.keys(poolVariables).join(', ')} and nothing else` },
  )
  .refine(({ region, userPoolId }) => userPoolId.startsWith(`${region}_`), {
    path: ['userPoolId'],
    error: 'a user pool id that starts with the region and _',
    when: ({ value }) => names.safeParse(value).success,
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
  .refine(({ tenant, tenantClaim }) => tenant === undefined || tenantClaim === undefined, {
    path: ['tenantClaim'],
    error: 'nothing beside a tenant: one of the two',
  });
const userPools = z
  .array(userPool, { error: variables.COGNITO_USER_POOLS.expected })
  .min(1, { error: variables.COGNITO_USER_POOLS.expected })
  .refine(haveOwnIssuers, { error: 'each user pool only once' });

function string(pattern: RegExp, expected: string) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

function haveOwnIssuers(pools: readonly CognitoUserPool[]): boolean {
  return new Set(pools.map(({ userPoolId, issuerForm }) => `${issuerForm} ${userPoolId}`)).size === pools.length;
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
  return {
    region: given.COGNITO_REGION,
    userPoolId: given.COGNITO_USER_POOL_ID,
    userClientIds: userClientIds && toList(userClientIds),
    machineClientIds: machineClientIds && toList(machineClientIds),
    issuerForm: given.COGNITO_ISSUER_FORM,
    audience: given.COGNITO_AUDIENCE,
    tenant: given.COGNITO_TENANT,
    tenantClaim: given.COGNITO_TENANT_CLAIM,
  } satisfies Record<keyof CognitoUserPool, unknown>;
}

function singleUserPoolProblem({ code, path, message }: z.core.$ZodIssue, given: Environment): ConfigProblem {
  const property = Object.keys(poolVariables).find((key): key is keyof CognitoUserPool => key === path[1]);
  const name = poolVariables[property ?? 'region'];
  const { expected, description } = variables[name];
  return configProblem(given, name, code === 'custom' ? message : expected, `Set it to ${description}.`);
}

function userPoolsProblem(issue: z.core.$ZodIssue, input: unknown): ConfigProblem {
  const place = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  const value = issue.path.reduce((outer: unknown, step) => Object(outer)[step], input);
  return {
    variable: `COGNITO_USER_POOLS${place}`,
    expected: issue.message,
    got: issue.code === 'unrecognized_keys' ? `also ${issue.keys.join(', ')}` : showJson(value, place),
    advice: 'README shows an example.',
  };
}

/** Text that is no JSON comes back as it is: the schema refuses it. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Nothing of the whole text is shown, only single properties. */
function showJson(value: unknown, place: string): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return String(value);
  return place === '' ? 'text that is none' : showValue(value);
}
