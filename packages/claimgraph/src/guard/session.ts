import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  type OperationTypeNode,
} from 'graphql';
import { applyDenyModes } from '../operation/applyDenyModes.ts';
import type { Authorization, DenialSummary } from '../operation/authorization.ts';
import { coerceVariables, tooDeep } from '../operation/coerceVariables.ts';
import { type FormatError, isUnformatted } from '../operation/formatError.ts';
import { type HttpHead, toHttpHead } from '../operation/httpError.ts';
import { outageOf } from '../operation/outageOf.ts';
import { errorOfRequest } from '../operation/requestError.ts';
import type { Cancellation } from '../operation/resultMeter.ts';
import type { OperationGuard, RefusedField } from './operationGuard.ts';

/** An operation of a valid document, and what the client sent with it. */
export interface SessionRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  /** Aborted when whoever asked is gone: nothing more is begun for them then. */
  readonly signal?: Cancellation | undefined;
  /** Whether this is one event of a subscription, which is held to the time of a query. */
  readonly isEvent?: boolean | undefined;
}

/** Whether the operation may be executed; if not, what the client is answered. */
export type SessionStart = { readonly refused: false } | { readonly refused: true; readonly response: RefusedResponse };

/** A response without data. Header names are in lower case: `www-authenticate` and `retry-after`. */
export interface RefusedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly errors: readonly GraphQLFormattedError[] };
}

/** The claims of each group, by its name. */
export type ClaimsOfGroups = Readonly<Record<string, unknown>>;

/** What a session puts into the context of its operation. */
export interface SessionContext<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups> {
  readonly authorization: Authorization<C, Groups>;
}

/** The decisions about one operation of one caller, for whoever executes it. */
export interface Session<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups> {
  readonly authorization: Authorization<C, Groups>;
  /**
   * Before execution: plans the operation, loads the claims that it needs, and decides whether it may start. A mutation with
   * a refused selection may not, nor may an operation of which nothing would be given out. Rejects when it is called twice.
   */
  begin(request: SessionRequest): Promise<SessionStart>;
  /**
   * The context value to execute with: a copy of the host's own with `authorization`, by which guards know the session.
   * Throws TypeError where the host's own has something under this name.
   */
  context<Own extends object>(own?: Own): Own & SessionContext<C, Groups>;
  /** After execution, or for each event of a subscription: the result as the deny modes of denied fields want it. */
  finish(result: ExecutionResult): ExecutionResult;
  /**
   * Status and headers of what `finish` has given last, when that fails as a whole: by a deny mode, or for an outage that
   * left nothing of it. Undefined for 200.
   */
  httpHead(): HttpHead | undefined;
  /** The fields that were not given out, for the log: by which rule, and how often. */
  refusals(): readonly DenialSummary[];
}

export function createSession<C, Groups extends ClaimsOfGroups>(
  operations: OperationGuard,
  authorization: Authorization<C, Groups>,
  formatError: FormatError,
): Session<C, Groups> {
  let appliedOutcomes = 0;
  let head: HttpHead | undefined;
  let type: OperationTypeNode | undefined;
  return {
    authorization,
    async begin({ document, operationName, variableValues, signal, isEvent }) {
      authorization.signal ??= signal;
      const operation = getOperationAST(document, operationName);
      // There is nothing to execute, and execution says so.
      if (!operation) return { refused: false };
      type = operation.operation;
      const coerced = coerceVariables(operations.schema, operation, variableValues ?? {});
      switch (coerced.kind) {
        case 'faulty':
          return refuseFaulty(coerced.errors);
        case 'tooDeep':
          return refuse(toHttpHead(tooDeep), [{ error: tooDeep }]);
        default: {
          const { variables } = coerced;
          const start = await operations.begin(authorization, { document, operation, variables, isEvent });
          return start.refused ? refuse(toHttpHead(start.error), start.errors) : start;
        }
      }
    },
    context: (own) => toContext(own, authorization),
    finish(result) {
      const meter = authorization.operation?.meter;
      const stopped = meter?.stoppedBy();
      meter?.restart();
      if (stopped) {
        head = toHttpHead(stopped);
        return { errors: [toGraphqlError(toFormatted({ error: stopped }))] };
      }
      const outcomes = authorization.denialOutcomes().slice(appliedOutcomes);
      appliedOutcomes += outcomes.length;
      const fatal = outcomes.filter(({ mode }) => mode === 'failOperation').map(({ error }) => error);
      const failure = fatal.length > 0 ? errorOfRequest(fatal) : type && result.errors && outageOf(type, result);
      head = failure && toHttpHead(failure);
      const told = result.errors?.some(isUnformatted) ? { ...result, errors: result.errors.map(format) } : result;
      return applyDenyModes(
        told,
        outcomes,
        ({ error, path }) => toGraphqlError(toFormatted({ error, path })),
        movePath,
      );
    },
    httpHead: () => head,
    refusals: authorization.refusals,
  };

  function refuse({ status, headers }: HttpHead, errors: readonly RefusedField[]): SessionStart {
    const body = { errors: errors.map(toFormatted) };
    return { refused: true, response: { status, headers: Object.fromEntries(headers), body } };
  }

  /** Not left to execution: an executor of another kind might take what graphql-js does not. */
  function refuseFaulty(errors: readonly GraphQLError[]): SessionStart {
    const formatted = errors.map((error) => {
      return formatError({ ...error.toJSON(), extensions: { code: 'BAD_USER_INPUT' } }, error);
    });
    return { refused: true, response: { status: 400, headers: {}, body: { errors: formatted } } };
  }

  function toFormatted({ error, path }: RefusedField): GraphQLFormattedError {
    return formatError({ message: error.code, ...(path && { path }) }, error);
  }

  function format(error: GraphQLError): GraphQLError {
    return isUnformatted(error) ? toGraphqlError(formatError(error.toJSON(), error), error) : error;
  }
}

/** As executors give it, for hosts that look for more than what is sent. */
function toGraphqlError({ message, path, extensions }: GraphQLFormattedError, located?: GraphQLError): GraphQLError {
  const { nodes = null, source, positions } = located ?? {};
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

function movePath(error: GraphQLError, path: readonly (string | number)[]): GraphQLError {
  const { message, nodes = null, source, positions, originalError, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}

/** A copy of the host's own context with the authorization; throws TypeError where it has something under this name. */
export function toContext<Own extends object, A>(
  own: Own | undefined,
  authorization: A,
): Own & { readonly authorization: A } {
  if (own && 'authorization' in own) {
    throw new TypeError(
      "the context has an `authorization` of its own already; a session's guards look for theirs there",
    );
  }
  return Object.assign(Object.create(own ? Object.getPrototypeOf(own) : Object.prototype), own, { authorization });
}
