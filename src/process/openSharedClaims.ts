import type { SharedClaimsOptions } from 'claimgraph/redis';
import { openRedis } from 'claimgraph/redis';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { fetchStoreId } from '../access/claimsSource.ts';
import type { Config } from '../config/config.ts';
import type { Tables } from '../data/tables.ts';

export interface OpenSharedClaims {
  /** For `createServer`; undefined when no Redis is configured. */
  readonly sharedClaims: Omit<SharedClaimsOptions, 'readRevision'> | undefined;
  close(): void;
}

/**
 * Begins to connect to Redis, where one is configured. Revisions count the changes of one store, so processes share what
 * they read from the same one: its id is part of every name and key.
 */
export async function openSharedClaims(
  { redis: configured }: Pick<Config, 'redis'>,
  db: Kysely<Tables>,
  logger: Logger,
): Promise<OpenSharedClaims> {
  if (!configured) return { sharedClaims: undefined, close: () => {} };
  const namespace = await fetchStoreId(db);
  const { redis, subscriber, close } = openRedis(configured.url, (reason) =>
    logger.warn({ reason }, 'Redis cannot be reached: business claims are not shared until it can'),
  );
  const { secret, timeoutMs } = configured;
  return { sharedClaims: { redis, subscriber, secret, timeoutMs, namespace }, close };
}
