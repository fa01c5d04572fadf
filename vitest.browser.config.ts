import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/** `npm run test:browser`: what only a browser can tell, in Debian's Chromium. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/browser/**/*.test.ts'],
    // Chromium and npm start, on a machine that may be busy.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
