import { defineConfig, readTypeDefs } from 'claimgraph';
import { demoPersonas } from './dev/demoPersonas.ts';
import { demoRun } from './dev/demoRun.ts';
import { permissions } from './src/access/permissions.ts';
import { rowFilters } from './src/access/rowFilters.ts';

/** What `npm run permissions -- …` reads. */
export default defineConfig({
  typeDefs: readTypeDefs(new URL('./schema/', import.meta.url)),
  permissions,
  rowFilters,
  personas: demoPersonas,
  run: demoRun,
});
