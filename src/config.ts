import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './errors.ts';

/** What the process runs with; made by `readConfig` only. */
export interface Config {
  readonly nodeEnv: 'development' | 'production' | 'test';
  readonly authentication: LocalAuthentication | CognitoAuthentication;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly database: DatabaseConfig;
  readonly dataFolder: string;
  /** True when an empty database is to be filled with the demo data. */
  readonly demoData: boolean;
  readonly claims: {
    readonly ttlSeconds: number;
    readonly negativeTtlSeconds: number;
    readonly maxEntries: number;
    readonly timeoutMs: number;
  };
  readonly tokens: { readonly graceSeconds: number; readonly jwksRefreshSeconds: number };
  readonly statementTimeoutMs: number;
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** The local user pool: one to start on this port, or one that already runs at this URL (without a slash at its end). */
export interface LocalAuthentication {
  readonly mode: 'local';
  readonly userPool:
    | { readonly kind: 'start'; readonly port: number }
    | { readonly kind: 'running'; readonly url: string };
}

export interface CognitoAuthentication {
  readonly mode: 'cognito';
  readonly userPools: readonly CognitoUserPool[];
}

export interface CognitoUserPool {
  readonly region: string;
  readonly userPoolId: string;
  readonly userClientIds: readonly string[];
  readonly machineClientIds: readonly string[];
  readonly issuerForm: 'standard' | 'issuer-prefixed';
  /** The `aud` that access tokens must carry; undefined when they are not bound to a resource. */
  readonly audience?: string | undefined;
}

export type DatabaseConfig =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'embedded'; readonly folder: string };

/** One wrong variable. `got` never holds what may be a secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly expected: string;
  readonly got: string;
  readonly advice: string;
}

/** Everything that is wrong with the environment, at once. */
export class ConfigError extends ConfigurationError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, expected, got, advice }) => {
      return `  ${variable}: expected ${expected}; got ${got}. ${advice}`;
    });
    const title = `the configuration is wrong in ${problems.length === 1 ? 'one place' : `${problems.length} places`}:`;
    super([title, ...lines].join('\n'));
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes the configuration from the environment, which the entry passes in. An empty string counts as unset. Throws a
 * ConfigError that names every wrong variable, also those that look like ours and are not.
 */
export function readConfig(environment: Environment): Config {
  const given: Environment = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const mode = chooseMode(given);
  const values = z.object(shapeOf(variables)).safeParse(given);
  const parsedPools = mode === 'cognito' ? parseUserPools(given) : { pools: [], problems: [] };
  const problems = [
    ...productionProblems(given),
    ...(mode === 'cognito' ? cognitoModeProblems(given) : localModeProblems(given)),
    ...valueProblems(given, values.error),
    ...parsedPools.problems,
    ...unknownVariableProblems(given),
  ];
  if (!values.success || problems.length > 0) throw new ConfigError(onePerVariable(problems));
  return toConfig(values.data, mode === 'cognito' ? { mode, userPools: parsedPools.pools } : toLocal(values.data));
}

function toLocal({ USER_POOL_URL: url, USER_POOL_PORT: port }: Values): LocalAuthentication {
  return { mode: 'local', userPool: url === undefined ? { kind: 'start', port } : { kind: 'running', url } };
}

