// `npm test` takes a fiftieth of the cases, what a developer can wait for at each change; `npm run test:properties` all.
// PROPERTY_RUNS=50000 takes that many in every property of the files that are named on the command line. On a failure
// fast-check prints the seed: PROPERTY_SEED repeats it.
const { PROPERTY_RUNS, PROPERTY_SEED, PROPERTY_SHARE = '50' } = process.env;

/** Whether so many cases are taken that each kind of case must be among them. */
export const isThorough = PROPERTY_SHARE === '1' || PROPERTY_RUNS !== undefined;

/** What fast-check is to be told of a property that shows its worth with `runs` cases. */
export function propertySettings(runs: number): { readonly numRuns: number; readonly seed?: number } {
  // Not fewer than the examples that some properties begin with.
  const share = Math.min(runs, Math.max(10, Math.ceil(runs / Number(PROPERTY_SHARE))));
  const numRuns = PROPERTY_RUNS === undefined ? share : Number(PROPERTY_RUNS);
  return { numRuns, ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }) };
}
