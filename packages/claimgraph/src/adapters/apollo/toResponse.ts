import { type GraphQLResponse, HeaderMap } from '@apollo/server';
import { type ExecutionResult, type GraphQLError, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { FormatError } from '../../operation/formatError.ts';
import { toHttpHead } from '../../operation/httpError.ts';
import { outageOf } from '../../operation/outageOf.ts';

/** The response that Apollo Server (5.5.1) makes of a query's result when it has executed the operation itself. */
export function toResponse({ data, errors }: ExecutionResult, formatError: FormatError): GraphQLResponse {
  const http: GraphQLResponse['http'] = { headers: new HeaderMap() };
  const formatted = errors?.map((error) => format(error, http, formatError));
  const outage = outageOf(OperationTypeNode.QUERY, { data, errors });
  if (outage) setHttpHead(http, toHttpHead(outage));
  return {
    http,
    body: {
      kind: 'single',
      singleResult: { ...(data !== undefined && { data }), ...(formatted && { errors: formatted }) },
    },
  };
}

function format(error: GraphQLError, head: GraphQLResponse['http'], formatError: FormatError): GraphQLFormattedError {
  const { extensions } = error;
  if (isHttpHead(extensions.http)) setHttpHead(head, extensions.http);
  // What else the error carries, formatError leaves out.
  const code = extensions.code ?? 'INTERNAL_SERVER_ERROR';
  try {
    return formatError({ ...error.toJSON(), extensions: { ...extensions, code } }, error);
  } catch {
    return { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  }
}

/** Lets a head take the place of what a response has of one. */
export function setHttpHead(http: GraphQLResponse['http'], { status, headers }: HttpHead): void {
  if (status) http.status = status;
  for (const [name, value] of headers ?? []) http.headers.set(name, value);
}

interface HttpHead {
  readonly status?: number;
  readonly headers?: ReadonlyMap<string, string>;
}

function isHttpHead(http: unknown): http is HttpHead {
  if (typeof http !== 'object' || http === null) return false;
  const hasStatus = !('status' in http) || typeof http.status === 'number';
  return hasStatus && (!('headers' in http) || http.headers instanceof Map);
}
