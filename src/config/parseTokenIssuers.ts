import { type AccessTokenIssuer, findAccessTokenIssuerProblems } from 'claimgraph';
import { type ConfigProblem, configProblem, type Environment } from './configError.ts';
import { readJson } from './formats.ts';
import { variables } from './variables.ts';

interface ParsedTokenIssuers {
  readonly issuers: readonly AccessTokenIssuer[];
  readonly problems: readonly ConfigProblem[];
}

/** The issuers of TOKEN_ISSUERS, which the mode may need; none when there is a problem. What they may be, the engine says. */
export function parseTokenIssuers(given: Environment, mode: 'cognito' | 'issuers'): ParsedTokenIssuers {
  const json = given.TOKEN_ISSUERS;
  if (json === undefined && mode === 'cognito') return { issuers: [], problems: [] };
  const issuers = json === undefined ? undefined : readJson(json);
  const { expected, description } = variables.TOKEN_ISSUERS;
  if (!Array.isArray(issuers) || issuers.length === 0) {
    return {
      issuers: [],
      problems: [configProblem(given, 'TOKEN_ISSUERS', expected, `Set it to ${description}.`)],
    };
  }
  const problems = issuers.flatMap((issuer: unknown, index) =>
    findAccessTokenIssuerProblems(issuer).map(({ setting, expected, got }) => ({
      variable: `TOKEN_ISSUERS[${index}].${setting}`,
      expected,
      got,
      advice: 'docs/other-issuers.md says what each setting is.',
    })),
  );
  return { issuers: problems.length === 0 ? (issuers as readonly AccessTokenIssuer[]) : [], problems };
}
