import { type AuthMode, cognitoVariables } from './chooseMode.ts';
import { type ConfigProblem, configProblem, type Environment } from './configError.ts';
import { poolVariables } from './parseUserPools.ts';
import { variableNames, variables } from './variables.ts';

/** What does not fit the mode, however right each variable is by itself. */
export function* modeProblems(given: Environment, mode: AuthMode): Generator<ConfigProblem> {
  yield* productionProblems(given);
  yield* metricsPortProblems(given, mode);
  yield* timeoutProblems(given);
  yield* mode === 'local' ? localModeProblems(given) : otherModeProblems(given, mode);
}

function* metricsPortProblems(given: Environment, mode: AuthMode): Generator<ConfigProblem> {
  const port = Number(given.METRICS_PORT ?? 0);
  if (port === 0) return;
  const hasUserPool = mode === 'local' && given.USER_POOL_URL === undefined;
  for (const name of ['PORT', ...(hasUserPool ? (['USER_POOL_PORT'] as const) : [])] as const) {
    if (Number(given[name] ?? variables[name].default) !== port) continue;
    const expected = `another port than ${name}, which is ${port}`;
    yield { variable: 'METRICS_PORT', expected, got: 'the same', advice: 'Change one of the two.' };
  }
}

function* timeoutProblems(given: Environment): Generator<ConfigProblem> {
  const head = variables.HEADERS_TIMEOUT_MS.schema.safeParse(given.HEADERS_TIMEOUT_MS);
  const whole = variables.REQUEST_TIMEOUT_MS.schema.safeParse(given.REQUEST_TIMEOUT_MS);
  if (given.HEADERS_TIMEOUT_MS === undefined || !head.success || !whole.success || head.data <= whole.data) return;
  const expected = `no more than REQUEST_TIMEOUT_MS, which is ${whole.data}`;
  yield configProblem(given, 'HEADERS_TIMEOUT_MS', expected, 'The head is a part of the request.');
}

/** Set only where the process does not run on a developer's machine. */
const platformVariables = [
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_EXECUTION_ENV',
  'ECS_CONTAINER_METADATA_URI',
  'ECS_CONTAINER_METADATA_URI_V4',
  'KUBERNETES_SERVICE_HOST',
];

const howToSetMode =
  'Set AUTH_MODE=cognito and the COGNITO_ variables, or AUTH_MODE=issuers and TOKEN_ISSUERS for other issuers alone.';

function* localModeProblems(given: Environment): Generator<ConfigProblem> {
  const platform = platformVariables.find((name) => given[name] !== undefined);
  if (platform !== undefined) {
    const expected = `cognito or issuers, because ${platform} is set, so that this is not a developer's machine`;
    yield configProblem(given, 'AUTH_MODE', expected, howToSetMode);
  }
  if (given.HOST !== undefined && !['127.0.0.1', '::1', 'localhost'].includes(given.HOST)) {
    const advice = 'Leave it out, or set AUTH_MODE=cognito: anybody can sign in to the local user pool.';
    yield configProblem(given, 'HOST', '127.0.0.1, ::1 or localhost in local mode', advice);
  }
  const port = Number(given.PORT ?? variables.PORT.default);
  const poolPort = Number(given.USER_POOL_PORT ?? variables.USER_POOL_PORT.default);
  if (given.USER_POOL_URL === undefined && port === poolPort && port !== 0) {
    const expected = `another port than PORT, which is ${port}`;
    yield { variable: 'USER_POOL_PORT', expected, got: 'the same', advice: 'Change one of the two.' };
  }
  const httpsPort = Number(given.USER_POOL_HTTPS_PORT ?? 0);
  const taken = [
    ['PORT', port],
    ['USER_POOL_PORT', poolPort],
    ['METRICS_PORT', Number(given.METRICS_PORT ?? 0)],
  ] as const;
  for (const [name] of taken.filter(([, other]) => other === httpsPort && other !== 0)) {
    const expected = `another port than ${name}, which is ${httpsPort}`;
    yield { variable: 'USER_POOL_HTTPS_PORT', expected, got: 'the same', advice: 'Change one of the two.' };
  }
  for (const name of cognitoVariables(given)) {
    yield configProblem(given, name, 'nothing in local mode', 'Set AUTH_MODE=cognito, or remove it.');
  }
  if (given.TOKEN_ISSUERS !== undefined) {
    const advice = 'Set AUTH_MODE=issuers, or AUTH_MODE=cognito with the COGNITO_ variables, or remove it.';
    yield configProblem(given, 'TOKEN_ISSUERS', 'nothing in local mode', advice);
  }
}

function* otherModeProblems(given: Environment, mode: 'cognito' | 'issuers'): Generator<ConfigProblem> {
  for (const name of variableNames.filter((variable) => variable.startsWith('USER_POOL_'))) {
    if (given[name] !== undefined) yield configProblem(given, name, `nothing in ${mode} mode`, 'Remove it.');
  }
  if (given.REDIS_URL !== undefined && given.CLAIMS_CACHE_SECRET === undefined) {
    const advice = 'Set it, for example to what `openssl rand -base64 32` prints, or remove REDIS_URL.';
    yield configProblem(given, 'CLAIMS_CACHE_SECRET', '32 random bytes or more beside REDIS_URL', advice);
  }
  if (mode === 'issuers') {
    for (const name of cognitoVariables(given)) {
      const advice = 'Set AUTH_MODE=cognito, which accepts the tokens of both, or remove it.';
      yield configProblem(given, name, 'nothing in issuers mode', advice);
    }
    return;
  }
  if (given.COGNITO_USER_POOLS === undefined) return;
  for (const name of Object.values(poolVariables)) {
    const advice = 'Move it into COGNITO_USER_POOLS, or remove COGNITO_USER_POOLS.';
    if (given[name] !== undefined) yield configProblem(given, name, 'nothing beside COGNITO_USER_POOLS', advice);
  }
}

function* productionProblems(given: Environment): Generator<ConfigProblem> {
  if (given.NODE_ENV !== 'production') return;
  if (given.AUTH_MODE !== 'cognito' && given.AUTH_MODE !== 'issuers') {
    yield configProblem(given, 'AUTH_MODE', 'cognito or issuers in production', howToSetMode);
  }
  if (given.DATABASE_URL === undefined) {
    const advice = 'Set DATABASE_URL: the embedded database serves a single process.';
    yield configProblem(given, 'DATABASE_URL', 'a PostgreSQL database in production', advice);
  }
  if (given.CLAIMGRAPH_DEMO_DATA === '1') {
    yield configProblem(given, 'CLAIMGRAPH_DEMO_DATA', '0 in production', 'Remove it.');
  }
}
