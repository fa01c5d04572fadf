import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/** `npm run test:browser`: what only a browser can tell, in Debian's Chromium. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/browser/**/*.test.ts'] },
});
