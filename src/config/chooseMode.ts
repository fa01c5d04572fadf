import type { Environment } from './configError.ts';
import { type VariableName, variableNames } from './variables.ts';

/** Production knows no other mode, and beside a misspelt mode, settings for Cognito show what was meant. */
export function chooseMode(given: Environment): 'local' | 'cognito' {
  const { AUTH_MODE: mode, NODE_ENV: nodeEnv } = given;
  if (nodeEnv === 'production' || mode === 'cognito') return 'cognito';
  if (mode === undefined || mode === 'local') return 'local';
  return cognitoVariables(given).length > 0 ? 'cognito' : 'local';
}

/** The settings for Cognito that are there. */
export function cognitoVariables(given: Environment): readonly VariableName[] {
  return variableNames.filter((name) => name.startsWith('COGNITO_') && given[name] !== undefined);
}
