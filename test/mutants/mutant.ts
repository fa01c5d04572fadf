/** A way to break the engine. */
export interface Mutant {
  /** In `src`. */
  readonly file: string;
  /** Where it is likely to be noticed, in `test`: run first. */
  readonly tests: readonly string[];
  /** Stands exactly once in the file. */
  readonly text: string;
  readonly replacement: string;
  readonly breaks: string;
  /** Why no test can tell it from the original; only then may it survive. */
  readonly equivalent?: string;
}

/** Makes the mutants of one file; a test of `tests` is likely to tell. */
export function mutantsOf(file: string, tests: readonly [string, ...string[]]) {
  return (text: string, replacement: string, breaks: string, equivalent?: string): Mutant => ({
    file,
    tests,
    text,
    replacement,
    breaks,
    ...(equivalent !== undefined && { equivalent }),
  });
}
