import { inspect } from 'node:util';
import { type ExecutionResult, GraphQLSchema } from 'graphql';
import { type CallerClaims, readClaims } from '../claims/readClaims.ts';
import { copySchema } from '../compile/copySchema.ts';
import { ConfigurationError } from '../errors.ts';
import { introspectByCaller } from '../inspect/introspectByCaller.ts';
import { claimGroupsOf } from '../logic/claimGroups.ts';
import type { ClaimGroup, LoadedClaims } from '../logic/decisionInput.ts';
import { type Authorization, createAuthorization } from '../operation/authorization.ts';
import { createFormatError, type FormatError, type ReportInternalError } from '../operation/formatError.ts';
import { parseLimits } from '../operation/limits.ts';
import { aFunction, anObject, type OptionKinds, oneOf, parseOptions, required } from '../options.ts';
import type { Principal } from '../token/principal.ts';
import { type AnswerRequest, answerOperation, type OperationResponse } from './answerOperation.ts';
import { type CallerOptions, readCaller, type SessionCaller } from './caller.ts';
import { createCallerWatch } from './callerWatch.ts';
import { type GuardedSchema, guardSchema, type PermissionOptions, permissionKinds } from './guardedSchema.ts';
import { type GuardSession, subscribeSession } from './guardSession.ts';
import { createOperationGuard, type OperationGuard } from './operationGuard.ts';
import { createPolicyCheck, introspections, type RequestPolicy } from './requestPolicy.ts';
import { type ClaimsOfGroups, createSession, type SessionContext } from './session.ts';
import { createClaimsWarning, type ReportClaimsUnavailable, warnOfInternalError } from './warnings.ts';

export interface GuardOptions extends PermissionOptions, RequestPolicy {
  /** Any schema: of SDL, code first, a subgraph. It stays as it is; `guard.schema` is a guarded copy. */
  readonly schema: GraphQLSchema;
  /**
   * Told of every failure that the client reads as INTERNAL_SERVER_ERROR, with the `errorId` that it reads. Unless given,
   * the process emits a warning.
   */
  readonly onInternalError?: ReportInternalError;
  /**
   * Told of the claims of a caller that could not be read, and of the claims' group if they have one: the client reads
   * CLAIMS_UNAVAILABLE and no more. Unless given, the process emits a warning, at most once a second.
   */
  readonly onClaimsUnavailable?: ReportClaimsUnavailable;
}

/** Guards every field of a schema, whoever executes it. */
export interface Guard extends GuardedSchema {
  /**
   * The guarded copy. Executed without a session it gives out nothing but what everybody may read, and refuses the rest with
   * coded errors.
   */
  readonly schema: GraphQLSchema;
  /** For one operation. Throws ConfigurationError when the map reads claims that the caller comes without. */
  session<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups>(
    caller: SessionCaller<C>,
  ): GuardSession<C, Groups>;
  /**
   * The session of a request with these Authorization headers. Rejects with an AppError for a token that is not accepted, to
   * be answered with that error: a request with a bad token is never one without.
   */
  authenticate<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups>(
    callers: CallerOptions<C>,
    authorizationHeaders: readonly string[],
  ): Promise<GuardSession<C, Groups>>;
  /**
   * Everything that a server of one's own does with a valid operation: authenticates, begins, has it executed with the
   * context value that `execute` is given, and finishes. Never rejects but with what `execute` does.
   */
  answer<C = unknown>(
    callers: CallerOptions<C>,
    request: AnswerRequest,
    execute: (contextValue: SessionContext<C>) => ExecutionResult | Promise<ExecutionResult>,
  ): Promise<OperationResponse>;
  /** What adapters are made of. */
  readonly operations: OperationGuard;
  readonly formatError: FormatError;
}

const guardKinds: OptionKinds<GuardOptions> = {
  ...permissionKinds,
  // Of which copy of graphql, `assertSchema` says.
  schema: required({ ...anObject, expected: 'a GraphQLSchema' }),
  limits: anObject,
  introspection: oneOf(...introspections),
  onInternalError: aFunction,
  onClaimsUnavailable: aFunction,
};

