import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createPrometheusMetrics } from '../../packages/claimgraph/src/metrics/prometheusMetrics.ts';
import type { NodesResults, ScalingResults } from '../faults/support/scalingResults.ts';
import { scalingToMarkdown } from '../faults/support/scalingToMarkdown.ts';

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
const results: ScalingResults = JSON.parse(read('scaling.json'));

test('the figures of the page are those of the results that are kept beside it', () => {
  expect(read('scaling.md')).toContain(scalingToMarkdown(results));
});

test.each<[string, NodesResults]>([
  ['without Redis', results.apart],
  ['with Redis', results.shared],
])('%s, every answer was within its bound', (_kind, { freshness, faults }) => {
  expect(freshness.byTheNodeThatMadeIt.staleMs.max).toBe(0);
  expect(faults.filter(({ violations }) => violations > 0)).toEqual([]);
  expect(freshness.byTheNodeThatMadeIt.observations).toBeGreaterThan(0);
});

test('the page lists every metric of this program, and no other', () => {
  const [, section = ''] = read('scaling.md').split('## What to watch');
  const [table = ''] = section.split('\n## ');
  const listed = [...table.matchAll(/`(claimgraph_\w+)`/g)].map(([, name]) => name);
  const served = createPrometheusMetrics().registry.getMetricsAsArray();
  expect(listed.sort()).toEqual(served.flatMap(({ name }) => (name.startsWith('claimgraph_') ? [name] : [])).sort());
});
