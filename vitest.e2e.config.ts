import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/** `npm run test:e2e`: what starts processes: commands, servers, Redis, the compiler, the pages of docs/ followed to the letter. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/**/*.e2e.ts', 'packages/*/test/**/*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
