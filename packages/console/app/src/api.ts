import type { ExplainedRequest, InspectedCaller, InspectedRequest, TriedChange } from 'claimgraph/inspect';
import type { ExplainRequest, FieldAnswer, FieldRequest, MatrixAnswer, Setup, TryRequest } from '../../src/wire.ts';

/** The console's server, or the API, said no: in words for people. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What each endpoint is asked with and answers; see `answers.ts`. */
interface Endpoints {
  readonly setup: { readonly ask: Record<string, never>; readonly answer: Setup };
  readonly who: { readonly ask: { readonly persona?: string | undefined }; readonly answer: InspectedCaller };
  readonly explain: { readonly ask: ExplainRequest; readonly answer: ExplainedRequest };
  readonly field: { readonly ask: FieldRequest; readonly answer: FieldAnswer };
  readonly try: { readonly ask: TryRequest; readonly answer: TriedChange };
  readonly matrix: { readonly ask: Record<string, never>; readonly answer: MatrixAnswer };
  readonly diff: { readonly ask: { readonly commit: string }; readonly answer: { readonly text: string } };
}

/** Asks the console's server; with a token, as its bearer. */
export async function ask<Name extends keyof Endpoints>(
  name: Name,
  body: Endpoints[Name]['ask'],
  token?: string,
): Promise<Endpoints[Name]['answer']> {
  const response = await fetch(`/console/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new ApiError(response.status, String(answer.message ?? response.statusText));
  return answer;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** `extensions.decisions`, as a server tells it with the header below. */
export interface Decisions {
  readonly claims: { readonly state: string; readonly asOf?: string };
  readonly executed: readonly {
    readonly coordinate: string;
    readonly verdicts: { readonly allowed: number; readonly denied: number; readonly indeterminate: number };
    readonly masked: number;
  }[];
  readonly cost?: number;
  readonly durationMs?: number;
  readonly statements?: number;
  readonly run?: string;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly GraphqlError[];
    readonly extensions?: { readonly decisions?: Decisions };
  };
}

/** Sends an operation as any client does, and has the server tell how it decided. */
export async function runOperation(
  path: string,
  request: InspectedRequest,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'x-claimgraph-explain': '1',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(request),
  });
  return { status: response.status, body: await response.json() };
}
