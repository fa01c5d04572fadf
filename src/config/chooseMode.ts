import type { Environment } from './configError.ts';
import { type VariableName, variableNames } from './variables.ts';

/** Who issues the access tokens: the local user pool; Cognito, and others beside it if there are any; others alone. */
export type AuthMode = 'local' | 'cognito' | 'issuers';

/** Production knows no local mode, and beside a misspelt mode, settings for others show what was meant. */
export function chooseMode(given: Environment): AuthMode {
  const { AUTH_MODE: mode, NODE_ENV: nodeEnv } = given;
  if (mode === 'issuers' || mode === 'cognito') return mode;
  if (nodeEnv !== 'production' && (mode === undefined || mode === 'local')) return 'local';
  if (cognitoVariables(given).length > 0) return 'cognito';
  if (given.TOKEN_ISSUERS !== undefined) return 'issuers';
  return nodeEnv === 'production' ? 'cognito' : 'local';
}

/** The settings for Cognito that are there. */
export function cognitoVariables(given: Environment): readonly VariableName[] {
  return variableNames.filter((name) => name.startsWith('COGNITO_') && given[name] !== undefined);
}
