import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from './runScenario.ts';
import { type Cluster, nodeNames } from './startCluster.ts';
import type { Link } from './startTcpProxy.ts';

/** CLAIMS_TTL_SECONDS of the nodes in the scenarios of lost messages. */
export const shortTtlSeconds = 3;
/** What is seen earlier than this was announced. */
export const longTtlSeconds = 3600;

const ttlMs = shortTtlSeconds * 1000;
const announcedMs = 1_000;
// Longer than the TTL, so that a state from before the fault would be too old at its end.
const faultMs = 4_500;

export const silentTriggers = 'alter table access_records disable trigger user';
export const speakingTriggers = 'alter table access_records enable trigger user';

/** Counts a change and announces nothing; the original is put back from the database's own text of it. */
const mute = `do $$ begin
  create table muted as select pg_get_functiondef('announce_claims_change'::regproc) as original;
  create or replace function announce_claims_change() returns trigger language plpgsql as $f$
    begin update claims_revision set revision = revision + 1; return null; end $f$;
end $$`;
const unmute = `do $$ begin
  if to_regclass('muted') is not null then
    execute (select original from muted);
    drop table muted;
  end if;
end $$`;

/** Two kinds of changes: another program's, and an admin's, whose own node has no time to hear of them. */
export const calmScenarios: readonly Scenario[] = [
  { name: 'nothing is wrong', boundMs: announcedMs, fault: () => wait(2_000) },
  {
    name: 'nothing is wrong, and changes come through the API',
    boundMs: announcedMs,
    changes: 'api',
    fault: () => wait(4_000),
  },
];

/** For nodes with a TTL so long that only announcements can make them fresh. */
export const announcedScenarios: readonly Scenario[] = [
  {
    name: 'a slow network: 200 ms each way at one node',
    boundMs: announcedMs,
    fault: (cluster) => link(cluster, { kind: 'delay', ms: 200 }, 3_000),
    repair: repairLink,
  },
  {
    // One heartbeat shows the revision, the next one that its announcement never came.
    name: 'announcements are lost, and counted',
    boundMs: 2_500,
    async fault({ sql }) {
      await sql.run(mute);
      await wait(5_000);
      await sql.run(unmute);
    },
    repair: async ({ sql }) => void (await sql.run(unmute)),
  },
  {
    name: 'a node stands still for 7 s',
    boundMs: announcedMs,
    mayBeDown: ['b'],
    // What it was reading is taken to have taken too long.
    mayLackData: ['b'],
    async fault(cluster) {
      cluster.node('b').signal('SIGSTOP');
      await wait(7_000);
      cluster.node('b').signal('SIGCONT');
    },
    repair: async (cluster) => cluster.node('b').signal('SIGCONT'),
  },
];

/** Breaks the contract: nothing is announced to nodes that remember for an hour. The judge has to see it. */
export const brokenScenario: Scenario = {
  name: 'nothing is announced, and remembered for an hour',
  boundMs: announcedMs,
  async fault({ sql }) {
    await sql.run(silentTriggers);
    await wait(5_000);
    await sql.run(speakingTriggers);
  },
  repair: async ({ sql }) => void (await sql.run(speakingTriggers)),
};

/** Only the node that made a change knows of it; with Redis, it tells the others. */
function unannouncedApiScenario(boundMs: number): Scenario {
  return {
    name: 'no change is announced or counted, and changes come through the API',
    boundMs,
    changes: 'api',
    async fault({ sql }) {
      await sql.run(silentTriggers);
      await wait(faultMs);
      await sql.run(speakingTriggers);
    },
    repair: async ({ sql }) => void (await sql.run(speakingTriggers)),
  };
}

/** For nodes with a short TTL: whatever is lost, nothing older than that is answered with. */
export const lostScenarios: readonly Scenario[] = [
  unannouncedApiScenario(ttlMs),
  {
    name: 'no change is announced or counted',
    boundMs: ttlMs,
    async fault({ sql }) {
      await sql.run(silentTriggers);
      await wait(faultMs);
      await sql.run(speakingTriggers);
    },
    repair: async ({ sql }) => void (await sql.run(speakingTriggers)),
  },
  {
    name: 'no change is announced, and a clock is set back by 1 s again and again',
    boundMs: ttlMs,
    mayBeDown: ['b'],
    async fault(cluster) {
      const node = await cluster.restart('b', { FAULTY_CLOCK_STEP_SECONDS: '-1' });
      await cluster.sql.run(silentTriggers);
      for (let step = 0; step < 5; step += 1) {
        await wait(1_200);
        node.signal('SIGUSR2');
      }
      await cluster.sql.run(speakingTriggers);
    },
    repair: async ({ sql }) => void (await sql.run(speakingTriggers)),
  },
  {
    name: 'a node is killed, and another started',
    boundMs: ttlMs,
    mayBeDown: ['b'],
    async fault(cluster) {
      await cluster.node('b').kill('SIGKILL');
      await cluster.restart('b');
    },
  },
  {
    name: 'a node stands still for longer than its TTL',
    boundMs: ttlMs,
    mayBeDown: ['b'],
    mayLackData: ['b'],
    async fault(cluster) {
      cluster.node('b').signal('SIGSTOP');
      await wait(faultMs);
      cluster.node('b').signal('SIGCONT');
    },
    repair: async (cluster) => cluster.node('b').signal('SIGCONT'),
  },
  {
    name: 'one node is cut from PostgreSQL',
    boundMs: ttlMs,
    mayLackData: ['b'],
    fault: (cluster) => link(cluster, { kind: 'cut' }, faultMs),
    repair: repairLink,
  },
  {
    // What the node says arrives: it is the answers that come late, and all at once.
    name: 'one node hears nothing of PostgreSQL, and then all of it',
    boundMs: ttlMs,
    mayLackData: ['b'],
    fault: (cluster) => link(cluster, { kind: 'hold', direction: 'toClient' }, faultMs),
    repair: repairLink,
  },
  {
    name: "one node's connections to PostgreSQL fall silent for ever",
    boundMs: ttlMs,
    mayLackData: ['b'],
    async fault(cluster) {
      // For a moment only: the connections of that moment never say anything again.
      await link(cluster, { kind: 'swallow' }, 50);
    },
    repair: repairLink,
  },
  ...(['fast', 'immediate'] as const).map(
    (mode): Scenario => ({
      name: `PostgreSQL restarts (${mode})`,
      boundMs: ttlMs,
      mayLackData: nodeNames,
      async fault({ postgres }) {
        await postgres.stop(mode);
        await wait(1_000);
        await postgres.start();
      },
    }),
  ),
  {
    name: 'PostgreSQL stands still',
    boundMs: ttlMs,
    mayLackData: nodeNames,
    async fault({ postgres }) {
      await postgres.freeze();
      await wait(faultMs);
      await postgres.thaw();
    },
    repair: ({ postgres }) => postgres.thaw(),
  },
  {
    name: 'a node starts while the user pool is down',
    boundMs: ttlMs,
    mayBeDown: ['b'],
    async fault(cluster) {
      await cluster.pool.stop();
      await cluster.restart('b');
      await wait(1_000);
      await cluster.pool.start();
    },
  },
];

