import { type IncomingHttpHeaders, request } from 'node:http';
import { principalQuery } from './startApi.ts';

export interface TokenRequest {
  /** Sent as they stand, so that one name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  /** With its question mark. */
  readonly query?: string;
}

export interface TokenResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON, or undefined for an empty body. */
  readonly body: unknown;
  readonly text: string;
}

/** Asks for the principal at the GraphQL endpoint of an API, over real HTTP and with raw headers. */
export function sendRequest(apiUrl: string, { headers, query = '' }: TokenRequest): Promise<TokenResponse> {
  const url = new URL(`/graphql${query}`, apiUrl);
  const fixed = ['Host', url.host, 'Content-Type', 'application/json', 'Connection', 'close'];
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: 'POST', agent: false, headers: [...fixed, ...headers.flat()] },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const body: unknown = text === '' ? undefined : JSON.parse(text);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ query: principalQuery }));
  });
}
