import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureColdUsers } from './support/measureColdUsers.ts';
import { measureFreshness } from './support/measureFreshness.ts';
import { runScenario, type Scenario, toLine } from './support/runScenario.ts';
import type { FaultResult, NodesResults, ScalingResults } from './support/scalingResults.ts';
import {
  announcedScenarios,
  longTtlSeconds,
  lostScenarios,
  sharedAnnouncedScenarios,
  sharedLostScenarios,
  shortTtlSeconds,
} from './support/scenarios.ts';
import { type Cluster, type ClusterOptions, startCluster } from './support/startCluster.ts';

/** `npm run measure:freshness`: how fresh claims are on three nodes, and what faults cost; writes docs/scaling.json. */
async function main(): Promise<void> {
  const apart = await measureNodes(false);
  const shared = await measureNodes(true);
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const results: ScalingResults = { machine, apart, shared };
  writeFileSync(new URL('../../docs/scaling.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
}

/** `shared`: whether the nodes share claims through Redis. */
async function measureNodes(shared: boolean): Promise<NodesResults> {
  const announced = await onCluster({ ttlSeconds: longTtlSeconds, shared }, async (cluster) => ({
    freshness: tell(await measureFreshness(cluster, cluster.api)),
    coldUsers: tell(await measureColdUsers(cluster)),
    faults: await measureFaults(cluster, longTtlSeconds, shared ? sharedAnnouncedScenarios : announcedScenarios),
  }));
  const lost = await onCluster({ ttlSeconds: shortTtlSeconds, shared }, (cluster) =>
    measureFaults(cluster, shortTtlSeconds, shared ? sharedLostScenarios : lostScenarios),
  );
  return { ...announced, faults: [...announced.faults, ...lost] };
}

const signals = ['SIGINT', 'SIGTERM'] as const;

async function onCluster<T>(options: ClusterOptions, measure: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await startCluster(options);
  const giveUp = () => void cluster.close().finally(() => process.exit(1));
  for (const signal of signals) process.once(signal, giveUp);
  try {
    return await measure(cluster);
  } finally {
    for (const signal of signals) process.off(signal, giveUp);
    await cluster.close();
  }
}

async function measureFaults(cluster: Cluster, claimsTtlSeconds: number, scenarios: readonly Scenario[]) {
  const results: FaultResult[] = [];
  for (const scenario of scenarios) {
    const report = await runScenario(cluster, scenario);
    process.stdout.write(`${toLine(report)}\n`);
    const { name, changes, judged, unavailable, violations, staleMs, recoveryMs } = report;
    results.push({
      name,
      claimsTtlSeconds,
      boundMs: scenario.boundMs,
      changes,
      answersJudged: judged,
      answersUnavailable: unavailable,
      violations: violations.length,
      staleMs: { p99: Math.round(staleMs.p99), max: Math.round(staleMs.max) },
      recoveryMs: Math.round(recoveryMs),
    });
  }
  return results;
}

function tell<T>(figures: T): T {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return figures;
}

await main();
