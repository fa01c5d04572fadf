import { demoPersonas } from './dev/demoPersonas.ts';
import { defineConfig, readTypeDefs } from './src/index.ts';
import { permissions } from './src/investments/permissions.ts';

/** What `npm run permissions -- …` reads. */
export default defineConfig({
  typeDefs: readTypeDefs(new URL('./schema/', import.meta.url)),
  permissions,
  personas: demoPersonas,
});
