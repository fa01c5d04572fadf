import { AssertionError } from 'node:assert';
import { allowed, type DecidedBody, type Decisions, RequestFailedError, readDecisions } from './readDecisions.ts';

/** As `readDecisions`, for tests: throws AssertionError when the request itself failed. */
export function assertDecided(query: string, body: DecidedBody, operationName?: string): Decisions {
  try {
    return readDecisions(query, body, operationName);
  } catch (error) {
    if (error instanceof RequestFailedError) throw new AssertionError({ message: error.message });
    throw error;
  }
}

/**
 * Throws AssertionError with a line for each field whose decision is not the expected one. A field that is not named is
 * expected to be allowed.
 */
export function assertDecisions(who: string, actual: Decisions, expected: Decisions): void {
  const unknown = Object.keys(expected).filter((path) => !Object.hasOwn(actual, path));
  const differences = [
    ...unknown.map((path) => `${path}: the operation has no such field; it has ${Object.keys(actual).join(', ')}`),
    ...Object.entries(actual).flatMap(([path, got]) => {
      const wanted = Object.hasOwn(expected, path) ? expected[path] : allowed;
      return got === wanted ? [] : [`${path}: expected ${wanted}; got ${got}`];
    }),
  ];
  if (differences.length === 0) return;
  const message = `the decisions for ${who} differ (${differences.length}):\n  ${differences.join('\n  ')}`;
  throw new AssertionError({ message, actual, expected, operator: 'expectDecisions' });
}
