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

/** Shared by all copies of this module in a process, while `thisCopy` is each one's own. */
const madeBy = Symbol.for('claimgraph.config.madeBy');
const thisCopy = {};

/** Types the default export of `claimgraph.config.ts`; the command line checks it when it reads it. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return Object.defineProperty({ ...config }, madeBy, { value: thisCopy });
}

/** Whether another copy of the engine made it, whose rules this one does not know: it would take them for foreign ones. */
export function isOfAnotherCopy(config: object): boolean {
  const maker: unknown = Reflect.get(config, madeBy);
  return maker !== undefined && maker !== thisCopy;
}
