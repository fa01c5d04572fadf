import { type Problem, ProblemsError } from '../../src/compile/problem.ts';

/** `coordinate: CODE` of each: what is pinned of problems, whose sentences are free. */
export function codesOf(problems: readonly Problem<string>[]): readonly string[] {
  return problems.map(({ code, coordinate, map }) => `${map ? `${map}: ` : ''}${coordinate}: ${code}`);
}

/** The same of what a start is refused with; empty when it is not. */
export function codesThrownBy(start: () => unknown): readonly string[] {
  try {
    start();
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) return codesOf(error.problems);
    throw error;
  }
}