/** The same for nodes that share claims through Redis: what it does, or does not do, makes no answer older. */
export const sharedAnnouncedScenarios: readonly Scenario[] = [
  unannouncedApiScenario(announcedMs),
  ...redisFaults(announcedMs),
];

export const sharedLostScenarios: readonly Scenario[] = [
  {
    name: 'no change is announced or counted',
    boundMs: ttlMs,
    async fault({ sql }) {
      await sql.run(silentTriggers);
      await wait(faultMs);
      await sql.run(speakingTriggers);
    },
    repair: async ({ sql }) => void (await sql.run(speakingTriggers)),
  },
  {
    name: 'Redis is killed while PostgreSQL restarts',
    boundMs: ttlMs,
    mayLackData: nodeNames,
    async fault({ postgres, redis }) {
      await redis.kill();
      await postgres.stop('fast');
      await wait(1_000);
      await postgres.start();
      await wait(500);
      await redis.start();
    },
  },
  {
    name: 'one node is cut from PostgreSQL, and another from Redis',
    boundMs: ttlMs,
    mayLackData: ['b'],
    async fault(cluster) {
      cluster.link('a', 'redis').become({ kind: 'cut' });
      await link(cluster, { kind: 'cut' }, faultMs);
      cluster.link('a', 'redis').become({ kind: 'pass' });
    },
    repair: async (cluster) => {
      cluster.link('a', 'redis').become({ kind: 'pass' });
      await repairLink(cluster);
    },
  },
  // The last, for a node keeps its clock.
  ...[2, -2].map(
    (seconds): Scenario => ({
      name: `no change is announced, and a clock is ${seconds} s off at one node`,
      boundMs: ttlMs,
      mayBeDown: ['b'],
      async fault(cluster) {
        await cluster.restart('b', { FAULTY_CLOCK_SECONDS: String(seconds) });
        await cluster.sql.run(silentTriggers);
        await wait(faultMs);
        await cluster.sql.run(speakingTriggers);
      },
      repair: async ({ sql }) => void (await sql.run(speakingTriggers)),
    }),
  ),
];

function redisFaults(boundMs: number): readonly Scenario[] {
  const links: readonly Link[] = [{ kind: 'cut' }, { kind: 'hold', direction: 'toClient' }];
  return [
    {
      name: 'Redis is killed, and starts empty',
      boundMs,
      async fault({ redis }) {
        await redis.kill();
        await wait(2_000);
        await redis.start();
      },
    },
    {
      name: 'Redis stands still',
      boundMs,
      async fault({ redis }) {
        redis.freeze();
        await wait(3_000);
        redis.thaw();
      },
      repair: async ({ redis }) => redis.thaw(),
    },
    ...links.map(
      (as): Scenario => ({
        name: `Redis and one node: ${Object.values(as).join(' ')}`,
        boundMs,
        async fault(cluster) {
          cluster.link('b', 'redis').become(as);
          await wait(2_000);
          cluster.link('b', 'redis').become({ kind: 'pass' });
        },
        repair: async (cluster) => cluster.link('b', 'redis').become({ kind: 'pass' }),
      }),
    ),
  ];
}

/** Whoever runs them runs them last, for a node keeps its clock. */
export function clockScenarios(...seconds: readonly number[]): readonly Scenario[] {
  return seconds.map((offset) => ({
    name: `a clock that is ${offset} s off at one node`,
    boundMs: announcedMs,
    mayBeDown: ['b'],
    async fault(cluster) {
      await cluster.restart('b', { FAULTY_CLOCK_SECONDS: String(offset) });
      await wait(1_500);
    },
  }));
}

async function link(cluster: Cluster, as: Link, ms: number): Promise<void> {
  cluster.link('b', 'postgres').become(as);
  await wait(ms);
  cluster.link('b', 'postgres').become({ kind: 'pass' });
}

async function repairLink(cluster: Cluster): Promise<void> {
  cluster.link('b', 'postgres').become({ kind: 'pass' });
}
