import { createFakeRedis } from './fakeRedis.ts';
import { describeSharedClaims } from './sharedClaimsContract.ts';

describeSharedClaims('a fake Redis', async () => createFakeRedis());
