/** The engine, for a team that brings its own schema, rules and claims source. Needs nothing but `graphql`. */
export { type ClaimsCache, createClaimsCache } from './claims/claimsCache.ts';
export type { ClaimsCacheOptions } from './claims/claimsCacheOptions.ts';
export type { ClaimsSource, FetchedClaims, UncountedClaimsSource, VersionedClaims } from './claims/claimsSource.ts';
export type { CallerClaims, ClaimsLoader } from './claims/readClaims.ts';
export {
  type ClaimsChange,
  type ClaimsChangeListener,
  createRevisionTracker,
  type RevisionTracker,
  type RevisionTrackerOptions,
} from './claims/revisionTracker.ts';
export type { ClaimsSettings, ServerClaims, ServerClaimsSettings } from './claims/serverClaims.ts';
export { describeType } from './claims/sources/describeType.ts';
export { createHttpClaimsSource } from './claims/sources/http/httpClaimsSource.ts';
export type { HttpClaimsSourceOptions } from './claims/sources/http/httpClaimsSourceOptions.ts';
export { type ParseClaims, parseRecord } from './claims/sources/parseRecord.ts';
export { type FileClaimsSource, readStaticClaims } from './claims/sources/static/readStaticClaims.ts';
export { type ClaimsRecord, createStaticClaimsSource } from './claims/sources/static/staticClaimsSource.ts';
export { defineConfig, type ProjectConfig, type ProjectRun } from './cli/defineConfig.ts';
export { ClaimsWithoutSourceError } from './compile/checkClaimGroups.ts';
export { type PermissionMap, PermissionMapError } from './compile/compilePermissions.ts';
export { createFieldIndex, type FieldIndex } from './compile/fieldIndex.ts';
export { type Sdl, SdlError, type TypeDefs } from './compile/parseSdl.ts';
export {
  formatProblem,
  type Problem,
  type ProblemCode,
  ProblemsError,
  problemCodes,
  type Warning,
  type WarningCode,
  warningCodes,
} from './compile/problem.ts';
export { readTypeDefs } from './compile/readTypeDefs.ts';
export * from './errors.ts';
export { type ColumnRef, type Condition, type RelationRef, type ScopeRef, where } from './filters/condition.ts';
export type { Policy, PolicyOptions } from './filters/toPolicy.ts';
export type { SqlPart, SqlStatement } from './filters/toSql.ts';
export type { AnswerRequest, OperationResponse } from './guard/answerOperation.ts';
export type { CallerOptions, SessionCaller } from './guard/caller.ts';
export { createGuard, type Guard, type GuardOptions } from './guard/createGuard.ts';
export { createGuardedSchema, type GuardedSchema, type PermissionOptions } from './guard/guardedSchema.ts';
export type { GuardSession, SubscribeOptions } from './guard/guardSession.ts';
export type {
  RefusedResponse,
  Session,
  SessionContext,
  SessionRequest,
  SessionStart,
} from './guard/session.ts';
export type { EventResults, EventToExecute, ExecuteEvent, SubscriptionStart } from './guard/subscription.ts';
export {
  type Can,
  type CanAnswer,
  type CanDependencies,
  type CanFailure,
  type CanQuestion,
  createCan,
} from './inspect/can.ts';
export type {
  AnonymousPersona,
  MachinePersona,
  Persona,
  Personas,
  UserPersona,
} from './inspect/persona.ts';
export { getClaims } from './logic/decisionInput.ts';
export {
  type AuthZenEntity,
  type AuthZenLookupOptions,
  createAuthZenLookup,
} from './lookups/authZenLookup.ts';
export type { Authorization } from './operation/authorization.ts';
export type { ExposeError } from './operation/formatError.ts';
export { defaultLimits, type OperationLimits } from './operation/limits.ts';
export type { ShadowDifference, ShadowVerdict } from './operation/operationShadow.ts';
export { type FromShieldOptions, fromShield } from './rules/fromShield.ts';
export * from './rules/index.ts';
export { refuseOldSignIn } from './rules/requireRecentSignIn.ts';
export {
  type Columns,
  column,
  policyOf,
  type RowFilter,
  type RowTable,
  relation,
  rowFilter,
  rowTable,
  type ScopeRefs,
  seesRow,
  settingsOf,
  whereOf,
  wherePartsOf,
} from './rules/rowFilter.ts';
export type { ShieldRule, ShieldTree } from './rules/shieldTree.ts';
export {
  type ContextDependencies,
  type ContextRequest,
  createContextBuilder,
  type RequestContext,
} from './server/context.ts';
export {
  type AccessTokenIssuer,
  type ClientClaim,
  findAccessTokenIssuerProblems,
  type ScopeClaim,
} from './token/accessTokenIssuer.ts';
export {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  type TokenRejection,
} from './token/accessTokenVerifier.ts';
export { isAwsRegion } from './token/awsRegion.ts';
export { createPrincipal, type PrincipalInput } from './token/createPrincipal.ts';
export {
  type AnonymousPrincipal,
  anonymous,
  type MachinePrincipal,
  type Principal,
  type Subject,
  type SubjectKey,
  signedInAt,
  toSubjectKey,
  type UserPrincipal,
} from './token/principal.ts';
export { createRevocationList, type RevocationList, type RevocationListOptions } from './token/revocationList.ts';
export type { RevocationSource, Revocations, RevokedSignIn, SubjectRevocation } from './token/revocationSource.ts';
export { isTenantClaim, isTenantName, type TenantSource, tenantClaimRule, tenantNameRule } from './token/tenant.ts';
export type { HeaderType } from './token/unverifiedToken.ts';
export {
  type CognitoUserPoolSettings,
  cognitoUserPool,
  findJwksUriProblem,
  InvalidUserPoolError,
  type IssuerAlias,
  type IssuerForm,
  isClientId,
  isScope,
  isUserPoolId,
  type UserPool,
} from './token/userPool.ts';
export type { VerifyToken } from './token/verifyWith.ts';
export { equalJitterMs } from './waiting.ts';
