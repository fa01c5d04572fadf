/** Claims shared between processes through Redis or Valkey. */
export { type OpenRedis, openRedis } from './openRedis.ts';
export type { SharedClaimsCounts } from './redisClaimsTier.ts';
export type { RedisClient, RedisSubscriber } from './redisClient.ts';
export type { ChangeCounts, PublishedChange, SharedClaimsOptions } from './sharedClaims.ts';
