/** The engine, for a team that brings its own schema, rules and claims source. */
export * from './claims/claimsChanges.ts';
export * from './claims/claimsSource.ts';
export { defineConfig, type ProjectConfig } from './defineConfig.ts';
export * from './errors.ts';
export { createGuardedSchema, type GuardedSchema, readTypeDefs } from './graphql/guardedSchema.ts';
export { type PermissionMap, PermissionMapError } from './permissions/compilePermissions.ts';
export { type FromShieldOptions, fromShield } from './permissions/fromShield.ts';
export type { Persona, Personas } from './permissions/persona.ts';
export * as shield from './permissions/shield.ts';
export * from './permissions/vocabulary.ts';
export * from './token/principal.ts';
