import type { IncomingHttpHeaders } from 'node:http';
import type { Authorization } from '../operation/authorization.ts';
import type { InspectedSchema } from './inspector.ts';
import type { KeptRuns } from './keptRuns.ts';

/** A page for developers that a server shows at `/`, such as that of `claimgraph-console`. */
export interface DevelopmentConsole {
  /** Makes what answers its requests. A server that is made anew, after an edit, connects anew. */
  connect(api: ConsoleApi): ConsoleHandler;
  /** How many statements the process has sent to its database so far, to tell how many an operation took. */
  readonly countStatements?: (() => number) | undefined;
}

/** What a console is about. */
export interface ConsoleApi {
  readonly guarded: InspectedSchema;
  /** Who sends these Authorization headers. Rejects with an AppError for a token that is not accepted. */
  authorize(
    authorizationHeaders: readonly string[],
  ): Promise<Pick<Authorization, 'principal' | 'loadClaims' | 'facts'>>;
  /** Operations that were run with the header `x-claimgraph-explain: 1`; none are kept unless given. */
  readonly runs?: KeptRuns | undefined;
  /** How long claims are remembered at most; told unless it is not known. */
  readonly claimsTtlSeconds?: number | undefined;
  /** The groups that claims are loaded in; none unless given. */
  readonly claimGroups?: readonly string[] | undefined;
}

export interface ConsoleRequest {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The address at the other end of the socket. */
  readonly remoteAddress: string | undefined;
  /** The parsed JSON of a POST. */
  readonly body?: unknown;
}

export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Undefined for a path that is not the console's. */
export type ConsoleHandler = (request: ConsoleRequest) => Promise<ConsoleResponse | undefined>;
