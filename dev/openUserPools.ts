import { type AccessTokenIssuer, cognitoUserPool, type UserPool } from 'claimgraph';
import { assertLocalUserPoolAllowed, type PoolConfig, startUserPool, toLocalIssuer } from 'claimgraph-user-pool';
import type { Config, LocalAuthentication } from '../src/config/config.ts';
import { poolSettings, toPoolConfig } from './demoPool.ts';

/** The user pools and issuers that the API accepts tokens of, and the local one among them if there is one. */
export interface OpenUserPools {
  readonly pools: readonly UserPool[];
  readonly issuers: readonly AccessTokenIssuer[];
  readonly local: { readonly url: string; readonly issuer: string; readonly config: PoolConfig } | undefined;
  close(): Promise<void>;
}

/** Starts the local user pool, or finds the one that runs already, or takes Cognito's and others as configured. */
export async function openUserPools(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenUserPools> {
  const { authentication } = config;
  if (authentication.mode !== 'local') {
    const { userPools, issuers } = authentication;
    return { pools: userPools.map(cognitoUserPool), issuers, local: undefined, close: async () => {} };
  }
  assertLocalUserPoolAllowed({ environment, hosts: [config.host] });
  const poolConfig = toPoolConfig(authentication.poolConfigFile);
  const { issuer, close } = await openLocalPool(authentication.userPool, {
    config: poolConfig,
    dataDir: config.dataFolder,
    environment,
  });
  const { clients } = poolConfig;
  const pool: UserPool = {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    userClientIds: clients.flatMap(({ kind, clientId }) => (kind === 'user' ? [clientId] : [])),
    machineClientIds: clients.flatMap(({ kind, clientId }) => (kind === 'machine' ? [clientId] : [])),
    audience: undefined,
  };
  return { pools: [pool], issuers: [], local: { issuer, url: new URL(issuer).origin, config: poolConfig }, close };
}

async function openLocalPool(
  userPool: LocalAuthentication['userPool'],
  shared: Pick<Parameters<typeof startUserPool>[0], 'config' | 'dataDir' | 'environment'>,
): Promise<{ readonly issuer: string; close(): Promise<void> }> {
  if (userPool.kind === 'start') return startUserPool({ ...userPool, ...shared, settings: poolSettings });
  return { issuer: toLocalIssuer(Number(new URL(userPool.url).port), shared.config.poolId), close: async () => {} };
}
