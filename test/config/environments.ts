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

/** The whole text of the error, for an environment that must have one. */
export function refusalOf(environment: Environment): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`expected a ConfigError for ${JSON.stringify(environment)}`);
}

/** The text of an error with these lines below its title. */
export function refusal(lines: readonly string[]): string {
  const places = lines.length === 1 ? 'one place' : `${lines.length} places`;
  return [`the configuration is wrong in ${places}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