/**
 * A permission map for a schema that exists: every field of every object type has a rule from now on, or it throws
 * PermissionMapError with all problems at once. Nothing but graphql is needed to execute operations with it.
 */
export function createGuard(given: GuardOptions): Guard {
  const { schema, ...options } = parseOptions('createGuard', given, guardKinds);
  const { onInternalError = warnOfInternalError, onClaimsUnavailable = createClaimsWarning() } = options;
  assertSchema(schema);
  const guarded = guardSchema(copySchema(schema), options);
  const limits = parseLimits(options.limits);
  const check = createPolicyCheck(limits, options.introspection);
  const operations = createOperationGuard(guarded, { limits, check });
  if (options.introspection === 'by-caller') introspectByCaller(guarded.schema, guarded.plans);
  const formatError = createFormatError(onInternalError, {
    hideSuggestions: options.introspection !== undefined && options.introspection !== 'host',
  });
  const groupsRead = [...claimGroupsOf(guarded.plans.values())];
  const watch = createCallerWatch();

  const guard: Guard = {
    ...guarded,
    operations,
    formatError,
    session<C, Groups extends ClaimsOfGroups>(caller: SessionCaller<C>): GuardSession<C, Groups> {
      assertClaims(groupsRead, caller);
      const session = createSession(operations, authorize<C, Groups>(caller, onClaimsUnavailable), formatError);
      const authorizeAnew = (now: Principal) =>
        authorize<C, Groups>({ ...caller, principal: now }, onClaimsUnavailable);
      return {
        ...session,
        subscribe: (request, options = {}) =>
          subscribeSession({ operations, formatError, watch }, { session, caller, authorizeAnew }, request, options),
      };
    },
    authenticate: async (callers, authorizationHeaders) =>
      guard.session(await readCaller(callers, authorizationHeaders)),
    answer: (callers, request, execute) => answerOperation(guard, callers, request, execute),
  };
  return guard;
}

function authorize<C, Groups extends ClaimsOfGroups>(
  { principal, claims, claimGroups = {} }: SessionCaller<C>,
  report: ReportClaimsUnavailable,
): Authorization<C, Groups> {
  const load = async <Claims>(
    from: CallerClaims<Claims> | undefined,
    group?: string,
  ): Promise<LoadedClaims<Claims>> => {
    // Asked of nobody who has no token, and of nobody whose claims have no source.
    if (!from || principal.kind === 'anonymous') throw new TypeError('there are no claims to load');
    const loaded = await readClaims(from, principal);
    if (loaded.state === 'unavailable') report(loaded.error, group);
    return loaded;
  };
  const groups = { names: Object.keys(claimGroups), load: (group: string) => load(claimGroups[group], group) };
  return createAuthorization<C, Groups>(
    principal,
    () => load(claims),
    Date.now,
    groups,
    (error) => report(error),
  );
}

function assertClaims(groupsRead: readonly ClaimGroup[], { claims, claimGroups = {} }: SessionCaller<unknown>): void {
  for (const group of groupsRead) {
    if (group === undefined ? claims : Object.hasOwn(claimGroups, group)) continue;
    const expected = group === undefined ? 'claims' : `claimGroups.${group}`;
    throw new ConfigurationError(
      `guard.session: rules of the permission map read claims; expected ${expected}, got none`,
    );
  }
}

function assertSchema(schema: unknown): asserts schema is GraphQLSchema {
  if (schema instanceof GraphQLSchema) return;
  const isForeign = Object.prototype.toString.call(schema) === '[object GraphQLSchema]';
  throw new ConfigurationError(
    isForeign
      ? 'createGuard: the schema was made by another copy of graphql than the one that claimgraph finds; have one copy only (npm ls graphql)'
      : `createGuard: expected a GraphQLSchema as schema; got ${inspect(schema, { depth: 0 })}`,
  );
}
