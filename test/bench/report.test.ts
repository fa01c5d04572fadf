import { describe, expect, test } from 'vitest';
import { claimsToMarkdown, parseClaimsResults } from '../../bench/report/claimsResults.ts';
import { drawResults } from '../../bench/report/drawResults.ts';
import { type Measurement, type Results, toRows } from '../../bench/report/results.ts';
import { type Names, toMarkdown } from '../../bench/report/table.ts';

const names: Names = {
  baseline: 'bare',
  contenders: [
    { name: 'bare', title: 'Bare', protects: 'nothing' },
    { name: 'peer', title: 'Peer & <Co>', protects: 'fields' },
    { name: 'claimgraph', title: 'claimgraph', protects: 'fields' },
  ],
  workloads: [{ name: 'S', title: 'small' }],
};

const measurements: readonly Measurement[] = [
  measured('bare', 'http', 1_000, 1_200, 1_100),
  measured('bare', 'process', 100, 120, 110),
  measured('claimgraph', 'http', 2_200, 2_100, 2_300),
  measured('claimgraph', 'process', 50, 60, 55),
].flat();

const results: Results = {
  node: 'v20.0.0',
  rounds: 3,
  rows: toRows(measurements),
  leftOut: [{ contender: 'peer', reason: 'It did not start.' }],
};

describe('rows', () => {
  test('one for each workload, contender and mode, over the rounds', () => {
    expect(results.rows).toEqual([
      row('bare', { mode: 'http', unit: 'requests/s', median: 1_100, min: 1_000, max: 1_200, latencyUnit: 'ms' }),
      row('bare', { mode: 'process', unit: 'µs/operation', median: 110, min: 100, max: 120, latencyUnit: 'µs' }),
      row('claimgraph', { mode: 'http', unit: 'requests/s', median: 2_200, min: 2_100, max: 2_300, latencyUnit: 'ms' }),
      row('claimgraph', { mode: 'process', unit: 'µs/operation', median: 55, min: 50, max: 60, latencyUnit: 'µs' }),
    ]);
  });

  test('an even number of rounds has its median between the two in the middle', () => {
    expect(toRows(measured('bare', 'http', 4, 1, 2, 8))).toMatchObject([{ median: 3, min: 1, max: 8 }]);
  });
});

test('the table shows all figures, how many times as fast as the baseline, and who was left out', () => {
  expect(toMarkdown(results, names)).toBe(`Node.js v20.0.0, 3 rounds. × is the speed beside Bare.

### S: small, over HTTP, 50 connections (requests/s, more is better)

| contender | median | min | max | p50 ms | p99 ms | × |
|---|--:|--:|--:|--:|--:|--:|
| Bare | 1,100 | 1,000 | 1,200 | 2 | 3 | 1.00 |
| claimgraph | 2,200 | 2,100 | 2,300 | 2 | 3 | 2.00 |

### S: small, in one process (µs per operation, less is better)

| contender | median | min | max | p50 µs | p99 µs | × |
|---|--:|--:|--:|--:|--:|--:|
| Bare | 110 | 100 | 120 | 2 | 3 | 1.00 |
| claimgraph | 55 | 50 | 60 | 2 | 3 | 2.00 |

Left out: Peer & <Co>. It did not start.
`);
});

test('without the baseline the table compares nothing', () => {
  const rows = results.rows.filter(({ contender }) => contender !== 'bare');
  const lines = toMarkdown({ ...results, rows }, names).split('\n');
  expect(lines).toContain('| claimgraph | 2,200 | 2,100 | 2,300 | 2 | 3 | – |');
});

describe('the drawing', () => {
  test('has a bar for each row, none longer than its column, and no more', () => {
    const bars = [...drawResults(results, names).matchAll(/<rect x="(\d+)" y="\d+" width="([\d.]+)"/g)];
    expect(bars).toHaveLength(results.rows.length);
    expect(bars.map(([, left, width]) => Number(left) + Number(width)).every((end) => end < 1_000)).toBe(true);
  });

  test('gives the faster of two the longer bar over HTTP and the shorter one in process', () => {
    const widths = [...drawResults(results, names).matchAll(/width="([\d.]+)" height="14"/g)].map(([, width]) =>
      Number(width),
    );
    const [bareHttp = 0, claimgraphHttp = 0, bareProcess = 0, claimgraphProcess = 0] = widths;
    expect(claimgraphHttp).toBeGreaterThan(bareHttp);
    expect(claimgraphProcess).toBeLessThan(bareProcess);
  });

  test('is well formed whatever a title holds, and needs nothing from elsewhere', () => {
    const svg = drawResults({ ...results, rows: toRows(measured('peer', 'http', 1)) }, names);
    expect(svg).toContain('Peer &amp; &lt;Co>');
    expect(svg).not.toMatch(/NaN|href|url\(|@import/);
  });
});

describe('claims', () => {
  const given = {
    node: 'v20.0.0',
    coldBurst: { usersPerSecond: 40_000, usersPerStatement: 1_000 },
    coldSecond: { users: 10_000, statements: 160, p50Ms: 9, p99Ms: 20 },
    warmHits: { nanoseconds: 700 },
    memory: { subjects: 1_000_000, megabytes: 345, bytesPerSubject: 345 },
  };

  test('are shown in a table', () => {
    expect(claimsToMarkdown(parseClaimsResults(given))).toContain(
      '| SQL statements for 10,000 cold users in one second | 160 |',
    );
  });

  test('without a figure are refused by its name', () => {
    expect(() => parseClaimsResults({ ...given, warmHits: {} })).toThrow(/"warmHits\.nanoseconds".* undefined$/);
  });
});

function measured(contender: string, mode: Measurement['mode'], ...values: readonly number[]): readonly Measurement[] {
  return values.map((value) => ({ workload: 'S', contender, mode, value, p50: 2, p99: 3 }));
}

function row(contender: string, rest: object) {
  return { workload: 'S', contender, p50: 2, p99: 3, ...rest };
}
