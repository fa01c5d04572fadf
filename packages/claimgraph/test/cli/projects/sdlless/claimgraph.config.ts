import { defineConfig, readTypeDefs } from '../../../../src/index.ts';

export default defineConfig({
  typeDefs: readTypeDefs(new URL('../../../../../../test/cli/projects/sdlless/schema/', import.meta.url)),
  permissions: {},
});
