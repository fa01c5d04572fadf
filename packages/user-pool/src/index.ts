/** A stand-in for a Cognito user pool and its domain, for development. */

export {
  findClient,
  findUser,
  type MachineClient,
  type PoolClient,
  type PoolConfig,
  PoolConfigError,
  type PoolUser,
  parsePoolConfig,
  readPoolConfig,
  type UserClient,
} from './config/poolConfig.ts';
export { scopesOfUser, splitScope } from './config/scopes.ts';
export { toLocalIssuer } from './http/localIssuer.ts';
export { commandSettings, type PoolSettingNames } from './poolSettings.ts';
export { describeUserPool, type RunningUserPool, type RunUserPoolOptions, runUserPool } from './runUserPool.ts';
export { isLoopbackHost } from './safety/loopbackHost.ts';
export { assertLocalUserPoolAllowed, LocalUserPoolRefusedError } from './safety/safetyChecks.ts';
export { startUserPool, type UserPool, type UserPoolOptions } from './startUserPool.ts';
export { PoolStateError } from './state/poolState.ts';
export { readPoolState } from './state/poolStore.ts';
