import type { ConfigProblem, Environment } from './configError.ts';
import { isVariable, type VariableName, variableNames } from './variables.ts';

const ownPrefixes = ['CLAIMGRAPH_', 'CLAIMS_', 'COGNITO_', 'JWKS_', 'TOKEN_', 'USER_POOL_'];

/** A misspelt setting is refused: left alone, it would be a setting that silently does not count. */
export function unknownVariableProblems(given: Environment): readonly ConfigProblem[] {
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
