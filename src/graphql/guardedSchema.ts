import { readdirSync, readFileSync } from 'node:fs';
import { type IExecutableSchemaDefinition, makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { compilePermissions, type FieldPlans, type PermissionMap } from '../permissions/compilePermissions.ts';
import { enforcePermissions } from '../permissions/enforce.ts';

export interface GuardedSchema {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
}

/**
 * SDL, resolvers and permission map → a schema in which every field is guarded. Throws PermissionMapError with all
 * problems at once, and graphql's own errors for faulty SDL or resolvers that fit no field.
 */
export function createGuardedSchema(parts: {
  readonly typeDefs: readonly string[];
  readonly resolvers: IExecutableSchemaDefinition['resolvers'];
  readonly permissions: PermissionMap;
}): GuardedSchema {
  const schema = makeExecutableSchema({
    typeDefs: [...parts.typeDefs],
    resolvers: parts.resolvers ?? {},
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  const plans = compilePermissions(schema, parts.permissions);
  enforcePermissions(schema, plans);
  return { schema, plans };
}

/** The SDL files of a folder, in the order of their names. */
export function readTypeDefs(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
}
