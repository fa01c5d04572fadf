import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { IExecutableSchemaDefinition } from '@graphql-tools/schema';
import { describeNoSdl, isSdl, type TypeDefs } from '../compile/parseSdl.ts';
import { createGuardedSchema, type GuardedSchema } from '../guard/guardedSchema.ts';
import { isOfAnotherCopy, type ProjectConfig, type ProjectRun } from './defineConfig.ts';
import { UsageError } from './exitCodes.ts';
import { importDefault } from './importModule.ts';
import { isObject } from './isObject.ts';
import { parsePersonas } from './parsePersonas.ts';

export const configNames = ['claimgraph.config.ts', 'claimgraph.config.js', 'claimgraph.config.mjs'] as const;

/** Reads the project's `claimgraph.config`. Throws UsageError when there is none, or when it is another thing. */
export async function loadProject(folder: string): Promise<ProjectConfig> {
  const file = configNames.map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) {
    throw new UsageError(
      `expected ${configNames.join(', or ')} in ${folder}; got none. Write one (docs/command-line.md), or say where it is: --project DIR`,
    );
  }
  return parseConfig(file, await importDefault(file));
}

/** The schema with its plans. Throws SdlError or PermissionMapError with all problems. */
export function compileProject(
  { typeDefs, permissions, policies, harmlessDirectives }: ProjectConfig,
  resolvers?: ProjectRun['resolvers'],
): GuardedSchema {
  return createGuardedSchema({
    typeDefs,
    permissions,
    policies,
    harmlessDirectives,
    resolvers: resolvers as IExecutableSchemaDefinition['resolvers'],
  });
}

function parseConfig(file: string, config: unknown): ProjectConfig {
  if (!isObject(config)) {
    throw new UsageError(
      `${file}: expected a default export { typeDefs, permissions, … }; got ${inspect(config, { depth: 0 })}. Write \`export default defineConfig({ … })\`.`,
    );
  }
  if (isOfAnotherCopy(config)) {
    throw new UsageError(
      `${file}: expected an ES module; got one that was loaded as CommonJS, with a copy of claimgraph of its own. Write "type": "module" into package.json.`,
    );
  }
  const { typeDefs, permissions, personas, run, rowFilters = [] } = config;
  if (!isObject(permissions)) {
    throw new UsageError(`${file}: "permissions" must be a permission map; got ${inspect(permissions, { depth: 0 })}`);
  }
  if (run !== undefined && !isRun(run)) {
    throw new UsageError(
      `${file}: "run" must be { resolvers, createContext }, maps of functions and a function; got ${inspect(run, { depth: 0 })}`,
    );
  }
  if (!Array.isArray(rowFilters) || !rowFilters.every((one) => isObject(one) && typeof one.sentence === 'string')) {
    throw new UsageError(
      `${file}: "rowFilters" must be a list of what rowFilter makes; got ${inspect(rowFilters, { depth: 0 })}`,
    );
  }
  return {
    ...config,
    typeDefs: parseTypeDefs(file, typeDefs),
    permissions,
    ...(personas !== undefined && { personas: parsePersonas(file, personas) }),
    ...(run !== undefined && { run }),
  };
}

function parseTypeDefs(file: string, typeDefs: unknown): TypeDefs {
  const parts: readonly unknown[] = Array.isArray(typeDefs) ? typeDefs : [typeDefs];
  const sdl = parts.filter(isSdl);
  const wrong = parts.findIndex((part) => !isSdl(part));
  if (wrong === -1) return sdl;
  const place = Array.isArray(typeDefs) ? `typeDefs[${wrong}]` : 'typeDefs';
  throw new UsageError(`${file}: ${describeNoSdl(place, parts[wrong])}`);
}

function isRun(value: unknown): value is ProjectRun {
  return isObject(value) && isObject(value.resolvers) && typeof value.createContext === 'function';
}
