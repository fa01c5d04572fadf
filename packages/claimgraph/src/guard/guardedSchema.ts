import type { GraphQLSchema } from 'graphql';
import { compilePermissions, type FieldPlans, PermissionMapError } from '../compile/compilePermissions.ts';
import type { DirectiveOptions } from '../compile/directives/federationDirectives.ts';
import { createExecutableSchema, type Resolvers, type SchemaOptions } from '../compile/executableSchema.ts';
import { findWarnings } from '../compile/findWarnings.ts';
import type { TypeDefs } from '../compile/parseSdl.ts';
import type { Warning } from '../compile/problem.ts';
import { type CandidatePlans, observeFor, toCandidatePlans } from '../inspect/shadow.ts';
import { enforcePermissions } from '../operation/enforce.ts';
import { aList, anObject, aText, either, type OptionKinds, parseOptions, required, texts } from '../options.ts';
import type { PermissionMap } from '../rules/permissionMap.ts';

/** A schema in which every field is guarded by its plan. */
export interface GuardedSchema {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
  /** What is probably not meant, for the log: see `findWarnings`. */
  readonly warnings: readonly Warning[];
  /** What a candidate map says, to be compared and never enforced. */
  readonly candidates?: CandidatePlans;
}

/** What decides about the fields of a schema. */
export interface PermissionOptions extends DirectiveOptions {
  readonly permissions: PermissionMap;
  /** Decided beside `permissions` for every operation; the log tells where it differs. It is held to the same rules. */
  readonly candidate?: PermissionMap | undefined;
}

/**
 * SDL, resolvers and permission map → a schema in which every field is guarded. Throws PermissionMapError with all
 * problems at once, SdlError for faulty SDL, and ConfigurationError for resolvers that fit no field.
 */
export function createGuardedSchema(given: GuardedSchemaOptions): GuardedSchema {
  const parts = parseOptions('createGuardedSchema', given, schemaKinds);
  return guardSchema(createExecutableSchema(parts.typeDefs, parts.resolvers, parts.schemaOptions), parts);
}

export interface GuardedSchemaOptions extends PermissionOptions {
  readonly typeDefs: TypeDefs;
  readonly resolvers: Resolvers | undefined;
  /** Of `makeExecutableSchema`: `inheritResolversFromInterfaces`, `resolverValidationOptions`. */
  readonly schemaOptions?: SchemaOptions | undefined;
}

/** Of what decides about fields; `compilePermissions` looks into the maps. */
export const permissionKinds: OptionKinds<PermissionOptions> = {
  permissions: required(anObject),
  candidate: anObject,
  policies: anObject,
  harmlessDirectives: texts,
};

const schemaKinds: OptionKinds<GuardedSchemaOptions> = {
  ...permissionKinds,
  typeDefs: required(either(aList, aText, anObject)),
  resolvers: either(anObject, aList),
  schemaOptions: anObject,
};

/** Puts guards into this very schema. Throws PermissionMapError, which lists all problems. */
export function guardSchema(schema: GraphQLSchema, options: PermissionOptions): GuardedSchema {
  const { permissions, candidate } = options;
  const plans = compilePermissions(schema, permissions, options);
  const candidates = candidate && compileCandidate(schema, plans, candidate, options);
  enforcePermissions(schema, plans, candidates && observeFor(candidates));
  const warnings = findWarnings(schema, plans, permissions);
  return { schema, plans, warnings, ...(candidates && { candidates }) };
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
    throw new PermissionMapError(error.problems.map((problem) => ({ ...problem, map: 'candidate' })));
  }
}
