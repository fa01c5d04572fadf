import type { ApiAnswer, TokenManager } from './index.ts';
import { parseBody } from './parseBody.ts';

export interface AuthFetchOptions {
  /** The API. The token is sent nowhere else: requests to other addresses are refused with a TypeError. */
  readonly url: string;
  /** What sends the requests; `fetch` unless given. */
  readonly fetch?: typeof fetch;
}

interface Attempt {
  readonly response: Response;
  readonly answer: ApiAnswer;
}

/**
 * A `fetch` for graphql-request, Relay and whatever takes one: sends each request with the access token, and does what the
 * answer asks for, as TokenManager.run. What may be a mutation is treated as one.
 */
export function createAuthFetch(manager: TokenManager, options: AuthFetchOptions): typeof fetch {
  const api = toAddress(options.url);
  return async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), base()), init);
    if (toAddress(request.url) !== api)
      throw new TypeError(`expected a request to ${api}; got ${toAddress(request.url)}`);

    async function send(token: string | undefined): Promise<Attempt> {
      const attempt = request.clone();
      if (token !== undefined) attempt.headers.set('authorization', `Bearer ${token}`);
      const response = await (options.fetch ?? fetch)(attempt);
      return { response, answer: await readResponse(response) };
    }

    const { signal } = request;
    const { response } = await manager.run({
      isMutation: await mayBeMutation(request),
      send,
      read: ({ answer }) => answer,
      signal,
    });
    return response;
  };
}

/** Without query and fragment: GET has the operation there. */
function toAddress(url: string): string {
  const { origin, pathname } = new URL(url, base());
  return origin + pathname;
}

/** What relative addresses are relative to, in a browser. */
function base(): string | undefined {
  return Object(Reflect.get(globalThis, 'location')).href;
}

/** Whether something may come of sending it twice: yes, unless it is a GET or its document says otherwise. */
async function mayBeMutation(request: Request): Promise<boolean> {
  if (request.method === 'GET') return false;
  const { query } = parseOperation(await request.clone().text());
  return typeof query !== 'string' || /\bmutation\b/.test(query);
}

function parseOperation(text: string): { readonly query?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    // A form with files, say.
    return {};
  }
}

async function readResponse(response: Response): Promise<ApiAnswer> {
  const { status, headers } = response;
  const isJson = headers.get('content-type')?.includes('json') ?? false;
  const text = isJson ? await response.clone().text() : '';
  // Most answers have no errors, and whoever asked parses them anyway.
  const body = status === 200 && !text.includes('"errors"') ? { data: null } : parseBody(text);
  return { ...body, status, retryAfter: headers.get('retry-after') };
}
