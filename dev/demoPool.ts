import { type PoolConfig, type PoolSettingNames, parsePoolConfig, readPoolConfig } from 'claimgraph-user-pool';
import { demoMachineClient, demoUserClientId, demoUsers } from './demoUsers.ts';

/**
 * Clients and users of the included API's local user pool. An application on another address is added here, or to a file
 * of your own that USER_POOL_CONFIG names.
 */
export const demoPool: PoolConfig = parsePoolConfig(
  {
    poolId: 'local_claimgraph',
    scopes: {
      'investments/read': 'read companies, investors and transactions, as far as you may see them',
      'investments/pii': "read investors' e-mail addresses and tax ids, if your role allows it",
      'investments/pay': 'make payments, up to your limit',
      'investments/admin': 'decide what others may do, and sign them out',
    },
    clients: [
      {
        kind: 'user',
        clientId: demoUserClientId,
        redirectUris: [
          'http://localhost:*/callback',
          'http://localhost:*/',
          'http://localhost:*/console/callback',
          'http://127.0.0.1:*/callback',
          'com.example.app:/callback',
          'com.example.app://callback',
          'capacitor://localhost/callback',
        ],
        logoutUris: [
          'http://localhost:*/',
          'http://localhost:*/console/',
          'http://127.0.0.1:*/',
          'com.example.app:/signed-out',
          'com.example.app://signed-out',
          'capacitor://localhost/',
        ],
      },
      { kind: 'machine', ...demoMachineClient, scopes: [...demoMachineClient.scopes] },
    ],
    users: demoUsers.map((user) => ({ ...user, scopes: [...user.scopes] })),
  },
  'dev/demoPool.ts',
);

/** What sets what the pool is started with, for its messages. */
export const poolSettings: PoolSettingNames = {
  config: 'USER_POOL_CONFIG',
  port: 'USER_POOL_PORT',
  httpsPort: 'USER_POOL_HTTPS_PORT',
  hosts: 'USER_POOL_HOSTS',
  dataDir: 'CLAIMGRAPH_DATA_DIR',
  url: 'USER_POOL_URL',
};

/** The clients and users of this file, or the demo's. */
export function toPoolConfig(file: string | undefined): PoolConfig {
  return file ? readPoolConfig(file, poolSettings) : demoPool;
}
