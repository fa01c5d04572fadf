import { Counter, Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { type MetricsEndpoint, serveMetrics } from '../../src/metrics/serveMetrics.ts';

const opened: MetricsEndpoint[] = [];
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.close();
});

async function open(registry: Registry, port = 0): Promise<MetricsEndpoint> {
  const endpoint = await serveMetrics(registry, { host: '127.0.0.1', port });
  opened.push(endpoint);
  return endpoint;
}

test('GET /metrics gives what was counted, in the text format of Prometheus', async () => {
  const registry = new Registry();
  new Counter({ name: 'things_total', help: 'Things.', registers: [registry] }).inc(3);
  const { url } = await open(registry);
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, registry.contentType]);
  expect(await answer.text()).toContain('things_total 3');
});

test.each([
  ['another path', '/', 'GET'],
  ['another method', '/metrics', 'POST'],
])('%s is not found', async (_what, path, method) => {
  const { url } = await open(new Registry());
  expect((await fetch(new URL(path, url), { method })).status).toBe(404);
});

test('a metric that cannot be read is a 500 without a text', async () => {
  const registry = new Registry();
  const collect = () => {
    throw new Error('secret detail');
  };
  new Counter({ name: 'broken_total', help: 'Broken.', registers: [registry], collect });
  const { url } = await open(registry);
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([500, '']);
});

test('a port that is taken stops the start with the variable to change', async () => {
  const { url } = await open(new Registry());
  const port = Number(new URL(url).port);
  const second = serveMetrics(new Registry(), { host: '127.0.0.1', port });
  await expect(second).rejects.toThrow(ConfigurationError);
  await expect(second).rejects.toThrow(new RegExp(`^METRICS_PORT: .*\\b${port}\\b`));
});
