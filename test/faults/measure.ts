import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureColdUsers } from './support/measureColdUsers.ts';
import { measureFreshness } from './support/measureFreshness.ts';
import { type Report, runScenario, type Scenario, toLine } from './support/runScenario.ts';
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
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const results = { machine, apart, shared };
  writeFileSync(new URL('../../docs/scaling.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
}

/** `shared`: whether the nodes share claims through Redis. */
async function measureNodes(shared: boolean) {
  const announced = await onCluster({ ttlSeconds: longTtlSeconds, shared }, async (cluster) => ({
    claimsTtlSeconds: longTtlSeconds,
    freshness: tell(await measureFreshness(cluster, cluster.sql)),
    coldUsers: tell(await measureColdUsers(cluster)),
    faults: await measureFaults(cluster, shared ? sharedAnnouncedScenarios : announcedScenarios),
  }));
  const lost = await onCluster({ ttlSeconds: shortTtlSeconds, shared }, async (cluster) => ({
    claimsTtlSeconds: shortTtlSeconds,
    faults: await measureFaults(cluster, shared ? sharedLostScenarios : lostScenarios),
  }));
  return { announced, lost };
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

async function measureFaults(cluster: Cluster, scenarios: readonly Scenario[]) {
  const reports: Report[] = [];
  for (const scenario of scenarios) {
    const report = await runScenario(cluster, scenario);
    process.stdout.write(`${toLine(report)}\n`);
    reports.push(report);
  }
  return reports.map(({ answersOf, violations, staleMs, recoveryMs, ...rest }) => ({
    ...rest,
    violations: violations.length,
    staleMs: { p99: Math.round(staleMs.p99), max: Math.round(staleMs.max) },
    recoveryMs: Math.round(recoveryMs),
  }));
}

function tell<T>(figures: T): T {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return figures;
}

await main();
