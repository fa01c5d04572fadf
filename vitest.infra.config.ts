import { defineConfig } from 'vitest/config';
import { base } from './vitest.config.ts';

/**
 * `npm run test:infra`: the image's files, made and started as the Dockerfile says, and the manifests, held to the types of
 * Kubernetes. Apart from `npm test`, for it installs the project anew, and its tools in test/infra.
 */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/infra/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 },
});
