import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  // Vitest would load graphql twice, as ES module and as CommonJS, and graphql-js refuses a schema of the other copy.
  // The engine's source rather than its build.
  resolve: {
    conditions: ['source', 'node'],
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    // Of two cores Vitest would use one; much of the time is spent waiting for processes and databases.
    maxWorkers: '100%',
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    // In configurations of their own: they need a browser, or libraries that the root does not install.
    exclude: ['test/browser/**', 'test/clients/**'],
    setupFiles: ['packages/claimgraph/test/support/closedNetwork.ts'],
    // Processes, key pairs and databases are real, and two cores may be busy with several of them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
