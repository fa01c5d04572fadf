import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

/** What a JWKS server answers. `after` holds the answer back until it resolves. */
export type JwksAnswer =
  | { readonly kind: 'keys'; readonly keys: readonly JWK[]; readonly after?: Promise<unknown> }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'silence' }
  | { readonly kind: 'half an answer' };

/** A real HTTP server on this machine that serves keys, or does not, and counts who asks. */
export interface JwksServer {
  readonly jwksUri: string;
  fetchCount(): number;
  answer(answer: JwksAnswer): void;
  /** Resolves when the next request has come in. */
  nextFetch(): Promise<void>;
  close(): Promise<void>;
}

export async function startJwksServer(first: JwksAnswer): Promise<JwksServer> {
  let current = first;
  let count = 0;
  const waiting: (() => void)[] = [];
  const server = createServer((_request, response) => {
    count += 1;
    for (const resolve of waiting.splice(0)) resolve();
    void send(response, current);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    jwksUri: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    fetchCount: () => count,
    answer(answer) {
      current = answer;
    },
    nextFetch: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function send(response: ServerResponse, answer: JwksAnswer): Promise<void> {
  switch (answer.kind) {
    case 'keys':
      await answer.after;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: answer.keys }));
      return;
    case 'status':
      response.writeHead(answer.status).end();
      return;
    case 'redirect':
      response.writeHead(302, { location: answer.location }).end();
      return;
    case 'body':
      response.end(answer.body);
      return;
    case 'half an answer':
      response.write('{"keys":[');
      return;
    case 'silence':
      return;
    default:
      answer satisfies never;
  }
}
