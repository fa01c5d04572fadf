import type { DirectiveOptions } from '../compile/directives/federationDirectives.ts';
import type { TypeDefs } from '../compile/parseSdl.ts';
import type { Personas } from '../inspect/persona.ts';
import type { Authorization } from '../operation/authorization.ts';
import type { PermissionMap } from '../rules/permissionMap.ts';
import type { RowFilter } from '../rules/rowFilter.ts';

/** What `claimgraph.config.ts` tells the command line of a project. */
export interface ProjectConfig extends DirectiveOptions {
  /** SDL: a text, a `Source`, a document of `gql`, or a list of them. `readTypeDefs` reads a folder's. */
  readonly typeDefs: TypeDefs;
  /** The permission map, or codegen's `PermissionTree`. */
  readonly permissions: PermissionMap;
  /** The project's row filters: `check` says which of them no field names. */
  readonly rowFilters?: readonly Pick<RowFilter, 'sentence'>[];
  /** Whom `matrix`, `diff`, `explain` and `schema` look at, unless they are given a file of others. */
  readonly personas?: Personas;
  /** What `explain --run` executes operations with. Mutations are executed too, so on data that may change. */
  readonly run?: ProjectRun;
}

export interface ProjectRun {
  /** Resolvers by type and field. */
  readonly resolvers: Readonly<Record<string, object>>;
  /** What the resolvers get: the given context with what they need besides. What it opens may stay open. */
  createContext(context: { readonly requestId: string; readonly authorization: Authorization }): Promise<object>;
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
