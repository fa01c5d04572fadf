import { createRequire } from 'node:module';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

/** What every suite has in common; `vitest.*.config.ts` are the other suites, each with its own kind of file. */
export const base = {
  // Vitest would load graphql twice, as ES module and as CommonJS, and graphql-js refuses a schema of the other copy.
  // The engine's source rather than its build.
  resolve: {
    conditions: ['source', 'node'],
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    // Of two cores Vitest would use one; much of the time is spent waiting for servers and databases.
    maxWorkers: '100%',
    setupFiles: ['packages/claimgraph/test/support/closedNetwork.ts'],
    // Key pairs and databases are real, and two cores may be busy with several of them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
} satisfies ViteUserConfig;

/** What `npm test` and `npm run test:integration` do beside, both in the test's own process. */
export const inProcess = {
  // The files of a worker share its modules: to load them anew for each would take longer than most files' tests.
  isolate: false,
  // No test runs the embedded database long enough to repay optimising its WebAssembly.
  execArgv: ['--liftoff-only'],
} satisfies ViteUserConfig['test'];

/**
 * `npm test`: what a developer runs at each change. Everything is real, but in the test's own process: HTTP on loopback,
 * an embedded database (or that of DATABASE_URL). What takes longer than a developer waits is `*.integration.ts`; what
 * starts other processes is `*.e2e.ts`.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    ...inProcess,
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    // In configurations of their own: they need a browser, or libraries that the root does not install.
    exclude: ['test/browser/**', 'test/clients/**', 'test/adopters/**', 'test/infra/**'],
    // `*.types.ts` are not run: the compiler must refuse what they expect it to refuse, and nothing else.
    typecheck: {
      enabled: true,
      checker: 'tsc',
      include: ['test/**/*.types.ts', 'packages/*/test/**/*.types.ts'],
      tsconfig: './tsconfig.types.json',
    },
  },
});
