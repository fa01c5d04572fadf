import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askUntil, measureRefusal } from './support/measureRefusal.ts';
import { question } from './support/question.ts';
import { runScenario, type Scenario, toLine } from './support/runScenario.ts';
import {
  announcedScenarios,
  brokenScenario,
  calmScenarios,
  clockScenarios,
  longTtlSeconds,
  lostScenarios,
  sharedAnnouncedScenarios,
  sharedLostScenarios,
  shortTtlSeconds,
  silentTriggers,
  speakingTriggers,
} from './support/scenarios.ts';
import { type Cluster, type ClusterOptions, nodeNames, startCluster, tokenRequest } from './support/startCluster.ts';

const suspend = 'mutation ($input: SetUserSuspendedInput!) { setUserSuspended(input: $input) { user { managerId } } }';
const signOut = 'mutation ($input: SignOutEverywhereInput!) { signOutEverywhere(input: $input) { managerId } }';

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
  for (const name of nodeNames) expect(report.answersOf.get(name)).toBeGreaterThan(5);
  expect(report.changes).toBeGreaterThan(1);
}

const byName = (scenarios: readonly Scenario[]) => scenarios.map((scenario) => [scenario.name, scenario] as const);

describe('when announcements arrive, every node knows a change within a second', () => {
  const cluster = useCluster({ ttlSeconds: longTtlSeconds, shared: false });

  test('and the judge sees when it does not', async () => {
    const { violations } = await runScenario(cluster(), brokenScenario);
    expect(new Set(violations.map(({ kind }) => kind))).toEqual(new Set(['stale']));
  });

  test.each(byName([...calmScenarios, ...announcedScenarios]))('%s', (_name, scenario) => holds(cluster(), scenario));

  test.each(nodeNames)('who is suspended at %s is refused there at once, and elsewhere within a second', async (at) => {
    const token = await cluster().tokenOf('asia-europe-manager');
    const input = { managerId: '30412', suspended: true };
    expectRefusal(at, await measureRefusal(cluster(), { at, mutation: suspend, input, token }));
    const admin = await cluster().tokenOf('global-admin');
    await cluster()
      .node(at)
      .ask(admin, suspend, { input: { ...input, suspended: false } });
    for (const name of nodeNames) await askUntil(cluster().node(name), token, 'accepted');
  });

  test('who is signed out is refused there at once, and elsewhere within a second', async () => {
    const token = await cluster().tokenOf('auditor');
    const input = { managerId: '40777' };
    expectRefusal('b', await measureRefusal(cluster(), { at: 'b', mutation: signOut, input, token }));
  });

  test.each(byName(clockScenarios(3600, -3600)))('%s', (_name, scenario) => holds(cluster(), scenario));

  // The token was issued two hours ago and ends in half an hour.
  test.each([
    ['an hour ahead', 3600, 'expired'],
    ['three hours behind', -3 * 3600, 'invalid'],
  ])('a node whose clock is %s refuses a token that is not valid by it', async (_which, seconds, reason) => {
    await cluster().restart('b', { FAULTY_CLOCK_SECONDS: String(seconds) });
    const token = await cluster().tokens.accessToken({ ...tokenRequest(), expiresInSeconds: 2.5 * 3600 });
    const [right, wrong] = await Promise.all(
      (['a', 'b'] as const).map((name) => cluster().node(name).ask(token, question)),
    );
    expect(right).toMatchObject({ status: 200, body: { data: { viewer: {} } } });
    expect(wrong).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED', reason } }] },
    });
    expect(wrong?.body).not.toHaveProperty('data');
  });
});

function expectRefusal(at: string, lastAcceptedMs: ReadonlyMap<string, number | undefined>): void {
  expect(lastAcceptedMs.get(at)).toBeUndefined();
  for (const name of nodeNames) expect(lastAcceptedMs.get(name) ?? 0).toBeLessThan(1_000);
}

describe('when messages are lost, no node answers with what is older than its TTL', () => {
  const cluster = useCluster({ ttlSeconds: shortTtlSeconds, shared: false });

  test.each(byName(lostScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));

  test('who is suspended is refused at once where it was done, also when it is not announced', async () => {
    const token = await cluster().tokenOf('asia-europe-manager');
    const input = { managerId: '30412', suspended: true };
    await cluster().sql.run(silentTriggers);
    try {
      const lastAcceptedMs = await measureRefusal(cluster(), { at: 'a', mutation: suspend, input, token });
      expect(lastAcceptedMs.get('a')).toBeUndefined();
      for (const name of nodeNames) expect(lastAcceptedMs.get(name) ?? 0).toBeLessThan(shortTtlSeconds * 1000);
    } finally {
      await cluster().sql.run(speakingTriggers);
    }
  });
});

describe('when nodes share claims through Redis and announcements arrive', () => {
  const cluster = useCluster({ ttlSeconds: longTtlSeconds, shared: true });

  test.each(byName([...calmScenarios, ...sharedAnnouncedScenarios, ...clockScenarios(300, -3600)]))(
    '%s',
    (_name, scenario) => holds(cluster(), scenario),
  );
});

describe('when nodes share claims through Redis and messages are lost', () => {
  const cluster = useCluster({ ttlSeconds: shortTtlSeconds, shared: true });

  test.each(byName(sharedLostScenarios))('%s', (_name, scenario) => holds(cluster(), scenario));
});
