import type { DirectiveOptions } from './permissions/federation/federationDirectives.ts';
import type { Personas } from './permissions/persona.ts';

/** What `claimgraph.config.ts` tells the command line of a project. */
export interface ProjectConfig extends DirectiveOptions {
  /** SDL texts; `readTypeDefs` reads a folder's. */
  readonly typeDefs: readonly string[];
  /** The permission map, or codegen's `PermissionTree`. */
  readonly permissions: object;
  /** Whom `matrix`, `diff`, `explain` and `schema` look at, unless they are given a file of others. */
  readonly personas?: Personas;
}

/** Types the default export of `claimgraph.config.ts`; the command line checks it when it reads it. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