function toConfig(values: Values, authentication: Config['authentication']): Config {
  const isLocal = authentication.mode === 'local';
  const dataFolder = values.CLAIMGRAPH_DATA_DIR;
  const url = values.DATABASE_URL;
  return {
    nodeEnv: values.NODE_ENV,
    authentication,
    host: values.HOST ?? (isLocal ? 'localhost' : '0.0.0.0'),
    port: values.PORT,
    database:
      url === undefined ? { kind: 'embedded', folder: join(dataFolder, 'database') } : { kind: 'postgres', url },
    dataFolder,
    demoData: (values.CLAIMGRAPH_DEMO_DATA ?? (isLocal && url === undefined ? '1' : '0')) === '1',
    claims: {
      ttlSeconds: values.CLAIMS_TTL_SECONDS,
      negativeTtlSeconds: values.CLAIMS_NEGATIVE_TTL_SECONDS,
      maxEntries: values.CLAIMS_CACHE_ENTRIES,
      timeoutMs: values.CLAIMS_TIMEOUT_MS,
    },
    tokens: { graceSeconds: values.TOKEN_GRACE_SECONDS, jwksRefreshSeconds: values.JWKS_REFRESH_SECONDS },
    statementTimeoutMs: values.STATEMENT_TIMEOUT_MS,
    corsOrigins: values.CORS_ORIGINS ?? (isLocal ? ['http://localhost:3000', 'http://localhost:5173'] : []),
    introspection: (values.INTROSPECTION ?? (values.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
    logLevel: values.LOG_LEVEL,
  };
}

/** What a variable is, for the README and for the messages. Without `default` it has to be set where it applies. */
interface Documentation {
  readonly expected: string;
  readonly default?: string;
  readonly meaning: string;
}

const variables = {
  NODE_ENV: choice(['development', 'production', 'test'], 'development', 'what the process runs for'),
  AUTH_MODE: define(z.enum(['local', 'cognito']).optional(), {
    expected: 'local or cognito',
    default: 'local; production needs cognito',
    meaning: 'who issues the access tokens: the local user pool, or Amazon Cognito',
  }),
  HOST: define(z.string().refine(isHost).optional(), {
    expected: 'an IP address or a host name',
    default: 'localhost in local mode, 0.0.0.0 otherwise',
    meaning: 'the address that the API listens on; in local mode loopback only',
  }),
  PORT: wholeNumber(0, 65535, 4000, 'the port of the API; 0 takes any free one'),
  USER_POOL_PORT: wholeNumber(0, 65535, 4010, 'the port of the local user pool; 0 takes any free one'),
  USER_POOL_URL: define(z.string().transform(withoutSlash).refine(isLocalUrl).optional(), {
    expected: 'http://localhost, http://127.0.0.1 or http://[::1] with a port and no path',
    default: 'none: one is started',
    meaning: 'a local user pool that already runs; USER_POOL_PORT then has no effect',
  }),
  COGNITO_REGION: define(z.string().optional(), {
    expected: 'an AWS region such as eu-central-1',
    meaning: 'the region of the user pool',
  }),
  COGNITO_USER_POOL_ID: define(z.string().optional(), {
    expected: 'a user pool id such as eu-central-1_a1B2c3D4e',
    meaning: 'the id of the user pool',
  }),
  COGNITO_USER_CLIENT_IDS: define(z.string().optional(), {
    expected: 'client ids, separated by commas',
    default: 'none',
    meaning: 'the clients through which people sign in',
  }),
  COGNITO_MACHINE_CLIENT_IDS: define(z.string().optional(), {
    expected: 'client ids, separated by commas',
    default: 'none',
    meaning: 'the clients that sign in as themselves (client credentials)',
  }),
  COGNITO_ISSUER_FORM: define(z.string().optional(), {
    expected: 'standard or issuer-prefixed',
    default: 'standard',
    meaning: 'how the issuer starts: https://cognito-idp or https://issuer-cognito-idp',
  }),
  COGNITO_AUDIENCE: define(z.string().optional(), {
    expected: 'a resource identifier without spaces',
    default: 'none: any client of the list will do',
    meaning: 'the aud that access tokens must carry (resource binding)',
  }),
  COGNITO_USER_POOLS: define(z.string().optional(), {
    expected: 'a JSON array with at least one user pool',
    default: 'none',
    meaning:
      'several user pools instead of one: a JSON array of {region, userPoolId, userClientIds, machineClientIds, issuerForm, audience}',
  }),
  DATABASE_URL: define(z.string().refine(isPostgresUrl).optional(), {
    expected: 'a URL that starts with postgres:// or postgresql://',
    default: 'none: an embedded database; production needs one',
    meaning: 'the PostgreSQL database',
  }),
  CLAIMGRAPH_DATA_DIR: define(z.string().default('.claimgraph'), {
    expected: 'a folder',
    default: '.claimgraph',
    meaning: "the folder of the embedded database and of the local user pool's keys",
  }),
  CLAIMGRAPH_DEMO_DATA: define(z.enum(['0', '1']).optional(), {
    expected: '0 or 1',
    default: '1 for the embedded database in local mode, 0 otherwise',
    meaning: 'whether an empty database is filled with the demo data; never in production',
  }),
  CLAIMS_TTL_SECONDS: wholeNumber(1, 3600, 30, 'how old business claims may be when every invalidation is lost'),
  CLAIMS_NEGATIVE_TTL_SECONDS: wholeNumber(0, 3600, 5, 'the same for the answer that there is no business record'),
  CLAIMS_CACHE_ENTRIES: wholeNumber(1, 5_000_000, 100_000, 'how many identities have their business claims remembered'),
  CLAIMS_TIMEOUT_MS: wholeNumber(1, 60_000, 2000, 'how long reading business claims may take'),
  TOKEN_GRACE_SECONDS: wholeNumber(0, 60, 5, 'how long an expired token is still accepted, because clocks differ'),
  JWKS_REFRESH_SECONDS: wholeNumber(1, 86_400, 300, 'how often the keys of the user pools are fetched again'),
  STATEMENT_TIMEOUT_MS: wholeNumber(1, 600_000, 5000, 'how long one SQL statement may take'),
  CORS_ORIGINS: define(z.string().transform(toList).refine(areOrigins).optional(), {
    expected: 'exact origins such as https://app.example, separated by commas, and no *',
    default: 'http://localhost:3000,http://localhost:5173 in local mode, none otherwise',
    meaning: 'the web pages that may call the API from a browser',
  }),
  INTROSPECTION: define(z.enum(['on', 'off']).optional(), {
    expected: 'on or off',
    default: 'off in production, on otherwise',
    meaning: 'whether clients may read the schema',
  }),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', 'what is logged'),
};

type VariableName = keyof typeof variables;
type Shape = { [Name in VariableName]: (typeof variables)[Name]['schema'] };
type Values = z.output<z.ZodObject<Shape>>;

const variableNames = Object.keys(variables).filter(isVariable);

/** Every variable, in the order of the README, which a test compares with this list. */
export const configurationVariables: readonly {
  readonly name: string;
  readonly default: string | undefined;
  readonly meaning: string;
}[] = Object.entries<Documentation>(variables).map(([name, { default: unset, meaning }]) => {
  return { name, default: unset, meaning };
});

function define<S extends z.ZodType>(schema: S, documentation: Documentation): Documentation & { readonly schema: S } {
  return { schema, ...documentation };
}

function choice<const T extends readonly [string, ...string[]]>(allowed: T, unset: T[number], meaning: string) {
  const schema = z
    .enum(allowed)
    .optional()
    .transform((value) => value ?? unset);
  return define(schema, { expected: `one of ${allowed.join(', ')}`, default: unset, meaning });
}

function wholeNumber(min: number, max: number, unset: number, meaning: string) {
  const digits = z.string().regex(/^\d{1,9}$/);
  const schema = digits.transform(Number).pipe(z.number().min(min).max(max)).default(unset);
  return define(schema, { expected: `a whole number from ${min} to ${max}`, default: String(unset), meaning });
}

function shapeOf(definitions: typeof variables): Shape {
  return Object.fromEntries(Object.entries(definitions).map(([name, { schema }]) => [name, schema])) as Shape;
}

function isVariable(name: string): name is VariableName {
  return Object.hasOwn(variables, name);
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
}

function isLocalUrl(text: string): boolean {
  return /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):[1-9]\d*$/.test(text) && URL.canParse(text);
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

/** Origins as browsers send them (RFC 6454 section 6.2): in lower case, without a default port, nothing behind. */
function areOrigins(texts: readonly string[]): boolean {
  return texts.every((text) => /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text);
}

function toList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, '');
}

