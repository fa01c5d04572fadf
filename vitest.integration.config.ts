import { defineConfig } from 'vitest/config';
import { base, inProcess } from './vitest.config.ts';

/**
 * `npm run test:integration`: whole rooms against what they talk to (the SQL of the data, the user pool, key servers,
 * Redis, time-outs), in one process as `npm test` is, but with more cases than a developer waits for at each change.
 */
export default defineConfig({
  ...base,
  test: { ...base.test, ...inProcess, include: ['test/**/*.integration.ts', 'packages/*/test/**/*.integration.ts'] },
});
