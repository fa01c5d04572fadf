import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { baseline, contenders } from '../../bench/contenders/contenders.ts';
import { type ClaimsResults, claimsToMarkdown } from '../../bench/report/claimsResults.ts';
import type { Results } from '../../bench/report/results.ts';
import { toMarkdown } from '../../bench/report/table.ts';
import { workloads } from '../../bench/workloads/workloads.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/performance.md');

test('the figures of the page are those of the results that are kept beside the benchmark', () => {
  const results: Results = JSON.parse(read('bench/results.json'));
  expect(page).toContain(toMarkdown(results, { baseline, contenders, workloads }));
  expect(results.leftOut).toEqual([]);
});

test('so are those of the claims cache', () => {
  const results: ClaimsResults = JSON.parse(read('bench/claims.json'));
  expect(page).toContain(claimsToMarkdown(results));
});
