import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/** `npm run test:properties`: every property with as many random cases as it takes to trust it; `npm test` takes a few. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/**/*.properties.test.ts', 'packages/*/test/**/*.properties.test.ts'],
    isolate: false,
    env: { PROPERTY_SHARE: '1' },
  },
});
