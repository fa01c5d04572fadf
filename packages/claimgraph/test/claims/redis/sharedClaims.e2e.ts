import { describe } from 'vitest';
import { hasRedisServer } from '../../support/redisServer.ts';
import { describeSharedClaims } from './sharedClaimsContract.ts';
import { openTestRedis } from './testRedis.ts';

describe.runIf(hasRedisServer)('claims that processes share', () => {
  describeSharedClaims('a Redis server', openTestRedis);
});