/** Production knows no other mode, and beside a misspelt mode, settings for Cognito show what was meant. */
function chooseMode(given: Environment): 'local' | 'cognito' {
  const { AUTH_MODE: mode, NODE_ENV: nodeEnv } = given;
  if (nodeEnv === 'production' || mode === 'cognito') return 'cognito';
  if (mode === undefined || mode === 'local') return 'local';
  return cognitoVariables(given).length > 0 ? 'cognito' : 'local';
}

function cognitoVariables(given: Environment): readonly VariableName[] {
  return variableNames.filter((name) => name.startsWith('COGNITO_') && given[name] !== undefined);
}

function valueProblems(given: Environment, error: z.ZodError | undefined): readonly ConfigProblem[] {
  const wrong = new Set(error?.issues.map((issue) => issue.path[0]));
  return variableNames
    .filter((name) => wrong.has(name))
    .map((name) => {
      const { expected, default: unset }: Documentation = variables[name];
      return problem(given, name, expected, `The default is ${unset}.`);
    });
}

/** Set only where the process does not run on a developer's machine. */
const platformVariables = [
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_EXECUTION_ENV',
  'ECS_CONTAINER_METADATA_URI',
  'ECS_CONTAINER_METADATA_URI_V4',
  'KUBERNETES_SERVICE_HOST',
];

