import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configurationVariables } from '../../src/config/variables.ts';
import { runScenario, type Scenario, toLine } from './support/runScenario.ts';
import {
  announcedScenarios,
  brokenScenario,
  longTtlSeconds,
  lostScenarios,
  sharedAnnouncedScenarios,
  sharedLostScenarios,
  shortTtlSeconds,
} from './support/scenarios.ts';
import { type Cluster, type ClusterOptions, nodeNames, startCluster } from './support/startCluster.ts';

const canShare = configurationVariables.some(({ name }) => name === 'REDIS_URL');

/** Starts the cluster for the tests around it. */
function useCluster(options: ClusterOptions): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster(options);
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
  const cluster = useCluster({ ttlSeconds: longTtlSeconds, shared: false });

  test('and the judge sees when it does not', async () => {
    const { violations } = await runScenario(cluster(), brokenScenario);
    expect(new Set(violations.map(({ kind }) => kind))).toEqual(new Set(['stale']));
  });

  test.each(byName(announcedScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});

describe('when messages are lost, no node answers with what is older than its TTL', () => {
  const cluster = useCluster({ ttlSeconds: shortTtlSeconds, shared: false });

  test.each(byName(lostScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});

describe.runIf(canShare)('when nodes share claims through Redis and announcements arrive', () => {
  const cluster = useCluster({ ttlSeconds: longTtlSeconds, shared: true });

  test.each(byName(sharedAnnouncedScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});

describe.runIf(canShare)('when nodes share claims through Redis and messages are lost', () => {
  const cluster = useCluster({ ttlSeconds: shortTtlSeconds, shared: true });

  test.each(byName(sharedLostScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});
