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
import { type ConsoleOptions, checkOptions } from './options.ts';
import { readPage } from './page.ts';

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
