import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: real processes that are killed, paused and cut off. Apart from `npm test`, for they take minutes. */
export default defineConfig({
  test: {
    include: ['test/faults/*.faults.ts'],
    setupFiles: ['packages/claimgraph/test/support/closedNetwork.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
