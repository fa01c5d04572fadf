import type { PoolClient, PoolConfig } from './config/poolConfig.ts';
import { readPoolConfig } from './config/poolConfig.ts';
import { startUserPool, type UserPool, type UserPoolOptions } from './startUserPool.ts';

export interface RunUserPoolOptions extends Omit<UserPoolOptions, 'config' | 'settings' | 'tokenSeconds'> {
  /** The JSON file of clients and users. */
  readonly file: string;
  readonly tokenSeconds?: number | undefined;
}

export interface RunningUserPool extends UserPool {
  /** Where it is, who can sign in, and what clients are told of it, in one line. */
  readonly description: string;
}

/** What `claimgraph pool` does. @throws ConfigurationError as `readPoolConfig` and `startUserPool` do */
export async function runUserPool({ file, tokenSeconds, ...options }: RunUserPoolOptions): Promise<RunningUserPool> {
  const config = readPoolConfig(file);
  const pool = await startUserPool({ ...options, config, ...(tokenSeconds !== undefined && { tokenSeconds }) });
  return { ...pool, description: describeUserPool({ ...pool, config }) };
}

/** Where a pool is, who can sign in, and what clients are told of it, in one line. */
export function describeUserPool(pool: {
  readonly url: string;
  readonly issuer: string;
  readonly config: PoolConfig;
}): string {
  const { clients, users } = pool.config;
  const idsOf = (kind: PoolClient['kind']) =>
    clients.flatMap((client) => (client.kind === kind ? [client.clientId] : []));
  const people = users.map(({ username }) => username).join(', ');
  const hasOnePassword = users.every(({ password }) => password === 'demo');
  const whoCanSignIn = [people && `${people}${hasOnePassword ? ' (password demo)' : ''}`, idsOf('machine').join(', ')];
  const asWhom = `sign in as ${whoCanSignIn.filter(Boolean).join(' or ')}`;
  return `user pool on ${pool.url}; ${asWhom}; client id ${idsOf('user').join(', ')}, issuer ${pool.issuer}`;
}
