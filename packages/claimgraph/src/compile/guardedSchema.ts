import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IExecutableSchemaDefinition, makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, Source } from 'graphql';
import { ConfigurationError } from '../errors.ts';
import { type CandidatePlans, toCandidatePlans } from '../inspect/shadow.ts';
import { enforcePermissions } from '../operation/enforce.ts';
import { compilePermissions, type FieldPlans, type PermissionMap, PermissionMapError } from './compilePermissions.ts';
import type { DirectiveOptions } from './directives/federationDirectives.ts';
import { findWarnings } from './findWarnings.ts';
import { parseSdl, type TypeDefs } from './parseSdl.ts';

type Resolvers = NonNullable<IExecutableSchemaDefinition['resolvers']>;

export interface GuardedSchema {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
  /** What is probably not meant, for the log: see `findWarnings`. */
  readonly warnings: readonly string[];
  /** What a candidate map says, to be compared and never enforced. */
  readonly candidates?: CandidatePlans;
}

/**
 * SDL, resolvers and permission map → a schema in which every field is guarded. Throws PermissionMapError with all
 * problems at once, SdlError for faulty SDL, and ConfigurationError for resolvers that fit no field.
 */
export function createGuardedSchema(
  parts: {
    readonly typeDefs: TypeDefs;
    readonly resolvers: Resolvers | undefined;
    readonly permissions: PermissionMap;
    /** Decided beside `permissions` for every operation; the log tells where it differs. It is held to the same rules. */
    readonly candidate?: PermissionMap;
  } & DirectiveOptions,
): GuardedSchema {
  const schema = addResolvers(parseSdl(parts.typeDefs), parts.resolvers);
  const plans = compilePermissions(schema, parts.permissions, parts);
  const candidates = parts.candidate && compileCandidate(schema, plans, parts.candidate, parts);
  enforcePermissions(schema, plans, candidates);
  const warnings = findWarnings(schema, plans, parts.permissions);
  return { schema, plans, warnings, ...(candidates && { candidates }) };
}

function addResolvers(schema: GraphQLSchema, resolvers: Resolvers | undefined): GraphQLSchema {
  try {
    return makeExecutableSchema({
      // Built by graphql-js, because makeExecutableSchema (@graphql-tools/merge 9.2.8) merges a directive that a type and its
      // extension both have into one: two lists of required scopes become a single any-of.
      typeDefs: schema,
      resolvers: withOwnNamesOnly(resolvers),
      resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigurationError(`the resolvers do not fit the schema: ${error.message}`, { cause: error });
  }
}

/** A faulty candidate stops the start as well: what is compared with it would say nothing. */
function compileCandidate(
  schema: GraphQLSchema,
  plans: FieldPlans,
  candidate: PermissionMap,
  options: DirectiveOptions,
): CandidatePlans {
  try {
    return toCandidatePlans(plans, compilePermissions(schema, candidate, options));
  } catch (error) {
    if (!(error instanceof PermissionMapError)) throw error;
    throw new PermissionMapError(error.problems.map((problem) => `in the candidate map, ${problem}`));
  }
}

/**
 * The same resolvers in maps without prototypes: makeExecutableSchema looks types and fields up by plain access (10.1.5),
 * so a field called `toString` would otherwise get the resolver that every object has.
 */
function withOwnNamesOnly(resolvers: Resolvers | undefined): Resolvers {
  const maps = Array.isArray(resolvers) ? resolvers : [resolvers ?? {}];
  return maps.map((types) => {
    const fieldsOfTypes = Object.entries(types).map(([name, fields]) => [name, withoutPrototype(fields)]);
    return withoutPrototype(Object.fromEntries(fieldsOfTypes));
  });
}

function withoutPrototype(value: object) {
  return Object.getPrototypeOf(value) === Object.prototype ? Object.assign(Object.create(null), value) : value;
}

/** The SDL files of a folder, in the order of their names. Throws ConfigurationError when there are none. */
export function readTypeDefs(folder: URL): readonly Source[] {
  const path = fileURLToPath(folder);
  const names = existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.graphql')) : [];
  if (names.length === 0) throw new ConfigurationError(`expected .graphql files in ${path}; got none`);
  return names.sort().map((name) => {
    const file = join(path, name);
    return new Source(readFileSync(file, 'utf8'), relative('', file));
  });
}
