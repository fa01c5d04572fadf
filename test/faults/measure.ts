import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureColdUsers } from './support/measureColdUsers.ts';
import { measureFreshness } from './support/measureFreshness.ts';
import { type Report, runScenario, type Scenario, toLine } from './support/runScenario.ts';
import { announcedScenarios, longTtlSeconds, lostScenarios, shortTtlSeconds } from './support/scenarios.ts';
import { type Cluster, startCluster } from './support/startCluster.ts';

/** `npm run measure:freshness`: how fresh claims are on three nodes, and what faults cost; writes docs/scaling.json. */
async function main(): Promise<void> {
  const announced = await onCluster(longTtlSeconds, async (cluster) => ({
    freshness: tell(await measureFreshness(cluster, cluster.sql)),
    coldUsers: tell(await measureColdUsers(cluster)),
    faults: await measureFaults(cluster, announcedScenarios),
  }));
  const lost = await onCluster(shortTtlSeconds, (cluster) => measureFaults(cluster, lostScenarios));
  const results = {
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    freshness: announced.freshness,
    coldUsers: announced.coldUsers,
    faults: [
      { claimsTtlSeconds: longTtlSeconds, scenarios: announced.faults },
      { claimsTtlSeconds: shortTtlSeconds, scenarios: lost },
    ],
  };
  writeFileSync(new URL('../../docs/scaling.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
}

async function onCluster<T>(ttlSeconds: number, measure: (cluster: Cluster) => Promise<T>): Promise<T> {
  const seconds = String(ttlSeconds);
  const cluster = await startCluster({ CLAIMS_TTL_SECONDS: seconds, CLAIMS_NEGATIVE_TTL_SECONDS: seconds });
  try {
    return await measure(cluster);
  } finally {
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
