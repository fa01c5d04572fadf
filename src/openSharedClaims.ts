import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { SharedClaimsOptions } from './claims/shared/sharedClaims.ts';
import type { Config, DatabaseConfig } from './config/config.ts';
import { openRedis } from './openRedis.ts';

export interface OpenSharedClaims {
  /** For `createServer`; undefined when no Redis is configured. */
  readonly sharedClaims: Omit<SharedClaimsOptions, 'readRevision'> | undefined;
  close(): void;
}

/** Begins to connect to Redis, where one is configured. */
export function openSharedClaims(
  { redis: configured, database }: Pick<Config, 'redis' | 'database'>,
  logger: Logger,
): OpenSharedClaims {
  if (!configured) return { sharedClaims: undefined, close: () => {} };
  const { redis, subscriber, close } = openRedis(configured.url, (reason) =>
    logger.warn({ reason }, 'Redis cannot be reached: business claims are not shared until it can'),
  );
  const { secret, timeoutMs } = configured;
  return { sharedClaims: { redis, subscriber, secret, timeoutMs, namespace: namespaceOf(database) }, close };
}

/** Revisions count the changes of one database, so processes share what they read from the same one. */
function namespaceOf(database: DatabaseConfig): string {
  const place = database.kind === 'postgres' ? placeOf(new URL(database.url)) : resolve(database.folder);
  return createHash('sha256').update(place).digest('hex').slice(0, 16);
}

function placeOf({ host, pathname }: URL): string {
  return `${host}${pathname}`;
}