function* localModeProblems(given: Environment): Generator<ConfigProblem> {
  const platform = platformVariables.find((name) => given[name] !== undefined);
  if (platform !== undefined) {
    const expected = `cognito, because ${platform} is set, so that this is not a developer's machine`;
    yield problem(given, 'AUTH_MODE', expected, 'Set AUTH_MODE=cognito and the COGNITO_ variables.');
  }
  if (given.HOST !== undefined && !['127.0.0.1', '::1', 'localhost'].includes(given.HOST)) {
    const advice = 'Leave it out, or set AUTH_MODE=cognito: anybody can sign in to the local user pool.';
    yield problem(given, 'HOST', '127.0.0.1, ::1 or localhost in local mode', advice);
  }
  const port = Number(given.PORT ?? variables.PORT.default);
  const poolPort = Number(given.USER_POOL_PORT ?? variables.USER_POOL_PORT.default);
  if (given.USER_POOL_URL === undefined && port === poolPort && port !== 0) {
    const expected = `another port than PORT, which is ${port}`;
    yield { variable: 'USER_POOL_PORT', expected, got: 'the same', advice: 'Change one of the two.' };
  }
  for (const name of cognitoVariables(given)) {
    yield problem(given, name, 'nothing in local mode', 'Set AUTH_MODE=cognito, or remove it.');
  }
}

function* cognitoModeProblems(given: Environment): Generator<ConfigProblem> {
  for (const name of ['USER_POOL_PORT', 'USER_POOL_URL']) {
    if (given[name] !== undefined) yield problem(given, name, 'nothing in cognito mode', 'Remove it.');
  }
  if (given.COGNITO_USER_POOLS === undefined) return;
  for (const name of Object.values(poolVariables)) {
    const advice = 'Move it into COGNITO_USER_POOLS, or remove COGNITO_USER_POOLS.';
    if (given[name] !== undefined) yield problem(given, name, 'nothing beside COGNITO_USER_POOLS', advice);
  }
}

