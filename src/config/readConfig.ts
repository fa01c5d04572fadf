import { join } from 'node:path';
import type { z } from 'zod';
import { chooseMode } from './chooseMode.ts';
import type { Config, LocalAuthentication, RedisConfig } from './config.ts';
import { ConfigError, type ConfigProblem, configProblem, type Environment } from './configError.ts';
import type { Documentation } from './defineVariable.ts';
import { modeProblems } from './modeProblems.ts';
import { parseTokenIssuers } from './parseTokenIssuers.ts';
import { parseUserPools } from './parseUserPools.ts';
import { withoutServiceVariables } from './serviceVariables.ts';
import { unknownVariableProblems } from './unknownVariableProblems.ts';
import { type Values, variableNames, variables, variablesSchema } from './variables.ts';

/**
 * Makes the configuration from the environment, which the entry passes in. An empty string counts as unset, and so does
 * what Kubernetes says of Services. Throws a ConfigError that names every wrong variable, also those that look like ours
 * and are not.
 */
export function readConfig(environment: Environment): Config {
  const given = withoutServiceVariables(Object.fromEntries(Object.entries(environment).filter(([, value]) => value)));
  const mode = chooseMode(given);
  const values = variablesSchema.safeParse(given);
  const parsedPools = mode === 'cognito' ? parseUserPools(given) : { pools: [], problems: [] };
  const parsedIssuers = mode === 'local' ? { issuers: [], problems: [] } : parseTokenIssuers(given, mode);
  const problems = [
    ...modeProblems(given, mode),
    ...valueProblems(given, values.error),
    ...parsedPools.problems,
    ...parsedIssuers.problems,
    ...unknownVariableProblems(given),
  ];
  if (!values.success || problems.length > 0) throw new ConfigError(onePerVariable(problems));
  const { pools: userPools } = parsedPools;
  const { issuers } = parsedIssuers;
  return toConfig(values.data, mode === 'local' ? toLocal(values.data) : { mode, userPools, issuers });
}

function valueProblems(given: Environment, error: z.ZodError | undefined): readonly ConfigProblem[] {
  const wrong = new Set(error?.issues.map((issue) => issue.path[0]));
  return variableNames
    .filter((name) => wrong.has(name))
    .map((name) => {
      const { expected, default: unset }: Documentation = variables[name];
      return configProblem(given, name, expected, `The default is ${unset}.`);
    });
}

/** The first problem of each variable, in the order of docs/configuration.md, and at the end those that it does not know. */
function onePerVariable(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const first = new Map<string, ConfigProblem>();
  for (const found of problems) first.set(found.variable, first.get(found.variable) ?? found);
  return [...first.values()].sort((one, other) => placeOf(one.variable) - placeOf(other.variable));
}

function placeOf(variable: string): number {
  const place = variableNames.findIndex((name) => variable === name || variable.startsWith(`${name}[`));
  return place === -1 ? variableNames.length : place;
}

function toLocal(values: Values): LocalAuthentication {
  const url = values.USER_POOL_URL;
  return {
    mode: 'local',
    poolConfigFile: values.USER_POOL_CONFIG,
    userPool:
      url !== undefined
        ? { kind: 'running', url }
        : {
            kind: 'start',
            port: values.USER_POOL_PORT,
            httpsPort: values.USER_POOL_HTTPS_PORT,
            hosts: values.USER_POOL_HOSTS ?? [],
            tokenSeconds: values.USER_POOL_TOKEN_SECONDS,
            rotationGraceSeconds: values.USER_POOL_ROTATION_GRACE_SECONDS,
          },
  };
}

/** Known to everybody: it protects nothing but the format, on a developer's machine. */
const localSecret = Buffer.from('claimgraph: for local mode only..');

function toRedis(values: Values): RedisConfig | undefined {
  const { REDIS_URL: url, REDIS_TIMEOUT_MS: timeoutMs, CLAIMS_CACHE_SECRET: secret = localSecret } = values;
  return url === undefined ? undefined : { url, timeoutMs, secret };
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
    metricsPort: values.METRICS_PORT,
    drainSeconds: values.DRAIN_SECONDS ?? (isLocal ? 0 : 5),
    database:
      url === undefined ? { kind: 'embedded', folder: join(dataFolder, 'database') } : { kind: 'postgres', url },
    rowLevelSecurity: values.DATABASE_RLS === 'on',
    redis: toRedis(values),
    dataFolder,
    demoData: (values.CLAIMGRAPH_DEMO_DATA ?? (isLocal && url === undefined ? '1' : '0')) === '1',
    claims: {
      ttlSeconds: values.CLAIMS_TTL_SECONDS,
      negativeTtlSeconds: values.CLAIMS_NEGATIVE_TTL_SECONDS,
      staleIfErrorSeconds: values.CLAIMS_STALE_IF_ERROR_SECONDS,
      maxEntries: values.CLAIMS_CACHE_ENTRIES,
      timeoutMs: values.CLAIMS_TIMEOUT_MS,
    },
    tokens: { graceSeconds: values.TOKEN_GRACE_SECONDS, jwksRefreshSeconds: values.JWKS_REFRESH_SECONDS },
    statementTimeoutMs: values.STATEMENT_TIMEOUT_MS,
    corsOrigins: isLocal ? { exact: values.CORS_ORIGINS ?? [], loopback: true } : (values.CORS_ORIGINS ?? []),
    resource: values.RESOURCE_URL,
    corsAllowedHeaders: values.CORS_ALLOWED_HEADERS ?? [],
    timeouts: {
      headersMs: Math.min(values.HEADERS_TIMEOUT_MS, values.REQUEST_TIMEOUT_MS),
      requestMs: values.REQUEST_TIMEOUT_MS,
      keepAliveMs: values.KEEP_ALIVE_TIMEOUT_MS,
      idleMs: values.IDLE_TIMEOUT_MS,
    },
    introspection: values.INTROSPECTION ?? (values.NODE_ENV === 'production' ? 'off' : 'open'),
    auditSample: values.AUDIT_SAMPLE,
    explain: isLocal && values.NODE_ENV !== 'production' ? 'for-callers-who-ask' : 'never',
    executor: values.EXECUTOR,
    logLevel: values.LOG_LEVEL,
  };
}
