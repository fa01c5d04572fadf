/** The engine, for a team that brings its own schema, rules and claims source. */
export { type ClaimsCache, createClaimsCache } from './claims/claimsCache.ts';
export type { ClaimsCacheOptions } from './claims/claimsCacheOptions.ts';
export * from './claims/claimsChanges.ts';
export * from './claims/claimsSource.ts';
export type { ClaimsSettings, ServerClaims, ServerClaimsSettings } from './claims/serverClaims.ts';
export type { RedisClient, RedisSubscriber } from './claims/shared/redisClient.ts';
export type { SharedClaimsCounts } from './claims/shared/shareClaims.ts';
export type { ChangeCounts, PublishedChange, SharedClaimsOptions } from './claims/shared/sharedClaims.ts';
export { createHttpClaimsSource } from './claims/sources/http/httpClaimsSource.ts';
export type { HttpClaimsSourceOptions } from './claims/sources/http/httpClaimsSourceOptions.ts';
export type { ParseClaims } from './claims/sources/parseRecord.ts';
export { shapeOf } from './claims/sources/shapeOf.ts';
export { type FileClaimsSource, readStaticClaims } from './claims/sources/static/readStaticClaims.ts';
export { type ClaimsRecord, createStaticClaimsSource } from './claims/sources/static/staticClaimsSource.ts';
export { defineConfig, type ProjectConfig } from './defineConfig.ts';
export * from './errors.ts';
export { type ApolloServerOptions, createApolloServer } from './graphql/apolloServer.ts';
export {
  type ContextDependencies,
  type ContextRequest,
  createContextBuilder,
  type RequestContext,
} from './graphql/context.ts';
export { createGuardedSchema, type GuardedSchema, readTypeDefs } from './graphql/guardedSchema.ts';
export { defaultLimits, type OperationLimits } from './graphql/limits.ts';
export { SdlError, type TypeDefs } from './graphql/parseSdl.ts';
export { createGraphqlServer, type GraphqlServer, type GraphqlServerOptions } from './graphqlServer.ts';
export type { HealthChecks } from './http/health.ts';
export { createHttpServer, type HttpServerOptions } from './http/httpServer.ts';
export { createPrometheusMetrics, type PrometheusMetrics } from './metrics/prometheusMetrics.ts';
export type { Observers } from './observers.ts';
export {
  type Can,
  type CanAnswer,
  type CanDependencies,
  type CanFailure,
  type CanQuestion,
  createCan,
} from './permissions/can.ts';
export { type PermissionMap, PermissionMapError } from './permissions/compilePermissions.ts';
export { settledClaims } from './permissions/facts.ts';
export { createFieldDirectory, type FieldDirectory } from './permissions/fieldDirectory.ts';
export { type FromShieldOptions, fromShield } from './permissions/fromShield.ts';
export type { Persona, Personas } from './permissions/persona.ts';
export type { ShadowDifference, ShadowVerdict } from './permissions/shadow.ts';
export * as shield from './permissions/shield.ts';
export * from './permissions/vocabulary.ts';
export {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  type TokenRefusal,
} from './token/accessTokenVerifier.ts';
export * from './token/principal.ts';
export { createRevocationList, type RevocationList, type RevocationListOptions } from './token/revocationList.ts';
export type * from './token/revocationSource.ts';
export type { TenantSource } from './token/tenant.ts';
export {
  type CognitoUserPoolSettings,
  cognitoUserPool,
  InvalidUserPoolError,
  type UserPool,
} from './token/userPool.ts';
