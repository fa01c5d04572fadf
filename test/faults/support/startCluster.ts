import { rm } from 'node:fs/promises';
import { createTokenIssuer, type TokenIssuer } from 'claimgraph/testing';
import { demoPool } from '../../../dev/demoPool.ts';
import { demoUserClientId, demoUsers } from '../../../dev/demoUsers.ts';
import { startUserPool, type UserPool } from '../../../packages/user-pool/src/startUserPool.ts';
import { readPoolState } from '../../../packages/user-pool/src/state/poolStore.ts';
import { newDataDir } from '../../support/localPool.ts';
import { createApiChanger } from './apiChanger.ts';
import type { Changer } from './changeRecords.ts';
import { observedUser } from './question.ts';
import { createSqlChanger, type SqlChanger } from './sqlChanger.ts';
import { type ApiNode, startNode } from './startNode.ts';
import { type PostgresServer, startPostgres } from './startPostgres.ts';
import { type RedisServer, startRedis } from './startRedis.ts';
import { startTcpProxy, type TcpProxy } from './startTcpProxy.ts';

export const nodeNames = ['a', 'b', 'c'] as const;
export type NodeName = (typeof nodeNames)[number];

type Environment = Readonly<Record<string, string>>;

/** Three nodes on one PostgreSQL and one Redis, each behind links of its own, with a user pool for all of them. */
export interface Cluster {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** Changes by another program, and by an admin through the nodes. */
  readonly sql: SqlChanger;
  readonly api: Changer;
  /** The token of the observed user: two hours old, and valid for ten hours more. */
  readonly token: string;
  readonly tokens: TokenIssuer;
  /** Another demo user's token, as old as the observed user's. */
  tokenOf(username: string): Promise<string>;
  readonly issuer: string;
  readonly pool: { stop(): Promise<void>; start(): Promise<void> };
  node(name: NodeName): ApiNode;
  link(name: NodeName, to: 'postgres' | 'redis'): TcpProxy;
  /** Starts a node in place of the one of that name, which is killed if it runs; what is given differs from the others. */
  restart(name: NodeName, environment?: Environment): Promise<ApiNode>;
  close(): Promise<void>;
}

const hours = 3600;

export interface ClusterOptions {
  readonly ttlSeconds: number;
  /** Whether the nodes share claims through Redis. */
  readonly shared: boolean;
}

/** Whatever was started is gone when this rejects, or after `close`. */
export async function startCluster({ ttlSeconds, shared }: ClusterOptions): Promise<Cluster> {
  const opened: { close(): Promise<unknown> }[] = [];
  const opening = async <T extends { close(): Promise<unknown> }>(part: Promise<T>): Promise<T> => {
    const open = await part;
    opened.push(open);
    return open;
  };
  const nodes = new Map<NodeName, ApiNode>();
  opened.push({ close: async () => Promise.all([...nodes.values()].map((node) => node.kill('SIGKILL'))) });
  const close = async () => {
    for (const part of opened.reverse()) await part.close();
  };

  try {
    const [postgres, redis, pool] = await Promise.all([
      opening(startPostgres()),
      opening(startRedis()),
      opening(startPool()),
    ]);
    const links = new Map<string, TcpProxy>();
    for (const name of nodeNames) {
      links.set(`${name} postgres`, await opening(startTcpProxy(postgres)));
      links.set(`${name} redis`, await opening(startTcpProxy(redis)));
    }
    const link: Cluster['link'] = (name, to) => got(links.get(`${name} ${to}`));

    const restart: Cluster['restart'] = async (name, override = {}) => {
      await nodes.get(name)?.kill('SIGKILL');
      const node = await startNode(name, {
        USER_POOL_URL: pool.url,
        CLAIMGRAPH_DATA_DIR: pool.folder,
        DATABASE_URL: `postgres://postgres@127.0.0.1:${link(name, 'postgres').port}/postgres`,
        ...(shared && { REDIS_URL: `redis://127.0.0.1:${link(name, 'redis').port}` }),
        CLAIMS_TTL_SECONDS: String(ttlSeconds),
        CLAIMS_NEGATIVE_TTL_SECONDS: String(ttlSeconds),
        ...override,
      });
      nodes.set(name, node);
      return node;
    };
    await Promise.all(nodeNames.map((name) => restart(name)));

    const now = () => Date.now() - 2 * hours * 1000;
    const tokens = createTokenIssuer({ key: pool.keys.signingKey, issuer: pool.issuer, now });
    const tokenOf: Cluster['tokenOf'] = async (username) =>
      tokens.accessToken({ ...tokenRequest(username), expiresInSeconds: 12 * hours });
    const node: Cluster['node'] = (name) => got(nodes.get(name));
    const sql = await opening(Promise.resolve(createSqlChanger(postgres, pool.issuer)));
    return {
      postgres,
      redis,
      sql,
      api: createApiChanger({
        nodes: () => [node('a'), node('b'), node('c')],
        adminToken: await tokenOf('global-admin'),
        read: sql.read,
      }),
      token: await tokenOf(observedUser),
      tokens,
      tokenOf,
      issuer: pool.issuer,
      pool,
      node,
      link,
      restart,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a token of a demo user says; of the observed one unless told. */
export function tokenRequest(name = observedUser) {
  const user = got(demoUsers.find(({ username }) => username === name));
  return { username: user.username, subject: user.subject, clientId: demoUserClientId, scopes: user.scopes };
}

/** A user pool that can be stopped, and started on the same port with the same keys. */
async function startPool() {
  const folder = await newDataDir();
  let pool: UserPool | undefined = await startUserPool({ config: demoPool, port: 0, dataDir: folder, environment: {} });
  const { url, issuer } = pool;
  const state = got(await readPoolState(folder));
  const stop = async () => {
    await pool?.close();
    pool = undefined;
  };
  return {
    url,
    issuer,
    folder,
    keys: state.keys,
    stop,
    async start() {
      pool = await startUserPool({
        config: demoPool,
        port: Number(new URL(url).port),
        dataDir: folder,
        environment: {},
      });
    },
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function got<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a part of the cluster; got none');
  return value;
}
