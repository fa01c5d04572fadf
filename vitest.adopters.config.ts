import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/**
 * `npm run test:adopters`: the packed engine in projects of other teams, taken from the pages of docs/adapters. Apart from
 * `npm test`, for their servers are installed in a temporary folder only, by test/adopters/package-lock.json.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/adopters/*.test.ts'],
    globalSetup: 'test/adopters/support/setup.ts',
    // npm and the compiler, on a machine that may be busy.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
