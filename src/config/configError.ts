import { ConfigurationError } from 'claimgraph';

/** The variables of the process, or of a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

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

const secrets = new Set(['DATABASE_URL', 'COGNITO_USER_POOLS', 'REDIS_URL', 'CLAIMS_CACHE_SECRET']);

/** The value is shown, unless the variable is a secret. */
export function configProblem(given: Environment, variable: string, expected: string, advice: string): ConfigProblem {
  const isSecret = secrets.has(variable);
  const value = given[variable];
  return { variable, expected, got: isSecret && value !== undefined ? hidden : showValue(value), advice };
}

const hidden = 'a value that is not shown';

/** Hides what looks as if it held a password: people put values into the wrong variable. */
export function showValue(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  if (/@|passw|secret/i.test(value)) return hidden;
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
