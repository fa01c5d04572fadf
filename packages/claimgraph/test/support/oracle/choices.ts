/** A random case is what these choices make of a list of numbers. Where the list ends, everything is the simplest. */
export interface Choices {
  /** From 0 to `max`. */
  upTo(max: number): number;
  /** True in so many of a hundred cases; false when nothing is left. */
  chance(percent: number): boolean;
  /** One of them; the first when nothing is left. */
  oneOf<T>(values: readonly T[]): T;
  /** Some of them, in their order. */
  someOf<T>(values: readonly T[], percent: number): readonly T[];
}

/** Shorter lists and smaller numbers make simpler cases, so that fast-check's shrinking finds the simplest that fails. */
export function createChoices(numbers: readonly number[]): Choices {
  let at = 0;
  const next = () => numbers[at++] ?? 0;
  const chance = (percent: number) => next() % 100 >= 100 - percent;
  return {
    upTo: (max) => next() % (max + 1),
    chance,
    oneOf(values) {
      const value = values[next() % values.length];
      if (value === undefined) throw new RangeError('expected something to choose from');
      return value;
    },
    someOf: (values, percent) => values.filter(() => chance(percent)),
  };
}
