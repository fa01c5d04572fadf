import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { ConfigurationError } from '../errors.ts';

export interface MetricsEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Whoever scrapes asks at once; a connection that does not is not kept. */
const timeouts = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 2_500 };

/** `GET /metrics` on a port of its own, which is not for clients of the API. Rejects with ConfigurationError when it is taken. */
export async function serveMetrics(
  registry: Registry,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsEndpoint> {
  const server = createServer(timeouts, async ({ method, url }, response) => {
    if (method !== 'GET' || url !== '/metrics') return response.writeHead(404).end();
    try {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const advice = 'Stop what uses it, or set METRICS_PORT.';
    throw new ConfigurationError(`METRICS_PORT: expected a free port on ${host}; ${port} is not. ${advice}`, { cause });
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
