import { inspect } from 'node:util';
import type { Personas } from 'claimgraph';
import { ConfigurationError } from 'claimgraph/errors';
import type {
  ConsoleApi,
  ConsoleHandler,
  ConsoleRequest,
  ConsoleResponse,
  DevelopmentConsole,
} from 'claimgraph/inspect';
import { createAnswers } from './answers.ts';
import { refusalOf } from './localOnly.ts';
import { readPage } from './page.ts';
import type { Commands, RightsForm, SignIn } from './wire.ts';

/** A public OAuth client for the page: authorization code with PKCE, with the page's own address as redirect URI. */
export type SignInSettings = SignIn;

export interface ConsoleOptions {
  /** Whom the panels and the matrix look at: those of `claimgraph.config.ts`. None unless given. */
  readonly personas?: Personas | undefined;
  /** Where people sign in; without it, tokens are pasted. A function is asked for each visit. */
  readonly signIn?: SignInSettings | (() => SignInSettings | undefined) | undefined;
  /** The folder of `claimgraph.config.ts`, for the diff against a commit and for what follows. */
  readonly project?: string | undefined;
  /** The files that rules are written in, from the project's folder: they are shown by line, with the commit of each. */
  readonly ruleFiles?: readonly string[] | undefined;
  /** Changes what somebody may do, by a mutation of the API; no such form unless given. */
  readonly rights?: RightsForm | undefined;
  readonly commands?: Partial<Commands> | undefined;
  /** Where the API answers GraphQL: `/graphql` unless given. */
  readonly graphqlPath?: string | undefined;
  /** What the page asks to begin with. */
  readonly query?: string | undefined;
  /** How many statements the process has sent to its database so far. */
  readonly countStatements?: (() => number) | undefined;
}

const names: readonly (keyof ConsoleOptions)[] = [
  'personas',
  'signIn',
  'project',
  'ruleFiles',
  'rights',
  'commands',
  'graphqlPath',
  'query',
  'countStatements',
];

/**
 * The development console, for `createGraphqlServer({ console })` or, by `connect`, for another server. It answers requests
 * of this machine only, and tells values of claims and rows: throws ConfigurationError where NODE_ENV is production.
 */
export function createConsole(
  options: ConsoleOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DevelopmentConsole {
  checkOptions(options);
  if (environment.NODE_ENV?.trim().toLowerCase() === 'production') {
    throw new ConfigurationError(
      'createConsole: the console tells values of claims and rows, and is for development; NODE_ENV is production. Leave it out there.',
    );
  }
  const page = readPage();
  return {
    ...(options.countStatements && { countStatements: options.countStatements }),
    connect(api: ConsoleApi): ConsoleHandler {
      const answers = createAnswers(api, options);
      return async (request) => {
        const [path = ''] = request.url.split('?');
        if (path !== '/' && path !== '/console' && !path.startsWith('/console/')) return undefined;
        const refusal = refusalOf(request);
        if (refusal) return toJson(403, { message: refusal });
        return (await answerApi(path, request)) ?? page(path, request.method, answers.signIn());
      };

      async function answerApi(path: string, request: ConsoleRequest): Promise<ConsoleResponse | undefined> {
        if (!path.startsWith('/console/api/')) return undefined;
        const answer = answers.find(path.slice('/console/api/'.length));
        if (!answer) return undefined;
        if (request.method !== 'POST') return toJson(405, { message: 'Ask by POST.' });
        const { status, body } = await answer(request);
        return toJson(status, body);
      }
    },
  };
}

function toJson(status: number, body: unknown): ConsoleResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body, (_key, value: unknown) => (value instanceof Set ? [...value] : value)),
  };
}

function checkOptions(options: ConsoleOptions): void {
  const unknown = Object.keys(options).filter((name) => !names.some((one) => one === name));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `createConsole: ${unknown.join(', ')}: expected some of ${names.join(', ')}; leave the others out`,
    );
  }
  for (const name of ['project', 'graphqlPath', 'query'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'string') {
      throw new ConfigurationError(
        `createConsole: ${name}: expected a text; got ${inspect(options[name], { depth: 0 })}`,
      );
    }
  }
  if (options.ruleFiles && options.project === undefined) {
    throw new ConfigurationError('createConsole: ruleFiles: expected `project` beside it, the folder that they are in');
  }
}
