import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScenario, type Scenario, toLine } from './support/runScenario.ts';
import {
  announcedScenarios,
  brokenScenario,
  longTtlSeconds,
  lostScenarios,
  shortTtlSeconds,
} from './support/scenarios.ts';
import { type Cluster, nodeNames, startCluster } from './support/startCluster.ts';

/** Starts the cluster for the tests around it. */
function useCluster(ttlSeconds: number): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    const seconds = String(ttlSeconds);
    cluster = await startCluster({ CLAIMS_TTL_SECONDS: seconds, CLAIMS_NEGATIVE_TTL_SECONDS: seconds });
  });
  afterAll(() => cluster?.close());
  return () => {
    if (!cluster) throw new Error('expected a cluster; got none: it could not be started');
    return cluster;
  };
}

async function holds(cluster: Cluster, scenario: Scenario): Promise<void> {
  const report = await runScenario(cluster, scenario);
  process.stdout.write(`${toLine(report)}\n`);
  expect(report.violations.slice(0, 5)).toEqual([]);
  // Otherwise nothing was looked at.
  for (const name of nodeNames) expect(report.answersOf.get(name)).toBeGreaterThan(20);
  expect(report.changes).toBeGreaterThan(5);
}

const byName = (scenarios: readonly Scenario[]) => scenarios.map((scenario) => [scenario.name, scenario] as const);

describe('when announcements arrive, every node knows a change within a second', () => {
  const cluster = useCluster(longTtlSeconds);

  test('and the judge sees when it does not', async () => {
    const { violations } = await runScenario(cluster(), brokenScenario);
    expect(new Set(violations.map(({ kind }) => kind))).toEqual(new Set(['stale']));
    expect(new Set(violations.map(({ observation }) => observation.node))).toEqual(new Set(nodeNames));
  });

  test.each(byName(announcedScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});

describe('when messages are lost, no node answers with what is older than its TTL', () => {
  const cluster = useCluster(shortTtlSeconds);

  test.each(byName(lostScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});