function* productionProblems(given: Environment): Generator<ConfigProblem> {
  if (given.NODE_ENV !== 'production') return;
  if (given.AUTH_MODE !== 'cognito') {
    yield problem(given, 'AUTH_MODE', 'cognito in production', 'Set AUTH_MODE=cognito and the COGNITO_ variables.');
  }
  if (given.DATABASE_URL === undefined) {
    const advice = 'Set DATABASE_URL: the embedded database serves a single process.';
    yield problem(given, 'DATABASE_URL', 'a PostgreSQL database in production', advice);
  }
  if (given.CLAIMGRAPH_DEMO_DATA === '1') {
    yield problem(given, 'CLAIMGRAPH_DEMO_DATA', '0 in production', 'Remove it.');
  }
}

/** Which variable sets which property of a single user pool. */
const poolVariables = {
  region: 'COGNITO_REGION',
  userPoolId: 'COGNITO_USER_POOL_ID',
  userClientIds: 'COGNITO_USER_CLIENT_IDS',
  machineClientIds: 'COGNITO_MACHINE_CLIENT_IDS',
  issuerForm: 'COGNITO_ISSUER_FORM',
  audience: 'COGNITO_AUDIENCE',
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

function parseUserPools(given: Environment): ParsedUserPools {
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
  } satisfies Record<keyof CognitoUserPool, unknown>;
}

function singleUserPoolProblem({ code, path, message }: z.core.$ZodIssue, given: Environment): ConfigProblem {
  const property = Object.keys(poolVariables).find((key): key is keyof CognitoUserPool => key === path[1]);
  const name = poolVariables[property ?? 'region'];
  const { expected, meaning } = variables[name];
  return problem(given, name, code === 'custom' ? message : expected, `Set it to ${meaning}.`);
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

const ownPrefixes = ['CLAIMGRAPH_', 'CLAIMS_', 'COGNITO_', 'JWKS_', 'TOKEN_'];

/** A misspelt setting is refused: left alone, it would be a setting that silently does not count. */
function unknownVariableProblems(given: Environment): readonly ConfigProblem[] {
  const unknown = Object.keys(given).filter((name) => {
    return !isVariable(name) && ownPrefixes.some((prefix) => name.startsWith(prefix));
  });
  return unknown.map((variable) => {
    const meant = nearestVariable(variable);
    const advice = meant === undefined ? 'Remove it.' : `Did you mean ${meant}?`;
    return { variable, expected: 'no variable of this name', got: 'one', advice };
  });
}

function nearestVariable(name: string): VariableName | undefined {
  const [nearest] = variableNames
    .map((candidate) => ({ candidate, distance: candidate.startsWith(`${name}_`) ? 0 : editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= name.length * 0.4)
    .sort((one, other) => one.distance - other.distance);
  return nearest?.candidate;
}

/** How many letters have to be added, left out or replaced (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const letter of from) {
    const next = [(row[0] ?? 0) + 1];
    for (const [index, other] of [...to].entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

function problem(given: Environment, variable: string, expected: string, advice: string): ConfigProblem {
  const isSecret = variable === 'DATABASE_URL' || variable === 'COGNITO_USER_POOLS';
  const value = given[variable];
  return { variable, expected, got: isSecret && value !== undefined ? hidden : show(value), advice };
}

const hidden = 'a value that is not shown';

/** Hides what looks as if it held a password: people put values into the wrong variable. */
function show(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  if (/@|passw|secret/i.test(value)) return hidden;
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

/** Nothing of the whole text is shown, only single properties. */
function showJson(value: unknown, place: string): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return String(value);
  return place === '' ? 'text that is none' : show(value);
}

/** The first problem of each variable, in the order of the README, and at the end those that it does not know. */
function onePerVariable(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const first = new Map<string, ConfigProblem>();
  for (const found of problems) first.set(found.variable, first.get(found.variable) ?? found);
  return [...first.values()].sort((one, other) => placeOf(one.variable) - placeOf(other.variable));
}

function placeOf(variable: string): number {
  const place = variableNames.findIndex((name) => variable === name || variable.startsWith(`${name}[`));
  return place === -1 ? variableNames.length : place;
}
