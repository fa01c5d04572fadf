import { expect, test } from 'vitest';
import { createPrometheusMetrics } from '../../src/metrics/prometheusMetrics.ts';

test('what a candidate map would decide otherwise is counted by field and verdicts', async () => {
  const { observers, registry } = createPrometheusMetrics();
  const field = { coordinate: 'Company.name', now: 'allowed', candidate: 'FORBIDDEN' } as const;
  observers.onShadowDifferences([{ ...field, count: 2, of: 5 }]);
  observers.onShadowDifferences([
    { ...field, count: 1, of: 1 },
    { ...field, coordinate: 'Company.id', count: 0, of: 0 },
  ]);
  const samples = (await registry.metrics()).split('\n').filter((line) => line.startsWith('claimgraph_shadow'));
  expect(samples).toEqual([
    'claimgraph_shadow_differences_total{coordinate="Company.name",now="allowed",candidate="FORBIDDEN"} 3',
  ]);
});
