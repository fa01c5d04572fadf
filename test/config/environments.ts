import { ConfigError, type Environment } from '../../src/config/configError.ts';
import { readConfig } from '../../src/config/readConfig.ts';

/** What Cognito needs at least. */
export const cognito = {
  AUTH_MODE: 'cognito',
  COGNITO_REGION: 'eu-central-1',
  COGNITO_USER_POOL_ID: 'eu-central-1_a1B2c3D4e',
  COGNITO_USER_CLIENT_IDS: 'spa1',
};
export const production = { ...cognito, NODE_ENV: 'production', DATABASE_URL: 'postgres://api:hunter2@db/claims' };

/** An environment with these user pools in place of the single one. */
export function severalPools(userPools: unknown, mode: Environment = {}): Environment {
  return { AUTH_MODE: 'cognito', ...mode, COGNITO_USER_POOLS: JSON.stringify(userPools) };
}

/** What is wrong with an environment that must be refused. */
function refuse(environment: Environment): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`expected a ConfigError for ${JSON.stringify(environment)}`);
}

/** The whole text of the error. */
export function refusalOf(environment: Environment): string {
  return refuse(environment).message;
}

/** `variable: got` of each problem; that each says what was expected and what to do is held here. */
export function problemsOf(environment: Environment): readonly string[] {
  const { message, problems } = refuse(environment);
  return problems.map(({ variable, expected, got, advice }) => {
    for (const part of [variable, expected, got, advice]) {
      if (part === '' || !message.includes(part)) throw new Error(`expected "${part}" in ${message}`);
    }
    return `${variable}: ${got}`;
  });
}
