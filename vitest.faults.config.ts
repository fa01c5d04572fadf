import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/** `npm run test:faults`: real processes that are killed, paused and cut off, one scenario at a time. Takes minutes. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/faults/*.faults.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
