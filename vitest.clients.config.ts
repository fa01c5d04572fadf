import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/**
 * `npm run test:clients`: packages/client and the recipes of docs/clients with the real client libraries, and in Debian's
 * Chromium against `npm start`. Apart from `npm test`, for the libraries are installed in test/clients only.
 */
export default defineConfig({
  ...base,
  // Where the libraries are, and so where `dedupe` has the adapters in packages/client find them.
  root: fileURLToPath(new URL('test/clients', import.meta.url)),
  resolve: { ...base.resolve, dedupe: ['@apollo/client', '@urql/core', 'wonka', 'react'] },
  test: {
    ...base.test,
    include: ['**/*.test.{ts,tsx}'],
    exclude: ['node_modules/**'],
    // Chromium and npm start, on a machine that may be busy. What waits for something that does not come fails before.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 150_000 } },
    // Its server must have the copy of graphql that the tests make schemas with.
    server: { deps: { inline: ['graphql-ws'] } },
    setupFiles: [fileURLToPath(new URL('packages/claimgraph/test/support/closedNetwork.ts', import.meta.url))],
  },
});
