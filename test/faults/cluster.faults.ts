import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScenario, toLine } from './support/runScenario.ts';
import { announcedScenarios, longTtlSeconds, lostScenarios, shortTtlSeconds } from './support/scenarios.ts';
import { type Cluster, nodeNames, startCluster } from './support/startCluster.ts';

describe.each([
  ['announcements arrive', longTtlSeconds, announcedScenarios],
  ['messages are lost', shortTtlSeconds, lostScenarios],
])('when %s', (_when, ttlSeconds, scenarios) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({
      CLAIMS_TTL_SECONDS: String(ttlSeconds),
      CLAIMS_NEGATIVE_TTL_SECONDS: String(ttlSeconds),
    });
  });
  afterAll(() => cluster?.close());

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const report = await runScenario(cluster, scenario);
    process.stdout.write(`${toLine(report)}\n`);
    expect(report.violations.slice(0, 5)).toEqual([]);
    // Otherwise nothing was looked at.
    for (const name of nodeNames) expect(report.answersOf.get(name)).toBeGreaterThan(20);
    expect(report.changes).toBeGreaterThan(5);
  });
});
