import { createPrometheusMetrics, serveMetrics } from 'claimgraph/metrics';
import type { Config } from '../config/config.ts';
import { createDisposalStack } from './disposalStack.ts';
import { openServer, type ServerParts } from './openServer.ts';

/** A process's API: listening, and to be closed once. */
export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the server, and the metrics where they are configured, and listens; closes all of it also when starting fails. */
export async function serve(config: Config, parts: Omit<ServerParts, 'metrics'>): Promise<Serving> {
  const { host, port, metricsPort } = config;
  const opened = createDisposalStack();
  try {
    const metrics = metricsPort === undefined ? undefined : createPrometheusMetrics();
    if (metrics && metricsPort !== undefined) {
      const endpoint = await serveMetrics(metrics.registry, { host, port: metricsPort });
      opened.add(endpoint.close);
      parts.logger.info({ url: endpoint.url }, 'metrics');
    }
    const { server, close } = await openServer(config, { ...parts, metrics });
    opened.add(close);
    const { url } = await server.listen({ host, port });
    return { url, close: opened.close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
